import BigInt
import Testing

@testable import ExchangeTesting

/// The naive exchange is only a second opinion if its own arithmetic is beyond doubt.
@Suite struct ExactTests {
    @Test(
        "Half-even goes to the nearest integer, and a tie to the even one, on both sides of zero",
        arguments: [
            (7, 2, 4), (5, 2, 2), (3, 2, 2), (1, 2, 0), (-1, 2, 0), (-3, 2, -2), (-5, 2, -2),
            (-7, 2, -4), (7, 3, 2), (8, 3, 3), (-7, 3, -2), (-8, 3, -3), (9, 3, 3), (0, 3, 0),
            (5, -2, -2), (-7, -2, 4),
        ])
    func halfEven(_ dividend: Int, _ divisor: Int, _ expected: Int) {
        #expect(Exact.halfEven(BigInt(dividend), over: BigInt(divisor)) == BigInt(expected))
    }

    @Test(
        "Down and up go to the integers around the quotient, on both sides of zero",
        arguments: [(7, 2, 3, 4), (-7, 2, -4, -3), (6, 2, 3, 3), (-6, 2, -3, -3), (0, 2, 0, 0)])
    func directed(_ dividend: Int, _ divisor: Int, _ below: Int, _ above: Int) {
        #expect(Exact.down(BigInt(dividend), over: BigInt(divisor)) == BigInt(below))
        #expect(Exact.up(BigInt(dividend), over: BigInt(divisor)) == BigInt(above))
    }

    /// Sizes around one, two and three machine words, where the shortcut begins and ends.
    @Test(
        "Quotients are nearest by multiplication, with and without the shortcut", arguments: 1...4)
    func nearest(seed: UInt64) {
        var random = Xoshiro256(seed: seed)
        for _ in 0..<2_000 {
            let dividend = number(1 + random.below(200), &random) * (random.oneIn(2) ? 1 : -1)
            let divisor = max(1, number(1 + random.below(140), &random))
            let quotient = Exact.halfEven(dividend, over: divisor)
            let error = 2 * (dividend - quotient * divisor)
            #expect(error.magnitude <= divisor.magnitude)
            if error.magnitude == divisor.magnitude { #expect(quotient % 2 == 0) }
            let below = Exact.down(dividend, over: divisor)
            #expect(below * divisor <= dividend && dividend < (below + 1) * divisor)
            let above = Exact.up(dividend, over: divisor)
            #expect(above * divisor >= dividend && dividend > (above - 1) * divisor)
        }
    }

    @Test(
        "A tie of any size goes to the even neighbour", arguments: [10, 63, 64, 65, 127, 128, 190])
    func ties(bits: Int) {
        let divisor = BigInt(1) << bits
        for whole in [BigInt(6), 7] {
            let dividend = whole * divisor + divisor / 2
            let even = whole % 2 == 0 ? whole : whole + 1
            #expect(Exact.halfEven(dividend, over: divisor) == even)
            #expect(Exact.halfEven(-dividend, over: divisor) == -even)
        }
    }

    @Test("A number is in 64 bits exactly when it fits")
    func int64() {
        for fitting in [0, 1, -1, Int64.max, Int64.min, Int64.min + 1] {
            #expect(Exact.int64(BigInt(fitting)) == fitting)
        }
        for beyond in [
            BigInt(Int64.max) + 1, BigInt(Int64.min) - 1, BigInt(1) << 64, -BigInt(1) << 64,
        ] {
            #expect(Exact.int64(beyond) == nil)
        }
    }

    private func number(_ bits: Int, _ random: inout Xoshiro256) -> BigInt {
        var number = BigInt(0)
        for _ in 0..<4 { number = (number << 64) + BigInt(random.next()) }
        return number >> (256 - bits)
    }
}
