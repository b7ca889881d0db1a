import Foundation
import ServerTestKit
import Testing

/// The exchange is killed again and again while clients trade, and must remember everything that it
/// said (promise 1: an answered order is on disk; O-1, O-2, O-3).
@Suite struct KillTests {
    /// `make kill-test` asks for 100.
    static let rounds = Int(ProcessInfo.processInfo.environment["QFEX_KILL_ROUNDS"] ?? "") ?? 10

    /// Commands from one snapshot to the next: never one, or one under way most of the time.
    @Test(
        "Killed under load, no acknowledged order is missing and no balance differs (O-1, O-2, O-3)",
        arguments: [0, 40])
    func survivesKills(snapshotCommands: Int) async throws {
        try await withTemporaryDirectory { data in
            var book = OrderBookModel()
            var trading = TradingModel()
            let users = try await [
                TestUser(data, "alice"), TestUser(data, "bob"), TestUser(data, "carol"),
            ]
            var random = SystemRandomNumberGenerator()
            for round in 0..<Self.rounds {
                let server = try await start(data, snapshotCommands, isFirst: round == 0)
                if round > 0 {
                    book.check(try await users[2].openOrders(server.details), round: round)
                    try await trading.check(users[0], users[1], server.details, round: round)
                }
                let (begun, beginnings) = AsyncStream.makeStream(of: Void.self)
                let load = Load(
                    server: server.details, users: users, beginnings: beginnings)
                let delay = Int.random(in: 60...300, using: &random)
                let (known, traded) = (book, trading)
                async let orders = load.placeAndCancel(from: known)
                async let trades = load.trade(from: traded)
                // On a slow day nobody would have begun; but some lives end that early.
                if !round.isMultiple(of: 4) { for await _ in begun.prefix(2) {} }
                try await Task.sleep(for: .milliseconds(delay))
                await server.kill()
                book = try await orders
                trading = try await trades
            }
            let server = try await start(data, snapshotCommands, isFirst: false)
            book.check(try await users[2].openOrders(server.details), round: Self.rounds)
            try await trading.check(users[0], users[1], server.details, round: Self.rounds)
            #expect(book.acknowledged > Self.rounds, "the load placed \(book.acknowledged) orders")
            #expect(trading.fills > Self.rounds / 2, "the load made \(trading.fills) trades")
            #expect(await server.stop() == 0)
        }
    }

    /// Starts the exchange; what it recovers, from a snapshot if there is one, is what anybody finds who
    /// replays the log it was left from its first command on.
    private func start(
        _ data: String, _ snapshotCommands: Int, isFirst: Bool
    ) async throws -> ServerProcess {
        let replayed = isFirst ? nil : try await replayedHash(data)
        let server = try await ServerProcess.start(
            data: data,
            [
                "--market", "quiet", "--no-sandbox-key", "--speed-bump-milliseconds", "0",
                "--snapshot-commands", "\(snapshotCommands)",
            ])
        if let replayed { #expect(server.log.contains("state_hash=\(replayed)"), "\(server.log)") }
        #expect(!server.log.contains("could not be used"), "\(server.log)")
        return server
    }

    private func replayedHash(_ data: String) async throws -> String {
        let (status, output) = try await ServerProcess.run(["journal", "hash", "--data", data])
        #expect(status == 0, "\(output)")
        let line = output.split(separator: "\n").first { $0.hasPrefix("state hash") }
        return String(try #require(line?.split(separator: " ").last, "\(output)"))
    }
}

/// A user with a key of the exchange in a data folder.
struct TestUser: Sendable {
    let publicKey: String
    let secretKey: String

    init(_ data: String, _ label: String) async throws {
        let (status, output) = try await ServerProcess.run(
            ["keys", "create", "--data", data, "--label", label])
        var values: [String: String] = [:]
        for line in output.split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            if words.count == 3 { values[String(words[0])] = String(words[2]) }
        }
        guard status == 0, let publicKey = values["public"], let secretKey = values["secret"] else {
            throw WebSocketTestClient.Timeout("no key: \(output)")
        }
        self.publicKey = publicKey
        self.secretKey = secretKey
    }

    func connect(
        _ server: ServerProcess.Details, _ channels: [String] = ["order_responses", "fills"]
    ) async throws -> WebSocketTestClient {
        try await .trader(server, publicKey: publicKey, secretKey: secretKey, channels: channels)
    }

    /// The client ids of all open orders.
    func openOrders(_ server: ServerProcess.Details) async throws -> Set<String> {
        let client = try await connect(server, [])
        try await client.send(["type": "get_user_orders", "params": [:]])
        let answer = try await client.next { $0["all_orders_response"] != nil }
        await client.drop()
        let rows = answer["all_orders_response"]?["orders"]?.array ?? []
        return Set(rows.compactMap { $0["client_order_id"]?.string })
    }

    /// Balance and position as the exchange shows them.
    func figures(_ server: ServerProcess.Details) async throws -> (fees: Decimal, position: Decimal)
    {
        let client = try await connect(server, [])
        try await client.send([
            "type": "subscribe", "params": ["channels": ["balances", "positions"]],
        ])
        var position = Decimal(0)
        // The snapshot of positions comes first, one frame for each contract.
        let balance = try await client.next {
            if let shown = $0["position_response"]?["position"]?.number { position = shown }
            return $0["balance_response"] != nil
        }
        await client.drop()
        return (balance["balance_response"]?["fees"]?.number ?? -1, position)
    }
}
