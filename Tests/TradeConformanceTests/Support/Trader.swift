import Foundation
import ServerTestKit
import Testing

/// A connection of a user, with the commands and the look-ups that tests need.
struct Trader: Sendable {
    let user: TestUser
    let client: WebSocketTestClient

    /// Connects, without authenticating.
    static func connect(
        _ user: TestUser? = nil, query: String = "", headers: [(String, String)] = []
    ) async throws -> Trader {
        let exchange = try SharedExchange.current
        let client = try await WebSocketTestClient.connect(
            exchange.server.details.tradeURL + query, headers: headers)
        return Trader(user: try user ?? exchange.newUser(), client: client)
    }

    /// Connects, authenticates and subscribes.
    static func open(
        _ user: TestUser? = nil, channels: [String] = ["order_responses", "fills"]
    ) async throws -> Trader {
        let trader = try await connect(user)
        try await trader.authenticate()
        _ = try await trader.client.next { $0["authenticated"]?.bool == true }
        if !channels.isEmpty { _ = try await trader.subscribe(channels) }
        return trader
    }

    // MARK: commands

    func send(_ type: String, _ params: [String: JSONValue] = [:]) async throws {
        try await client.send(["type": .string(type), "params": .object(params)])
    }

    func authenticate(account: String? = nil) async throws {
        try await client.send(
            WebSocketTestClient.authMessage(
                publicKey: user.publicKey, secretKey: user.secretKey, account: account))
    }

    /// Sends a command; returns everything that came until it was surely carried out.
    func perform(_ type: String, _ params: [String: JSONValue] = [:]) async throws -> [JSONValue] {
        try await send(type, params)
        return try await frames()
    }

    func subscribe(_ channels: [String]) async throws -> [JSONValue] {
        try await perform("subscribe", ["channels": .array(channels.map { .string($0) })])
    }

    /// Places an order; quantity and price as decimal texts.
    func place(
        _ symbol: String, _ side: String, _ quantity: String, _ price: String? = nil,
        type: String = "LIMIT", tif: String = "GTC", id: String? = nil
    ) async throws -> [JSONValue] {
        try await perform(
            "add_order", order(symbol, side, quantity, price, type: type, tif: tif, id: id))
    }

    /// The `params` of an `add_order`.
    func order(
        _ symbol: String, _ side: String, _ quantity: String, _ price: String? = nil,
        type: String = "LIMIT", tif: String = "GTC", id: String? = nil
    ) -> [String: JSONValue] {
        var params: [String: JSONValue] = [
            "symbol": .string(symbol), "side": .string(side), "order_type": .string(type),
            "order_time_in_force": .string(tif), "quantity": .decimal(quantity),
        ]
        if let price { params["price"] = .decimal(price) }
        if let id { params["client_order_id"] = .string(id) }
        return params
    }

    /// Places an order that must be accepted and rest; returns its id.
    func rest(
        _ symbol: String, _ side: String, _ quantity: String, _ price: String,
        type: String = "LIMIT", id: String? = nil
    ) async throws -> String {
        let frames = try await place(symbol, side, quantity, price, type: type, id: id)
        try #require(outline(frames) == ["ACK"], "\(frames)")
        return try #require(frames.first?["order_response"]?["order_id"]?.string)
    }

    func cancel(
        _ symbol: String, _ id: String, by kind: String = "order_id"
    ) async throws -> [JSONValue] {
        try await perform(
            "cancel_order",
            [
                "symbol": .string(symbol), "order_id": .string(id),
                "cancel_order_id_type": .string(kind),
            ])
    }

    func openOrders(_ params: [String: JSONValue] = [:]) async throws -> [JSONValue] {
        let frames = try await perform("get_user_orders", params)
        return try #require(frames.last?["all_orders_response"]?["orders"]?.array, "\(frames)")
    }

    // MARK: what came

    /// Everything that came since the last look, up to the answer of a question asked now.
    ///
    /// The exchange answers in the order of its log, so that nothing caused earlier is missing:
    /// tests can say what did *not* come, and need no waiting.
    func frames() async throws -> [JSONValue] {
        let fence = "fence-\(UUID().uuidString)"
        try await send("get_order", ["symbol": "FENCE", "order_id": .string(fence)])
        var frames: [JSONValue] = []
        _ = try await client.next { frame in
            if frame["order_response"]?["order_id"]?.string == fence { return true }
            frames.append(frame)
            return false
        }
        return frames
    }

    /// The next message, which must be one.
    func nextFrame(within seconds: Double = 10) async throws -> JSONValue {
        try await client.next(within: seconds) { _ in true }
    }

    /// Takes all orders out and says goodbye.
    func leave() async throws {
        _ = try await perform("cancel_all_orders")
        try await client.close()
    }
}

/// Runs a test with a new user, and leaves no order behind.
func withTrader(
    channels: [String] = ["order_responses", "fills"], _ body: (Trader) async throws -> Void
) async throws {
    let trader = try await Trader.open(channels: channels)
    do { try await body(trader) } catch {
        try await trader.leave()
        throw error
    }
    try await trader.leave()
}

/// Runs a test with two new users, and leaves no order behind.
func withTraders(
    _ body: (_ alice: Trader, _ bob: Trader) async throws -> Void
) async throws {
    try await withTrader { alice in try await withTrader { bob in try await body(alice, bob) } }
}

/// Messages in one word each: the status of an order response, `fill`, `err <code>`, or the key.
func outline(_ frames: [JSONValue]) -> [String] {
    frames.map { frame in
        if let status = frame["order_response"]?["status"]?.string { return status }
        if frame["fill_response"] != nil { return "fill" }
        if let code = frame["err"]?["error_code"]?.string { return "err \(code)" }
        return frame.keys.sorted().joined(separator: "+")
    }
}

/// The order responses among messages, without their envelopes.
func responses(_ frames: [JSONValue]) -> [JSONValue] { frames.compactMap { $0["order_response"] } }

/// The fills among messages, without their envelopes.
func fills(_ frames: [JSONValue]) -> [JSONValue] { frames.compactMap { $0["fill_response"] } }

/// Whether a text is a lower-case UUID of version 4.
func isUUID(_ text: String?) -> Bool {
    text?.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/)
        != nil
}
