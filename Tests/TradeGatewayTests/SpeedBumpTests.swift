import ExchangeTypes
import Foundation
import NIOCore
import NIOEmbedded
import ServerTestKit
import Testing

/// Limit orders wait before they reach the book, and are answered when they do.
/// **Source** `protocol.md` §16, R-071, R-072.
@Suite struct SpeedBumpTests {
    @Test(
        "P-200 a limit order is answered after the bump, to its sender and to subscribers, once",
        arguments: ["LIMIT", "ALO"])
    func held(type: String) throws {
        let rig = try Rig(speedBumpMilliseconds: 100)
        let user = try rig.newUser()
        let sender = try rig.trader(user, channels: [])
        let subscribed = try rig.trader(user)
        let silent = try rig.trader(user, channels: [])
        for client in [sender, subscribed] {
            _ = try subscribed.take()
            #expect(try client.place("BUY", "1", "99", type: type) == [])
            let sent = rig.clock.now().nanoseconds
            try rig.advance(milliseconds: 99)
            #expect(try client.heard() == [])
            try rig.advance(milliseconds: 1)
            let answer = try client.take()
            #expect(outline(answer) == ["ACK"])
            let time = try #require(answer[0]["order_response"]?["update_time"]?.number)
            #expect("\(time * 1_000_000_000)" == "\(sent + 100_000_000)")
            if client === sender { #expect(try subscribed.heard() == ["ACK"]) }
        }
        #expect(try sender.heard() == [])
        #expect(try silent.heard() == [])
    }

    @Test("P-200 market orders and cancels pass at once")
    func passing() throws {
        let rig = try Rig(speedBumpMilliseconds: 100)
        let alice = try rig.trader()
        #expect(
            try outline(alice.place("BUY", "1", type: "MARKET", tif: "IOC")) == [
                "ACK", "CANCELLED",
            ])
        _ = try alice.place("BUY", "1", "99", id: "a")
        try rig.advance(milliseconds: 100)
        #expect(try alice.heard() == ["ACK"])
        let cancel: [String: JSONValue] = [
            "symbol": "NVDA-USD", "order_id": "a", "cancel_order_id_type": "client_order_id",
        ]
        #expect(try outline(alice.perform("cancel_order", cancel)) == ["CANCELLED"])
    }

    @Test("What is wrong with an order is said at once")
    func refusedAtOnce() throws {
        let rig = try Rig(speedBumpMilliseconds: 100)
        let alice = try rig.trader(channels: [])
        #expect(
            try outline(alice.place("BUY", "1", "99.001")) == ["INVALID_TICK_SIZE_PRECISION_PRICE"])
    }

    @Test("All that an order does when it leaves the bump is told to its sender")
    func fillsOnArrival() throws {
        let rig = try Rig(speedBumpMilliseconds: 100)
        let bob = try rig.trader()
        _ = try bob.place("SELL", "0.4", "100")
        try rig.advance(milliseconds: 100)
        let alice = try rig.trader(channels: [])
        _ = try alice.place("BUY", "1", "100", tif: "IOC")
        try rig.advance(milliseconds: 100)
        #expect(try alice.heard() == ["ACK", "FILLED", "CANCELLED"])
    }

    @Test("P-076 whose command lets an order of another connection out does not hear of it")
    func notToOthers() throws {
        let rig = try Rig(speedBumpMilliseconds: 100)
        let user = try rig.newUser()
        let first = try rig.trader(user, channels: [])
        let second = try rig.trader(user, channels: [])
        _ = try first.place("BUY", "1", "99")
        // Time passes that the exchange does not notice before the next command.
        rig.loop.advanceTime(by: .milliseconds(150))
        #expect(
            try outline(second.place("BUY", "1", type: "MARKET", tif: "IOC")) == [
                "ACK", "CANCELLED",
            ])
        #expect(try first.heard() == ["ACK"])
    }

    @Test("P-201 a change waits as well; a hopeless one is refused at once")
    func changes() throws {
        let rig = try Rig(speedBumpMilliseconds: 100)
        let alice = try rig.trader(channels: [])
        _ = try alice.place("BUY", "1", "99")
        try rig.advance(milliseconds: 100)
        let id = try #require(try alice.take()[0]["order_response"]?["order_id"])
        var change: [String: JSONValue] = [
            "symbol": "NVDA-USD", "order_id": id, "side": "BUY", "order_type": "LIMIT", "price": 98,
        ]
        #expect(try alice.perform("modify_order", change) == [])
        try rig.advance(milliseconds: 99)
        #expect(try alice.heard() == [])
        try rig.advance(milliseconds: 1)
        #expect(try alice.heard() == ["MODIFIED"])
        change["side"] = "SELL"
        #expect(
            try outline(alice.perform("modify_order", change)) == ["CANNOT_MODIFY_NO_SUCH_ORDER"])
    }

    @Test("P-201 a change that finds its order gone says so to its sender")
    func lateChange() throws {
        let rig = try Rig(speedBumpMilliseconds: 100)
        let alice = try rig.trader(channels: [])
        _ = try alice.place("BUY", "1", "99", id: "a")
        try rig.advance(milliseconds: 100)
        let id = try #require(try alice.take()[0]["order_response"]?["order_id"])
        let change: [String: JSONValue] = [
            "symbol": "NVDA-USD", "order_id": id, "side": "BUY", "order_type": "LIMIT", "price": 98,
        ]
        _ = try alice.perform("modify_order", change)
        _ = try alice.perform("cancel_all_orders")
        try rig.advance(milliseconds: 100)
        #expect(try alice.heard() == ["CANNOT_MODIFY_NO_SUCH_ORDER"])
    }

    @Test("P-202 cancels reach orders that wait: CANCELLED, and no ACK later")
    func cancelled() throws {
        let rig = try Rig(speedBumpMilliseconds: 100)
        let alice = try rig.trader()
        let cancel: [String: JSONValue] = [
            "symbol": "NVDA-USD", "order_id": "a", "cancel_order_id_type": "client_order_id",
        ]
        for (command, params, answers) in [
            ("cancel_order", cancel, ["CANCELLED"]),
            ("cancel_all_orders", [:], ["CANCELLED", "ack+ack_response"]),
            ("cancel_all_orders", ["symbol": "NVDA-USD"], ["CANCELLED", "ack+ack_response"]),
        ] as [(String, [String: JSONValue], [String])] {
            _ = try alice.place("BUY", "1", "99", id: "a")
            let frames = try alice.perform(command, params)
            #expect(outline(frames) == answers)
            #expect(frames.first?["order_response"]?["quantity_remaining"] == 1)
            try rig.advance(milliseconds: 200)
            #expect(try alice.heard() == [])
        }
        #expect(try alice.openOrders().isEmpty)
    }

    @Test("P-202 P-170 an armed connection takes its waiting orders along")
    func disconnected() throws {
        let rig = try Rig(speedBumpMilliseconds: 100)
        let user = try rig.newUser()
        let armed = try rig.trader(user)
        let other = try rig.trader(user)
        _ = try armed.perform("cancel_on_disconnect", ["cancel_on_disconnect": true])
        _ = try armed.place("BUY", "1", "99")
        try armed.leave()
        #expect(try other.heard() == ["CANCELLED"])
        try rig.advance(milliseconds: 200)
        #expect(try other.heard() == [])
        #expect(try other.openOrders().isEmpty)
    }

    @Test("A refusal after the bump is an order_response like any other")
    func lateRefusal() throws {
        let rig = try Rig(speedBumpMilliseconds: 100)
        let user = try rig.newUser()
        let alice = try rig.trader(user, channels: [])
        _ = try alice.place("BUY", "1", "99", id: "a")
        var closed = try Rig.instrument()
        closed.status = .inactive
        try rig.run(.configureInstrument(closed))
        try rig.advance(milliseconds: 100)
        #expect(try alice.heard() == ["REJECTED_MARKET_CLOSED"])
        try rig.run(.configureInstrument(try Rig.instrument()))
        _ = try alice.place("BUY", "1", "99", id: "a")
        try rig.run(
            .setUserStatus(
                SetUserStatus(
                    user: try rig.account(user.id), isIdentityCheckMissing: true,
                    areTermsMissing: false)))
        try rig.advance(milliseconds: 100)
        let frames = try alice.take()
        #expect(outline(frames) == ["REJECTED"])
        #expect(frames[0]["order_response"]?["order_id"] == "")
    }
}
