import ExchangeTesting
import ExchangeTypes
import Testing

@testable import ExchangeEngine

/// The same as an `OfferLadder`, by walking through all prices.
private struct NaiveLadder {
    let side: Side
    private var lotsByTicks: [Int64: Int64] = [:]

    init(_ side: Side) { self.side = side }

    /// Nearest the market first.
    var levels: [(ticks: Int64, lots: Int64)] {
        lotsByTicks.map { (ticks: $0.key, lots: $0.value) }
            .sorted { side == .buy ? $0.ticks > $1.ticks : $0.ticks < $1.ticks }
    }

    var lots: Int64 { lotsByTicks.values.reduce(0, +) }

    func lots(at ticks: Int64) -> Int64 { lotsByTicks[ticks] ?? 0 }

    mutating func add(_ ticks: Int64, _ lots: Int64) {
        let sum = (lotsByTicks[ticks] ?? 0) + lots
        lotsByTicks[ticks] = sum == 0 ? nil : sum
    }

    func lots(nearerThan ticks: Int64) -> Int64 {
        levels.filter { side == .buy ? $0.ticks > ticks : $0.ticks < ticks }
            .reduce(0) { $0 + $1.lots }
    }

    func value(ofNearest lots: Int64) -> Int128 {
        var rest = lots
        var value: Int128 = 0
        for level in levels {
            let part = min(rest, level.lots)
            value += Int128(level.ticks) * Int128(part)
            rest -= part
        }
        return value
    }
}

/// An `OfferLadder` and its model, changed and asked together.
private struct LadderPair {
    var ladder: OfferLadder
    var model: NaiveLadder

    init(_ side: Side) {
        ladder = OfferLadder(side)
        model = NaiveLadder(side)
    }

    mutating func add(_ ticks: Int64, _ lots: Int64) {
        ladder.add(Price(ticks: ticks), lots)
        model.add(ticks, lots)
    }

    func expectSums() {
        #expect(ladder.lots == model.lots)
        #expect(ladder.value == model.value(ofNearest: model.lots))
        #expect(ladder.isEmpty == (model.lots == 0))
        #expect(ladder.depth <= Self.deepest(model.levels.count))
    }

    func expectSame(around ticks: Int64, ofNearest lots: Int64) {
        for price in ticks - 1...ticks + 1 {
            #expect(
                ladder.lots(nearerThan: Price(ticks: price)) == model.lots(nearerThan: price))
        }
        #expect(ladder.value(ofNearest: lots) == model.value(ofNearest: lots))
    }

    /// How deep an AVL tree of so many nodes can be: a tree of depth h has at least F(h + 2) − 1.
    static func deepest(_ count: Int) -> Int {
        var (fewest, next) = (1, 2)
        var depth = 0
        while fewest <= count {
            (fewest, next) = (next, fewest + next + 1)
            depth += 1
        }
        return depth
    }
}

/// The sums over an account's orders that order margin is made of. **Source** `rules.md` §4.3.
@Suite struct OfferLadderTests {
    @Test("X-04: the lots nearest the market are found on both sides")
    func example() {
        var buys = OfferLadder(.buy)
        buys.add(Price(ticks: 22_750), 10_000)
        buys.add(Price(ticks: 22_800), 3_000)
        #expect(buys.value(ofNearest: 3_000) == 22_800 * 3_000)
        #expect(buys.value(ofNearest: 5_000) == 22_800 * 3_000 + 22_750 * 2_000)
        #expect(buys.lots(nearerThan: Price(ticks: 22_800)) == 0)
        #expect(buys.lots(nearerThan: Price(ticks: 22_799)) == 3_000)

        var sells = OfferLadder(.sell)
        sells.add(Price(ticks: 23_300), 6_000)
        sells.add(Price(ticks: 23_200), 4_000)
        #expect(sells.value - sells.value(ofNearest: 5_000) == 23_300 * 5_000)
        #expect(sells.lots(nearerThan: Price(ticks: 23_300)) == 4_000)
    }

    @Test("X-04: after any changes it agrees with a sorted list", arguments: Side.allCases)
    func agreesWithModel(_ side: Side) {
        for seed in UInt64(1)...20 {
            var random = Xoshiro256(seed: seed)
            var pair = LadderPair(side)
            // Few prices make levels meet and vanish; many make the tree deep.
            let prices = [4, 30, 2_000][Int(seed % 3)]
            for step in 0..<1_500 {
                let ticks = random.within(1...Int64(prices))
                let held = pair.model.lots(at: ticks)
                // Two phases of growing, one of shrinking to nothing.
                let shrinks = step % 500 >= 300 ? 4 : 1
                if held > 0 && random.below(5) < shrinks {
                    pair.add(ticks, -(random.oneIn(2) ? held : random.within(1...held)))
                } else if shrinks == 1 {
                    pair.add(ticks, random.within(1...100))
                } else if let level = random.element(of: pair.model.levels) {
                    pair.add(level.ticks, -level.lots)
                }
                guard step % 10 == 0 else { continue }
                pair.expectSums()
                pair.expectSame(around: ticks, ofNearest: random.within(0...pair.model.lots))
            }
        }
    }

    @Test(
        "It stays shallow whatever the order of prices, coming and going",
        arguments: Side.allCases, [1, -1, 7])
    func adversarialOrders(_ side: Side, _ stride: Int) {
        let count = 1_000
        // Ascending, descending, and a stride that jumps about (7 and 1,000 have no common factor).
        let order = (0..<count).map { Int64((($0 * stride) % count + count) % count + 1) }
        var pair = LadderPair(side)
        for (step, ticks) in order.enumerated() {
            pair.add(ticks, Int64(step + 1))
            if step % 100 == 99 { pair.expectSums() }
        }
        #expect(pair.ladder.depth <= 14)
        for rest in Swift.stride(from: count, through: 0, by: -100) {
            pair.expectSums()
            pair.expectSame(around: Int64(rest), ofNearest: pair.model.lots / 2)
            for ticks in order.dropFirst(count - rest).prefix(100) {
                pair.add(ticks, -pair.model.lots(at: ticks))
            }
        }
        #expect(pair.ladder.isEmpty)
    }

    @Test("Orders at one price are one level, which vanishes with the last lot")
    func samePrice() {
        var pair = LadderPair(.sell)
        for lots in Int64(1)...1_000 { pair.add(500, lots) }
        #expect(pair.ladder.depth == 1)
        pair.expectSame(around: 500, ofNearest: 12_345)
        for lots in Int64(1)...1_000 { pair.add(500, -lots) }
        pair.expectSums()
        #expect(pair.ladder.depth == 0)
        #expect(pair.ladder.value(ofNearest: 0) == 0)
        pair.add(501, 1)
        pair.expectSame(around: 501, ofNearest: 1)
    }

    @Test("A thousand orders at both limits fit")
    func limits() {
        var ladder = OfferLadder(.buy)
        let orders = Int64(Limits.maximumOpenOrdersPerAccount)
        for order in 0..<orders {
            ladder.add(
                Price(ticks: Limits.maximumPriceTicks - order), Limits.maximumQuantityLots)
        }
        let ticks = (0..<orders).reduce(Int128(0)) { $0 + Int128(Limits.maximumPriceTicks - $1) }
        #expect(ladder.value == ticks * Int128(Limits.maximumQuantityLots))
        #expect(ladder.value(ofNearest: ladder.lots) == ladder.value)
    }

    @Test("Taking out lots that are not there stops the process")
    func takesOutTooMuch() async {
        await #expect(processExitsWith: .failure) {
            var ladder = OfferLadder(.buy)
            ladder.add(Price(ticks: 100), 5)
            ladder.add(Price(ticks: 100), -6)
        }
        await #expect(processExitsWith: .failure) {
            var ladder = OfferLadder(.buy)
            ladder.add(Price(ticks: 100), 5)
            ladder.add(Price(ticks: 101), -1)
        }
    }
}
