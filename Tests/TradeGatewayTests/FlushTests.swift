import ExchangeSequencer
import ExchangeTypes
import NIOEmbedded
import Testing

@testable import TradeGateway

/// How many writes answers cost.
@Suite struct FlushTests {
    @Test("Batches that came while the loop was busy cost each socket one flush together")
    func flushesOnceForAllThatWaits() throws {
        let rig = try Rig()
        let user = try rig.newUser()
        let alice = try rig.trader(user)
        let place = Command.placeOrder(
            PlaceOrder(
                account: try rig.account(user.id), instrument: .known(InstrumentID(0)), side: .buy,
                type: .limit, timeInForce: .goodTillCancelled,
                quantity: try #require(WireDecimal("1")), price: try #require(WireDecimal("99"))))
        let before = alice.flushes
        for _ in 0..<3 { try rig.sequencer.runBatch([Submission(.command(place))]) }
        rig.loop.run()
        #expect(try alice.take().count == 3)
        #expect(alice.flushes == before + 1)
    }
}
