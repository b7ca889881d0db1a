import ExchangeTesting
import ExchangeTypes
import Testing

/// The price that positions are valued at. **Source** `rules.md` §2.3.
@Suite struct MarkScenarios {
    /// A contract whose prices never become stale, with a trader at either side of the book.
    private func market(
        _ implementation: Implementation, _ instrument: Instrument = Market.plain, index: String
    ) -> (Market, buyer: Trader, seller: Trader) {
        let market = Market(implementation, instrument, index: index)
        market.configureVenue { $0.staleSeconds = 0 }
        return (market, market.trader(), market.trader())
    }

    // MARK: The median of three

    @Test(
        "R-011, X-18, X-19: the mark is the median of oracle, oracle with basis, and book",
        arguments: Implementation.allCases,
        [
            // The middle of the first book is the oracle and 0.22, or less 0.40.
            ["336.19", "336.75", "336.40", "336.42", "336.41", "336.10", "336.30", "336.3"],
            ["90.87", "91.20", "90.46", "90.48", "90.48", "90.60", "90.70", "90.7"],
            // The oracle is in the middle, then the oracle with its basis.
            ["100", "99.50", "100.10", "100.30", "100.1", "99.40", "99.60", "100"],
            ["100", "101", "100.10", "100.30", "100.2", "100.90", "101.10", "100.2"],
        ])
    func median(_ implementation: Implementation, _ sample: [String]) {
        let (market, buyer, seller) = market(implementation, index: sample[0])
        // The last trade.
        seller.sell("1", at: sample[1])
        buyer.buy("1", at: sample[1])
        // The basis, whose first sample is taken as it is.
        buyer.buy("1", at: sample[2])
        seller.sell("1", at: sample[3])
        market.wait(seconds: 1)
        #expect(market.mark == sample[4])
        buyer.cancelAll()
        seller.cancelAll()
        buyer.buy("1", at: sample[5])
        seller.sell("1", at: sample[6])
        market.wait(milliseconds: 100)
        #expect(market.mark == sample[7])
        #expect(market.oracle == sample[0])
    }

    @Test(
        "R-011: profit and margin are counted at the mark", arguments: Implementation.allCases)
    func valuation(_ implementation: Implementation) {
        let (market, buyer, seller) = market(implementation, index: "100")
        seller.sell("10", at: "100.20")
        buyer.buy("10", at: "100.20")
        buyer.buy("1", at: "101")
        seller.sell("1", at: "103")
        market.wait(seconds: 1)
        // 100, 102, and 101 of 100.20, 101 and 103.
        #expect(market.mark == "101")
        #expect(buyer.balance.unrealisedPnL == Money(8))
        #expect(seller.balance.unrealisedPnL == Money(-8))
        #expect(buyer.balance.positionMargin == Money(101))
    }

    // MARK: The basis

    @Test(
        "R-012, X-20: the basis moves by 1 − e^(−1/150) of the distance in a second",
        arguments: Implementation.allCases)
    func basisStep(_ implementation: Implementation) {
        let market = basisMarket(implementation)
        for (passed, mark) in [
            (1, "100.20099667"), (2, "100.20198673"), (30, "100.22719039"), (150, "100.29481808"),
        ] as [(Int64, String)] {
            market.wait(untilSecond: 1 + passed)
            #expect(market.mark == mark, "after \(passed) s")
        }
    }

    @Test(
        "R-012: the basis decays the same whatever comes between, even when seconds come late",
        arguments: Implementation.allCases)
    func irregular(_ implementation: Implementation) {
        let steady = basisMarket(implementation)
        var expected: [Event] = []
        for second in Int64(2)...31 {
            steady.wait(untilSecond: second)
            expected += steady.events
        }
        #expect(expected.count == 30)
        let late = basisMarket(implementation)
        late.wait(untilSecond: 31)
        #expect(late.events == expected)
        // Three commands in every second, one of them on the second.
        let busy = basisMarket(implementation)
        let account = busy.trader("1").account
        var seen: [Event] = []
        for step in Int64(4)...92 {
            busy.jump(to: second(step / 3, plus: step % 3 * 333_333_333))
            seen += busy.send(.deposit(Deposit(account: account, amount: Money(1))))
        }
        busy.wait(untilSecond: 31)
        seen += busy.events
        seen.removeAll { event in
            guard case .balanceChanged = event else { return false }
            return true
        }
        #expect(seen == expected)
    }

    @Test(
        "R-012: without two sides the basis takes no sample and keeps its value",
        arguments: Implementation.allCases)
    func missingSample(_ implementation: Implementation) {
        let (market, buyer, seller) = market(implementation, index: "100")
        buyer.buy("1", at: "99")
        let ask = seller.sell("1", at: "105")
        market.wait(seconds: 1)
        #expect(market.mark == "102")
        seller.cancel(ask)
        market.wait(seconds: 300)
        seller.sell("1", at: "105")
        market.wait(milliseconds: 100)
        #expect(market.mark == "102")
        // The sample is the distance from the oracle of its own second.
        market.index("104")
        #expect(market.mark == "104")
        market.wait(seconds: 1)
        // 2 − 4 × 0.006644493745 above 104; the book's middle of 102 is the least.
        #expect(market.mark == "104")
        market.index("98")
        // 98, 99.97342202502, and 102.
        #expect(market.mark == "99.97342203")
    }

    /// The basis of X-20: 0.20 in the first second, and 0.35 is what is seen from then on. The last
    /// trade keeps the book's price above both, so that the mark is the oracle and the basis.
    private func basisMarket(_ implementation: Implementation) -> Market {
        let (market, buyer, seller) = market(implementation, index: "100")
        seller.sell("1", at: "100.45")
        buyer.buy("1", at: "100.45")
        buyer.buy("1", at: "99.90")
        let ask = seller.sell("1", at: "100.50")
        market.wait(untilSecond: 1)
        #expect(market.mark == "100.2")
        seller.cancel(ask)
        seller.sell("1", at: "100.80")
        return market
    }

    // MARK: Books with a side missing

    @Test(
        "R-013: an empty or one-sided book leaves the mark at the oracle as long as there is no basis",
        arguments: Implementation.allCases)
    func noBasis(_ implementation: Implementation) {
        let (market, buyer, seller) = market(implementation, index: "100")
        #expect(market.mark == "100")
        buyer.buy("1", at: "104")
        market.wait(seconds: 1)
        #expect(market.mark == "100")
        market.index("110")
        #expect(market.mark == "110")
        buyer.cancelAll()
        seller.sell("1", at: "105")
        market.wait(seconds: 1)
        #expect(market.mark == "110")
        market.index("90")
        #expect(market.mark == "90")
    }

    @Test(
        "R-013: with a side missing the mean of the other two counts, or the only one",
        arguments: Implementation.allCases)
    func missingSides(_ implementation: Implementation) {
        let (market, buyer, seller) = market(implementation, index: "100")
        buyer.buy("1", at: "101")
        seller.sell("1", at: "105")
        market.wait(seconds: 1)
        // Basis 3: every book price between 100 and 103 is the mark.
        #expect(market.mark == "103")
        seller.cancelAll()
        market.wait(milliseconds: 100)
        #expect(market.mark == "101")
        seller.sell("1", at: "101")
        seller.sell("1", at: "104")
        market.wait(milliseconds: 100)
        // Last 101, ask 104.
        #expect(market.mark == "102.5")
        seller.cancelAll()
        market.wait(milliseconds: 100)
        #expect(market.mark == "101")
        buyer.buy("1", at: "100.01")
        market.wait(milliseconds: 100)
        #expect(market.mark == "100.505")
        buyer.cancelAll()
        // Nothing but the last trade: the mark follows the oracle.
        market.index("102")
        #expect(market.mark == "102")
        market.index("97")
        #expect(market.mark == "100")
        market.index("98.5")
        #expect(market.mark == "101")
    }

    @Test(
        "R-013: with nothing in the book and no trade yet the mark is the oracle with its basis",
        arguments: Implementation.allCases)
    func emptyBook(_ implementation: Implementation) {
        let (market, buyer, seller) = market(implementation, index: "100")
        buyer.buy("1", at: "101")
        seller.sell("1", at: "105")
        market.wait(seconds: 1)
        buyer.cancelAll()
        seller.cancelAll()
        market.wait(milliseconds: 100)
        #expect(market.mark == "103")
        market.index("90")
        #expect(market.mark == "93")
        market.wait(seconds: 100)
        #expect(market.mark == "93")
    }

    @Test(
        "The mean of two prices is rounded half-even, and the basis is not",
        arguments: Implementation.allCases)
    func meanOfTwo(_ implementation: Implementation) {
        var instrument = Market.plain
        instrument.tickSize = decimal("0.00000001")
        instrument.lotSize = Decimal8(1)
        let (market, buyer, seller) = market(implementation, instrument, index: "1")
        buyer.buy("10", at: "1.00000002")
        seller.sell("10", at: "1.00000003")
        market.wait(seconds: 1)
        // 1.000000025 both ways; half-even is 1.00000002.
        #expect(market.mark == "1.00000002")
        seller.cancelAll()
        seller.sell("10", at: "1.00000006")
        market.wait(seconds: 1)
        // The basis is 2.5 + 1.5 × 0.0066… units, which is more than half and rounds to 3.
        #expect(market.mark == "1.00000003")
    }

    @Test(
        "The mark does not leave the corridor around the contract's first price",
        arguments: Implementation.allCases)
    func corridor(_ implementation: Implementation) {
        let (market, buyer, seller) = market(implementation, index: "100")
        for price in ["150", "225", "337.5", "506.25", "759.375", "900"] { market.index(price) }
        buyer.buy("1", at: "930")
        seller.sell("1", at: "940")
        market.wait(seconds: 1)
        #expect(market.mark == "900")
        market.index("880")
        // The basis is 35.
        #expect(market.mark == "900")
        market.index("860")
        #expect(market.mark == "895")
        // The other end: a ninth, rounded up, with a basis of −0.4.
        let (low, bidder, asker) = self.market(implementation, index: "100")
        for price in ["50", "25", "12.5", "11.2"] { low.index(price) }
        bidder.buy("1", at: "10.70")
        asker.sell("1", at: "10.90")
        low.wait(seconds: 1)
        #expect(low.mark == "11.11111112")
        low.index("11.6")
        #expect(low.mark == "11.2")
    }

    // MARK: How often

    @Test(
        "A book that moves moves the mark at most every 100 ms, and with the next command then",
        arguments: Implementation.allCases)
    func interval(_ implementation: Implementation) {
        let (market, buyer, seller) = bookMarket(implementation)
        market.jump(to: second(1, plus: 50_000_000))
        seller.cancelAll()
        #expect(market.prices() == nil)
        market.jump(to: second(1, plus: 99_999_999))
        buyer.deposit("1")
        #expect(market.prices() == nil)
        market.jump(to: second(1, plus: 100_000_000))
        buyer.deposit("1")
        #expect(market.prices()?.mark == ReferencePrice(101))
        // It comes after what the command itself did.
        #expect(market.events.count == 2)
        #expect(market.events.last == market.prices().map(Event.pricesChanged))
        market.jump(to: second(1, plus: 199_999_999))
        seller.sell("1", at: "103")
        #expect(market.prices() == nil)
        market.jump(to: second(1, plus: 200_000_000))
        market.send(.advanceTime)
        #expect(market.mark == "102")
        // Nothing has moved since.
        market.wait(milliseconds: 500)
        #expect(market.events.isEmpty)
        market.jump(to: second(1, plus: 900_000_000))
        seller.cancelAll()
        #expect(market.mark == "101")
    }

    @Test(
        "A whole second computes the mark of every book that has moved",
        arguments: Implementation.allCases)
    func wholeSecond(_ implementation: Implementation) {
        let (market, _, seller) = bookMarket(implementation)
        market.wait(untilSecond: 2)
        market.jump(to: second(2, plus: 99_000_000))
        seller.cancelAll()
        #expect(market.prices() == nil)
        market.configureVenue { $0.markIntervalNanoseconds = 1_000_000_000 }
        market.jump(to: second(2, plus: 999_999_999))
        market.send(.advanceTime)
        #expect(market.events.isEmpty)
        market.jump(to: second(3))
        market.send(.advanceTime)
        #expect(market.mark == "101")
        market.jump(to: second(3, plus: 999_999_999))
        market.send(.advanceTime)
        #expect(market.events.isEmpty)
    }

    @Test(
        "A session that begins does not compute the mark, and neither does it delay it",
        arguments: Implementation.allCases)
    func sessionChange(_ implementation: Implementation) {
        let (market, _, seller) = bookMarket(implementation)
        market.jump(to: second(1, plus: 50_000_000))
        seller.cancelAll()
        market.session(.weekend)
        #expect(market.prices()?.mark == ReferencePrice(102))
        #expect(market.prices()?.source == .internal)
        market.jump(to: second(1, plus: 100_000_000))
        market.send(.advanceTime)
        #expect(market.mark == "101")
    }

    @Test(
        "Without an interval every command that moves the book moves the mark",
        arguments: Implementation.allCases)
    func noInterval(_ implementation: Implementation) {
        let (market, buyer, seller) = bookMarket(implementation)
        market.configureVenue { $0.markIntervalNanoseconds = 0 }
        seller.cancelAll()
        #expect(market.mark == "101")
        seller.sell("0.5", at: "101")
        // Bid, last 101: no change, no event.
        #expect(market.prices() == nil)
        buyer.cancelAll()
        buyer.buy("1", at: "100.50")
        #expect(market.mark == "100.75")
    }

    @Test(
        "An outside price moves the mark at once, with all that the book did before",
        arguments: Implementation.allCases, [MarketSession.open, .weekend])
    func outsidePrice(_ implementation: Implementation, _ session: MarketSession) {
        let (market, _, seller) = bookMarket(implementation)
        market.configureVenue { $0.internalOracleGain = .zero }
        market.session(session)
        market.wait(untilSecond: 2)
        market.jump(to: second(2, plus: 10_000_000))
        seller.cancelAll()
        #expect(market.prices() == nil)
        market.index("100")
        #expect(market.mark == "101")
        // The interval begins anew with it.
        market.jump(to: second(2, plus: 100_000_000))
        seller.sell("1", at: "103")
        #expect(market.prices() == nil)
        market.jump(to: second(2, plus: 110_001_000))
        market.send(.advanceTime)
        #expect(market.mark == "102")
    }

    @Test(
        "Marks that a command computes are said in the order of contracts",
        arguments: Implementation.allCases)
    func severalContracts(_ implementation: Implementation) {
        let (market, buyer, seller) = market(implementation, index: "100")
        market.list(SampleInstruments.foreignExchange.instrument, index: "1.085")
        buyer.buy("1", at: "101")
        seller.sell("1", at: "103")
        buyer.buy("10", at: "1.086", in: 1)
        seller.sell("10", at: "1.088", in: 1)
        market.wait(untilSecond: 1)
        seller.cancelAll(in: 1)
        seller.cancelAll(in: 0)
        market.wait(milliseconds: 100)
        let changes = market.events.compactMap { event -> String? in
            guard case .pricesChanged(let prices) = event else { return nil }
            return "\(prices.instrument.index): \(prices.mark)"
        }
        #expect(changes == ["0: 101", "1: 1.086"])
    }

    /// Oracle 100, bid 101, ask 103, so that the basis is 2, at the first second.
    private func bookMarket(
        _ implementation: Implementation
    ) -> (Market, buyer: Trader, seller: Trader) {
        let (market, buyer, seller) = market(implementation, index: "100")
        buyer.buy("1", at: "101")
        seller.sell("1", at: "103")
        market.wait(untilSecond: 1)
        #expect(market.mark == "102")
        return (market, buyer, seller)
    }

    // MARK: Trades off the book

    @Test(
        "The last trade price is the book's: a position closed off the book leaves it alone",
        arguments: Implementation.allCases)
    func transfers(_ implementation: Implementation) {
        let (market, buyer, seller) = market(implementation, index: "100")
        let bob = market.trader("102")
        seller.sell("10", at: "101")
        bob.buy("10", at: "101")
        buyer.buy("1", at: "101.50")
        seller.sell("1", at: "102.50")
        market.wait(seconds: 1)
        #expect(market.mark == "101.5")
        buyer.cancelAll()
        seller.cancelAll()
        market.index("90")
        // 90, 92, and the last trade at 101. Bob has 12 left, which is too little for the book.
        #expect(market.mark == "92")
        #expect(market.trades == ["10 @ 92"])
        market.index("93.5")
        // Were 92 the last trade, the mark would be the oracle.
        #expect(market.mark == "95.5")
    }
}
