import ExchangeTypes
import Foundation
import ServerTestKit
import Testing
import WebSocketTransport

@testable import TradeGateway

/// A bad day on the trade endpoint, in virtual time. **Source** SCENARIOS.md.
@Suite struct DisturbanceTests {
    private let second: Int64 = 1_000_000_000

    private func cut(
        _ rig: Rig, _ endpoints: DisturbedEndpoints, _ user: String? = nil
    ) throws {
        let identity = try user.map { try #require(UniqueID($0)) }
        try rig.run(
            .disturb(.cutConnections(CutConnections(endpoints: endpoints, user: identity))))
    }

    private func delay(
        _ rig: Rig, milliseconds: Int64, seconds: Int64, _ user: String? = nil
    ) throws {
        let identity = try user.map { try #require(UniqueID($0)) }
        try rig.run(
            .disturb(
                .delayAnswers(
                    DelayAnswers(
                        user: identity, byNanoseconds: milliseconds * 1_000_000,
                        nanoseconds: seconds * second))))
    }

    // MARK: Cut lines

    @Test(
        "P-170: a cut line gets no goodbye, and its orders are cancelled where that was asked for")
    func cutsEverybody() throws {
        let rig = try Rig()
        let (alice, bob) = (try rig.trader(), try rig.trader())
        let silent = rig.connect()
        _ = try alice.perform("cancel_on_disconnect", ["cancel_on_disconnect": true])
        _ = try alice.place("BUY", "1", "99")
        _ = try bob.place("BUY", "1", "98")
        try cut(rig, .both)
        #expect([alice, bob, silent].map(\.isCut) == [true, true, true])
        #expect([alice, bob, silent].map(\.closeReason) == [nil, nil, nil])
        #expect(rig.bestBid == "98")
        // Who comes back is served.
        let again = try rig.trader()
        #expect(!again.isCut)
    }

    @Test("A cut of market data leaves trading alone")
    func sparesTrading() throws {
        let rig = try Rig()
        let alice = try rig.trader()
        try cut(rig, .marketData)
        #expect(!alice.isCut)
    }

    @Test("A cut of one user meets all of the user's connections, one of an account only its own")
    func cutsOne() throws {
        let rig = try Rig()
        let (user, other) = (try rig.newUser(), try rig.newUser())
        let master = try rig.trader(user)
        let identity = UniqueID(high: 5, low: 5)
        try rig.run(
            .openAccount(OpenAccount(identity: identity, master: try rig.account(user.id))))
        let subaccount = try rig.trader(user, account: identity.string)
        let bystander = try rig.trader(other)
        let nobody = rig.connect()
        try cut(rig, .trade, identity.string)
        #expect(
            [master, subaccount, bystander, nobody].map(\.isCut) == [false, true, false, false])
        let back = try rig.trader(user, account: identity.string)
        try cut(rig, .trade, user.id)
        #expect([master, back, bystander, nobody].map(\.isCut) == [true, true, false, false])
    }

    // MARK: Rate limits

    @Test("P-191: a limited user is told RateLimited with the time left, and nothing is done")
    func limits() throws {
        let rig = try Rig()
        let user = try rig.newUser()
        let (alice, bob) = (try rig.trader(user), try rig.trader())
        let order = alice.order("BUY", "1", "99")
        let limit = LimitRate(user: UniqueID(user.id), nanoseconds: 10 * second)
        try rig.run(.disturb(.limitRate(limit)))
        try rig.advance(milliseconds: 2_500)
        let frames = try alice.perform("add_order", order)
        #expect(outline(frames) == ["err RateLimited"])
        #expect(frames[0]["err"]?["retry_after"]?.number == 7.5)
        #expect(
            frames[0]["err"]?["incoming_message"]
                == ["type": "add_order", "params": .object(order)])
        #expect(rig.bestBid == nil)
        // Cancels and new connections too, other users not.
        #expect(try outline(alice.perform("cancel_all_orders")) == ["err RateLimited"])
        let again = try rig.trader(user, channels: [])
        #expect(try outline(again.perform("get_user_orders")) == ["err RateLimited"])
        #expect(try outline(bob.place("BUY", "1", "98")) == ["ACK"])
        try rig.advance(milliseconds: 7_500)
        #expect(try outline(alice.perform("add_order", order)) == ["ACK"])
    }

    @Test("A limit on everybody holds also where there are no other limits")
    func limitsEverybody() throws {
        let rig = try Rig { $0.rateLimits.limit = 0 }
        let alice = try rig.trader()
        try rig.run(.disturb(.limitRate(LimitRate(nanoseconds: second))))
        #expect(try outline(alice.place("BUY", "1", "99")) == ["err RateLimited"])
        try rig.advance(milliseconds: 1_000)
        #expect(try outline(alice.place("BUY", "1", "99")) == ["ACK"])
    }

    // MARK: Late answers

    @Test("Late answers come in order, each as late as it should be, and then at once again")
    func delays() throws {
        let rig = try Rig()
        let user = try rig.newUser()
        let (alice, bob) = (try rig.trader(user), try rig.trader())
        try delay(rig, milliseconds: 800, seconds: 2, user.id)
        #expect(try alice.place("BUY", "1", "99").isEmpty)
        // The exchange itself is not late, and nobody else is.
        #expect(rig.bestBid == "99")
        #expect(try outline(bob.place("SELL", "1", "99")) == ["ACK", "fill", "FILLED"])
        try rig.advance(milliseconds: 799)
        #expect(try alice.heard() == [])
        try rig.advance(milliseconds: 1)
        #expect(try alice.heard() == ["ACK", "fill", "FILLED"])
        // The last answer of the time is late; those after it wait behind it.
        try rig.advance(milliseconds: 1_199)
        #expect(try alice.place("BUY", "1", "98").isEmpty)
        try rig.advance(milliseconds: 100)
        #expect(try alice.perform("cancel_all_orders").isEmpty)
        try rig.advance(milliseconds: 699)
        #expect(try alice.heard() == [])
        try rig.advance(milliseconds: 1)
        #expect(try alice.heard() == ["ACK", "CANCELLED", "ack+ack_response"])
        #expect(try outline(alice.place("BUY", "1", "98")) == ["ACK"])
    }

    @Test("A delay of everybody holds also what comes before authentication, goodbyes included")
    func delaysGoodbyes() throws {
        let rig = try Rig()
        try delay(rig, milliseconds: 500, seconds: 60)
        let stranger = rig.connect()
        let user = try rig.newUser()
        try rig.revoke(user)
        #expect(try stranger.authenticate(user).isEmpty)
        #expect(stranger.closeReason == nil)
        try rig.advance(milliseconds: 500)
        #expect(try stranger.heard() == ["err PermissionDenied"])
        #expect(stranger.closeReason == .policyViolation("authentication failed"))
    }

    @Test("More held than allowed: closed like a reader that is too slow, and nothing follows")
    func boundsHeld() throws {
        let rig = try Rig { $0.maximumHeldBytes = 4_000 }
        let user = try rig.newUser()
        let alice = try rig.trader(user)
        try delay(rig, milliseconds: 1_000, seconds: 60, user.id)
        var sent = 0
        while alice.closeReason == nil && sent < 100 {
            _ = try alice.place("BUY", "1", "99")
            sent += 1
        }
        #expect(alice.closeReason == .slowConsumer)
        #expect((4...20).contains(sent))
        try rig.advance(milliseconds: 2_000)
        #expect(try alice.heard() == [])
    }

    @Test("What is held for a connection goes with it")
    func forgetsHeld() throws {
        let rig = try Rig()
        let alice = try rig.trader()
        try delay(rig, milliseconds: 1_000, seconds: 60)
        _ = try alice.place("BUY", "1", "99")
        try alice.leave()
        try rig.advance(milliseconds: 2_000)
        #expect(try alice.heard() == [])
    }

    @Test("Rules of many users are bounded: the one that ends first gives way")
    func boundsRules() {
        var rules = TimedRules<Int>()
        for number in 0...TimedRules<Int>.capacity {
            rules.set(number, for: UniqueID(high: 0, low: UInt64(number)), until: 10, at: 0)
        }
        func rule(_ number: UInt64, at now: Int64) -> [Int] {
            rules.rules(for: [UniqueID(high: 0, low: number)], at: now).map(\.rule)
        }
        let (first, second, late) = (rule(0, at: 1), rule(1, at: 1), rule(1, at: 10))
        #expect(first == [] && second == [1] && late == [])
        #expect(rules.isEmpty)
    }
}

/// What holds messages back.
@Suite struct DelayLineTests {
    @Test("Messages leave in order when due, none before one put in earlier")
    func order() {
        var line = DelayLine<Int>(capacity: 30)
        #expect(line.nextDue == nil)
        let held = [(1, 100), (2, 50), (3, 120)].map { number, due in
            line.hold(number, byteCount: 10, until: Int64(due))
        }
        #expect(held == [true, true, true])
        #expect(line.nextDue == 100)
        let early = line.takeDue(at: 99)
        let due = [line.takeDue(at: 100), line.takeDue(at: 100), line.takeDue(at: 100)]
        #expect(early == nil && due == [1, 2, nil])
        #expect(line.byteCount == 10 && line.nextDue == 120)
        let last = line.takeDue(at: 1_000)
        #expect(last == 3 && line.isEmpty && line.byteCount == 0)
    }

    @Test("What finds no room changes nothing; what has left makes room")
    func bound() {
        var line = DelayLine<Int>(capacity: 20)
        let full = [
            line.hold(1, byteCount: 20, until: 1), line.hold(2, byteCount: 1, until: 1),
        ]
        #expect(full == [true, false] && line.byteCount == 20)
        let first = line.takeDue(at: 1)
        let isHeld = line.hold(3, byteCount: 20, until: 2)
        let rest = [line.takeDue(at: 2), line.takeDue(at: 2)]
        #expect(first == 1 && isHeld && rest == [3, nil])
    }
}
