import ExchangeTesting
import ExchangeTypes
import Testing

/// Two implementations could share a misreading; what no exchange may ever do is checked apart.
@Suite struct InvariantTests {
    @Test(
        "R-015, R-027, R-089, R-094: nothing is lost, gained, crossed or traded with oneself",
        arguments: Implementation.allCases, 1...6)
    func hold(_ implementation: Implementation, seed: Int) {
        var exchange = implementation.make()
        var generator = CommandGenerator(seed: UInt64(1_000 + seed))
        var checker = InvariantChecker()
        var events = EventBuffer()
        for index in 1...4_000 {
            events.removeAll()
            exchange.apply(generator.next(), into: &events)
            generator.observe(events.events)
            checker.observe(events.events)
            if index % 50 == 0 { checker.check(exchange) }
            guard checker.violations.isEmpty else { break }
        }
        #expect(checker.violations == [], "seed \(seed)")
    }

    @Test("The checker sees what is wrong", arguments: Fault.allCases)
    func seesFaults(_ fault: Fault) {
        var exchange = NaiveExchange()
        // This run comes to midnight, funding and liquidations early.
        var generator = CommandGenerator(seed: 64)
        var checker = InvariantChecker()
        var events = EventBuffer()
        for _ in 1...2_000 {
            events.removeAll()
            exchange.apply(generator.next(), into: &events)
            generator.observe(events.events)
            checker.observe(fault.spoil(events.events))
        }
        checker.check(exchange)
        #expect(!checker.violations.isEmpty)
    }

    /// A way of telling wrong events.
    enum Fault: CaseIterable {
        case lostFill, lostLevel, wrongFee, wrongCost, doubleCancel, oneUser, wrongCash
        case wrongFunding, lostReserve, wrongReserve, wrongInterest, lostRecovery, wrongPrice
        case lostPosition

        func spoil(_ events: [Event]) -> [Event] { events.flatMap(spoil) }

        private func spoil(_ event: Event) -> [Event] {
            switch event {
            case .orderFilled(let fill): spoil(fill)
            case .levelChanged: self == .lostLevel ? [] : [event]
            case .orderCancelled: self == .doubleCancel ? [event, event] : [event]
            case .liquidationChanged(let change):
                self == .lostRecovery && !change.isInLiquidation ? [] : [event]
            case .reserveChanged(let balance):
                switch self {
                case .lostReserve: []
                case .wrongReserve: [.reserveChanged(balance + balance)]
                case _: [event]
                }
            case .positionChanged(let change): spoil(change)
            case .accountOpened(let opened):
                self == .oneUser ? [.accountOpened(changed(opened, \.user, AccountID(0)))] : [event]
            case .balanceChanged(let change):
                self == .wrongCash
                    ? [.balanceChanged(changed(change, \.cash.units, change.cash.units - 1))]
                    : [event]
            case .fundingPaid(let payment):
                self == .wrongFunding
                    ? [.fundingPaid(changed(payment, \.amount.units, payment.amount.units + 2))]
                    : [event]
            case .openInterestChanged(let change):
                self == .wrongInterest
                    ? [.openInterestChanged(changed(change, \.quantity, .zero))] : [event]
            case _: [event]
            }
        }

        private func spoil(_ fill: Fill) -> [Event] {
            switch self {
            case .lostFill: []
            case .wrongFee: [.orderFilled(changed(fill, \.fee.units, fill.fee.units + 1))]
            case .wrongPrice:
                // Only one side of each trade.
                [.orderFilled(changed(fill, \.price.units, Int64(fill.order.side.rawValue)))]
            case _: [.orderFilled(fill)]
            }
        }

        private func spoil(_ change: PositionChanged) -> [Event] {
            switch self {
            case .lostPosition: []
            case .wrongCost:
                [.positionChanged(changed(change, \.cost.units, change.cost.units + 1))]
            case _: [.positionChanged(change)]
            }
        }

        private func changed<Value, Member>(
            _ value: Value, _ path: WritableKeyPath<Value, Member>, _ member: Member
        ) -> Value {
            var value = value
            value[keyPath: path] = member
            return value
        }
    }
}
