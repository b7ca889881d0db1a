import ExchangeTypes
import Testing
import WebSocketTransport

@testable import MarketDataGateway

/// A bad day on the public endpoint. **Source** SCENARIOS.md.
@Suite struct DisturbanceTests {
    private func connected(_ rig: Rig) -> Client {
        let client = rig.connect(subscribe(["trade"], ["NVDA-USD"]))
        client.socket.onCut = { client.leave() }
        return client
    }

    @Test(
        "A cut of market data ends every connection without a word, and who comes back is served",
        arguments: [DisturbedEndpoints.marketData, .both])
    func cuts(_ endpoints: DisturbedEndpoints) throws {
        let rig = try Rig()
        let clients = [connected(rig), connected(rig)]
        for client in clients { _ = try client.labels() }
        try rig.run(.disturb(.cutConnections(CutConnections(endpoints: endpoints))))
        #expect(clients.map(\.socket.isCut) == [true, true])
        #expect(try clients.flatMap { try $0.labels() } == [])
        let again = connected(rig)
        #expect(!again.socket.isCut)
        #expect(try again.labels() == ["subscribed"])
    }

    @Test("Cuts of trading, notes and limits leave market data alone")
    func spares() throws {
        let rig = try Rig()
        let client = connected(rig)
        try rig.run(
            .disturb(.note(try #require(InlineText("gap")))),
            .disturb(.cutConnections(CutConnections(endpoints: .trade))),
            .disturb(.limitRate(LimitRate(nanoseconds: 1_000_000_000))))
        #expect(!client.socket.isCut)
        try rig.run(try order(.buy, "1", at: "100"), try order(.sell, "1", at: "100", by: 1))
        #expect(try client.labels() == ["subscribed", "trade NVDA-USD"])
    }

    private func delay(
        _ rig: Rig, milliseconds: Int64, forMilliseconds duration: Int64,
        _ endpoints: DisturbedEndpoints = .marketData
    ) throws {
        try rig.run(
            .disturb(
                .delayAnswers(
                    DelayAnswers(
                        endpoints: endpoints, byNanoseconds: milliseconds * 1_000_000,
                        nanoseconds: duration * 1_000_000))))
    }

    private func trade(_ rig: Rig) throws {
        try rig.run(try order(.buy, "1", at: "100"), try order(.sell, "1", at: "100", by: 1))
    }

    @Test("P-013: late market data comes in order, without a gap, and then at once again")
    func delays() throws {
        let rig = try Rig()
        let client = connected(rig)
        _ = try client.labels()
        try delay(rig, milliseconds: 300, forMilliseconds: 1_000)
        try trade(rig)
        // Who comes meanwhile waits too.
        let late = connected(rig)
        rig.advance(milliseconds: 299)
        #expect(try client.labels() == [] && late.labels() == [])
        rig.advance(milliseconds: 1)
        #expect(try client.socket.take().map(\.sequence) == [1])
        #expect(client.socket.unflushed == 0)
        #expect(try late.labels() == ["subscribed"])
        rig.advance(milliseconds: 699)
        try trade(rig)
        rig.advance(milliseconds: 1)
        // No longer delayed, but behind one that is.
        try trade(rig)
        #expect(try client.labels() == [])
        rig.advance(milliseconds: 299)
        #expect(try client.socket.take().map(\.sequence) == [2, 3])
        try trade(rig)
        #expect(try client.socket.take().map(\.sequence) == [4])
    }

    @Test("Late answers of trading leave market data alone")
    func sparesFromDelays() throws {
        let rig = try Rig()
        let client = connected(rig)
        try delay(rig, milliseconds: 300, forMilliseconds: 1_000, .trade)
        try trade(rig)
        #expect(try client.labels() == ["subscribed", "trade NVDA-USD"])
    }

    @Test("More held than allowed: closed like a reader that is too slow, and nothing follows")
    func boundsHeld() throws {
        var settings = MarketDataSettings()
        settings.maximumHeldBytes = 1_000
        let rig = try Rig(settings: settings)
        let client = connected(rig)
        _ = try client.labels()
        try delay(rig, milliseconds: 300, forMilliseconds: 60_000)
        var trades = 0
        while client.socket.closeReason == nil && trades < 100 {
            try trade(rig)
            trades += 1
        }
        #expect(client.socket.closeReason == .slowConsumer)
        #expect((2...10).contains(trades))
        rig.advance(milliseconds: 1_000)
        #expect(try client.labels() == [])
    }

    @Test("What is held for a connection goes with it")
    func forgetsHeld() throws {
        let rig = try Rig()
        let client = connected(rig)
        _ = try client.labels()
        try delay(rig, milliseconds: 300, forMilliseconds: 1_000)
        try trade(rig)
        client.leave()
        rig.advance(milliseconds: 1_000)
        #expect(try client.labels() == [])
    }
}
