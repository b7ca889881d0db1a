public import ExchangeTypes

extension Exchange {
    /// The next whole second, at which something may be due; nil while nothing is listed.
    public var nextSecond: Timestamp? {
        if listings.isEmpty { return nil }
        let second: Int64 = 1_000_000_000
        return Timestamp(nanoseconds: (now.nanoseconds / second + 1) * second)
    }
}
