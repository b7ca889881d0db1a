import ExchangeAuth
import ExchangeSequencer
import ExchangeTypes
import QFEXWire

/// What the exchange answers to the session's own requests.
extension TradeSession {
    /// The exchange took no more requests: says so at once, nothing was done.
    mutating func submissionRefused(
        _ request: UInt64, _ environment: TradeEnvironment
    ) -> [TradeSessionAction] {
        let question = pending.removeValue(forKey: request)
        switch question {
        case .balance, .positions: return []  // The next pulse asks again.
        case .openAccount:
            phase = .awaitingAuthentication
            held = []
        case .setLeverage(let incoming, _): return [busy(incoming)]
        case .cancelAll, .order, .openOrders, .leverages, nil: break
        }
        return [busy(.withheld)]
    }

    func busy(_ incoming: IncomingMessage) -> TradeSessionAction {
        let error = WireError(.serverError, "the exchange is busy, try again")
        return .message { TradeResponseEncoder.error(error, incoming, to: &$0) }
    }

    /// A command of this session was applied; order events have been sent already.
    mutating func applied(
        _ request: UInt64, _ events: ArraySlice<Event>, _ environment: TradeEnvironment
    ) -> [TradeSessionAction] {
        var refusal: RejectReason?
        for event in events {
            if case .commandRefused(let reason) = event { refusal = reason }
        }
        switch pending.removeValue(forKey: request) {
        case .openAccount:
            for event in events {
                if case .accountOpened(let account) = event { return opened(account, environment) }
            }
            phase = .awaitingAuthentication
            held = []
            return [busy(.withheld)]
        case .cancelAll(let incoming, let commands, let earlierRefusal):
            let worst = earlierRefusal ?? refusal
            if commands > 1 {
                pending[request] = .cancelAll(incoming, commands: commands - 1, refusal: worst)
                return []
            }
            guard worst != nil else {
                return [.message { TradeResponseEncoder.ack(incoming, to: &$0) }]
            }
            let error = WireError(.invalidParameter, "unknown symbol")
            return [.message { TradeResponseEncoder.error(error, incoming, to: &$0) }]
        case .setLeverage(let incoming, let instrument):
            guard let refusal else {
                return [.message { TradeResponseEncoder.ack(incoming, to: &$0) }]
            }
            let error = Self.leverageError(refusal, instrument, environment.directory)
            return [.message { TradeResponseEncoder.error(error, incoming, to: &$0) }]
        case .order, .openOrders, .leverages, .balance, .positions:
            preconditionFailure("request \(request) was a question, not a command")
        case nil:
            return refusal == nil ? [] : [busy(.withheld)]
        }
    }

    /// Why a leverage was not taken over, in words. **Source** R-020, R-021.
    private static func leverageError(
        _ refusal: RejectReason, _ reference: InstrumentReference, _ directory: AccountDirectory
    ) -> WireError {
        switch (refusal, reference) {
        case (.leverageOutOfRange, .known(let id)):
            let maximum = directory.instrument(id).maximumLeverage
            return WireError(
                .invalidParameter, "leverage must be a whole number from 1 to \(maximum)")
        case (.leverageLocked, _):
            return WireError(
                .invalidParameter, "leverage cannot change with a position or open orders")
        case (.inLiquidation, _):
            return WireError(
                .invalidParameter, "leverage cannot change while the account is in liquidation")
        case (.unknownSymbol, .unknown(let symbol)):
            return WireError(.invalidParameter, "unknown symbol \(symbol)")
        case (_, _):
            return WireError(.serverError, "the exchange refused this")
        }
    }

    /// A question of this session was answered.
    mutating func reported(
        _ request: UInt64, _ report: Report, at time: Timestamp, _ environment: TradeEnvironment
    ) -> [TradeSessionAction] {
        guard let question = pending.removeValue(forKey: request), let account else { return [] }
        let user = account.identity
        let directory = environment.directory
        switch (question, report) {
        case (.balance, .balance(let balance)):
            guard channels.contains(.balances) else { return [] }
            return [
                .message { TradeResponseEncoder.balanceResponse(balance, user: user, to: &$0) }
            ]
        case (.positions, .positions(let rows)):
            return channels.contains(.positions) ? show(rows, user, directory) : []
        case (.order(let symbol, let reference), .order(let state)):
            let response =
                state.map {
                    OrderResponse.open($0, in: directory.instrument($0.instrument), user: user)
                } ?? .noSuchOrder(reference, symbol: symbol, user: user, at: time)
            let names = environment.settings.statusNames
            return [
                .message { TradeResponseEncoder.orderResponse(response, names: names, to: &$0) }
            ]
        case (.openOrders(let page), .openOrders(let states)):
            return [
                .message {
                    TradeResponseEncoder.allOrdersResponse(
                        page.rows(of: states), user: user,
                        instrument: { directory.instrument($0) }, to: &$0)
                }
            ]
        case (.leverages(let page), .leverages(let rows)):
            return [
                .message {
                    TradeResponseEncoder.userLeverageResponse(
                        page.rows(of: rows), instrument: { directory.instrument($0) }, to: &$0)
                }
            ]
        case (_, _):
            preconditionFailure("request \(request) was answered with another kind of report")
        }
    }

    /// One frame for each contract with a position or open orders, and a last one when both ended.
    mutating func show(
        _ rows: [PositionReport], _ user: UniqueID, _ directory: AccountDirectory
    ) -> [TradeSessionAction] {
        var actions: [TradeSessionAction] = []
        // The exchange has nothing to say about a contract that was never traded once the last
        // order is gone, but whoever saw the order must hear of its end.
        let reported = Set(rows.map(\.instrument))
        let ended = shownPositions.filter { !reported.contains($0.key) }
        let vanished = ended.sorted { $0.key < $1.key }.map { instrument, leverage in
            var row = PositionReport(instrument: instrument)
            row.leverage = leverage
            return row
        }
        for row in rows + vanished {
            let isLive = row.quantity.lots != 0 || row.openOrders > 0
            let wasLive = shownPositions[row.instrument] != nil
            guard isLive || wasLive else { continue }
            shownPositions[row.instrument] = isLive ? row.leverage : nil
            let instrument = directory.instrument(row.instrument)
            actions.append(
                .message {
                    TradeResponseEncoder.positionResponse(
                        row, in: instrument, user: user, to: &$0)
                })
        }
        return actions
    }
}
