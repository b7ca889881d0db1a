import Foundation
import ServerTestKit
import Testing

/// A quiet market with two traders on the private endpoint, to make known books and trades.
struct Market {
    let server: ServerProcess
    let maker: WebSocketTestClient
    let taker: WebSocketTestClient

    /// Runs a test on a market of its own.
    static func run(_ body: (Market) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let made = try await ServerProcess.run(
                ["keys", "create", "--label", "taker", "--data", directory])
            func field(_ name: String) throws -> String {
                let line = made.output.split(separator: "\n").first { $0.hasPrefix(name) }
                return try String(#require(line?.split(separator: " ").last))
            }
            let server = try await ServerProcess.start(
                data: directory, quietServer)
            do {
                let market = Market(
                    server: server, maker: try await .trader(server.details),
                    taker: try await .trader(
                        server.details, publicKey: field("public key"),
                        secretKey: field("secret key")))
                try await body(market)
                await server.stop()
            } catch {
                await server.stop()
                throw error
            }
        }
    }

    /// A new client of the public endpoint.
    func watcher() async throws -> WebSocketTestClient {
        try await WebSocketTestClient.connect(server.details.marketDataURL)
    }

    /// Places a limit order and waits until it is in the book, or has traded.
    func order(
        _ client: WebSocketTestClient, _ side: String, _ quantity: String, at price: String,
        symbol: String = "AAPL-USD"
    ) async throws {
        let id = UUID().uuidString
        try await client.send([
            "type": "add_order",
            "params": [
                "symbol": .string(symbol), "side": .string(side), "order_type": "LIMIT",
                "order_time_in_force": "GTC", "quantity": .decimal(quantity),
                "price": .decimal(price), "client_order_id": .string(id),
            ],
        ])
        let response = try await client.orderResponse(id)
        #expect(response["status"] == "ACK", "\(response)")
    }
}

extension WebSocketTestClient {
    /// Subscribes on the public endpoint; the acknowledgement must be the next message.
    @discardableResult
    func subscribe(
        _ channels: [String], _ symbols: [String] = ["AAPL-USD"], figures: [Int]? = nil,
        type: String = "subscribe"
    ) async throws -> JSONValue {
        var command: [String: JSONValue] = [
            "type": .string(type), "channels": .array(channels.map { .string($0) }),
            "symbols": .array(symbols.map { .string($0) }),
        ]
        if let figures { command["sig_figs"] = .array(figures.map { .number(Decimal($0)) }) }
        try await send(.object(command))
        return try await next { $0["type"]?.string == type + "d" }
    }

    /// The next data message of a channel, of one contract where it is named.
    func data(_ channel: String, _ symbol: String? = nil) async throws -> JSONValue {
        try await next {
            $0["type"]?.string == channel && (symbol == nil || $0["symbol"]?.string == symbol)
        }
    }

    /// Everything that comes in a stretch of time, up to an answer to a last ping.
    func everything(during seconds: Double) async throws -> [JSONValue] {
        let end = ContinuousClock.now.advanced(by: .milliseconds(Int64(seconds * 1_000)))
        var messages: [JSONValue] = []
        while true {
            let left = ContinuousClock.now.duration(to: end)
            let rest =
                Double(left.components.seconds) + Double(left.components.attoseconds) * 1e-18
            if rest <= 0 { return messages }
            do {
                guard case .text(let text) = try await next(within: rest) else {
                    Issue.record("closed")
                    return messages
                }
                messages.append(try JSONValue(parsing: text))
            } catch is Timeout { return messages }
        }
    }
}

/// Whether a time is RFC 3339 in UTC with `Z` and at most nine digits of a second (P-039).
func isUTCTime(_ value: JSONValue?) -> Bool {
    guard let text = value?.string else { return false }
    return text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z/) != nil
}
