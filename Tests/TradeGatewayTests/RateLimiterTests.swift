import ExchangeTypes
import QFEXWire
import Testing

@testable import TradeGateway

/// How much a user may say, in virtual time. **Source** `protocol.md` §15.
@Suite struct RateLimiterTests {
    private let user = UniqueID(high: 0, low: 1)
    private let second: Int64 = 1_000_000_000

    /// How many of these a user can send in one instant.
    private func burst(
        _ command: CommandName?, _ limiter: inout RateLimiter, of user: UniqueID? = nil,
        at now: Int64 = 0
    ) -> Int {
        var count = 0
        while limiter.admit(user ?? self.user, command, at: now) == nil {
            count += 1
            if count > 200_000 { break }
        }
        return count
    }

    /// When the first message of a steady stream is refused, in seconds; nil if none is.
    private func firstRefusal(perSecond rate: Double, _ weight: Double, seconds: Int64) -> Double? {
        var limits = RateLimits()
        limits.weights[.addOrder] = weight
        var limiter = RateLimiter(limits)
        let step = 1e9 * weight / rate
        var number = 0.0
        while number * step < Double(seconds * second) {
            if limiter.admit(user, .addOrder, at: Int64(number * step)) != nil {
                return number * step / 1e9
            }
            number += 1
        }
        return nil
    }

    @Test("P-190 190 or 200 units a second are borne for ever, 250 for a minute and a half")
    func sustained() throws {
        #expect(firstRefusal(perSecond: 190, 1, seconds: 120) == nil)
        #expect(firstRefusal(perSecond: 200, 1, seconds: 1_200) == nil)
        let refused = try #require(firstRefusal(perSecond: 250, 1, seconds: 120))
        // 15,000 (1 − e^(−t/60)) reaches 12,000 after 60 ln 5 seconds.
        #expect(abs(refused - 96.57) < 0.2)
        let heavy = try #require(firstRefusal(perSecond: 250, 5, seconds: 120))
        #expect(abs(heavy - 96.57) < 0.5)
    }

    @Test(
        "P-193 each message weighs what the documentation says: so many in an instant, then no more",
        arguments: [
            (CommandName.addOrder, 12_001), (.modifyOrder, 12_001), (.modifyStopOrder, 12_001),
            (.cancelOrder, 12_001), (.cancelStopOrder, 12_001), (.addTWAP, 12_001),
            (.closePosition, 12_001), (nil, 12_001), (.getOrder, 6_001), (.cancelAllOrders, 6_001),
            (.getUserOrders, 2_401), (.getUserTrades, 24_001), (.subscribe, 120_001),
            (.unsubscribe, 120_001), (.getUserLeverage, 120_001),
            (.getAvailableLeverageLevels, 120_001), (.setUserLeverage, 120_001),
            (.cancelOnDisconnect, 120_001),
        ] as [(CommandName?, Int)])
    func weights(command: CommandName?, count: Int) {
        var limiter = RateLimiter(RateLimits())
        // Tenths do not add up exactly.
        #expect(abs(burst(command, &limiter) - count) <= 1)
    }

    @Test("Every command has a weight in the table, and auth has none")
    func table() {
        #expect(Set(RateLimits.documentedWeights.keys) == Set(CommandName.allCases))
        var limiter = RateLimiter(RateLimits())
        #expect(burst(.authenticate, &limiter) > 200_000)
    }

    @Test("P-191 cancels and all else are counted apart")
    func buckets() {
        for (first, other) in [
            (CommandName.addOrder, CommandName.cancelOrder), (.cancelAllOrders, .getOrder),
            (.cancelStopOrder, .modifyStopOrder),
        ] {
            var limiter = RateLimiter(RateLimits())
            _ = burst(first, &limiter)
            #expect(limiter.admit(user, other, at: 0) == nil)
            #expect(limiter.admit(user, first, at: 0) != nil)
        }
    }

    @Test("P-191 all cancels share one bucket, all else the other")
    func sharedBuckets() {
        var limiter = RateLimiter(RateLimits())
        _ = burst(.cancelOrder, &limiter)
        #expect(limiter.admit(user, .cancelAllOrders, at: 0) != nil)
        #expect(limiter.admit(user, .cancelStopOrder, at: 0) != nil)
        _ = burst(.getUserOrders, &limiter)
        #expect(limiter.admit(user, .addOrder, at: 0) != nil)
        #expect(limiter.admit(user, nil, at: 0) != nil)
    }

    @Test("P-192 another user is not touched")
    func users() {
        var limiter = RateLimiter(RateLimits())
        _ = burst(.addOrder, &limiter)
        #expect(burst(.addOrder, &limiter, of: UniqueID(high: 0, low: 2)) == 12_001)
    }

    @Test("P-194 the hint is long enough and hardly longer; a refused message weighs nothing")
    func hint() throws {
        var limiter = RateLimiter(RateLimits())
        _ = burst(.getUserOrders, &limiter)
        // 12,005 fade to 12,000 in 60 ln(12,005 / 12,000) seconds.
        let refusal = limiter.admit(user, .addOrder, at: 0)
        let hint = try #require(refusal)
        #expect(hint == 25_000_000)
        for _ in 0..<100 { #expect(limiter.admit(user, .getUserOrders, at: 0) == hint) }
        #expect(limiter.admit(user, .addOrder, at: hint - 2_000_000) != nil)
        #expect(limiter.admit(user, .addOrder, at: hint) == nil)
    }

    @Test("A minute of silence leaves 1/e of the load")
    func fading() {
        var limiter = RateLimiter(RateLimits())
        _ = burst(.addOrder, &limiter)
        let rest = Int(12_000 * (1 - 1 / 2.718281828459045))
        #expect(abs(burst(.addOrder, &limiter, at: 60 * second) - rest) <= 2)
    }

    @Test("A clock that another thread read a little earlier does no harm")
    func clocks() {
        var limiter = RateLimiter(RateLimits())
        #expect(limiter.admit(user, .addOrder, at: 1_000) == nil)
        #expect(limiter.admit(user, .addOrder, at: 0) == nil)
        #expect(burst(.addOrder, &limiter, at: 0) == 11_999)
    }

    @Test("The operator chooses the limit and the weights; zero is no limit")
    func configuration() {
        var limits = RateLimits()
        limits.limit = 10
        limits.weights[.getOrder] = 4
        limits.unknownWeight = 5
        var limiter = RateLimiter(limits)
        #expect(burst(.getOrder, &limiter) == 3)
        limiter = RateLimiter(limits)
        #expect(burst(nil, &limiter) == 3)
        limits.limit = 0
        limiter = RateLimiter(limits)
        #expect(burst(.getUserOrders, &limiter) > 200_000)
        #expect(limiter.userCount == 0)
    }

    @Test("Users are forgotten when nothing of their load is left, or when the table is full")
    func bounded() {
        var limiter = RateLimiter(RateLimits(), capacity: 100)
        for number in 0..<100 {
            _ = limiter.admit(UniqueID(high: 1, low: UInt64(number)), .addOrder, at: 0)
        }
        #expect(limiter.userCount == 100)
        // Ten loud ones later, when the rest has faded.
        let later = 900 * second
        for number in 0..<10 {
            let loud = UniqueID(high: 2, low: UInt64(number))
            #expect(burst(.addOrder, &limiter, of: loud, at: later) == 12_001)
        }
        #expect(limiter.userCount == 10)
        for number in 0..<1_000 {
            _ = limiter.admit(UniqueID(high: 3, low: UInt64(number)), .addOrder, at: later)
            #expect(limiter.userCount <= 100)
        }
        // Who said most is remembered longest.
        #expect(limiter.admit(UniqueID(high: 2, low: 0), .addOrder, at: later) != nil)
    }
}
