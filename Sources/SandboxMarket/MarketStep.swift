public import ExchangeTypes

/// Something that happens to the market, all at once or for a while.
///
/// The market answers with ordinary commands, so that a log holds all of it. Seconds are simulated
/// ones: four ticks each.
public enum MarketStep: Hashable, Sendable {
    /// The contracts that a step is about.
    public enum Scope: Hashable, Sendable {
        case all
        /// Those of the market; symbols that it has not are passed over.
        case symbols([Symbol])
    }

    /// Outside prices are at once this fraction higher, or lower where it is negative.
    case gap(Scope, Rate)
    /// Outside prices move by this fraction, evenly over some seconds. A later drift replaces what is
    /// left of an earlier one.
    case drift(Scope, Rate, seconds: Int64)
    /// Usual price steps are so many times as large for some seconds. Prices of a file are what they
    /// are.
    case volatility(Scope, times: Rate, seconds: Int64)
    /// The contracts take no orders; all else of them stays.
    case halt(Scope)
    /// Contracts that were halted take orders again.
    case resume(Scope)
    /// Makers quote so many times as wide for some seconds.
    case widenSpreads(Scope, times: Rate, seconds: Int64)
    /// Makers cancel all quotes and make no new ones.
    case withdrawMakers(Scope)
    /// Makers quote again.
    case returnMakers(Scope)
    /// No outside price is sent. The underlier moves on unseen.
    case silenceFeed(Scope)
    /// Outside prices are sent again, from where the underlier is by now.
    case restoreFeed(Scope)

    /// Fractions of a gap and of a drift: what the exchange believes of two prices in a row.
    public static let fractions = Rate(percent: -49)...Rate(percent: 49)
    /// Factors of volatility and of spreads.
    public static let factors = Rate.zero...Rate(percent: 5_000)
    /// How long something may last, in seconds.
    public static let durations: ClosedRange<Int64> = 1...86_400

    /// Checks every number against its bounds.
    ///
    /// - Throws: what is wrong with the first that is not within them.
    public func validate() throws(InvalidMarketValue) {
        switch self {
        case .gap(_, let fraction):
            try check(fraction)
        case .drift(_, let fraction, let seconds):
            try check(fraction)
            try check(seconds)
        case .volatility(_, let factor, let seconds):
            try check(factor, least: .zero)
            try check(seconds)
        case .widenSpreads(_, let factor, let seconds):
            try check(factor, least: .one)
            try check(seconds)
        case .halt, .resume, .withdrawMakers, .returnMakers, .silenceFeed, .restoreFeed:
            break
        }
    }

    private func check(_ fraction: Rate) throws(InvalidMarketValue) {
        guard Self.fractions.contains(fraction) else {
            throw InvalidMarketValue("fraction must be -0.49 to 0.49, not \(fraction.text)")
        }
    }

    private func check(_ factor: Rate, least: Rate) throws(InvalidMarketValue) {
        guard factor >= least, factor <= Self.factors.upperBound else {
            throw InvalidMarketValue("factor must be \(least.text) to 50, not \(factor.text)")
        }
    }

    private func check(_ seconds: Int64) throws(InvalidMarketValue) {
        guard Self.durations.contains(seconds) else {
            throw InvalidMarketValue("seconds must be 1 to 86400, not \(seconds)")
        }
    }

    /// The contracts that it is about.
    public var scope: Scope {
        switch self {
        case .gap(let scope, _), .drift(let scope, _, _), .volatility(let scope, _, _),
            .halt(let scope), .resume(let scope), .widenSpreads(let scope, _, _),
            .withdrawMakers(let scope), .returnMakers(let scope), .silenceFeed(let scope),
            .restoreFeed(let scope):
            scope
        }
    }
}
