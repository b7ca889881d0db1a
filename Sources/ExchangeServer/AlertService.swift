import ExchangeSequencer
import ExchangeTypes
import Logging
import ServiceLifecycle
import Synchronization

/// Tells an operator what the engine wants looked at.
///
/// The exchange's own thread only picks the few events out; the service's task writes them.
final class AlertService: Service, EventSubscriber {
    /// Notices that wait to be written; beyond that, the oldest ones give way.
    static let capacity = 1_000

    private let desk = Mutex(NoticeDesk())
    private let notices: AsyncStream<Notice>
    private let continuation: AsyncStream<Notice>.Continuation
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
        (notices, continuation) = AsyncStream.makeStream(
            of: Notice.self, bufferingPolicy: .bufferingNewest(Self.capacity))
    }

    func deliver(_ batch: EventBatch) {
        desk.withLock { desk in
            for entry in batch.entries {
                switch entry.outcome {
                case .description(let range), .events(let range):
                    for event in batch.events[range] {
                        if let notice = desk.notice(of: event) { continuation.yield(notice) }
                    }
                case .report: continue
                }
            }
        }
    }

    /// Writes until shutdown, and then what still waits.
    func run() async throws {
        await withGracefulShutdownHandler {
            for await notice in notices { notice.write(to: logger) }
        } onGracefulShutdown: {
            self.continuation.finish()
        }
    }
}

/// Something for the log.
enum Notice: Hashable, Sendable {
    case alert(Alert, Symbol)
    case liquidation(LiquidationChanged)
    /// Words of a scenario.
    case note(InlineText)

    /// An alert is a degraded service; that somebody is liquidated is caused by clients; a scenario is
    /// what the operator wanted.
    func write(to logger: Logger) {
        switch self {
        case .alert(let alert, let symbol):
            let metadata: Logger.Metadata = ["symbol": "\(symbol)"]
            switch alert {
            case .distantPriceTaken:
                logger.warning("outside price taken far from the one before", metadata: metadata)
            case .feedSilent:
                logger.warning("outside prices went silent", metadata: metadata)
            case .reserveExhausted:
                logger.warning("reserve fund could not cover a loss or a fee", metadata: metadata)
            }
        case .note(let text): logger.info("scenario", metadata: ["note": "\(text)"])
        case .liquidation(let change):
            let metadata: Logger.Metadata = ["account": "\(change.account.index)"]
            if change.isInLiquidation {
                logger.debug("account entered liquidation", metadata: metadata)
            } else {
                logger.debug("account left liquidation", metadata: metadata)
            }
        }
    }
}

/// Picks notices out of events, and knows the contracts' names for it.
struct NoticeDesk {
    /// By `InstrumentID`.
    private var symbols: [Symbol] = []

    /// What the log should hold of an event; most events say nothing to an operator.
    mutating func notice(of event: Event) -> Notice? {
        switch event {
        case .instrumentConfigured(let instrument):
            // A symbol never changes.
            if Int(instrument.id.index) == symbols.count { symbols.append(instrument.symbol) }
            return nil
        case .alertRaised(let alert):
            return .alert(alert, symbols[Int(alert.instrument.index)])
        case .liquidationChanged(let change):
            return .liquidation(change)
        case .disturbed(.note(let text)):
            return .note(text)
        case .accountOpened, .pricesChanged, .sessionChanged, .fundingRateChanged,
            .openInterestChanged, .orderAccepted, .orderAmended, .orderCancelled, .orderRejected,
            .cancelRejected, .modifyRejected, .orderFilled, .tradeExecuted, .levelChanged,
            .positionChanged, .balanceChanged, .fundingPaid, .leverageChanged, .reserveChanged,
            .commandRefused, .stopRequestRejected, .twapChanged, .twapCancelRejected,
            .userStatusChanged, .instrumentSplit, .disturbed:
            return nil
        }
    }
}

extension Alert {
    /// The contract it is about.
    fileprivate var instrument: InstrumentID {
        switch self {
        case .distantPriceTaken(let instrument), .feedSilent(let instrument),
            .reserveExhausted(let instrument):
            instrument
        }
    }
}
