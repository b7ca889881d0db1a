import ExchangeTypes
import MarketDataViews
import Testing

@Suite struct DepthViewTests {
    @Test(
        "P-020 P-023 P-024 Every published row equals a fold that sorts everything",
        arguments: [
            (seed: UInt64(1), spread: Int64(8)), (2, 30), (3, 300), (4, 5_000), (5, 120),
            (6, 2_500),
        ])
    func rowsEqualNaiveFold(seed: UInt64, spread: Int64) throws {
        var random = SeededRandom(seed: seed)
        var view = DepthView()
        var naive = NaiveDepth()
        for step in 1...1_500 {
            let change = Samples.randomLevel(using: &random, spread: spread)
            view.apply(change, at: Timestamp(Int64(step)))
            _ = naive.apply(change)
            for side in Side.allCases {
                for figures in SignificantFigures.allCases {
                    let rows = view.levels(side, significantFigures: figures)
                    let expected = naive.rows(side, limit: 20, power: Int(figures.rawValue))
                    try #require(pairs(rows) == expected, "seed \(seed), step \(step), \(figures)")
                }
            }
        }
    }

    @Test("P-026 The best bid and offer are the top of level2, with the time of their last change")
    func bestBidOfferIsTopOfBook() throws {
        var random = SeededRandom(seed: 77)
        var view = DepthView()
        var naive = NaiveDepth()
        var versions: (depth: UInt64, best: UInt64) = (0, 0)
        var best: [[Int64]?] = [nil, nil]
        var changedAt = Timestamp.zero
        for step in 1...4_000 {
            let change = Samples.randomLevel(using: &random, spread: 12)
            view.apply(change, at: Timestamp(Int64(step)))
            if naive.apply(change) { versions.depth += 1 }
            let newBest = [naive.best(.buy), naive.best(.sell)]
            if newBest != best {
                best = newBest
                versions.best += 1
                changedAt = Timestamp(Int64(step))
            }
            let published = view.bestBidOffer
            try #require([published.bid, published.ask].map { $0.map { pairs([$0])[0] } } == best)
            try #require(published.bid == view.levels(.buy).first)
            try #require(published.ask == view.levels(.sell).first)
            try #require(published.time == changedAt, "step \(step)")
            try #require(view.version == versions.depth, "step \(step)")
            try #require(view.bestBidOfferVersion == versions.best, "step \(step)")
        }
        // A stream in which nothing is ever repeated or deep would prove little.
        #expect(versions.depth < 4_000 && versions.best < versions.depth)
    }

    @Test("P-020 A side is cut to 20 rows, the best ones")
    func cutsToTwenty() {
        var view = DepthView()
        for ticks in Int64(101)...121 {
            view.apply(Samples.level(.buy, ticks - 100, ticks), at: .zero)
            view.apply(Samples.level(.sell, ticks, ticks), at: .zero)
        }
        #expect(pairs(view.levels(.buy)) == (Int64(2)...21).reversed().map { [$0, $0 + 100] })
        #expect(pairs(view.levels(.sell)) == (Int64(101)...120).map { [$0, $0] })
        #expect(view.bids.count == 21 && view.asks.count == 21)
    }

    @Test("P-024 The cut comes after the sums: the twentieth row is a whole group")
    func lastRowIsComplete() {
        var view = DepthView()
        for ticks in Int64(1)...400 {
            view.apply(Samples.level(.sell, ticks, 1), at: .zero)
            view.apply(Samples.level(.buy, ticks, 1), at: .zero)
        }
        let asks = pairs(view.levels(.sell, significantFigures: .tenTicks))
        #expect(asks == (1...20).map { [$0 * 10, 10] })
        let bids = pairs(view.levels(.buy, significantFigures: .tenTicks))
        #expect(bids == [[400, 1]] + (21...39).reversed().map { [$0 * 10, 10] })
        let firstAsk = pairs(view.levels(.sell, limit: 1, significantFigures: .hundredTicks))
        #expect(firstAsk == [[100, 100]])
        #expect(view.levels(.sell, limit: 0, significantFigures: .tenTicks).isEmpty)
    }

    @Test("P-025 An empty side has no rows and no best price, whatever the grouping")
    func emptySides() {
        var view = DepthView()
        #expect(view.bestBidOffer == BestBidOffer(bid: nil, ask: nil, time: .zero))
        view.apply(Samples.level(.buy, 40, 7), at: Timestamp(3))
        for figures in SignificantFigures.allCases {
            #expect(view.levels(.sell, significantFigures: figures).isEmpty)
            #expect(view.levels(.buy, significantFigures: figures).count == 1)
        }
        #expect(view.bestBidOffer.ask == nil)
        view.apply(Samples.level(.buy, 40, 0), at: Timestamp(4))
        #expect(view.levels(.buy).isEmpty)
        #expect(view.bestBidOffer == BestBidOffer(bid: nil, ask: nil, time: Timestamp(4)))
    }

    @Test("An event that repeats what is known makes nothing dirty")
    func repeatedTotalIsNoChange() {
        var view = DepthView()
        view.apply(Samples.level(.sell, 50, 2), at: Timestamp(1))
        let before = view
        view.apply(Samples.level(.sell, 50, 2), at: Timestamp(2))
        view.apply(Samples.level(.sell, 49, 0), at: Timestamp(3))
        #expect(view == before)
        view.apply(Samples.level(.sell, 51, 2), at: Timestamp(4))
        #expect(view.version == 2 && view.bestBidOfferVersion == 1)
        #expect(view.bestBidOffer.time == Timestamp(1))
    }

    @Test("A level without a price or with a negative total stops the process")
    func refusesImpossibleLevels() async {
        await #expect(processExitsWith: .failure) {
            var view = DepthView()
            view.apply(Samples.level(.buy, 0, 1), at: .zero)
        }
        await #expect(processExitsWith: .failure) {
            var view = DepthView()
            view.apply(Samples.level(.buy, 1, -1), at: .zero)
        }
    }
}
