public import ExchangeTypes

/// A dated future that an oracle follows for a while.
public struct DatedContract: Hashable, Sendable {
    /// The exchange's name of the future, such as `CLK6`.
    public var name: String
    /// The last instant at which the oracle follows it.
    public var activeUntil: Timestamp
    public var expiration: Timestamp
    public init(name: String, activeUntil: Timestamp, expiration: Timestamp) {
        self.name = name
        self.activeUntil = activeUntil
        self.expiration = expiration
    }
}

/// Which dated future an oracle follows when. **Source** `rules.md` §15, R-009.
public struct ContractCalendar: Sendable {
    /// By the end of their time.
    private let contracts: [DatedContract]

    public init(_ contracts: [DatedContract]) {
        self.contracts = contracts.sorted { $0.activeUntil < $1.activeUntil }
    }

    /// The contract whose time ends first, at an instant or after it; nil beyond the last one.
    public func contract(at instant: Timestamp) -> DatedContract? {
        contracts.first { $0.activeUntil >= instant }
    }
}
