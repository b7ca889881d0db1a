import ExchangeTypes
import Logging
import Synchronization
import Testing

@testable import ExchangeServer

/// An operator hears of what needs a look, and of nothing else.
@Suite struct AlertTests {
    private func listed(_ index: UInt32, _ symbol: String) throws -> Event {
        .instrumentConfigured(
            Instrument(
                id: InstrumentID(index), symbol: try #require(Symbol(symbol)), category: .equity,
                tickSize: Decimal8(1), lotSize: Decimal8(1), minimumQuantity: Quantity(lots: 1),
                maximumQuantity: Quantity(lots: 1), maximumLeverage: 1, makerFee: .zero,
                takerFee: .zero, bandWidth: Rate(percent: 5), maximumNotional: Money(1),
                minimumNotional: .zero))
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

/// A logger that keeps its lines.
private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
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
        }
    }
}
