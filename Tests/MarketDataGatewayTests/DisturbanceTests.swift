import ExchangeTypes
import Testing

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
}
