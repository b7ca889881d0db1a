import ExchangeAuth
import ExchangeSequencer
import ExchangeTypes
import QFEXWire

/// What an authenticated client asks for. **Source** `protocol.md` §5–§11.
extension TradeSession {
    mutating func carryOut(
        _ request: TradeRequest, _ account: SessionAccount, _ environment: TradeEnvironment
    ) throws(WireError) -> [TradeSessionAction] {
        let directory = environment.directory
        switch request {
        case .authenticate: return []
        case .subscribe(let wanted): return subscribe(wanted, account)
        case .unsubscribe(let wanted): return unsubscribe(wanted)
        case .addOrder(let order):
            try requireTrading(account)
            return [
                submit(
                    .command(
                        try CommandTranslator.placeOrder(order, account: account.id, directory)),
                    nil)
            ]
        case .cancelOrder(let cancel):
            try requireTrading(account)
            return [
                submit(
                    .command(
                        try CommandTranslator.cancelOrder(cancel, account: account.id, directory)),
                    nil)
            ]
        case .modifyOrder(let modify):
            try requireTrading(account)
            return [
                submit(
                    .command(
                        try CommandTranslator.modifyOrder(modify, account: account.id, directory)),
                    nil)
            ]
        case .cancelAllOrders(let symbols):
            try requireTrading(account)
            return try cancelAll(symbols, account, environment)
        case .getOrder(let order):
            try requireRoom(environment)
            let reference = CommandTranslator.order(order)
            return [
                submit(
                    .query(.order(account.id, reference)),
                    .order(symbol: order.symbol, reference))
            ]
        case .getUserOrders(let orders):
            return [try openOrders(orders, account, environment)]
        case .getUserLeverage(let page):
            try requireRoom(environment)
            return [submit(.query(.leverages(account.id)), .leverages(page))]
        case .getAvailableLeverageLevels(let page):
            let rows = directory.leverageLevels(page)
            return [
                .message {
                    TradeResponseEncoder.availableLevelsResponse(
                        rows, instrument: { directory.instrument($0) }, to: &$0)
                }
            ]
        case .setUserLeverage(let request):
            try requireTrading(account)
            return [try setLeverage(request, account, environment)]
        case .cancelOnDisconnect(let flag):
            try requireTrading(account)
            cancelsOnDisconnect = flag
            let incoming = environment.decoder.incomingMessage(isAuthenticated: true)
            return [.message { TradeResponseEncoder.ack(incoming, to: &$0) }]
        case .unsupported:
            throw WireError(.invalidParameter, "this command is not available yet")
        }
    }

    func requireTrading(_ account: SessionAccount) throws(WireError) {
        guard account.permissions.contains(.trade) else {
            throw WireError(.permissionDenied, "this key may not trade")
        }
    }

    func requireRoom(_ environment: TradeEnvironment) throws(WireError) {
        guard pending.count < environment.settings.maximumPendingRequests else {
            throw WireError(.serverError, "too many requests under way")
        }
    }

    mutating func cancelAll(
        _ symbols: [Symbol]?, _ account: SessionAccount, _ environment: TradeEnvironment
    ) throws(WireError) -> [TradeSessionAction] {
        try requireRoom(environment)
        let incoming = environment.decoder.incomingMessage(isAuthenticated: true)
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

    mutating func openOrders(
        _ request: GetUserOrdersRequest, _ account: SessionAccount,
        _ environment: TradeEnvironment
    ) throws(WireError) -> TradeSessionAction {
        try requireRoom(environment)
        var instrument: InstrumentID?
        if let symbol = request.symbol {
            guard case .known(let id) = environment.directory.reference(symbol) else {
                throw WireError(.invalidParameter, "unknown symbol \(symbol)")
            }
            instrument = id
        }
        return submit(
            .query(.openOrders(account.id, instrument: instrument)), .openOrders(request.page))
    }

    mutating func setLeverage(
        _ request: SetUserLeverageRequest, _ account: SessionAccount,
        _ environment: TradeEnvironment
    ) throws(WireError) -> TradeSessionAction {
        try requireRoom(environment)
        let instrument = environment.directory.reference(request.symbol)
        let command = SetLeverage(
            account: account.id, instrument: instrument, leverage: request.leverage)
        return submit(
            .command(.setLeverage(command)),
            .setLeverage(
                environment.decoder.incomingMessage(isAuthenticated: true), instrument))
    }

    mutating func subscribe(
        _ wanted: [TradeChannel], _ account: SessionAccount
    ) -> [TradeSessionAction] {
        var actions: [TradeSessionAction] = []
        for channel in wanted {
            actions.append(.message { TradeResponseEncoder.subscribed(channel, to: &$0) })
            channels.insert(ChannelSet(channel))
        }
        if wanted.contains(.positions) { actions.append(askPositions(account)) }
        if wanted.contains(.balances) { actions.append(askBalance(account)) }
        return actions
    }

    mutating func unsubscribe(_ wanted: [TradeChannel]) -> [TradeSessionAction] {
        var actions: [TradeSessionAction] = []
        for channel in wanted {
            channels.remove(ChannelSet(channel))
            actions.append(.message { TradeResponseEncoder.unsubscribed(channel, to: &$0) })
        }
        return actions
    }

    /// The pulse of the state channels.
    mutating func pulse() -> [TradeSessionAction] {
        guard case .open(let account) = phase else { return [] }
        var actions: [TradeSessionAction] = []
        if channels.contains(.positions) { actions.append(askPositions(account)) }
        if channels.contains(.balances) { actions.append(askBalance(account)) }
        return actions
    }

    mutating func askPositions(_ account: SessionAccount) -> TradeSessionAction {
        submit(.query(.positions(account.id)), .positions)
    }

    mutating func askBalance(_ account: SessionAccount) -> TradeSessionAction {
        submit(.query(.balance(account.id)), .balance)
    }

    mutating func submit(_ request: Request, _ question: Pending?) -> TradeSessionAction {
        let number = nextRequest
        nextRequest += 1
        if let question { pending[number] = question }
        return .submit(request, request: number)
    }
}
