import ExchangeTypes
import Testing

/// The only places where a fraction of a cent can go.
@Suite struct RoundingTests {
    @Test("Half-even, down and up agree with the definition for every small fraction")
    func small() {
        for divisor in Int128(1)...24 {
            for dividend in Int128(-120)...120 {
                let down = Rounding.down(dividend, by: divisor)
                #expect(down * divisor <= dividend && dividend < (down + 1) * divisor)
                let up = Rounding.up(dividend, by: divisor)
                #expect((up - 1) * divisor < dividend && dividend <= up * divisor)
                #expect(Rounding.halfEven(dividend, by: divisor) == reference(dividend, divisor))
            }
        }
    }

    @Test("Half-even agrees with the definition for wide numbers, near ties above all")
    func wide() {
        var random = Noise(seed: 3)
        for _ in 0..<50_000 {
            let divisor = Int128(random.next() >> (random.next() % 63)) + 1
            let quotient = Int128(Int64(bitPattern: random.next()) >> 2)
            let offset = Int128(random.next() % 5) - 2
            let dividend = quotient / 2 * divisor + divisor / 2 + offset
            #expect(Rounding.halfEven(dividend, by: divisor) == reference(dividend, divisor))
        }
    }

    @Test("The largest numbers do not overflow")
    func extremes() {
        for divisor in [Int128(1), 2, 3, .max] {
            for dividend in [Int128.max, .max - 1, .min + 1, .min, 0] {
                let down = Rounding.down(dividend, by: divisor)
                let result = Rounding.halfEven(dividend, by: divisor)
                #expect(result == down || result == down + 1)
            }
        }
        #expect(Rounding.halfEven(.max, by: .max) == 1)
        #expect(Rounding.halfEven(.min, by: 2) == Int128.min / 2)
    }

    @Test("Notionals become money half-even at eight decimals")
    func money() {
        let half = Int128(50_000_000)
        #expect(Notional(units: half).money == Money(units: 0))
        #expect(Notional(units: half + 1).money == Money(units: 1))
        #expect(Notional(units: 3 * half).money == Money(units: 2))
        #expect(Notional(units: -half).money == Money(units: 0))
        #expect(Notional(units: -3 * half).money == Money(units: -2))
        #expect(Notional(Money(7)).money == Money(7))
        #expect(Notional(Money(3)).money(dividedBy: 7) == Money("0.42857143"))
        let fee = Notional(Money("3361.5") ?? .zero).money(at: Rate(tenthBasisPoints: 50))
        #expect(fee == Money("1.68075"))
        #expect(Notional(Money(1)).money(at: Rate(tenthBasisPoints: -1)) == Money("-0.00001"))
    }

    /// Twice the distance to each neighbour, compared as wide integers.
    private func reference(_ dividend: Int128, _ divisor: Int128) -> Int128 {
        let (low, _) = dividend.quotientAndRemainder(dividingBy: divisor)
        let floor = low * divisor > dividend ? low - 1 : low
        let below = dividend - floor * divisor
        let above = divisor - below
        if below < above { return floor }
        if above < below { return floor + 1 }
        return floor % 2 == 0 ? floor : floor + 1
    }
}
