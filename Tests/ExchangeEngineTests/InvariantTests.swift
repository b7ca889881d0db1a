import ExchangeTesting
import ExchangeTypes
import Testing

/// Two implementations could share a misreading; what no exchange may ever do is checked apart.
@Suite struct InvariantTests {
    @Test(
        "R-015, R-027: nothing is lost, gained, crossed or traded with oneself",
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
        var generator = CommandGenerator(seed: 7)
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

        func spoil(_ events: [Event]) -> [Event] {
            events.flatMap { event -> [Event] in
                switch (self, event) {
                case (.lostFill, .orderFilled): []
                case (.lostLevel, .levelChanged): []
                case (.wrongFee, .orderFilled(var fill)):
                    {
                        fill.fee.units += 1; return [.orderFilled(fill)]
                    }()
                case (.wrongCost, .positionChanged(var change)):
                    {
                        change.cost.units += 1; return [.positionChanged(change)]
                    }()
                case (.doubleCancel, .orderCancelled): [event, event]
                case (.oneUser, .accountOpened(var opened)):
                    {
                        opened.user = AccountID(0); return [.accountOpened(opened)]
                    }()
                case (.wrongCash, .balanceChanged(var change)):
                    {
                        change.cash.units -= 1; return [.balanceChanged(change)]
                    }()
                case (_, _): [event]
                }
            }
        }
    }
}
