import Foundation
import ServerTestKit
import Synchronization
import Testing

/// Bad days of a scenario file, over real sockets. What happens when is tested in virtual time; here
/// nothing is judged by the clock. **Source** SCENARIOS.md.
@Suite struct ScenarioTests {
    private static let symbol = "NVDA-USD"

    /// Runs a test against a server that plays a scenario, with users whom the scenario may name.
    private func withScenario(
        _ text: ([TestUser]) -> String, _ body: ([TestUser]) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { data in
            let users = try SharedExchange.makeUsers(2, data: data)
            let path = data + "/scenario.yaml"
            try Data(text(users).utf8).write(to: URL(fileURLWithPath: path))
            let server = try await ServerProcess.start(
                data: data, quietServer + ["--scenario", path])
            let exchange = SharedExchange(
                server: server, data: data, tokens: TokenSigner(), users: users)
            try await SharedExchange.$running.withValue(exchange) { try await body(users) }
            let status = await server.stop()
            #expect(status == 0, "\(server.log)")
        }
    }

    /// Returns once a step was logged and carried out on all connections; `trader` is one that the
    /// step does not concern.
    private func wait(for note: String, asking trader: Trader) async throws {
        let server = try SharedExchange.current.server
        for _ in 0..<100_000 {
            let isLogged = server.log.contains(note)
            _ = try await trader.frames()
            if isLogged { return }
        }
        Issue.record("no \(note) in \(server.log)")
    }

    /// How a connection ends.
    private func end(of client: WebSocketTestClient) async throws -> Int? {
        while true {
            if case .closed(let code, _) = try await client.next() { return code }
        }
    }

    @Test func `P-170 a scenario cuts all lines without a goodbye, and armed orders are cancelled`()
        async throws
    {
        let scenario = """
            name: cuts
            steps: [{at: 2s, do: cut-connections}]
            repeat: {every: 3s}
            """
        try await withScenario({ _ in scenario }) { users in
            let exchange = try SharedExchange.current
            var codes: [Int?] = []
            var ordersLeft: Int?
            // A slow machine may be cut before it is ready: it tries again.
            for _ in 0..<20 where ordersLeft == nil {
                do {
                    let publicClient = try await WebSocketTestClient.connect(
                        exchange.server.details.marketDataURL)
                    let alice = try await Trader.open(users[0])
                    _ = try await alice.perform(
                        "cancel_on_disconnect", ["cancel_on_disconnect": true])
                    _ = try await alice.rest(Self.symbol, "BUY", "0.1", "220")
                    codes = [
                        try await end(of: alice.client), try await end(of: publicClient),
                    ]
                    ordersLeft = try await Trader.open(users[0]).openOrders().count
                } catch { continue }
            }
            #expect(codes == [nil, nil], "no close frame")
            #expect(ordersLeft == 0)
            #expect(exchange.server.log.contains("note=step 1: cut-connections"))
        }
    }

    @Test func `P-191 P-194 a limited key is told RateLimited with a hint, another user is not`()
        async throws
    {
        try await withScenario({ users in
            """
            {"name": "limit", "steps": [
              {"at": "0s", "do": "limit-rate", "for": "1h", "key": "\(users[0].publicKey)"}]}
            """
        }) { users in
            let (alice, bob) = (
                try await Trader.open(users[0], channels: []), try await Trader.open(users[1])
            )
            try await wait(for: "limit-rate", asking: bob)
            let order = alice.order(Self.symbol, "BUY", "0.1", "220")
            try await alice.send("add_order", order)
            let error = try #require(try await alice.nextFrame()["err"])
            #expect(error["error_code"] == "RateLimited")
            #expect(error["incoming_message"] == ["type": "add_order", "params": .object(order)])
            let hint = try #require(error["retry_after"]?.number)
            #expect(hint > 60 && hint <= 3_600)
            _ = try await bob.rest(Self.symbol, "BUY", "0.1", "221")
            let server = try SharedExchange.current.server
            #expect(!server.log.contains(users[0].publicKey) && !server.log.contains(users[0].id))
        }
    }

    @Test func `answers are late but in order, and nobody else waits for them`() async throws {
        try await withScenario({ users in
            """
            name: late
            steps: [{at: 0s, do: delay-answers, by: 3s, for: 1h, key: \(users[0].publicKey)}]
            """
        }) { users in
            let (alice, bob) = (try await Trader.open(users[0]), try await Trader.open(users[1]))
            let publicClient = try await WebSocketTestClient.connect(
                try SharedExchange.current.server.details.marketDataURL)
            try await publicClient.send([
                "type": "subscribe", "channels": ["trade"], "symbols": [.string(Self.symbol)],
            ])
            _ = try await publicClient.next { $0["type"] == "subscribed" }
            try await wait(for: "delay-answers", asking: bob)
            _ = try await bob.rest(Self.symbol, "SELL", "0.1", "230")
            for id in ["a", "b"] {
                try await alice.send(
                    "add_order", alice.order(Self.symbol, "BUY", "0.1", "220", id: id))
            }
            try await alice.send(
                "add_order", alice.order(Self.symbol, "BUY", "0.1", "230", id: "c"))
            let arrivals = Arrivals()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for _ in 0..<5 {
                        let frame = try await alice.client.next { $0["balance_response"] == nil }
                        let response = frame["order_response"]
                        let id = response?["client_order_id"]?.string ?? ""
                        let word = response?["status"]?.string ?? "fill"
                        arrivals.note("alice \(word) \(id)")
                    }
                }
                group.addTask {
                    _ = try await bob.client.next { $0["order_response"]?["status"] == "FILLED" }
                    arrivals.note("bob")
                }
                group.addTask {
                    _ = try await publicClient.next { $0["type"] == "trade" }
                    arrivals.note("public")
                }
                try await group.waitForAll()
            }
            let order = arrivals.all
            #expect(Set(order.prefix(2)) == ["bob", "public"])
            #expect(
                order.dropFirst(2) == [
                    "alice ACK a", "alice ACK b", "alice ACK c", "alice fill ", "alice FILLED c",
                ])
        }
    }

    @Test func `a mistake in the file stops the start before anything is there`() async throws {
        try await withTemporaryDirectory { data in
            let path = data + "/scenario.yaml"
            try Data("name: one\nsteps:\n  - {at: 5s, do: halt, symbols: [NOPE-USD]}\n".utf8)
                .write(to: URL(fileURLWithPath: path))
            let result = try await ServerProcess.run([
                "run", "--data", data + "/exchange", "--mds-port", "0", "--trade-port", "0",
                "--scenario", path,
            ])
            #expect(result.status != 0)
            #expect(
                result.output.contains(
                    "scenario.yaml: line 3, step 1: unknown symbol \"NOPE-USD\""))
            #expect(
                !FileManager.default.fileExists(atPath: data + "/exchange/journal"))
        }
    }
}

/// What came, in the order of its coming.
private final class Arrivals: Sendable {
    private let names = Mutex<[String]>([])

    func note(_ name: String) { names.withLock { $0.append(name) } }

    var all: [String] { names.withLock { $0 } }
}
