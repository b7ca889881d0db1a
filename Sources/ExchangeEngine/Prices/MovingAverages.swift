import ExchangeTypes

/// The 150-second exponential average of `(bid + ask) / 2 − oracle`, sampled once a second.
///
/// **Units** 1e-16, so that small differences are not rounded away. **Source** `rules.md` §2.3, R-012, X-20.
struct BasisAverage {
    /// `1 − e^(−1/150)`.
    static let gain = Rate(units: 6_644_493_745)
    /// Nil before the first sample.
    var value: Int128?

    /// Takes a second's sample; the first is taken as it is.
    mutating func sample(_ basis: Int128) {
        guard let old = value else {
            value = basis
            return
        }
        value = old + Self.step(from: old, towards: basis, gain: Self.gain)
    }

    /// The part of a distance that an average moves in a second.
    static func step(from old: Int128, towards new: Int128, gain: Rate) -> Int128 {
        Rounding.halfEven((new - old) * Int128(gain.units), by: Int128(Rate.unitsPerOne))
    }

    /// The average rounded to 1e-8; zero before the first sample.
    var units: Int64 { Int64(Rounding.halfEven(value ?? 0, by: Int128(unitsPerOne))) }
}

/// The last 60 samples of something, and their mean. **Source** `rules.md` §11, stage 1.
struct MinuteOfSamples {
    static let capacity = 60
    /// A ring once it is full; `next` is the oldest then.
    private(set) var samples: [Int64] = []
    private(set) var next = 0
    private var sum: Int128 = 0

    mutating func add(_ sample: Int64) {
        sum += Int128(sample)
        if samples.count < Self.capacity {
            samples.append(sample)
        } else {
            sum -= Int128(samples[next])
            samples[next] = sample
        }
        next = (next + 1) % Self.capacity
    }

    /// The mean, rounded half-even; nil without samples.
    var mean: Int64? {
        if samples.isEmpty { return nil }
        return Int64(Rounding.halfEven(sum, by: Int128(samples.count)))
    }

    /// Oldest first.
    var ordered: [Int64] {
        samples.count < Self.capacity ? samples : Array(samples[next...] + samples[..<next])
    }

    /// The same samples on another scale.
    mutating func rescale(_ change: (Int64) -> Int64) {
        let old = ordered
        self = MinuteOfSamples()
        for sample in old { add(change(sample)) }
    }
}

/// A sum of amounts that decays by `e^(−1/60)` a second: "the 60-second average of what was sent".
///
/// **Source** `rules.md` §11, R-092, X-26.
struct DecayingSum {
    private(set) var sum = Money.zero
    /// The second to which `sum` belongs.
    private(set) var second: Int64 = 0

    init() {}

    /// The sum of a snapshot.
    init(sum: Money, second: Int64) {
        self.sum = sum
        self.second = second
    }

    /// `e^(−2^k/60)` in units of 2^-62, for k from 0.
    private static let powers: [Int128] = [
        4_535_461_553_111_609_846, 4_460_496_967_390_726_141, 4_314_264_483_011_471_179,
        4_036_024_559_131_052_406, 3_532_221_009_153_571_869, 2_705_428_168_277_697_862,
        1_587_129_207_076_061_533, 546_216_526_859_925_847, 64_694_884_478_857_052,
        907_570_042_931_916, 178_607_862_620, 6_917,
    ]

    /// What is left of the sum at a later second.
    func decayed(at second: Int64) -> Money {
        let elapsed = second - self.second
        if elapsed <= 0 { return sum }
        if elapsed >= 1 << Self.powers.count { return .zero }
        var factor: Int128 = 1 << 62
        for (bit, power) in Self.powers.enumerated() where elapsed & (1 << bit) != 0 {
            factor = (factor * power) >> 62
        }
        return Money(units: Int64(Rounding.halfEven(Int128(sum.units) * factor, by: 1 << 62)))
    }

    /// Adds an amount at a second.
    mutating func add(_ amount: Money, at second: Int64) {
        sum = decayed(at: second) + amount
        self.second = second
    }
}
