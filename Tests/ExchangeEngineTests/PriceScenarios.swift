import ExchangeTesting
import ExchangeTypes
import Testing

/// Which outside prices are believed, and the oracle they make. **Source** `rules.md` §2.1, §2.2.
@Suite struct PriceScenarios {
    private let contract = InstrumentID(0)
    private let refused: [Event] = [.commandRefused(.unbelievablePrice)]

    // MARK: Prices far from the one before

    @Test(
        "R-003, R-004, X-21: a price below half or above one and a half of the last is ignored",
        arguments: Implementation.allCases)
    func distance(_ implementation: Implementation) {
        let market = Market(implementation)
        var last = "100"
        for (price, isTaken) in [
            ("151", false), ("150.00000001", false), ("150", true), ("74.99999999", false),
            ("75", true), ("112.49999999", true),
            // Half of this, and one and a half of the next, lie between two prices.
            ("56.24999999", false), ("56.25", true), ("56.25000001", true),
            ("84.37500002", false), ("84.37500001", true),
        ] {
            market.index(price)
            if isTaken { last = price } else { #expect(market.events == refused, "\(price)") }
            #expect(market.oracle == last, "\(price)")
            #expect(market.mark == last, "\(price)")
        }
    }

    @Test(
        "R-003: after ten refusals in a row the next distant price is taken, with an alert",
        arguments: Implementation.allCases)
    func tenRefusals(_ implementation: Implementation) {
        let market = Market(implementation)
        for price in ["151", "1", "49.99999999", "300", "899", "151", "152", "153", "154", "155"] {
            market.index(price)
            #expect(market.events == refused, "\(price)")
        }
        market.index("160")
        #expect(
            market.events == [
                .alertRaised(.distantPriceTaken(contract)),
                .pricesChanged(
                    PricesChanged(
                        instrument: contract, oracle: ReferencePrice(160),
                        mark: ReferencePrice(160),
                        band: PriceBand(minimum: ReferencePrice(152), maximum: ReferencePrice(168)))
                ),
            ])
        // The count has begun anew, and the range lies around the price taken.
        market.index("241")
        #expect(market.events == refused)
        market.index("240")
        #expect(market.alerts.isEmpty)
        #expect(market.oracle == "240")
    }

    @Test(
        "R-003: every price taken ends the row of refusals", arguments: Implementation.allCases)
    func interruptedRow(_ implementation: Implementation) {
        let market = Market(implementation)
        for _ in 1...9 { market.index("151") }
        market.index("100")
        #expect(market.refusal == nil)
        for _ in 1...10 {
            market.index("151")
            #expect(market.events == refused)
        }
        market.index("151")
        #expect(market.alerts == [.distantPriceTaken(contract)])
        for _ in 1...10 {
            market.index("75")
            #expect(market.events == refused)
        }
        market.index("75")
        #expect(market.alerts == [.distantPriceTaken(contract)])
        #expect(market.oracle == "75")
    }

    @Test(
        "R-003: refusals for another reason, or of the other leg, are not counted",
        arguments: Implementation.allCases)
    func othersRefusals(_ implementation: Implementation) {
        let market = Market(implementation)
        market.outsidePrice("100", .next)
        for _ in 1...9 {
            market.index("151")
            market.index("0")
            market.outsidePrice("151", observedAt: second(61))
            market.outsidePrice("151", .next)
        }
        market.index("151")
        #expect(market.events == refused)
        market.index("151")
        #expect(market.alerts == [.distantPriceTaken(contract)])
        // The other leg has one refusal to go; a price without weight changes nothing visible.
        market.outsidePrice("151", .next)
        #expect(market.events == refused)
        market.outsidePrice("151", .next)
        #expect(market.events == [.alertRaised(.distantPriceTaken(contract))])
    }

    @Test(
        "R-003: how many refusals come before a distant price is the operator's choice",
        arguments: Implementation.allCases, [0, 2] as [UInt32])
    func configuredRefusals(_ implementation: Implementation, _ count: UInt32) {
        let market = Market(implementation)
        market.configureVenue { $0.refusedPricesBeforeTaken = count }
        for _ in 0..<count {
            market.index("151")
            #expect(market.events == refused)
        }
        market.index("151")
        #expect(market.alerts == [.distantPriceTaken(contract)])
        #expect(market.oracle == "151")
    }

    @Test(
        "R-003: while a contract is halted distant prices are not counted, and none is taken",
        arguments: Implementation.allCases)
    func haltedDistance(_ implementation: Implementation) {
        let market = Market(implementation)
        for _ in 1...9 { market.index("151") }
        market.reconfigure { $0.status = .inactive }
        for _ in 1...20 {
            market.index("151")
            #expect(market.events == refused)
        }
        market.reconfigure { $0.status = .active }
        market.index("151")
        #expect(market.events == refused)
        market.reconfigure { $0.status = .inactive }
        market.index("151")
        #expect(market.events == refused)
        market.index("150")
        #expect(market.oracle == "150")
    }

    @Test(
        "R-003: a split ends the row of refusals, and moves what is distant",
        arguments: Implementation.allCases)
    func splitDistance(_ implementation: Implementation) {
        let market = Market(implementation)
        for _ in 1...10 { market.index("25") }
        market.reconfigure { $0.status = .inactive }
        market.send(
            .splitInstrument(SplitInstrument(instrument: contract, numerator: 4, denominator: 1)))
        #expect(market.oracle == "25")
        market.reconfigure { $0.status = .active }
        for _ in 1...10 {
            market.index("100")
            #expect(market.events == refused)
        }
        market.index("100")
        #expect(market.alerts == [.distantPriceTaken(contract)])
    }

    // MARK: Prices that are never believed

    @Test(
        "A price that is no price is refused and changes nothing",
        arguments: Implementation.allCases)
    func range(_ implementation: Implementation) {
        for (price, isTaken) in [
            ("0", false), ("-100", false), ("100000000.00000001", false), ("100000000", true),
            ("0.00000001", true),
        ] {
            let market = Market(implementation, index: nil)
            let before = market.exchange.stateHash()
            market.index(price)
            #expect(market.oracle == (isTaken ? price : nil))
            guard !isTaken else { continue }
            #expect(market.events == refused, "\(price)")
            #expect(market.exchange.stateHash() == before, "\(price)")
        }
    }

    @Test(
        "An oracle stays between a ninth and nine times of the contract's first one",
        arguments: Implementation.allCases)
    func corridor(_ implementation: Implementation) {
        let market = Market(implementation)
        for price in ["150", "225", "337.5", "506.25", "759.375"] { market.index(price) }
        let before = market.exchange.stateHash()
        market.index("900.00000001")
        #expect(market.events == refused)
        #expect(market.exchange.stateHash() == before)
        market.index("900")
        #expect(market.oracle == "900")
        for price in ["450", "225", "112.5", "56.25", "28.125", "14.0625"] { market.index(price) }
        // A ninth is 11.1… and rounded up.
        market.index("11.11111111")
        #expect(market.events == refused)
        market.index("11.11111112")
        #expect(market.oracle == "11.11111112")
    }

    @Test(
        "A distant price outside the corridor is not taken after any number of refusals",
        arguments: Implementation.allCases)
    func farOutside(_ implementation: Implementation) {
        let market = Market(implementation)
        for _ in 1...30 {
            market.index("900.00000001")
            #expect(market.events == refused)
        }
        market.index("900")
        #expect(market.alerts == [.distantPriceTaken(contract)])
    }

    @Test(
        "Prices out of order are refused and change nothing", arguments: Implementation.allCases)
    func order(_ implementation: Implementation) {
        let market = Market(implementation)
        market.configureVenue { $0.staleSeconds = 0 }
        market.jump(to: second(100))
        market.outsidePrice("101", observedAt: second(50))
        #expect(market.oracle == "101")
        let before = market.exchange.stateHash()
        market.outsidePrice("102", observedAt: second(49, plus: 999_999_999))
        #expect(market.events == refused)
        market.jump(to: second(100, plus: 5_000))
        market.outsidePrice("102", observedAt: second(160, plus: 5_001))
        #expect(market.events == refused)
        #expect(market.exchange.stateHash() == before)
        // The same instant is no disorder, and a price without a time is not the newest either.
        market.outsidePrice("103", observedAt: second(50))
        #expect(market.oracle == "103")
        market.outsidePrice("104")
        #expect(market.oracle == "104")
        market.outsidePrice("105", observedAt: second(49))
        #expect(market.events == refused)
        // A minute ahead of this clock is as far as a feed's may be.
        market.jump(to: second(200))
        market.outsidePrice("106", observedAt: second(260))
        #expect(market.oracle == "106")
        market.outsidePrice("107", observedAt: second(259))
        #expect(market.events == refused)
        // Each leg has its own order.
        market.outsidePrice("107", .next, observedAt: second(1))
        #expect(market.events.isEmpty)
    }

    @Test(
        "Prices of contracts that cannot be traded any more are refused before anything else",
        arguments: Implementation.allCases)
    func untradable(_ implementation: Implementation) {
        let market = Market(implementation)
        market.index("0", of: InstrumentID(1))
        #expect(market.events == [.commandRefused(.failedToProcess)])
        market.reconfigure { $0.status = .inactive }
        market.index("101")
        #expect(market.oracle == "101")
        market.reconfigure { $0.status = .delisted }
        market.index("102")
        #expect(market.events == [.commandRefused(.failedToProcess)])
    }

    // MARK: Composition

    @Test(
        "R-005: the oracle of all that is no index is the outside price itself",
        arguments: Implementation.allCases)
    func plainOracle(_ implementation: Implementation) {
        let market = Market(implementation, index: nil)
        for price in ["336.19048495", "336.19048496", "300.00000001"] {
            market.index(price)
            #expect(market.oracle == price)
            // Said once: a price that changes nothing is no event.
            market.index(price)
            #expect(market.events.isEmpty)
        }
    }

    @Test(
        "R-006, R-007, X-31: an equity index is its future times the settlement ratio",
        arguments: Implementation.allCases)
    func equityIndex(_ implementation: Implementation) {
        let market = Market(implementation, index: nil)
        market.compose(ratio: Rate(units: 992_782_966_495))
        #expect(market.events.isEmpty)
        market.index("7655.50")
        #expect(market.oracle == "7600.25")
        market.index("7686.25")
        #expect(market.oracle == "7630.77807622")
        // The next day's ratio moves the oracle at once.
        market.compose(ratio: Rate(units: 1_000_000_000_000))
        #expect(market.oracle == "7686.25")
        #expect(market.mark == "7686.25")
        // The guard is on the future, not on the oracle.
        market.compose(ratio: Rate(units: 2_000_000_000_000))
        #expect(market.oracle == "15372.5")
        market.index("11529.37500001")
        #expect(market.events == refused)
        market.index("11529.375")
        #expect(market.oracle == "23058.75")
    }

    @Test(
        "R-008, X-30: a roll moves the oracle from one future to the next in five steps",
        arguments: Implementation.allCases)
    func roll(_ implementation: Implementation) {
        let market = Market(implementation, index: "92.40")
        market.outsidePrice("91.80", .next)
        #expect(market.events.isEmpty)
        for (weight, oracle) in [
            (100, "92.4"), (80, "92.28"), (60, "92.16"), (40, "92.04"), (20, "91.92"), (0, "91.8"),
        ] as [(Int64, String)] {
            market.compose(front: Rate(percent: weight))
            #expect(market.refusal == nil)
            #expect(market.oracle == oracle)
        }
        // Now only the next one counts.
        market.outsidePrice("93", .front)
        #expect(market.events.isEmpty)
        market.outsidePrice("92", .next)
        #expect(market.oracle == "92")
        market.compose(front: Rate(percent: 60))
        #expect(market.oracle == "92.6")
    }

    @Test(
        "Both legs move a composed oracle; one without a price is replaced by the other",
        arguments: Implementation.allCases)
    func bothLegs(_ implementation: Implementation) {
        let market = Market(implementation, index: nil)
        market.compose(front: Rate(percent: 60), ratio: Rate(percent: 200))
        market.outsidePrice("10", .next)
        #expect(market.oracle == "20")
        market.outsidePrice("11", .front)
        #expect(market.oracle == "21.2")
        market.outsidePrice("12", .next)
        #expect(market.oracle == "22.8")
    }

    @Test(
        "A leg without weight makes no oracle, not even the first one",
        arguments: Implementation.allCases)
    func weightless(_ implementation: Implementation) {
        let market = Market(implementation, index: nil)
        let alice = market.trader()
        market.outsidePrice("100", .next)
        #expect(market.events.isEmpty)
        alice.buy("1", at: "100")
        #expect(market.refusal == .marketClosed)
        market.outsidePrice("103", .front)
        #expect(market.oracle == "103")
    }

    @Test(
        "A composed price is rounded half-even before the ratio, and after it",
        arguments: Implementation.allCases)
    func composedRounding(_ implementation: Implementation) {
        let market = Market(implementation, index: nil)
        market.compose(front: Rate(percent: 50), ratio: Rate(percent: 1_000))
        market.outsidePrice("1", .front)
        // 1.000000005 is 1 by then.
        market.outsidePrice("1.00000001", .next)
        #expect(market.oracle == "10")
        market.outsidePrice("1.00000002", .front)
        // 1.000000015 is 1.00000002.
        #expect(market.oracle == "10.0000002")
        market.compose(front: Rate(percent: 100), ratio: Rate(units: 1_250_000_000_000))
        // 1.250000025 is 1.25000002.
        #expect(market.oracle == "1.25000002")
    }

    @Test(
        "A composition that gives no believable oracle is refused and changes nothing",
        arguments: Implementation.allCases)
    func badComposition(_ implementation: Implementation) {
        let one = Rate(percent: 100)
        let market = Market(implementation)
        let before = market.exchange.stateHash()
        for (front, ratio) in [
            (Rate(units: -1), one), (Rate(units: one.units + 1), one), (one, Rate(units: 0)),
            (one, Rate(units: -1)), (one, Rate(units: 10 * one.units + 1)),
            // 900.0000001, 11.1111111, and nothing at all.
            (one, Rate(units: 9_000_000_001_000)), (one, Rate(units: 111_111_111_000)),
            (one, Rate(units: 1)),
        ] {
            market.compose(front: front, ratio: ratio)
            #expect(market.events == [.commandRefused(.failedToProcess)])
        }
        market.send(.composeOracle(ComposeOracle(instrument: InstrumentID(1))))
        #expect(market.events == [.commandRefused(.failedToProcess)])
        #expect(market.exchange.stateHash() == before)
        market.compose(ratio: Rate(percent: 900))
        #expect(market.oracle == "900")
        market.reconfigure { $0.status = .delisted }
        market.compose()
        #expect(market.events == [.commandRefused(.failedToProcess)])
    }

    @Test(
        "Without prices any ratio may be set; the first price has to suit it",
        arguments: Implementation.allCases)
    func extremeRatios(_ implementation: Implementation) {
        let market = Market(implementation, index: nil)
        market.compose(ratio: Rate(units: 1))
        #expect(market.refusal == nil)
        market.index("4999")
        #expect(market.events == refused)
        market.compose(ratio: Rate(percent: 1_000))
        #expect(market.refusal == nil)
        market.index("10000000.00000001")
        #expect(market.events == refused)
        market.index("10000000")
        #expect(market.oracle == "100000000")
    }
}
