import ExchangeAuth
import ExchangeSequencer
import ExchangeTypes
import QFEXWire

/// What an authenticated client wants done. **Source** `protocol.md` §6–§8, §10, §11.
extension TradeSession {
    mutating func carryOut(
        _ request: TradeRequest, _ account: SessionAccount, _ environment: TradeEnvironment
    ) throws(WireError) -> [TradeSessionAction] {
        switch request {
        case .authenticate: return []
        case .subscribe(let wanted): return subscribe(wanted, account)
        case .unsubscribe(let wanted): return unsubscribe(wanted)
        case .getOrder, .getUserOrders, .getUserTrades, .getUserLeverage,
            .getAvailableLeverageLevels:
            return try ask(request, account, environment)
        case .addOrder, .cancelOrder, .modifyOrder, .cancelAllOrders, .closePosition,
            .cancelStopOrder, .modifyStopOrder, .addTWAP, .setUserLeverage, .cancelOnDisconnect:
            guard account.permissions.contains(.trade) else {
                throw WireError(.permissionDenied, "this key may not trade")
            }
            return try trade(request, account, environment)
        }
    }

    private mutating func trade(
        _ request: TradeRequest, _ account: SessionAccount, _ environment: TradeEnvironment
    ) throws(WireError) -> [TradeSessionAction] {
        let translator = CommandTranslator(account: account.id, environment: environment)
        switch request {
        case .addOrder(let order):
            return [try enter(translator.placeOrder(order), account, environment)]
        case .modifyOrder(let modify):
            return [try enter(translator.modifyOrder(modify), account, environment)]
        case .cancelOrder(let cancel):
            return [submit(.command(translator.cancelOrder(cancel)), nil)]
        case .cancelAllOrders(let symbols):
            return try cancelAll(symbols, account, environment)
        case .closePosition(let close):
            let incoming = try incoming(environment)
            let instrument = environment.directory.reference(close.symbol)
            return [
                submit(
                    .command(translator.closePosition(close)),
                    .closePosition(incoming, instrument))
            ]
        case .cancelStopOrder(let cancel):
            let incoming = try incoming(environment)
            return [submit(.command(translator.cancelStopOrder(cancel)), .stopRequest(incoming))]
        case .modifyStopOrder(let modify):
            let incoming = try incoming(environment)
            return [submit(.command(translator.modifyStopOrder(modify)), .stopRequest(incoming))]
        case .addTWAP(let twap):
            let incoming = try incoming(environment)
            let instrument = environment.directory.reference(twap.symbol)
            return [
                submit(.command(translator.placeTWAP(twap)), .addTWAP(incoming, instrument))
            ]
        case .setUserLeverage(let request):
            let incoming = try incoming(environment)
            let instrument = environment.directory.reference(request.symbol)
            return [
                submit(
                    .command(translator.setLeverage(request)), .setLeverage(incoming, instrument))
            ]
        case .cancelOnDisconnect(let flag):
            cancelsOnDisconnect = flag
            let incoming = environment.decoder.incomingMessage(isAuthenticated: true)
            return [.message { TradeResponseEncoder.ack(incoming, to: &$0) }]
        case .authenticate, .subscribe, .unsubscribe, .getOrder, .getUserOrders, .getUserTrades,
            .getUserLeverage, .getAvailableLeverageLevels:
            preconditionFailure("these change nothing")
        }
    }

    /// Sends an order or a change of one. Its refusal is an event like any other; only where the user
    /// is known to be kept from trading, the request is kept to be repeated in an error (P-184).
    private mutating func enter(
        _ command: Command, _ account: SessionAccount, _ environment: TradeEnvironment
    ) throws(WireError) -> TradeSessionAction {
        guard environment.directory.isBlocked(account.id) else {
            return submit(.command(command), nil)
        }
        return submit(.command(command), .blockedEntry(try incoming(environment)))
    }

    private mutating func cancelAll(
        _ symbols: [Symbol]?, _ account: SessionAccount, _ environment: TradeEnvironment
    ) throws(WireError) -> [TradeSessionAction] {
        let incoming = try incoming(environment)
        guard let symbols else {
            let command = CancelAllOrders(account: account.id)
            return [
                submit(
                    .command(.cancelAllOrders(command)),
                    .cancelAll(incoming, commands: 1, refusal: nil))
            ]
        }
        if symbols.isEmpty { return [.message { TradeResponseEncoder.ack(incoming, to: &$0) }] }
        let request = nextRequest
        nextRequest += 1
        pending[request] = .cancelAll(incoming, commands: symbols.count, refusal: nil)
        return symbols.map { symbol in
            let command = CancelAllOrders(
                account: account.id, instrument: environment.directory.reference(symbol))
            return .submit(.command(.cancelAllOrders(command)), request: request)
        }
    }

    /// The message at hand, to be repeated in a later answer.
    private func incoming(
        _ environment: TradeEnvironment
    ) throws(WireError) -> IncomingMessage {
        try requireRoom(environment)
        return environment.decoder.incomingMessage(isAuthenticated: true)
    }

    func requireRoom(_ environment: TradeEnvironment) throws(WireError) {
        guard pending.count < environment.settings.maximumPendingRequests else {
            throw WireError(.serverError, "too many requests under way")
        }
    }
}
