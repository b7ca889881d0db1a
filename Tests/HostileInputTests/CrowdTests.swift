import Foundation
import ServerTestKit
import Testing

/// Many connections, silent ones, and ones that do not read: bounded memory, others unharmed.
@Suite(.serialized) struct CrowdTests {
    private static let subscribeToAll = RawTestClient.frame(
        0x81,
        Array(
            (#"{"type":"subscribe","channels":["level2","bbo","trade"],"symbols":["*"],"#
                + #""sig_figs":[0,1,2]}"#).utf8))

    // 400 of them: a test process may have no more than 1,024 files open, and others need some.
    @Test("Hundreds of idle connections leave room for one that works")
    func idleConnections() async throws {
        let environment = ["QFEX_CONNECTIONS_PER_ADDRESS": "402"]
        try await withServer(environment: environment) { server in
            let url = server.details.marketDataURL
            let warm = try await WebSocketTestClient.connect(url)
            try await expectWorking(warm)
            let before = try server.residentBytes()
            var idle: [RawTestClient] = []
            for _ in 0..<8 {
                try await withThrowingTaskGroup(of: RawTestClient.self) { group in
                    for _ in 0..<50 { group.addTask { try await RawTestClient.upgraded(url) } }
                    for try await client in group { idle.append(client) }
                }
            }
            let perConnection = (try server.residentBytes() - before) / idle.count
            print("resident memory per idle connection: \(perConnection) bytes")
            #expect(perConnection < 64 * 1_024)
            let client = try await WebSocketTestClient.connect(url)
            try await expectWorking(client)
            let trader = try await WebSocketTestClient.trader(server.details)
            for client in idle { await client.drop() }
            await trader.drop()
            try await expectWorking(client)
        }
    }

    @Test("For a client that never reads memory stays bounded, and others are served")
    func neverReading() async throws {
        try await withServer(["--log", "memory"]) { server in
            let url = server.details.marketDataURL
            let bystander = try await WebSocketTestClient.connect(url)
            try await expectWorking(bystander)
            let before = try server.residentBytes()
            let greedy = try await RawTestClient.upgraded(url)
            try await greedy.setReading(false)
            for _ in 0..<300 { greedy.post(Self.subscribeToAll) }
            // States that nobody reads are left out, not queued: six pulses show no growth.
            try await bystander.send(
                #"{"type":"subscribe","channels":["level2"],"symbols":["AAPL-USD"]}"#)
            for _ in 0..<6 {
                _ = try await bystander.next(within: 60) { $0["type"] == "level2" }
            }
            let grown = try server.residentBytes() - before
            print("resident memory grew by \(grown / 1_024) KiB for a client that never reads")
            #expect(grown < 64 * 1_024 * 1_024)
            await greedy.drop()
        }
    }

    @Test("Pings from a client that never reads are not answered without bound")
    func pingFlood() async throws {
        try await withServer { server in
            let url = server.details.marketDataURL
            let bystander = try await WebSocketTestClient.connect(url)
            let before = try server.residentBytes()
            let flooder = try await RawTestClient.upgraded(url)
            try await flooder.setReading(false)
            let ping = RawTestClient.frame(0x89, Array(repeating: 7, count: 125))
            let pings = Array(Array(repeating: ping, count: 5_000).joined())
            // Far more than the system's own buffers hold, so that what is answered must pile up.
            var rounds = 0
            while flooder.isOpen && rounds < 400 {
                try await flooder.send(pings)
                rounds += 1
            }
            #expect(!flooder.isOpen, "still open after \(rounds) rounds of 5,000 pings")
            let grown = try server.residentBytes() - before
            print("resident memory grew by \(grown / 1_024) KiB for pings without reading")
            #expect(grown < 64 * 1_024 * 1_024)
            try await expectWorking(bystander)
        }
    }

    @Test("A client that reads is not cut off for asking for much at once")
    func muchAtOnce() async throws {
        try await withServer { server in
            let client = try await RawTestClient.upgraded(server.details.marketDataURL)
            let wanted = 400
            let command = RawTestClient.frame(
                0x81,
                Array(
                    (#"{"type":"subscribe","channels":["level2","bbo"],"symbols":["*"],"#
                        + #""sig_figs":[0,1,2]}"#).utf8))
            for _ in 0..<wanted { client.post(command) }
            // The pong comes after everything before it: nothing was cut off.
            client.post(RawTestClient.frame(0x89, Array("end".utf8)))
            let pong = Array("\u{3}end".utf8)
            _ = try await client.receive(within: 60) { $0.firstRange(of: pong) != nil }
            await client.drop()
        }
    }

    @Test("Silence ends a connection after pings without answer; answered pings keep it")
    func silence() async throws {
        try await withServer(environment: ["QFEX_PING_SECONDS": "1"]) { server in
            let silent = try await RawTestClient.upgraded(server.details.marketDataURL)
            let answering = try await WebSocketTestClient.connect(server.details.marketDataURL)
            let trader = try await WebSocketTestClient.trader(server.details)
            let ping = try await silent.frame(within: 60) { $0.opcode == 9 }
            #expect(ping.payload.isEmpty)
            #expect(try await silent.closeCode(within: 60) == 1001)
            try await expectWorking(answering)
            try await trader.send(["type": "get_user_orders", "params": [:]])
            _ = try await trader.next { $0["all_orders_response"] != nil }
        }
    }

    @Test("A client that says goodbye and does not read does not hold its connection")
    func goodbyeWithoutReading() async throws {
        try await withServer(
            ["--log", "memory"], environment: ["QFEX_CONNECTIONS_PER_ADDRESS": "1"]
        ) { server in
            let url = server.details.marketDataURL
            let client = try await RawTestClient.upgraded(url)
            try await client.setReading(false)
            // Less than cuts it off, more than the system buffers.
            for _ in 0..<60 { client.post(Self.subscribeToAll) }
            client.post(RawTestClient.frame(0x88, [0x03, 0xE8]))
            var answer = "HTTP/1.1 429"
            let deadline = ContinuousClock.now.advanced(by: .seconds(60))
            while answer.hasPrefix("HTTP/1.1 429"), ContinuousClock.now < deadline {
                let next = try await RawTestClient.connect(url)
                try await next.send(Array(RawTestClient.handshake().utf8))
                let head = try await next.receive { $0.count > 12 }
                answer = String(decoding: head, as: UTF8.self)
                await next.drop()
            }
            #expect(answer.hasPrefix("HTTP/1.1 101"), "\(answer.prefix(80))")
            await client.drop()
        }
    }
}
