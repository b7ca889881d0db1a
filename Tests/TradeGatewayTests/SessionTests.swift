import ExchangeAuth
import ExchangeEngine
import ExchangeSequencer
import ExchangeTypes
import Foundation
import QFEXWire
import ServerTestKit
import Testing
import WebSocketTransport

@testable import TradeGateway

/// Who may say what, and how much. **Source** `protocol.md` §4, §11, §14, §15, §18.
@Suite struct SessionTests {
    private let twap: [String: JSONValue] = [
        "symbol": "NVDA-USD", "side": "BUY", "total_quantity": 10, "num_orders": 2,
        "order_interval_secs": 30, "reduce_only": false,
    ]

    // MARK: User status

    @Test(
        "P-184 a user without identity check or terms gets the error with the request, no event",
        arguments: [
            (true, false, "KycRequired"), (false, true, "TncRequired"), (true, true, "KycRequired"),
        ])
    func blocked(isCheckMissing: Bool, areTermsMissing: Bool, code: String) throws {
        let rig = try Rig()
        let user = try rig.newUser()
        let alice = try rig.trader(user)
        let other = try rig.trader(user)
        let placed = try alice.place("BUY", "1", "99")
        let id = try #require(placed[0]["order_response"]?["order_id"])
        _ = try other.take()
        func set(_ isCheckMissing: Bool, _ areTermsMissing: Bool) throws {
            try rig.run(
                .setUserStatus(
                    SetUserStatus(
                        user: try rig.account(user.id), isIdentityCheckMissing: isCheckMissing,
                        areTermsMissing: areTermsMissing)))
        }
        try set(isCheckMissing, areTermsMissing)
        let order = alice.order("BUY", "1", "99")
        let modify: [String: JSONValue] = [
            "symbol": "NVDA-USD", "order_id": id, "side": "BUY", "order_type": "LIMIT", "price": 98,
        ]
        for (command, params) in [
            ("add_order", order), ("add_twap", twap), ("close_position", ["symbol": "NVDA-USD"]),
            ("modify_order", modify),
        ] {
            let frames = try alice.perform(command, params)
            #expect(outline(frames) == ["err \(code)"], "\(command)")
            #expect(
                frames.first?["err"]?["incoming_message"]
                    == ["type": .string(command), "params": .object(params)])
        }
        // To other connections it is an event of the account; a refused TWAP is none.
        #expect(try other.heard() == ["REJECTED", "REJECTED"])
        #expect(
            try outline(alice.place("BUY", "1", "99", ["symbol": "NOPE-USD"])) == ["BAD_SYMBOL"])
        #expect(
            try outline(alice.perform("cancel_all_orders")) == ["CANCELLED", "ack+ack_response"])
        try set(false, false)
        #expect(try outline(alice.place("BUY", "1", "99")) == ["ACK"])
    }

    @Test("P-184 a user's status holds for subaccounts")
    func blockedSubaccount() throws {
        let rig = try Rig()
        let user = try rig.newUser()
        _ = try rig.trader(user)
        let subaccount = try subaccount(of: user, rig)
        let client = try rig.trader(user, account: subaccount)
        try rig.run(
            .setUserStatus(
                SetUserStatus(
                    user: try rig.account(user.id), isIdentityCheckMissing: true,
                    areTermsMissing: false)))
        #expect(try outline(client.place("BUY", "1", "99")) == ["err KycRequired"])
    }

    // MARK: Accounts

    private func subaccount(of user: RigUser, _ rig: Rig) throws -> String {
        let identity = UniqueID(high: 0x1111_2222_3333_4444, low: 0x8888_9999_aaaa_bbbb)
        try rig.run(
            .openAccount(OpenAccount(identity: identity, master: try rig.account(user.id))))
        let account = try rig.account(identity.string)
        try rig.run(.deposit(Deposit(account: account, amount: Money(10_000))))
        return identity.string
    }

    @Test("P-058 P-077 a session of a subaccount acts for it and hears of nothing else")
    func subaccounts() throws {
        let rig = try Rig()
        let user = try rig.newUser()
        let primary = try rig.trader(user)
        let id = try subaccount(of: user, rig)
        let client = try rig.trader(user, account: id)
        let placed = try client.place("BUY", "1", "99")
        #expect(placed.first?["order_response"]?["user_id"]?.string == id)
        #expect(try primary.heard() == [])
        #expect(try primary.openOrders().isEmpty)
        _ = try primary.place("BUY", "1", "98")
        #expect(try client.heard() == [])
        _ = try primary.perform("cancel_all_orders")
        #expect(try client.openOrders().count == 1)
        // Somebody else's subaccount is nobody's business.
        let stranger = rig.connect()
        let refused = try stranger.authenticate(try rig.newUser(), account: id)
        #expect(outline(refused) == ["err PermissionDenied"])
        #expect(stranger.closeReason == .policyViolation("authentication failed"))
    }

    @Test("P-112 orders for a contract that takes none are refused; cancels pass")
    func marketClosed() throws {
        let rig = try Rig()
        let alice = try rig.trader()
        _ = try alice.place("BUY", "1", "99")
        var closed = try Rig.instrument()
        closed.status = .inactive
        try rig.run(.configureInstrument(closed))
        #expect(try outline(alice.place("BUY", "1", "99")) == ["REJECTED_MARKET_CLOSED"])
        #expect(try outline(alice.perform("add_twap", twap)) == ["err InvalidParameter"])
        #expect(
            try outline(alice.perform("close_position", ["symbol": "NVDA-USD"]))
                == ["err InvalidParameter"])
        #expect(
            try outline(alice.perform("cancel_all_orders")) == ["CANCELLED", "ack+ack_response"])
    }

    // MARK: Keys

    @Test("§18.13 a revoked key: PermissionDenied for the next command, 1008, and armed orders go")
    func revoked() throws {
        let rig = try Rig()
        let user = try rig.newUser()
        let second = try rig.newUser()
        let armed = try rig.trader(user)
        let other = try rig.trader(second)
        _ = try armed.perform("cancel_on_disconnect", ["cancel_on_disconnect": true])
        _ = try armed.place("BUY", "1", "99")
        try rig.revoke(user)
        let frames = try armed.place("BUY", "1", "98")
        #expect(outline(frames).first == "err PermissionDenied")
        #expect(armed.closeReason == .policyViolation("key revoked"))
        #expect(try armed.perform("get_user_orders") == [])
        try armed.leave()
        let orders = rig.sequencer.exchange.report(
            .openOrders(try rig.account(user.id), instrument: nil))
        #expect(orders == .openOrders([]))
        #expect(try outline(other.place("BUY", "1", "99")) == ["ACK"])
    }

    @Test("A key that may only read gets PermissionDenied for every command that trades")
    func readOnly() throws {
        let rig = try Rig()
        let reader = try rig.trader(try rig.newUser(.read))
        let order = reader.order("BUY", "1", "99")
        let id: JSONValue = "11111111-2222-4333-8444-555555555555"
        for (command, params) in [
            ("add_order", order),
            (
                "cancel_order",
                ["symbol": "NVDA-USD", "order_id": id, "cancel_order_id_type": "order_id"]
            ),
            (
                "modify_order",
                ["symbol": "NVDA-USD", "order_id": id, "side": "BUY", "order_type": "LIMIT"]
            ), ("cancel_all_orders", [:]), ("close_position", ["symbol": "NVDA-USD"]),
            ("cancel_stop_order", ["stop_order_id": id]),
            (
                "modify_stop_order",
                ["stop_order_id": id, "symbol": "NVDA-USD", "price": 1, "quantity": 1]
            ), ("add_twap", twap), ("set_user_leverage", ["symbol": "NVDA-USD", "leverage": 2]),
            ("cancel_on_disconnect", ["cancel_on_disconnect": true]),
        ] as [(String, [String: JSONValue])] {
            let frames = try reader.perform(command, params)
            #expect(outline(frames) == ["err PermissionDenied"], "\(command)")
        }
        for (command, params, answer) in [
            ("get_order", ["symbol": "NVDA-USD", "order_id": id], "NO_SUCH_ORDER"),
            ("get_user_orders", [:], "all_orders_response"),
            ("get_user_trades", [:], "count+user_trades+user_trades_response"),
            ("get_user_leverage", [:], "user_leverage_response"),
            ("get_available_leverage_levels", [:], "available_leverage_levels_response"),
        ] as [(String, [String: JSONValue], String)] {
            #expect(try outline(reader.perform(command, params)) == [answer])
        }
    }

    // MARK: Rates

    @Test("P-194 a refused message is repeated with a hint, has no effect, and passes after it")
    func rateLimited() throws {
        let rig = try Rig { $0.rateLimits.limit = 10 }
        let alice = try rig.trader()
        // Subscribing weighed a tenth.
        for number in 0..<10 {
            #expect(try outline(alice.place("BUY", "1", "99", id: "\(number)")) == ["ACK"])
        }
        let order = alice.order("BUY", "1", "99", id: "late")
        let frames = try alice.perform("add_order", order)
        try #require(outline(frames) == ["err RateLimited"])
        let error = try #require(frames[0]["err"])
        #expect(
            error["incoming_message"] == ["type": "add_order", "params": .object(order)])
        let hint = try #require(error["retry_after"]?.number)
        #expect(error["message"]?.string?.hasSuffix("retry after \(hint)s") == true)
        #expect(hint > 0 && hint < 7)
        // Not even its client id is taken.
        try rig.advance(milliseconds: Int64("\(hint * 1_000)") ?? 0)
        #expect(try outline(alice.perform("add_order", order)) == ["ACK"])
    }

    @Test("P-191 P-192 buckets and users are apart; connections, accounts and reconnects are not")
    func shared() throws {
        let rig = try Rig { $0.rateLimits.limit = 10 }
        let user = try rig.newUser()
        let first = try rig.trader(user)
        let id = try subaccount(of: user, rig)
        let second = try rig.trader(user, account: id, channels: [])
        let stranger = try rig.trader()
        for _ in 0..<3 { _ = try first.perform("get_user_orders") }
        for client in [first, second] {
            #expect(try outline(client.place("BUY", "1", "99")) == ["err RateLimited"])
            #expect(try outline(client.perform("get_user_trades")) == ["err RateLimited"])
            #expect(try outline(client.say("nonsense")) == ["err RateLimited"])
        }
        #expect(try outline(stranger.place("BUY", "1", "99")) == ["ACK"])
        try second.leave()
        let again = try rig.trader(user, channels: [])
        #expect(try outline(again.place("BUY", "1", "99")) == ["err RateLimited"])
        // Cancels pass, until there are too many of them.
        for _ in 0..<6 {
            #expect(try outline(again.perform("cancel_all_orders")) == ["ack+ack_response"])
        }
        #expect(try outline(again.perform("cancel_all_orders")) == ["err RateLimited"])
    }

    @Test("Before authentication nothing is counted, and auth itself never is")
    func unauthenticated() throws {
        let rig = try Rig { $0.rateLimits.limit = 3 }
        let user = try rig.newUser()
        let client = rig.connect()
        for _ in 0..<20 {
            #expect(try outline(client.perform("get_user_orders")) == ["err PermissionDenied"])
        }
        _ = try client.authenticate(user)
        for _ in 0..<20 {
            #expect(
                try outline(client.authenticate(user)) == ["err AlreadyAuthenticated"], "P-057")
        }
        #expect(try outline(client.place("BUY", "1", "99")) == ["ACK"])
    }

    // MARK: A busy exchange

    @Test("§18.10 when the exchange takes no more, each request is refused once and has no effect")
    func busy() throws {
        let rig = try Rig()
        let alice = try rig.trader(channels: [])
        rig.inbox.isFull = true
        for (command, params) in [
            ("add_order", alice.order("BUY", "1", "99")), ("get_user_orders", [:]),
            ("cancel_all_orders", ["symbols": ["NVDA-USD", "NVDA-USD"]]), ("add_twap", twap),
            ("get_user_trades", [:]),
        ] as [(String, [String: JSONValue])] {
            #expect(
                try outline(alice.perform(command, params)) == ["err ServerError"], "\(command)")
        }
        rig.inbox.isFull = false
        #expect(try alice.openOrders().isEmpty)
    }

    @Test("P-170 a cancel on disconnect is not lost on a busy exchange")
    func disconnectWhileBusy() throws {
        let rig = try Rig()
        let user = try rig.newUser()
        let armed = try rig.trader(user)
        _ = try armed.perform("cancel_on_disconnect", ["cancel_on_disconnect": true])
        _ = try armed.place("BUY", "1", "99")
        rig.inbox.isFull = true
        try armed.leave()
        try rig.advance(milliseconds: 3_000)
        rig.inbox.isFull = false
        try rig.advance(milliseconds: 1_000)
        let orders = rig.sequencer.exchange.report(
            .openOrders(try rig.account(user.id), instrument: nil))
        #expect(orders == .openOrders([]))
    }

    @Test("Replies can be switched off: then only subscribers hear, and errors still come")
    func withoutReplies() throws {
        let rig = try Rig { $0.repliesWithoutSubscription = false }
        let alice = try rig.trader(channels: [])
        #expect(try alice.place("BUY", "1", "99") == [])
        #expect(try outline(alice.perform("cancel_all_orders")) == ["ack+ack_response"])
        // The direct reply of a TWAP needs no subscription; its orders do.
        #expect(try outline(alice.perform("add_twap", twap)) == ["twap ACTIVE"])
        let id: JSONValue = "11111111-2222-4333-8444-555555555555"
        #expect(
            try outline(alice.perform("cancel_stop_order", ["stop_order_id": id]))
                == ["err InvalidParameter"])
    }
}
