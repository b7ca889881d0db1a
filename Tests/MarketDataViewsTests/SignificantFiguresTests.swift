import ExchangeTypes
import MarketDataViews
import Testing

/// Levels of one side, and the rows they must become; pairs of ticks and lots.
struct GroupingCase: CustomTestStringConvertible {
    let testDescription: String
    let side: Side
    let figures: SignificantFigures
    let levels: [[Int64]]
    let rows: [[Int64]]

    init(
        _ description: String, _ side: Side, _ figures: SignificantFigures,
        _ levels: [[Int64]], _ rows: [[Int64]]
    ) {
        testDescription = description
        self.side = side
        self.figures = figures
        self.levels = levels
        self.rows = rows
    }
}

@Suite struct SignificantFiguresTests {
    @Test("P-022 Without a wish the rows are the levels themselves, and the wire number is 0")
    func defaultIsRaw() {
        var view = DepthView()
        view.apply(Samples.level(.buy, 1_239, 5), at: .zero)
        view.apply(Samples.level(.buy, 1_231, 6), at: .zero)
        #expect(pairs(view.levels(.buy)) == [[1_239, 5], [1_231, 6]])
        #expect(view.levels(.buy) == view.levels(.buy, significantFigures: .tick))
        #expect(SignificantFigures.allCases.map(\.rawValue) == [0, 1, 2])
        #expect(SignificantFigures.allCases.map(\.step) == [1, 10, 100])
        #expect(SignificantFigures(rawValue: 3) == nil)
    }

    @Test("P-023 One book yields each aggregation at the same time")
    func oneBookManyAggregations() {
        var view = DepthView()
        for (ticks, lots) in [(22_835, 1), (22_841, 2), (22_850, 4), (22_901, 8)] {
            view.apply(Samples.level(.sell, Int64(ticks), Int64(lots)), at: .zero)
        }
        let rows = SignificantFigures.allCases.map {
            pairs(view.levels(.sell, significantFigures: $0))
        }
        #expect(rows[0] == [[22_835, 1], [22_841, 2], [22_850, 4], [22_901, 8]])
        #expect(rows[1] == [[22_840, 1], [22_850, 6], [22_910, 8]])
        #expect(rows[2] == [[22_900, 7], [23_000, 8]])
    }

    @Test(
        "P-024 Bids round down, asks round up, sizes are summed",
        arguments: [
            GroupingCase(
                "a bid on the edge is its own group's best", .buy, .tenTicks,
                [[110, 1], [109, 2], [100, 4], [99, 8]], [[110, 1], [100, 6], [90, 8]]),
            GroupingCase(
                "an ask on the edge closes the group that rounds up to it", .sell, .tenTicks,
                [[100, 1], [101, 2], [110, 4], [111, 8]], [[100, 1], [110, 6], [120, 8]]),
            GroupingCase(
                "several asks round up to one edge where nothing rests", .sell, .tenTicks,
                [[101, 1], [104, 2], [109, 4], [115, 8]], [[110, 7], [120, 8]]),
            GroupingCase(
                "several bids round down to one edge where nothing rests", .buy, .tenTicks,
                [[119, 1], [115, 2], [111, 4], [104, 8]], [[110, 7], [100, 8]]),
            GroupingCase(
                "only edges stay as they are", .sell, .hundredTicks,
                [[100, 1], [200, 2], [300, 4]], [[100, 1], [200, 2], [300, 4]]),
            GroupingCase(
                "groups without levels are not published", .buy, .hundredTicks,
                [[99_999, 1], [500, 2], [499, 4]], [[99_900, 1], [500, 2], [400, 4]]),
            GroupingCase(
                "bids below the first edge fall to zero", .buy, .tenTicks,
                [[11, 1], [9, 2], [1, 4]], [[10, 1], [0, 6]]),
            GroupingCase(
                "the lowest ask rises to the first edge", .sell, .hundredTicks,
                [[1, 1], [100, 2], [101, 4]], [[100, 3], [200, 4]]),
            GroupingCase(
                "the highest ask of a book may round up beyond it", .sell, .hundredTicks,
                [[Limits.maximumPriceTicks, 3]], [[134_217_800, 3]]),
            GroupingCase("an empty side stays empty", .buy, .hundredTicks, [], []),
        ])
    func groups(_ example: GroupingCase) {
        var view = DepthView()
        // The order in which levels appear must not matter, so the worst come first here.
        for level in example.levels.reversed() {
            view.apply(Samples.level(example.side, level[0], level[1]), at: .zero)
        }
        #expect(
            pairs(view.levels(example.side, significantFigures: example.figures)) == example.rows)
    }

    @Test("P-024 A group never shows a better price than its levels, nor one a step away")
    func edgesAreNeverBetter() {
        for ticks in Int64(1)...1_000 {
            for figures in SignificantFigures.allCases {
                let price = Price(ticks: ticks)
                let bid = figures.groupEdge(of: price, on: .buy).ticks
                let ask = figures.groupEdge(of: price, on: .sell).ticks
                #expect(bid % figures.step == 0 && ask % figures.step == 0)
                #expect(bid <= ticks && ticks - bid < figures.step)
                #expect(ask >= ticks && ask - ticks < figures.step)
            }
        }
    }
}
