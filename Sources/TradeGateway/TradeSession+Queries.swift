import ExchangeSequencer
import ExchangeTypes
import QFEXWire

/// What an authenticated client wants to know. **Source** `protocol.md` §5, §9, §10.
extension TradeSession {
    mutating func ask(
        _ request: TradeRequest, _ account: SessionAccount, _ environment: TradeEnvironment
    ) throws(WireError) -> [TradeSessionAction] {
        try requireRoom(environment)
        let directory = environment.directory
        switch request {
        case .getOrder(let order):
            let reference = OrderReference(anyOrderID: order.orderID)
            return [
                submit(
                    .query(.order(account.id, reference)),
                    .order(symbol: order.symbol, reference))
            ]
        case .getUserOrders(let orders):
            return try openOrders(orders, account, environment)
        case .getUserTrades(let request):
            let filter = TradeFilter(
                limit: request.page.limit, offset: request.page.offset,
                order: request.orderID.map(OrderReference.init(anyOrderID:)), from: request.from,
                through: request.through)
            return [submit(.query(.trades(account.id, filter)), .trades)]
        case .getUserLeverage(let page):
            return [submit(.query(.leverages(account.id)), .leverages(page))]
        case .getAvailableLeverageLevels(let page):
            let rows = directory.leverageLevels(page)
            return [
                .message {
                    TradeResponseEncoder.availableLevelsResponse(
                        rows, instrument: { directory.instrument($0) }, to: &$0)
                }
            ]
        case .authenticate, .subscribe, .unsubscribe, .addOrder, .cancelOrder, .modifyOrder,
            .cancelAllOrders, .closePosition, .cancelStopOrder, .modifyStopOrder, .addTWAP,
            .setUserLeverage, .cancelOnDisconnect:
            preconditionFailure("these are no questions")
        }
    }

    /// Two questions under one number: the engine is asked for orders, then for sliced orders.
    private mutating func openOrders(
        _ request: GetUserOrdersRequest, _ account: SessionAccount,
        _ environment: TradeEnvironment
    ) throws(WireError) -> [TradeSessionAction] {
        var instrument: InstrumentID?
        if let symbol = request.symbol {
            guard case .known(let id) = environment.directory.reference(symbol) else {
                throw WireError(.invalidParameter, "unknown symbol \(symbol)")
            }
            instrument = id
        }
        let orders = submit(
            .query(.openOrders(account.id, instrument: instrument)),
            .openOrders(request.page, nil))
        guard case .submit(_, let number) = orders else { return [orders] }
        let twaps = Query.twaps(account.id, instrument: instrument)
        return [orders, .submit(.query(twaps), request: number)]
    }

    // MARK: Channels

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

    private mutating func askPositions(_ account: SessionAccount) -> TradeSessionAction {
        submit(.query(.positions(account.id)), .positions)
    }

    private mutating func askBalance(_ account: SessionAccount) -> TradeSessionAction {
        submit(.query(.balance(account.id)), .balance)
    }
}

extension OrderReference {
    /// The order that a question means: by the exchange's id, else by the client's (C-37).
    init(anyOrderID text: InlineText) {
        self.init(wireOrderID: text)
        if case .unrecognised = self { self = .clientOrderID(text) }
    }
}
