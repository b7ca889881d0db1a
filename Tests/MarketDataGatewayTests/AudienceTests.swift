import ExchangeTypes
import Testing

@testable import MarketDataGateway

@Suite struct AudienceTests {
    @Test("An audience is ordered by connection, whoever subscribed first")
    func isOrdered() {
        let connections = (0..<9).map { MarketDataConnection($0, FakeSocket()) }
        var audience = Audience()
        for index in [4, 0, 8, 2, 7, 1] { audience.insert(connections[index]) }
        #expect(audience.connections.map(\.number) == [0, 1, 2, 4, 7, 8])
        for index in [4, 8, 3, 0, 4] { audience.remove(connections[index]) }
        #expect(audience.connections.map(\.number) == [1, 2, 7])
    }

    @Test("Values asked for again and again in one read are remembered once")
    func boundsRequests() {
        let connection = MarketDataConnection(1, FakeSocket())
        let topic = Topic(feed: .bestBidOffer, instrument: nil)
        for _ in 0..<1_000 { connection.requestSnapshot(topic) }
        #expect(connection.snapshots == [topic])
        #expect(connection.takeSnapshots() == [], "nothing is subscribed")
        #expect(connection.snapshots == [])
    }
}
