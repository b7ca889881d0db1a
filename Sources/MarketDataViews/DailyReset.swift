public import ExchangeTypes

/// When daily volumes start again. Given from outside, because no time zone is known here.
public struct DailyReset: Sendable {
    private let nextReset: @Sendable (Timestamp) -> Timestamp

    /// Resets at instants of one's own: the function gives the first one after an instant. It is asked
    /// once for each day.
    public init(next: @escaping @Sendable (Timestamp) -> Timestamp) { nextReset = next }

    /// At the beginning of each day of UTC.
    public static let midnightUTC = DailyReset { instant in
        CandleInterval.oneDay.start(of: instant)
            .advanced(byNanoseconds: CandleInterval.oneDay.nanoseconds)
    }

    /// The first reset after an instant.
    ///
    /// **Rejects** a function that stays behind (a programming error).
    func next(after instant: Timestamp) -> Timestamp {
        let next = nextReset(instant)
        precondition(next > instant, "the reset after \(instant) is at \(next)")
        return next
    }
}
