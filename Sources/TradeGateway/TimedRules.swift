import ExchangeTypes

/// What holds until an instant, for everybody or for named users and accounts.
///
/// Pure: time is passed in, in nanoseconds of any clock that never goes back.
struct TimedRules<Rule> {
    /// A rule and its end.
    struct Entry {
        let rule: Rule
        let endsAt: Int64
    }

    /// Names kept at most; beyond that, the rule that ends first gives way.
    static var capacity: Int { 1_024 }

    private var everybody: Entry?
    private var named: [UniqueID: Entry] = [:]

    /// Whether there is nothing to ask for: the rule.
    var isEmpty: Bool { everybody == nil && named.isEmpty }

    /// Sets a rule; the last word on somebody counts.
    mutating func set(_ rule: Rule, for user: UniqueID?, until end: Int64, at now: Int64) {
        forgetEnded(at: now)
        let entry = Entry(rule: rule, endsAt: end)
        guard let user else {
            everybody = entry
            return
        }
        if named[user] == nil && named.count >= Self.capacity {
            let soonest = named.min {
                ($0.value.endsAt, $0.key.low) < ($1.value.endsAt, $1.key.low)
            }
            if let soonest { named[soonest.key] = nil }
        }
        named[user] = entry
    }

    /// The rules that hold now for somebody with these names.
    mutating func rules(for names: [UniqueID], at now: Int64) -> [Entry] {
        let found = [everybody] + names.map { named[$0] }
        let holding = found.compactMap { $0 }.filter { $0.endsAt > now }
        if holding.isEmpty { forgetEnded(at: now) }
        return holding
    }

    private mutating func forgetEnded(at now: Int64) {
        if let end = everybody?.endsAt, end <= now { everybody = nil }
        if !named.isEmpty { named = named.filter { $0.value.endsAt > now } }
    }
}
