import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
import ExchangeTesting
import ExchangeTypes
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The state after a restart is the state before it (promise 3, O-3).
@Suite struct RecoveredExchangeTests {
    @Test("Replaying the log gives the same state hash, in several stretches and segments")
    func replayGivesTheSameState() throws {
        let directory = try temporaryDirectory()
        let configuration = JournalConfiguration(
            exchangeID: 7, segmentByteCount: 64 << 10, preparesSegmentsAhead: false)
        var generator = CommandGenerator(seed: 11)
        var hash = Exchange().stateHash()
        for stretch in 0..<3 {
            let recovered = try RecoveredExchange.recover(
                storage: PosixStorage(directory: directory), configuration: configuration)
            #expect(recovered.exchange.stateHash() == hash, "stretch \(stretch)")
            let sequencer = Sequencer(
                exchange: recovered.exchange, log: recovered.journal, clock: SettableClock(5),
                lastTimestamp: recovered.lastTimestamp)
            for _ in 0..<50 {
                let commands = (0..<20).map { _ in generator.next().command }
                try sequencer.runBatch(commands.map { Submission(.command($0)) })
            }
            hash = sequencer.exchange.stateHash()
            try sequencer.close()
        }
        let (exchange, sequence) = try RecoveredExchange.replay(
            JournalReader(storage: PosixStorage(directory: directory), exchangeID: 7))
        #expect(sequence == 3_000)
        #expect(exchange.stateHash() == hash)
        exchange.checkInvariants()
    }

    private func temporaryDirectory() throws -> String {
        var template = Array("/tmp/qfex-recovery-XXXXXX".utf8CString)
        guard let path = mkdtemp(&template) else { throw NoDirectory() }
        return String(cString: path)
    }

    struct NoDirectory: Error {}
}
