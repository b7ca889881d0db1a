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
                let command = generator.next()
                exchange.apply(command, into: &events)
                generator.observe(events.events)
                for event in events.events {
                    counts[name(event, of: command.command), default: 0] += 1
                }
            }
        }
        let expected =
            Self.kinds + Self.risks + placing.map { "rejected \($0)" }
            + Self.modifying.map { "modify rejected \($0)" }
            + Self.refusals.map { "refused \($0)" }
        for kind in expected { #expect(counts[kind, default: 0] >= 10, "\(kind)") }
        for kind in Self.rarities { #expect(counts[kind, default: 0] >= 2, "\(kind)") }
        #expect(counts["traded normal", default: 0] > 3_000)
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

    /// Every reason but those that only other requests have, or that only the wire can give.
    private var placing: [RejectReason] {
        let others: Set<RejectReason> = [
            .invalidOrderType, .cannotModifyNoSuchOrder, .cannotModifyPartialFill,
            .cannotModifyWouldCross, .failedToProcess, .noSuchOrder, .leverageOutOfRange,
            .leverageLocked, .insufficientBalance, .foreignAccount, .unbelievablePrice,
            // These belong to kinds of orders that `OrderKindGenerator` makes.
            .nothingToReduce, .invalidTakeProfitPrice, .invalidStopLossPrice, .noPosition,
            .twapInterval, .twapOrderCount, .identityCheckRequired, .termsRequired,
        ]
        return RejectReason.allCases.filter { !others.contains($0) }
    }

    private static let modifying: [RejectReason] = [
        .unknownSymbol, .cannotModifyNoSuchOrder, .cannotModifyPartialFill, .marketClosed,
        .quantityPrecision, .quantityTooSmall, .quantityTooLarge, .pricePrecision, .priceTooLow,
        .priceTooHigh, .belowMinimumNotional, .maximumNotional, .insufficientMargin,
        .cannotModifyWouldCross, .openInterestLimit, .totalOpenInterestLimit,
    ]

    private static let kinds = [
        "configured", "opened", "accepted", "amended", "cancelled requested",
        "cancelled selfTradePrevention", "cancelled unfilledRemainder", "filled", "partly filled",
        "level", "position", "balance", "cancel rejected noSuchOrder",
        "cancel rejected unknownSymbol",
    ]

    private static let risks = [
        "prices external", "prices internal", "session open", "session closed", "session weekend",
        "session overnight", "session preMarket", "session postMarket", "funding rate up",
        "funding rate down", "funding rate none", "open interest", "funding got", "funding paid",
        "leverage", "liquidation", "liquidation over", "reserve", "cancelled liquidation",
        "cancelled corporateAction", "traded liquidation", "traded providerTransfer",
        "traded autoDeleveraging", "provider paid", "provider not paid", "distant price taken",
        "feed silent", "reserve exhausted", "cheaper tier",
    ]

    /// Request and reason.
    private static let refusals = [
        "configureInstrument failedToProcess", "configureVenue failedToProcess",
        "openAccount failedToProcess", "deposit failedToProcess", "creditReward failedToProcess",
        "fundReserve failedToProcess", "setProvider failedToProcess",
        "withdraw failedToProcess", "withdraw foreignAccount", "withdraw insufficientBalance",
        "transfer failedToProcess", "transfer foreignAccount", "transfer insufficientBalance",
        "updateIndexPrice failedToProcess", "updateIndexPrice unbelievablePrice",
        "composeOracle failedToProcess", "splitInstrument failedToProcess",
        "setLeverage failedToProcess", "setLeverage unknownSymbol",
        "setLeverage leverageOutOfRange", "setLeverage leverageLocked",
        "placeOrder failedToProcess", "cancelAllOrders unknownSymbol",
    ]

    /// What is met seldom, because a run could not go on otherwise.
    private static let rarities = [
        "delisted", "refused scheduleSession failedToProcess", "refused withdraw inLiquidation",
        "refused transfer inLiquidation", "refused setLeverage inLiquidation",
    ]

    private func name(_ event: Event, of command: Command) -> String {
        switch event {
        case .instrumentConfigured(let instrument):
            instrument.status == .delisted ? "delisted" : "configured"
        case .accountOpened: "opened"
        case .pricesChanged(let prices): "prices \(prices.source)"
        case .sessionChanged(let change): "session \(change.session)"
        case .fundingRateChanged(let change):
            change.rate == .zero
                ? "funding rate none"
                : change.rate > .zero ? "funding rate up" : "funding rate down"
        case .openInterestChanged: "open interest"
        case .fundingPaid(let payment): payment.amount < .zero ? "funding paid" : "funding got"
        case .leverageChanged: "leverage"
        case .liquidationChanged(let change):
            change.isInLiquidation ? "liquidation" : "liquidation over"
        case .reserveChanged: "reserve"
        case .alertRaised(.distantPriceTaken): "distant price taken"
        case .alertRaised(.feedSilent): "feed silent"
        case .alertRaised(.reserveExhausted): "reserve exhausted"
        case .stopRequestRejected(let rejected): "stop rejected \(rejected.reason)"
        case .twapChanged(let twap): "twap \(twap.status)"
        case .twapCancelRejected(_, let reason): "twap cancel rejected \(reason)"
        case .userStatusChanged: "user status"
        case .disturbed: "disturbed"
        case .instrumentSplit: "split"
        case .orderAccepted(let order):
            order.feeTier < FeeSchedule.entryTier ? "cheaper tier" : "accepted"
        case .orderAmended: "amended"
        case .orderCancelled(_, let reason): "cancelled \(reason)"
        case .orderRejected(let rejected): "rejected \(rejected.reason)"
        case .cancelRejected(_, let reason): "cancel rejected \(reason)"
        case .modifyRejected(let rejected): "modify rejected \(rejected.reason)"
        case .orderFilled(let fill): name(fill)
        case .tradeExecuted(let trade): "traded \(trade.executionType)"
        case .levelChanged: "level"
        case .positionChanged: "position"
        case .balanceChanged: "balance"
        case .commandRefused(let reason): "refused \(name(command)) \(reason)"
        }
    }

    private func name(_ fill: Fill) -> String {
        if fill.executionType == .providerTransfer && fill.order.side != fill.aggressorSide {
            return fill.fee == .zero ? "provider not paid" : "provider paid"
        }
        return fill.order.remaining == .zero ? "filled" : "partly filled"
    }

    private func name(_ command: Command) -> String {
        let text = "\(command)".prefix { $0 != "(" }
        return text.split(separator: ".").last.map(String.init) ?? ""
    }
}
