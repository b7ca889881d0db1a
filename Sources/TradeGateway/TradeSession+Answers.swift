import ExchangeAuth
import ExchangeSequencer
import ExchangeTypes
import QFEXWire

/// What became of the session's own commands.
extension TradeSession {
    /// The exchange took no more requests: says so at once, nothing was done.
    mutating func submissionRefused(
        _ request: UInt64, _ environment: TradeEnvironment
    ) -> [TradeSessionAction] {
        switch pending.removeValue(forKey: request) {
        case .balance, .positions: return []  // The next pulse asks again.
        case .openAccount:
            phase = .awaitingAuthentication
            held = []
            return [busy(.withheld)]
        case .cancelAll(let incoming, _, _), .blockedEntry(let incoming),
            .closePosition(let incoming, _), .stopRequest(let incoming),
            .addTWAP(let incoming, _), .setLeverage(let incoming, _):
            return [busy(incoming)]
        case .order, .openOrders, .trades, .leverages, nil: return [busy(.withheld)]
        }
    }

    private func busy(_ incoming: IncomingMessage) -> TradeSessionAction {
        error(WireError(.serverError, "the exchange is busy, try again"), incoming)
    }

    private func error(_ error: WireError, _ incoming: IncomingMessage) -> TradeSessionAction {
        .message { TradeResponseEncoder.error(error, incoming, to: &$0) }
    }

    private func ack(_ incoming: IncomingMessage) -> TradeSessionAction {
        .message { TradeResponseEncoder.ack(incoming, to: &$0) }
    }

    /// Whether a request that a user's status forbids is answered by an error instead of an event.
    func answersBlockedEntry(_ request: UInt64) -> Bool {
        if case .blockedEntry = pending[request] { true } else { false }
    }

    /// A command of this session was applied; order events have been sent already.
    mutating func applied(
        _ request: UInt64, _ events: ArraySlice<Event>, _ environment: TradeEnvironment
    ) -> [TradeSessionAction] {
        let refusal = events.lazy.compactMap(\.refusal).first
        func refusals(_ reason: RejectReason, _ instrument: InstrumentReference) -> Refusals {
            Refusals(reason: reason, instrument: instrument, directory: environment.directory)
        }
        switch pending.removeValue(forKey: request) {
        case .openAccount:
            return accountOpened(events, environment)
        case .cancelAll(let incoming, let commands, let earlierRefusal):
            let worst = earlierRefusal ?? refusal
            if commands > 1 {
                pending[request] = .cancelAll(incoming, commands: commands - 1, refusal: worst)
                return []
            }
            if worst == nil { return [ack(incoming)] }
            return [error(WireError(.invalidParameter, "unknown symbol"), incoming)]
        case .blockedEntry(let incoming):
            let reason = events.lazy.compactMap(\.blockedEntry).first
            return reason.flatMap(WireError.init(blocking:)).map { [error($0, incoming)] } ?? []
        case .stopRequest(let incoming):
            let reason = events.lazy.compactMap(\.stopRefusal).first ?? refusal
            guard let reason else { return [ack(incoming)] }
            return [error(WireError(stopRequest: reason), incoming)]
        case .closePosition(let incoming, let instrument):
            guard let refusal else { return [] }
            return [error(refusals(refusal, instrument).ofClosePosition, incoming)]
        case .addTWAP(let incoming, let instrument):
            guard let refusal else { return [] }
            return [error(refusals(refusal, instrument).ofTWAP, incoming)]
        case .setLeverage(let incoming, let instrument):
            guard let refusal else { return [ack(incoming)] }
            return [error(refusals(refusal, instrument).ofLeverage, incoming)]
        case .order, .openOrders, .trades, .leverages, .balance, .positions:
            preconditionFailure("request \(request) was a question, not a command")
        case nil:
            return refusal == nil ? [] : [busy(.withheld)]
        }
    }

    private mutating func accountOpened(
        _ events: ArraySlice<Event>, _ environment: TradeEnvironment
    ) -> [TradeSessionAction] {
        for event in events {
            if case .accountOpened(let account) = event { return opened(account, environment) }
        }
        phase = .awaitingAuthentication
        held = []
        return [busy(.withheld)]
    }
}

extension Event {
    /// Why the command had no effect at all.
    fileprivate var refusal: RejectReason? {
        if case .commandRefused(let reason) = self { reason } else { nil }
    }

    fileprivate var stopRefusal: RejectReason? {
        if case .stopRequestRejected(let rejected) = self { rejected.reason } else { nil }
    }

    /// Why the user may not trade, where an order or a change of one was refused for that.
    var blockedEntry: RejectReason? {
        let reason: RejectReason
        if case .orderRejected(let rejected) = self {
            reason = rejected.reason
        } else if case .modifyRejected(let rejected) = self {
            reason = rejected.reason
        } else {
            return nil
        }
        return WireError(blocking: reason) == nil ? nil : reason
    }
}
