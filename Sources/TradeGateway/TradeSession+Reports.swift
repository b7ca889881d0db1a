import ExchangeTypes
import QFEXWire

/// What the exchange answers to the session's questions.
extension TradeSession {
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
            return [answer(response, environment)]
        case (.order, .closedOrder(let closed)):
            let instrument = directory.instrument(closed.order.instrument)
            return [answer(.closed(closed, in: instrument, user: user), environment)]
        case (.openOrders(let page, nil), .openOrders(let states)):
            pending[request] = .openOrders(page, states)
            return []
        case (.openOrders(let page, let states?), .twaps(let twaps)):
            return [
                .message {
                    TradeResponseEncoder.allOrdersResponse(
                        page.rows(of: states), twaps: twaps, user: user,
                        instrument: { directory.instrument($0) }, to: &$0)
                }
            ]
        case (.trades, .trades(let rows, let count)):
            return [
                .message {
                    TradeResponseEncoder.userTradesResponse(
                        rows, count: count, instrument: { directory.instrument($0) }, to: &$0)
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

    private func answer(
        _ response: OrderResponse, _ environment: TradeEnvironment
    ) -> TradeSessionAction {
        let names = environment.settings.statusNames
        return .message { TradeResponseEncoder.orderResponse(response, names: names, to: &$0) }
    }

    /// One frame for each contract with a position or open orders, and a last one when both ended.
    private mutating func show(
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
