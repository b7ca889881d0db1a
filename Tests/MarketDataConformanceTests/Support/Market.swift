import ExchangeAuth
import Foundation
import ServerTestKit
import Testing

/// A quiet market with two traders on the private endpoint, to make known books and trades.
struct Market {
    let server: ServerProcess
    let dealers: [Dealer]
    /// Sees every trade, so that tests can wait until the public endpoint has.
    private let observer: Watcher

    var maker: Dealer { dealers[0] }
    var taker: Dealer { dealers[1] }

    /// Runs a test on a market of its own, which must live to the end.
    static func run(
        _ options: [String] = quietServer, _ body: (Market) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            try await run(data: directory, options, body)
        }
    }

    /// The same, in a folder that the test looks into when the exchange has ended.
    static func run(
        data directory: String, _ options: [String], dealers count: Int = 2,
        _ body: (Market) async throws -> Void
    ) async throws {
        let keys = URL(fileURLWithPath: directory, isDirectory: true)
            .appendingPathComponent("keys")
        let store = try APIKeyStore(directory: keys)
        // The server reads the keys that exist when it starts.
        let made = try (0..<count).map { _ in try newKey(store) }
        let server = try await ServerProcess.start(data: directory, options)
        do {
            let observer = try await Watcher.connect(server.details.marketDataURL)
            try await observer.subscribe(["trade"], ["*"])
            var dealers: [Dealer] = []
            for key in made { dealers.append(try await Dealer.open(server, key)) }
            try await body(Market(server: server, dealers: dealers, observer: observer))
        } catch {
            await server.stop()
            throw error
        }
        #expect(await server.stop() == 0, "the server must live to the end: \(server.log)")
    }

    /// Runs a test on a market to which a scenario happens (`docs/SCENARIOS.md`).
    static func run(
        scenario steps: String, _ options: [String] = quietServer, dealers: Int = 2,
        _ body: (Market) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            let file = directory + "/scenario.json"
            try Data(#"{"name":"test",\#(steps)}"#.utf8).write(to: URL(fileURLWithPath: file))
            try await run(
                data: directory + "/data", options + ["--scenario", file], dealers: dealers, body)
        }
    }

    private static func newKey(_ store: APIKeyStore) throws -> APIKey {
        try store.create(
            label: "dealer", userID: try #require(UserUUID(UUID().uuidString.lowercased())),
            permissions: [.read, .trade], now: Int64(Date().timeIntervalSince1970))
    }

    /// A new client of the public endpoint.
    func watcher() async throws -> Watcher {
        try await Watcher.connect(server.details.marketDataURL)
    }

    /// The maker's order rests and the taker's takes it. Returns when the public endpoint knows of it:
    /// the private one may be told a moment earlier.
    func trade(
        _ quantity: String, at price: String, taker side: String = "BUY",
        symbol: String = "AAPL-USD"
    ) async throws {
        let other = side == "BUY" ? "SELL" : "BUY"
        try await maker.rest(other, quantity, at: price, symbol: symbol)
        try await taker.rest(side, quantity, at: price, symbol: symbol)
        _ = try await observer.data("trade", symbol)
    }

    /// Returns when the public endpoint shows a contract's best prices with this order among them.
    func waitForBest(_ side: String, _ price: String, symbol: String = "AAPL-USD") async throws {
        let watcher = try await watcher()
        try await watcher.subscribe(["level2"], [symbol])
        let key = side == "BUY" ? "bid" : "ask"
        _ = try await watcher.data(pulses: 4, of: symbol) {
            $0[key]?[0]?[0]?.string == price
        }
        try await watcher.client.close()
    }
}

/// Somebody with a key on the private endpoint.
struct Dealer: Sendable {
    let client: WebSocketTestClient

    static func open(_ server: ServerProcess, _ key: APIKey) async throws -> Dealer {
        Dealer(
            client: try await .trader(
                server.details, publicKey: key.publicKey, secretKey: key.secret.reveal(),
                channels: ["order_responses", "fills"]))
    }

    /// Places an order; returns the first thing that is said of it, when it has reached the book.
    @discardableResult
    func place(
        _ side: String, _ quantity: String, at price: String?, symbol: String = "AAPL-USD",
        type: String = "LIMIT", tif: String = "GTC", id: String = UUID().uuidString
    ) async throws -> JSONValue {
        var params: [String: JSONValue] = [
            "symbol": .string(symbol), "side": .string(side), "order_type": .string(type),
            "order_time_in_force": .string(tif), "quantity": .decimal(quantity),
            "client_order_id": .string(id),
        ]
        if let price { params["price"] = .decimal(price) }
        try await client.send(["type": "add_order", "params": .object(params)])
        return try await client.orderResponse(id)
    }

    /// Places a limit order, which must be accepted.
    func rest(
        _ side: String, _ quantity: String, at price: String, symbol: String = "AAPL-USD"
    ) async throws {
        let response = try await place(side, quantity, at: price, symbol: symbol)
        #expect(response["status"] == "ACK", "\(response)")
    }

    /// Sends a command; returns what came until it was surely carried out.
    @discardableResult
    func perform(_ type: String, _ params: [String: JSONValue]) async throws -> [JSONValue] {
        try await client.send(["type": .string(type), "params": .object(params)])
        let fence = "fence-\(UUID().uuidString)"
        try await client.send([
            "type": "get_order",
            "params": ["symbol": "AAPL-USD", "order_id": .string(fence)],
        ])
        var frames: [JSONValue] = []
        _ = try await client.next {
            frames.append($0)
            return $0["order_response"]?["order_id"]?.string == fence
        }
        return frames
    }

    /// The position in every contract, as the engine tells them.
    func positions() async throws -> [JSONValue] {
        let frames = try await perform("subscribe", ["channels": ["positions"]])
        try await perform("unsubscribe", ["channels": ["positions"]])
        return frames.compactMap { $0["position_response"] }
    }

    /// All open orders, as the engine tells them.
    func openOrders() async throws -> [JSONValue] {
        try await client.send(["type": "get_user_orders", "params": ["limit": 1000]])
        let answer = try await client.next { $0["all_orders_response"] != nil }
        let orders = answer["all_orders_response"]?["orders"]?.array ?? []
        try #require(orders.count < 1_000, "there may be more than can be asked for at once")
        return orders
    }
}
