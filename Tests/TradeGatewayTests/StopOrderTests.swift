import ExchangeEngine
import ExchangeSequencer
import ExchangeTypes
import QFEXWire
import ServerTestKit
import Testing

@testable import TradeGateway

/// Stop orders and attached legs, as clients hear of them. **Source** `protocol.md` §7, §12.5.
@Suite struct StopOrderTests {
    /// Alice with a long of 1 (BUY) or a short of 1 (SELL) from 100, hearing of everything; and Bob.
    private func position(_ side: String, _ rig: Rig) throws -> (RigClient, RigClient) {
        let bob = try rig.trader()
        _ = try bob.place(side == "BUY" ? "SELL" : "BUY", "1", "100")
        let alice = try rig.trader(channels: ["order_responses", "fills", "stop_orders"])
        #expect(
            try outline(alice.place(side, "1", "100")) == ["ACK", "fill", "FILLED"])
        _ = try bob.take()
        return (alice, bob)
    }

    @Test("P-140 P-145 a stop order: ACK with its type and lifetime, and the news for stop_orders")
    func accepted() throws {
        let rig = try Rig()
        let (alice, _) = try position("BUY", rig)
        let frames = try alice.place("SELL", "0.4", "90", type: "STOP_LOSS", tif: "GTC", id: "s")
        try #require(outline(frames) == ["ACK", "stop 0.4"])
        let ack = try #require(frames[0]["order_response"])
        #expect(ack["type"] == "STOP_LOSS")
        #expect(ack["time_in_force"] == "GTC")
        #expect(ack["client_order_id"] == "s")
        #expect(ack["price"] == 90)
        let stop = try #require(frames[1]["stop_order_response"])
        #expect(
            stop.keys == [
                "stop_order_id", "user_id", "symbol", "price", "quantity", "direction",
                "stop_order_type", "client_order_id", "update_time",
            ])
        #expect(stop["stop_order_id"] == ack["order_id"])
        #expect(stop["update_time"]?.string?.hasSuffix("Z") == true)
    }

    @Test(
        "P-142 a stop fires when the mark reaches its price, and trades at the market",
        arguments: [
            ("BUY", "TAKE_PROFIT", "110", "109.99", "105"),
            ("BUY", "STOP_LOSS", "90", "90.01", "89"),
            ("SELL", "TAKE_PROFIT", "90", "90.01", "95"),
            ("SELL", "STOP_LOSS", "110", "109.99", "111"),
        ])
    func triggered(
        position side: String, type: String, trigger: String, before: String, price: String
    ) throws {
        let rig = try Rig()
        let (alice, bob) = try position(side, rig)
        let exit = side == "BUY" ? "SELL" : "BUY"
        #expect(
            try outline(alice.place(exit, "1", trigger, type: type)) == ["ACK", "stop 1"])
        // Somebody to trade with, within the band, wherever it will be.
        #expect(try outline(bob.place(side, "1", price)) == ["ACK"])
        try rig.run(try Rig.price(before))
        #expect(try alice.heard() == [])
        try rig.run(try Rig.price(trigger))
        let frames = try alice.take()
        try #require(outline(frames) == ["stop 0", "fill", "FILLED"])
        let stop = frames[0]["stop_order_response"]
        #expect(stop?["stop_order_type"]?.string == type)
        #expect(stop?["price"] == .decimal(trigger))
        #expect(frames[1]["fill_response"]?["order_type"] == "STOP_MARKET")
        #expect(frames[2]["order_response"]?["type"] == "STOP_MARKET")
        #expect(frames[2]["order_response"]?["price"] == .decimal(price))
        #expect(frames[2]["order_response"]?["quantity_remaining"] == 0)
        let orders = try alice.openOrders()
        #expect(orders.isEmpty)
    }

    @Test("P-142 a stop that finds nobody to trade with ends CANCELLED")
    func nobodyThere() throws {
        let rig = try Rig()
        let (alice, _) = try position("BUY", rig)
        _ = try alice.place("SELL", "1", "90", type: "STOP_LOSS")
        try rig.run(try Rig.price("80"))
        let frames = try alice.take()
        try #require(outline(frames) == ["stop 0", "CANCELLED"])
        #expect(frames[1]["order_response"]?["type"] == "STOP_MARKET")
    }

    @Test("P-143 P-144 C-06 order_response, stop_order_response, ack: in this order")
    func changed() throws {
        let rig = try Rig()
        let (alice, _) = try position("BUY", rig)
        let placed = try alice.place("SELL", "1", "90", type: "STOP_LOSS")
        let id = try #require(placed[0]["order_response"]?["order_id"])
        let change: [String: JSONValue] = [
            "stop_order_id": id, "symbol": "NVDA-USD", "price": 91, "quantity": .decimal("0.5"),
        ]
        let changed = try alice.perform("modify_stop_order", change)
        #expect(outline(changed) == ["MODIFIED", "stop 0.5", "ack+ack_response"])
        #expect(changed[0]["order_response"]?["price"] == 91)
        #expect(changed[0]["order_response"]?["order_id"] == id)
        let cancelled = try alice.perform("cancel_stop_order", ["stop_order_id": id])
        #expect(outline(cancelled) == ["CANCELLED", "stop 0", "ack+ack_response"])
        let again = try alice.perform("cancel_stop_order", ["stop_order_id": id])
        #expect(outline(again) == ["NO_SUCH_ORDER", "err InvalidParameter"])
        let gone = try alice.perform("modify_stop_order", change)
        #expect(outline(gone) == ["CANNOT_MODIFY_NO_SUCH_ORDER", "err InvalidParameter"])
    }

    @Test("P-145 without the channel, stops are told as orders only")
    func channels() throws {
        let rig = try Rig()
        let user = try rig.newUser()
        let bob = try rig.trader()
        _ = try bob.place("SELL", "1", "100")
        let alice = try rig.trader(user, channels: [])
        let watcher = try rig.trader(user, channels: ["stop_orders"])
        _ = try alice.place("BUY", "1", "100")
        #expect(try outline(alice.place("SELL", "1", "90", type: "STOP_LOSS")) == ["ACK"])
        #expect(try watcher.heard() == ["stop 1"])
        try rig.run(try Rig.price("80"))
        #expect(try alice.heard() == [])
        #expect(try watcher.heard() == ["stop 0"])
    }

    @Test("P-146 legs become stop orders with the fill; one cancels the other")
    func legs() throws {
        let rig = try Rig()
        let bob = try rig.trader()
        _ = try bob.place("SELL", "1", "100")
        let alice = try rig.trader(channels: ["order_responses", "fills", "stop_orders"])
        let frames = try alice.place(
            "BUY", "1", "100", ["take_profit": 110, "stop_loss": 90])
        #expect(
            outline(frames) == [
                "ACK", "fill", "FILLED", "ACK", "stop 1", "ACK", "stop 1",
            ])
        for place in [0, 2] {
            #expect(frames[place]["order_response"]?["take_profit"] == 110)
            #expect(frames[place]["order_response"]?["stop_loss"] == 90)
        }
        #expect(frames[1]["fill_response"]?["take_profit"] == 110)
        let legs = payloads("order_response", frames).suffix(2)
        #expect(legs.map { $0["type"] } == ["TAKE_PROFIT", "STOP_LOSS"])
        #expect(legs.map { $0["side"] } == ["SELL", "SELL"])
        _ = try bob.place("BUY", "1", "109")
        try rig.run(try Rig.price("110"))
        #expect(try alice.heard() == ["CANCELLED", "stop 0", "stop 0", "fill", "FILLED"])
    }

    @Test("P-143 a partly closed position takes its stops down with it")
    func trimmed() throws {
        let rig = try Rig()
        let (alice, bob) = try position("BUY", rig)
        _ = try alice.place("SELL", "1", "90", type: "STOP_LOSS")
        _ = try bob.place("BUY", "0.4", "100")
        let partly = try alice.place("SELL", "0.4", "100")
        #expect(outline(partly) == ["ACK", "fill", "FILLED", "MODIFIED", "stop 0.6"])
        _ = try bob.place("BUY", "0.6", "100")
        let wholly = try alice.place("SELL", "0.6", "100")
        #expect(outline(wholly) == ["ACK", "fill", "FILLED", "CANCELLED", "stop 0"])
    }

    @Test("Who starts later knows the stop orders that wait, and who may not trade")
    func described() throws {
        let rig = try Rig()
        let (alice, _) = try position("BUY", rig)
        _ = try alice.place("SELL", "1", "90", type: "STOP_LOSS")
        try rig.run(
            .setUserStatus(
                SetUserStatus(
                    user: AccountID(1), isIdentityCheckMissing: false, areTermsMissing: true)))
        var events = EventBuffer()
        rig.sequencer.exchange.describe(into: &events)
        var directory = AccountDirectory()
        for event in events.events { directory.apply(event) }
        let waiting = events.events.compactMap { event -> OrderID? in
            if case .orderAccepted(let order) = event { order.id } else { nil }
        }
        #expect(waiting.count == 1)
        #expect(waiting.compactMap(directory.stop).map(\.type) == [.stopLoss])
        #expect([0, 1].map { directory.isBlocked(AccountID($0)) } == [false, true])
    }
}
