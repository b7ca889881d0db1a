import BigInt
import ExchangeTypes

/// Powers of e, from their series; the engine holds the same numbers as constants.
enum ExactExponential {
    /// So many bits behind the point that no rounding here can reach the digits in use.
    private static let bits = 320

    /// `e^(−numerator/denominator)` in units of 2^-320, cut.
    static func decay(_ numerator: Int, over denominator: Int) -> BigInt {
        // 1 − x + x²/2 − x³/6 …: for x = 35 the terms grow to 2^50 before they shrink.
        var term = BigInt(1) << bits
        var sum = term
        var place = 1
        while !term.isZero {
            term = -term * BigInt(numerator) / BigInt(denominator * place)
            sum += term
            place += 1
        }
        return sum
    }

    /// The fraction of a step that a moving average takes in one second, in units of 1e-12:
    /// `1 − e^(−1/seconds)`, rounded half-even.
    static func gain(seconds: Int) -> BigInt {
        let one = BigInt(1) << bits
        return Exact.halfEven((one - decay(1, over: seconds)) * Scale.rate, over: one)
    }

    /// `2^62·e^(−2^k/60)`, rounded half-even, for each k from 0 to 11: what is left of a forced order's
    /// value after 2^k seconds. **Source** `rules.md` §11, R-092.
    static let minuteDecays: [BigInt] = (0..<12).map { power in
        Exact.halfEven(decay(1 << power, over: 60) << 62, over: BigInt(1) << bits)
    }

    /// What a moving average over 150 seconds takes in each second. **Source** `rules.md` §2.3, R-012.
    static let basisGain = gain(seconds: 150)

    /// An amount after some seconds of decay with a time constant of a minute.
    static func decayed(_ amount: BigInt, seconds: Int64) -> BigInt {
        if seconds >= 4_096 { return 0 }
        var factor = BigInt(1) << 62
        for (power, decay) in minuteDecays.enumerated() where seconds >> power & 1 == 1 {
            factor = (factor * decay) >> 62
        }
        return Exact.halfEven(amount * factor, over: BigInt(1) << 62)
    }
}
