import ExchangeTypes
import Foundation
public import QFEXWire
import Synchronization

/// How much a user may say. **Source** `protocol.md` §15.
public struct RateLimits: Sendable {
    /// What a bucket bears in `timeConstantSeconds`, in weight units; zero for no limit.
    public var limit = 12_000.0
    /// After this time a message counts for 1/e of its weight.
    public var timeConstantSeconds = 60.0
    /// What each command weighs.
    public var weights = documentedWeights
    /// What a message weighs that is no command.
    public var unknownWeight = 1.0

    public init() {}

    /// The table of the documentation; `add_twap` and `close_position`, which it leaves out, weigh as
    /// much as an order. Limits apply after authentication, so that `auth` weighs nothing.
    public static let documentedWeights: [CommandName: Double] = [
        .authenticate: 0, .addOrder: 1, .cancelOrder: 1, .modifyOrder: 1, .cancelStopOrder: 1,
        .modifyStopOrder: 1, .addTWAP: 1, .closePosition: 1, .getOrder: 2, .cancelAllOrders: 2,
        .getUserOrders: 5, .getUserTrades: 0.5, .subscribe: 0.1, .unsubscribe: 0.1,
        .getUserLeverage: 0.1, .getAvailableLeverageLevels: 0.1, .setUserLeverage: 0.1,
        .cancelOnDisconnect: 0.1,
    ]

    func weight(_ command: CommandName?) -> Double {
        command.flatMap { weights[$0] } ?? unknownWeight
    }
}

/// Counts what users say: for each an exponentially fading sum of weights in two buckets.
///
/// Pure: time is passed in, in nanoseconds of any clock that never goes back.
/// **Source** `protocol.md` §15, P-190 to P-194.
struct RateLimiter {
    /// A sum of weights that fades.
    private struct Level {
        var value = 0.0
        /// When `value` was true. **Units** nanoseconds.
        var time: Int64 = 0

        func value(at now: Int64, _ timeConstantSeconds: Double) -> Double {
            value * exp(-Double(max(0, now - time)) / 1e9 / timeConstantSeconds)
        }
    }

    private struct User {
        var general = Level()
        /// Apart, so that cancels pass whatever else was said.
        var cancels = Level()
    }

    private let limits: RateLimits
    private let capacity: Int
    private var users: [UniqueID: User] = [:]
    /// Who is refused whatever was said before.
    private var refused = TimedRules<Void>()

    /// A limiter that remembers at most `capacity` users at a time.
    init(_ limits: RateLimits, capacity: Int = 65_536) {
        self.limits = limits
        self.capacity = capacity
    }

    /// How many users are remembered.
    var userCount: Int { users.count }

    /// Counts a message, or refuses it: then it counts nothing, and the time is returned after which
    /// one is admitted again. **Units** nanoseconds, whole milliseconds.
    mutating func admit(
        _ user: UniqueID, account: UniqueID? = nil, _ command: CommandName?, at now: Int64
    ) -> Int64? {
        if let wait = refusal(of: [user] + (account.map { [$0] } ?? []), at: now) { return wait }
        if limits.limit <= 0 { return nil }
        if users[user] == nil && users.count >= capacity { makeRoom(at: now) }
        let bucket: WritableKeyPath<User, Level> =
            command?.isCancel == true ? \.cancels : \.general
        let level = users[user, default: User()][keyPath: bucket]
            .value(at: now, limits.timeConstantSeconds)
        if level > limits.limit {
            let seconds = limits.timeConstantSeconds * log(level / limits.limit)
            return (Int64(seconds * 1_000) + 1) * 1_000_000
        }
        users[user, default: User()][keyPath: bucket] = Level(
            value: level + limits.weight(command), time: now)
        return nil
    }

    /// Refuses all that somebody says for a while, or that anybody says, as if the bucket had run over.
    mutating func refuse(_ limit: LimitRate, at now: Int64) {
        refused.set((), for: limit.user, until: now + limit.nanoseconds, at: now)
    }

    /// How long somebody with these names is refused from now on. **Units** as `admit`.
    private mutating func refusal(of names: [UniqueID], at now: Int64) -> Int64? {
        if refused.isEmpty { return nil }
        let end = refused.rules(for: names, at: now).map(\.endsAt).max()
        return end.map { ($0 - now + 999_999) / 1_000_000 * 1_000_000 }
    }

    /// Forgets those who said least of late, until half of the room is free.
    private mutating func makeRoom(at now: Int64) {
        var floor = 0.001
        while users.count > capacity / 2 {
            users = users.filter { _, user in
                max(
                    user.general.value(at: now, limits.timeConstantSeconds),
                    user.cancels.value(at: now, limits.timeConstantSeconds)) > floor
            }
            floor *= 10
        }
    }
}

/// The one limiter of all event loops: a user's connections count together, and a new connection does
/// not start anew.
final class SharedRateLimiter: Sendable {
    private let limiter: Mutex<RateLimiter>

    init(_ limits: RateLimits) { limiter = Mutex(RateLimiter(limits)) }

    func admit(
        _ user: UniqueID, account: UniqueID, _ command: CommandName?, at now: Int64
    ) -> Int64? {
        limiter.withLock { $0.admit(user, account: account, command, at: now) }
    }

    func refuse(_ limit: LimitRate, at now: Int64) {
        limiter.withLock { $0.refuse(limit, at: now) }
    }
}

extension CommandName {
    /// Whether it counts as a cancel.
    fileprivate var isCancel: Bool {
        switch self {
        case .cancelOrder, .cancelAllOrders, .cancelStopOrder: true
        case .authenticate, .subscribe, .unsubscribe, .addOrder, .modifyOrder, .closePosition,
            .modifyStopOrder, .addTWAP, .getOrder, .getUserOrders, .getUserTrades,
            .getUserLeverage, .setUserLeverage, .getAvailableLeverageLevels, .cancelOnDisconnect:
            false
        }
    }
}
