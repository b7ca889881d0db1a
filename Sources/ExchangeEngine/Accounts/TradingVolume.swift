import ExchangeTypes

/// A user's effective trading volume: today's and that of the last 30 whole days, which decides its fee
/// tier. **Units** 1e-16 USDC times the class weight. **Source** `rules.md` §10, R-087, X-12.
struct TradingVolume {
    static let dayCount = 30
    private(set) var today: Int128 = 0
    /// Oldest first; empty until the first day with volume ends.
    private(set) var days: [Int128] = []

    init() {}

    /// The volume of a snapshot.
    init(today: Int128, days: [Int128]) {
        self.today = today
        self.days = days
    }

    mutating func add(_ value: Notional, _ category: ProductCategory) {
        today += value.units * Self.weight(of: category)
    }

    /// Ends today, and the days after it without volume.
    mutating func beginDay(_ daysBegun: Int64) {
        guard today != 0 || !days.isEmpty else { return }
        days.append(today)
        today = 0
        for _ in 1..<max(1, min(daysBegun, Int64(Self.dayCount) + 1)) { days.append(0) }
        if days.count > Self.dayCount { days.removeFirst(days.count - Self.dayCount) }
        if days.allSatisfy({ $0 == 0 }) { days.removeAll() }
    }

    /// The volume of the last 30 whole days.
    var trailing: Notional { Notional(units: days.reduce(0, +)) }

    private static func weight(of category: ProductCategory) -> Int128 {
        switch category {
        case .foreignExchange: 1
        case .commodity, .index: 2
        case .equity: 5
        }
    }
}

extension Exchange {
    /// Ends a fee day: every user's tier follows from its last 30 days. **Source** R-086, R-087.
    func beginFeeDay(_ daysBegun: Int64) {
        for index in accounts.indices where accounts[index].isMaster {
            accounts[index].volume.beginDay(daysBegun)
            accounts[index].feeTier = venue.fees.tier(of: accounts[index].volume.trailing)
        }
    }

    /// The fee tier of an account, which is its user's.
    func feeTier(of account: AccountID) -> UInt8 {
        accounts[Int(accounts[Int(account.index)].user.index)].feeTier
    }
}
