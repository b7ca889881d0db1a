import ExchangeTesting
import ExchangeTypes
import Testing

/// A comparison is worth what its commands reach: a rule that is never met is never compared.
@Suite struct CommandGeneratorTests {
    @Test("Generated commands meet every kind of event and every reason, again and again")
    func reach() {
        var counts: [String: Int] = [:]
        for seed: UInt64 in 1...8 {
            var generator = CommandGenerator(seed: seed)
            var exchange = NaiveExchange()
            var events = EventBuffer()
            for _ in 0..<8_000 {
                events.removeAll()
                exchange.apply(generator.next(), into: &events)
                generator.observe(events.events)
                for event in events.events { counts[name(event), default: 0] += 1 }
            }
        }
        // Beside these, a type can only be refused by the wire, and too many orders take too long.
        let unreachable: Set<RejectReason> = [
            .inLiquidation, .openInterestLimit, .totalOpenInterestLimit, .leverageOutOfRange,
            .leverageLocked, .insufficientBalance, .foreignAccount, .unbelievablePrice,
            .invalidOrderType, .tooManyOpenOrders, .cannotModifyNoSuchOrder,
            .cannotModifyPartialFill, .cannotModifyWouldCross, .failedToProcess, .noSuchOrder,
        ]
        let placing = RejectReason.allCases.filter { !unreachable.contains($0) }
        let modifying: [RejectReason] = [
            .unknownSymbol, .cannotModifyNoSuchOrder, .cannotModifyPartialFill, .marketClosed,
            .quantityPrecision, .quantityTooSmall, .quantityTooLarge, .pricePrecision, .priceTooLow,
            .priceTooHigh, .belowMinimumNotional, .maximumNotional, .insufficientMargin,
            .cannotModifyWouldCross,
        ]
        let expected =
            Self.kinds + placing.map { "rejected \($0)" }
            + modifying.map { "modify rejected \($0)" }
        for kind in expected { #expect(counts[kind, default: 0] >= 10, "\(kind)") }
        #expect(counts["traded", default: 0] > 5_000)
    }

    @Test("The same seed and the same events give the same commands")
    func isRepeatable() throws {
        let first = try hash(seed: 3)
        #expect(try hash(seed: 3) == first)
        #expect(try hash(seed: 4) != first)
    }

    /// The hash of a thousand commands' bytes, each of which is also read back.
    private func hash(seed: UInt64) throws -> UInt64 {
        var generator = CommandGenerator(seed: seed)
        var exchange = NaiveExchange()
        var events = EventBuffer()
        var hasher = StateHasher()
        for _ in 0..<1_000 {
            let command = generator.next()
            var writer = ByteWriter()
            CommandCodec.encode(command.command, to: &writer)
            #expect(try CommandCodec.decode(writer.bytes[...]) == command.command)
            for byte in writer.bytes { hasher.combine(UInt64(byte)) }
            hasher.combine(command.timestamp.nanoseconds)
            events.removeAll()
            exchange.apply(command, into: &events)
            generator.observe(events.events)
        }
        return hasher.value
    }

    private static let kinds = [
        "configured", "opened", "prices", "accepted", "amended", "cancelled requested",
        "cancelled selfTradePrevention", "cancelled unfilledRemainder", "filled", "partly filled",
        "traded", "level", "position", "balance", "refused failedToProcess",
        "refused unknownSymbol", "cancel rejected noSuchOrder", "cancel rejected unknownSymbol",
    ]

    private func name(_ event: Event) -> String {
        switch event {
        case .instrumentConfigured: "configured"
        case .accountOpened: "opened"
        case .pricesChanged: "prices"
        case .sessionChanged: "session"
        case .fundingRateChanged: "funding rate"
        case .openInterestChanged: "open interest"
        case .fundingPaid: "funding"
        case .leverageChanged: "leverage"
        case .liquidationChanged(let change):
            change.isInLiquidation ? "liquidation" : "liquidation over"
        case .reserveChanged: "reserve"
        case .alertRaised(let alert): "alert \(alert)"
        case .orderAccepted: "accepted"
        case .orderAmended: "amended"
        case .orderCancelled(_, let reason): "cancelled \(reason)"
        case .orderRejected(let rejected): "rejected \(rejected.reason)"
        case .cancelRejected(_, let reason): "cancel rejected \(reason)"
        case .modifyRejected(let rejected): "modify rejected \(rejected.reason)"
        case .orderFilled(let fill):
            fill.order.remaining == .zero ? "filled" : "partly filled"
        case .tradeExecuted: "traded"
        case .levelChanged: "level"
        case .positionChanged: "position"
        case .balanceChanged: "balance"
        case .commandRefused(let reason): "refused \(reason)"
        }
    }
}
