import ExchangeTypes
import MarketDataViews
import Testing

@Suite struct MarketViewTests {
    private let nvidia = InstrumentID(0)
    private let tesla = InstrumentID(1)

    private func twoInstruments() throws -> MarketView {
        var market = MarketView()
        let instruments = [
            try Samples.instrument(0, symbol: "NVDA-USD"),
            try Samples.instrument(1, symbol: "TSLA-USD"),
        ]
        for instrument in instruments { market.apply(.instrumentConfigured(instrument), at: .zero) }
        return market
    }

    private func prices(
        _ instrument: Instrument, _ dollars: Int64, _ source: OracleSource = .external
    ) -> PricesChanged {
        let oracle = ReferencePrice(dollars)
        return PricesChanged(
            instrument: instrument.id, oracle: oracle, mark: ReferencePrice(dollars + 1),
            band: instrument.band(around: oracle, in: .open), source: source)
    }

    @Test("Symbols are found by name and listed in listing order, later ones included")
    func resolvesSymbols() throws {
        var market = try twoInstruments()
        #expect(market.instrumentID(of: try Samples.text("TSLA-USD")) == tesla)
        #expect(market.instrumentID(of: try Samples.text("AAPL-USD")) == nil)
        let apple = try Samples.instrument(2, symbol: "AAPL-USD")
        market.apply(.instrumentConfigured(apple), at: Timestamp(1))
        #expect(market.instrumentID(of: try Samples.text("AAPL-USD")) == apple.id)
        #expect(market.symbols.map(\.string) == ["NVDA-USD", "TSLA-USD", "AAPL-USD"])
        #expect(market.instruments.map(\.instrument.id.index) == [0, 1, 2])
    }

    @Test("P-020 P-026 Each instrument has its own book and its own versions")
    func separatesInstruments() throws {
        var market = try twoInstruments()
        var naive = [NaiveDepth(), NaiveDepth()]
        var versions: [UInt64] = [0, 0]
        var random = SeededRandom(seed: 5)
        for step in 1...2_000 {
            let place = Int.random(in: 0...1, using: &random)
            let change = Samples.randomLevel(
                using: &random, spread: 40, instrument: UInt32(place))
            market.apply(.levelChanged(change), at: Timestamp(Int64(step)))
            if naive[place].apply(change) { versions[place] += 1 }
            for (place, view) in market.instruments.enumerated() {
                try #require(view.depth.version == versions[place])
                for side in Side.allCases {
                    let expected = naive[place].rows(side, limit: 20, power: 0)
                    try #require(pairs(view.depth.levels(side)) == expected)
                }
            }
        }
    }

    @Test("Oracle, mark, band, source and the last trade are kept with their times")
    func keepsPricesAndTrades() throws {
        var market = try twoInstruments()
        #expect(market[tesla].prices == nil && market[tesla].lastTrade == nil)
        let change = prices(market[tesla].instrument, 354, .internal)
        market.apply(.pricesChanged(change), at: Timestamp(5))
        let first = Samples.trade(1, instrument: 1, ticks: 35_431, lots: 846)
        let second = Samples.trade(2, instrument: 1, ticks: 35_430, lots: 1)
        market.apply(.tradeExecuted(first), at: Timestamp(6))
        market.apply(.tradeExecuted(second), at: Timestamp(7))
        #expect(
            market[tesla].prices
                == PublishedPrices(
                    oracle: ReferencePrice(354), mark: ReferencePrice(355), band: change.band,
                    source: .internal, time: Timestamp(5)))
        #expect(market[tesla].lastTrade == TimedTrade(trade: second, time: Timestamp(7)))
        #expect(market[nvidia].prices == nil && market[nvidia].lastTrade == nil)
        #expect(market[tesla].depth == DepthView())
    }

    @Test("New parameters keep the book and the prices: what they move, the engine says")
    func reconfiguration() throws {
        var market = try twoInstruments()
        let change = prices(market[nvidia].instrument, 200)
        market.apply(.pricesChanged(change), at: Timestamp(2))
        market.apply(.levelChanged(Samples.level(.buy, 19_900, 4)), at: Timestamp(3))
        let before = market[nvidia]

        var narrow = try Samples.instrument(
            0, symbol: "NVDA-USD", bandWidth: Rate(tenthBasisPoints: 5_000))
        narrow.status = .inactive
        market.apply(.instrumentConfigured(narrow), at: Timestamp(5))
        #expect(market[nvidia].instrument == narrow)
        #expect(market[nvidia].prices == before.prices)
        #expect(market[nvidia].depth == before.depth)
        #expect(market.symbols.count == 2)

        market.apply(.pricesChanged(prices(narrow, 200)), at: Timestamp(5))
        #expect(
            market[nvidia].prices?.band
                == PriceBand(minimum: ReferencePrice(190), maximum: ReferencePrice(210)))
    }

    @Test("R-029 Session, funding rate and open interest are kept for each instrument")
    func keepsSessionFundingAndOpenInterest() throws {
        var market = try twoInstruments()
        let untouched = market[nvidia]
        #expect(market[tesla].session == .open)
        #expect(market[tesla].funding == nil)
        #expect(market[tesla].openInterest == PublishedOpenInterest())

        for session in [MarketSession.weekend, .preMarket] {
            market.apply(
                .sessionChanged(SessionChanged(instrument: tesla, session: session)),
                at: Timestamp(3))
            #expect(market[tesla].session == session)
        }
        let end = Timestamp(3_600)
        for rate in [Rate(units: -7), .zero] {
            let change = FundingRateChanged(instrument: tesla, rate: rate, settlesAt: end)
            market.apply(.fundingRateChanged(change), at: Timestamp(5))
            let expected = PublishedFunding(rate: rate, settlesAt: end, time: Timestamp(5))
            #expect(market[tesla].funding == expected)
        }
        for quantity in [Quantity(lots: 12), .zero] {
            let change = OpenInterestChanged(instrument: tesla, quantity: quantity)
            market.apply(.openInterestChanged(change), at: Timestamp(6))
            let expected = PublishedOpenInterest(quantity: quantity, time: Timestamp(6))
            #expect(market[tesla].openInterest == expected)
        }
        #expect(market[nvidia] == untouched)
    }

    @Test("Private events change nothing that the public sees")
    func ignoresPrivateEvents() throws {
        var market = try twoInstruments()
        let before = market.instruments
        let account = AccountID(0)
        let order = OrderState(
            id: OrderID(1), account: account, instrument: nvidia, side: .buy, type: .limit,
            timeInForce: .goodTillCancelled, isAmended: false, price: Price(ticks: 100),
            quantity: Quantity(lots: 5), remaining: Quantity(lots: 5), updatedAt: .zero,
            clientOrderID: ClientOrderID())
        let events: [Event] = [
            .accountOpened(
                AccountOpened(
                    account: account, identity: UniqueID(high: 1, low: 2), user: account,
                    isNew: true)),
            .orderAccepted(order), .orderAmended(order), .orderCancelled(order, .requested),
            .balanceChanged(BalanceChanged(account: account, cash: Money(1))),
            .fundingPaid(
                FundingPaid(
                    account: account, instrument: nvidia, amount: Money(1), rate: Rate(units: 1),
                    mark: ReferencePrice(1))),
            .leverageChanged(LeverageChanged(account: account, instrument: nvidia, leverage: 3)),
            .liquidationChanged(LiquidationChanged(account: account, isInLiquidation: true)),
            .reserveChanged(Money(1)), .alertRaised(.feedSilent(nvidia)),
            .commandRefused(.failedToProcess),
        ]
        for event in events { market.apply(event, at: Timestamp(9)) }
        #expect(market.instruments == before)
    }

    @Test("Events of an unlisted instrument, gaps and changed grids stop the process")
    func refusesImpossibleEvents() async {
        await #expect(processExitsWith: .failure) {
            var market = MarketView()
            market.apply(.levelChanged(Samples.level(.buy, 1, 1)), at: .zero)
        }
        await #expect(processExitsWith: .failure) {
            var market = MarketView()
            let second = try Samples.instrument(1, symbol: "TSLA-USD")
            market.apply(.instrumentConfigured(second), at: .zero)
        }
        await #expect(processExitsWith: .failure) {
            var market = MarketView()
            var instrument = try Samples.instrument(0, symbol: "TSLA-USD")
            market.apply(.instrumentConfigured(instrument), at: .zero)
            instrument.tickSize = try Samples.decimal("0.1")
            market.apply(.instrumentConfigured(instrument), at: .zero)
        }
        await #expect(processExitsWith: .failure) {
            var market = MarketView()
            for index in UInt32(0)...1 {
                let instrument = try Samples.instrument(index, symbol: "TSLA-USD")
                market.apply(.instrumentConfigured(instrument), at: .zero)
            }
        }
    }
}
