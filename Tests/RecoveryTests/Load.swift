import Foundation
import ServerTestKit

/// Clients that trade until the exchange dies.
struct Load: Sendable {
    let server: ServerProcess.Details
    /// Alice sells, Bob buys from her, Carol places and cancels.
    let users: [TestUser]
    /// Carol says when she begins, and Alice and Bob when they have traded; all when they end.
    let beginnings: AsyncStream<Void>.Continuation

    private static let price: Decimal = 336
    private static let quantity = Decimal(string: "0.1") ?? 1

    /// Carol's resting orders, eight in flight; every third one is cancelled again.
    func placeAndCancel(from model: OrderBookModel) async throws -> OrderBookModel {
        var model = model
        defer { beginnings.yield() }
        do {
            let client = try await users[2].connect(server)
            model = model.leavingAll()
            try await client.send(["type": "cancel_all_orders", "params": [:]])
            _ = try await client.next { $0["ack_response"]?.bool == true }
            model = model.freshRound()
            beginnings.yield()
            while true {
                let names = (0..<8).map { _ in model.send() }
                try await client.sendBurst(names.map(order))
                var cancelled = Set<String>()
                for place in 0..<8 {
                    let response = try await client.orderResponse(names[place])
                    model.hear(names[place], response["status"]?.string ?? "nothing")
                    if place % 3 == 0 { cancelled.insert(names[place]) }
                }
                for name in cancelled { model.sendCancel(name) }
                try await client.sendBurst(cancelled.map(cancel))
                for _ in cancelled {
                    let response = try await client.orderResponse()
                    model.hear(
                        response["client_order_id"]?.string ?? "nobody",
                        response["status"]?.string ?? "nothing")
                }
            }
        } catch {
            // The exchange was killed, which ends every load.
            return model
        }
    }

    /// Alice offers, Bob takes, one trade after the other.
    func trade(from model: TradingModel) async throws -> TradingModel {
        var model = model
        let known = model.fills
        defer { beginnings.yield() }
        do {
            let alice = try await users[0].connect(server)
            let bob = try await users[1].connect(server)
            // What an earlier life left in the book must not be traded with.
            try await alice.send(["type": "cancel_all_orders", "params": [:]])
            _ = try await alice.next { $0["ack_response"]?.bool == true }
            while true {
                try await alice.send(order("SELL", "GTC"))
                _ = try await alice.next { $0["order_response"]?["status"]?.string == "ACK" }
                model.begin(Self.quantity, at: Self.price)
                try await bob.send(order("BUY", "IOC"))
                _ = try await bob.next { $0["fill_response"] != nil }
                model.hearFill()
                if model.fills == known + 1 { beginnings.yield() }
                _ = try await alice.next { $0["order_response"]?["status"]?.string == "FILLED" }
            }
        } catch {
            return model
        }
    }

    private func order(_ side: String, _ timeInForce: String) -> JSONValue {
        [
            "type": "add_order",
            "params": [
                "symbol": "AAPL-USD", "side": .string(side), "order_type": "LIMIT",
                "order_time_in_force": .string(timeInForce), "quantity": .number(Self.quantity),
                "price": .number(Self.price),
            ],
        ]
    }

    private func order(_ name: String) -> String {
        """
        {"type":"add_order","params":{"symbol":"NVDA-USD","side":"BUY","order_type":"LIMIT",\
        "order_time_in_force":"GTC","quantity":0.1,"price":150.5,"client_order_id":"\(name)"}}
        """
    }

    private func cancel(_ name: String) -> String {
        """
        {"type":"cancel_order","params":{"symbol":"NVDA-USD","order_id":"\(name)",\
        "cancel_order_id_type":"client_order_id"}}
        """
    }
}
