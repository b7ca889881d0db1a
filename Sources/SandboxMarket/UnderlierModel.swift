public import ExchangeTypes
public import MarketCalendar

/// How the price of an underlier moves, and how much.
///
/// `deviation` is the standard deviation of its change in one second, as a fraction of the reference
/// price. All models are pulled back to the reference price: by half in six hours where nothing else
/// is said, so that a sandbox left alone for months still quotes sane prices.
public enum UnderlierModel: Hashable, Sendable {
    /// Steps that look normal.
    case randomWalk(deviation: Rate)
    /// The same with a stronger pull, which takes `halfLife` seconds to bring the price half the way
    /// back: an Ornstein-Uhlenbeck process. Its distance settles around
    /// `deviation × √(halfLife / 1.39)`.
    case meanReverting(deviation: Rate, halfLife: Int64)
    /// A random walk with jumps up and down, as many in an hour on average. Each is between half and one
    /// and a half of `size`.
    case jumps(deviation: Rate, perHour: Int64, size: Rate)
    /// A random walk by the market hours of the contract's underlier: outside their `open` sessions its
    /// steps are `calm` times as large, and each opening is a gap with the standard deviation `gap`.
    case tradingHours(deviation: Rate, calm: Rate, gap: Rate)

    /// The largest deviation: 0.2 % in a second is 12 % in an hour.
    public static let largestDeviation = Rate(tenthBasisPoints: 200)
    /// The largest jump and opening gap: even one and a half of it is believed by the exchange.
    public static let largestMove = Rate(percent: 10)
    /// Half-lives in seconds: up to a week.
    public static let halfLives: ClosedRange<Int64> = 10...604_800
    /// Jumps in an hour.
    public static let jumpRates: ClosedRange<Int64> = 0...3_600

    /// What an underlier of this class and these hours does where nobody chooses.
    ///
    /// Shares jump; those whose markets are open for a part of the day only gap at each opening.
    public init(_ category: ProductCategory, hours: MarketHours) {
        let deviation = Rate(units: Liveliness(category).deviation * 10_000)
        switch category {
        case .equity where hours == .korea || hours == .japan:
            self = .tradingHours(
                deviation: deviation, calm: Rate(percent: 25), gap: Rate(tenthBasisPoints: 500))
        case .equity:
            self = .jumps(deviation: deviation, perHour: 2, size: Rate(tenthBasisPoints: 400))
        case .index:
            self = .randomWalk(deviation: deviation)
        case .commodity:
            self = .jumps(deviation: deviation, perHour: 1, size: Rate(tenthBasisPoints: 300))
        case .foreignExchange:
            self = .meanReverting(deviation: deviation, halfLife: 1_800)
        }
    }

    /// Checks every number against its bounds.
    ///
    /// - Throws: what is wrong with the first that is not within them.
    public func validate() throws(InvalidMarketValue) {
        switch self {
        case .randomWalk(let deviation):
            try check("deviation", deviation, Self.largestDeviation)
        case .meanReverting(let deviation, let halfLife):
            try check("deviation", deviation, Self.largestDeviation)
            guard Self.halfLives.contains(halfLife) else {
                throw InvalidMarketValue(
                    "half-life must be 10 to 604800 seconds, not \(halfLife)")
            }
        case .jumps(let deviation, let perHour, let size):
            try check("deviation", deviation, Self.largestDeviation)
            guard Self.jumpRates.contains(perHour) else {
                throw InvalidMarketValue("jumps per hour must be 0 to 3600, not \(perHour)")
            }
            try check("jump size", size, Self.largestMove)
        case .tradingHours(let deviation, let calm, let gap):
            try check("deviation", deviation, Self.largestDeviation)
            try check("calm", calm, Rate(percent: 100))
            try check("opening gap", gap, Self.largestMove)
        }
    }

    private func check(
        _ name: String, _ value: Rate, _ most: Rate
    ) throws(InvalidMarketValue) {
        guard value >= .zero, value <= most else {
            throw InvalidMarketValue("\(name) must be 0 to \(most.text), not \(value.text)")
        }
    }

    /// The underlier of a contract, at its reference price.
    func underlier(of listed: SandboxInstrument, random: SplitMix64) -> any Underlier {
        switch self {
        case .randomWalk(let deviation):
            RandomWalk(listed, deviation: deviation, random: random)
        case .meanReverting(let deviation, let halfLife):
            RandomWalk(listed, deviation: deviation, halfLife: halfLife, random: random)
        case .jumps(let deviation, let perHour, let size):
            JumpWalk(
                RandomWalk(listed, deviation: deviation, random: random.split(0)),
                perHour: perHour, size: size, random: random.split(1))
        case .tradingHours(let deviation, let calm, let gap):
            TradingHoursWalk(
                RandomWalk(listed, deviation: deviation, random: random.split(0)),
                hours: listed.calendar.hours, calm: calm, gap: gap, random: random.split(1))
        }
    }
}

extension Rate {
    /// The fraction as a decimal: `0.05`.
    var text: String {
        var bytes: [UInt8] = []
        DecimalText.append(units, scale: 12, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Once as much.
    static let one = Rate(units: Rate.unitsPerOne)

    /// This rate of a value, rounded half-even.
    func of(_ value: Int64) -> Int64 {
        Int64(
            Rounding.halfEven(Int128(value) * Int128(units), by: Int128(Self.unitsPerOne)))
    }
}
