import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
import ExchangeTypes
import Logging
import Synchronization
import Testing

@testable import ExchangeServer

/// An operator hears of what needs a look, and of nothing else.
@Suite struct AlertTests {
    private func instrument(_ index: UInt32, _ symbol: String) throws -> Instrument {
        Instrument(
            id: InstrumentID(index), symbol: try #require(Symbol(symbol)), category: .equity,
            tickSize: Decimal8(1), lotSize: Decimal8(1), minimumQuantity: Quantity(lots: 1),
            maximumQuantity: Quantity(lots: 1), maximumLeverage: 1, makerFee: .zero,
            takerFee: .zero, bandWidth: Rate(percent: 5), maximumNotional: Money(1),
            minimumNotional: .zero)
    }

    private func listed(_ index: UInt32, _ symbol: String) throws -> Event {
        .instrumentConfigured(try instrument(index, symbol))
    }

    @Test("R-003 R-010 R-098 Alerts are warnings that name the contract")
    func alerts() throws {
        let lines = Lines()
        var desk = NoticeDesk()
        let second = InstrumentID(1)
        let events: [Event] = [
            try listed(0, "NVDA-USD"), try listed(1, "TSLA-USD"), try listed(0, "NVDA-USD"),
            .alertRaised(.distantPriceTaken(second)), .alertRaised(.feedSilent(InstrumentID(0))),
            .alertRaised(.reserveExhausted(second)),
        ]
        for event in events { desk.notice(of: event)?.write(to: lines.logger) }
        #expect(
            lines.all == [
                "warning outside price taken far from the one before symbol=TSLA-USD",
                "warning outside prices went silent symbol=NVDA-USD",
                "warning reserve fund could not cover a loss or a fee symbol=TSLA-USD",
            ])
    }

    @Test("R-090 A liquidation is caused by clients: it is told at debug only")
    func liquidations() {
        let lines = Lines()
        var desk = NoticeDesk()
        for isInLiquidation in [true, false] {
            let change = LiquidationChanged(
                account: AccountID(7), isInLiquidation: isInLiquidation)
            desk.notice(of: .liquidationChanged(change))?.write(to: lines.logger)
        }
        #expect(
            lines.all == [
                "debug account entered liquidation account=7",
                "debug account left liquidation account=7",
            ])
    }

    @Test("R-010 An exchange whose prices stop is heard of in the log")
    func silentFeed() async throws {
        let lines = Lines()
        let service = AlertService(logger: lines.logger)
        let clock = SteppingClock()
        let sequencer = Sequencer(exchange: Exchange(), log: MemoryLog(), clock: clock)
        let commands: [Command] = [
            .configureInstrument(try instrument(0, "NVDA-USD")),
            .updateIndexPrice(
                UpdateIndexPrice(instrument: InstrumentID(0), price: ReferencePrice(200))),
        ]
        try sequencer.runBatch([Submission(.subscribe(service))])
        try sequencer.runBatch(commands.map { Submission(.command($0)) })
        let task = Task { try await service.run() }
        for _ in 0..<30 { try sequencer.runBatch([Submission(.command(.advanceTime))]) }
        await lines.waitForLine()
        task.cancel()
        try await task.value
        #expect(lines.all == ["warning outside prices went silent symbol=NVDA-USD"])
    }

    @Test("The words of a scenario are told at info when they happen, what it does is not")
    func scenario() throws {
        let lines = Lines()
        var desk = NoticeDesk()
        let events: [Event] = [
            .disturbed(.note(try #require(InlineText("step 3: bad news")))),
            .disturbed(.cutConnections(CutConnections(endpoints: .both))),
        ]
        for event in events { desk.notice(of: event)?.write(to: lines.logger) }
        #expect(lines.all == ["info scenario note=step 3: bad news"])
    }

    @Test("Trading as usual says nothing")
    func silence() throws {
        var desk = NoticeDesk()
        let events: [Event] = [
            try listed(0, "NVDA-USD"), .reserveChanged(Money(1)), .commandRefused(.unknownSymbol),
            .balanceChanged(BalanceChanged(account: AccountID(0), cash: .zero)),
        ]
        for event in events { #expect(desk.notice(of: event) == nil) }
    }
}

/// A second later each time.
private final class SteppingClock: SequencerClock {
    private let seconds = Mutex<Int64>(1_800_000_000)
    func now() -> Timestamp {
        seconds.withLock { seconds in
            seconds += 1
            return Timestamp(nanoseconds: seconds * 1_000_000_000)
        }
    }
}

/// A logger that keeps its lines.
private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    private let (written, continuation) = AsyncStream.makeStream(of: Void.self)
    var all: [String] { lines.withLock { $0 } }
    func waitForLine() async { for await _ in written { break } }
    var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(lines: self) }
        logger.logLevel = .trace
        return logger
    }

    private struct Handler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) {
            let facts = (event.metadata ?? [:]).map { " \($0.key)=\($0.value)" }.joined()
            lines.lines.withLock { $0.append("\(event.level) \(event.message)\(facts)") }
            lines.continuation.yield()
        }
    }
}
