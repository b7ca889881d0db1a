public import ExchangeTypes

extension NaiveExchange {
    public func report(_ query: Query) -> Report {
        switch query {
        case .balance(let account):
            isKnown(account) ? .balance(balance(account)) : .unknownAccount
        case .positions(let account):
            isKnown(account) ? .positions(positions(account)) : .unknownAccount
        case .fees, .leverages: .unknownAccount
        case .openOrders(let account, let instrument):
            isKnown(account) ? .openOrders(openOrders(account, instrument)) : .unknownAccount
        case .order(let account, let reference):
            isKnown(account) ? .order(order(account, reference)) : .unknownAccount
        }
    }

    private func balance(_ id: AccountID) -> BalanceReport {
        let account = accounts[Int(id.index)]
        let contracts = listings.map(\.instrument.id)
        var report = BalanceReport(account: id)
        report.deposits = account.deposits
        report.fees = account.fees
        report.realisedPnL = account.realised - account.fees
        report.unrealisedPnL = money(contracts.reduce(0) { $0 + unrealised(id, $1) })
        report.orderMargin = money(contracts.reduce(0) { $0 + orderMargin(id, $1) })
        report.positionMargin = money(contracts.reduce(0) { $0 + positionMargin(id, $1) })
        report.availableBalance = money(availableBalance(id))
        return report
    }

    private func positions(_ account: AccountID) -> [PositionReport] {
        var rows: [PositionReport] = []
        for listing in listings {
            let id = listing.instrument.id
            let orders = listing.book.orders(of: account)
            let hasTraded = accounts[Int(account.index)].positions[id] != nil
            guard hasTraded || !orders.isEmpty else { continue }
            let position = position(account, id)
            var row = PositionReport(instrument: id)
            row.quantity = SignedQuantity(lots: position.lots)
            row.cost = position.cost
            row.realisedPnL = position.realised
            row.positionMargin = money(positionMargin(account, id))
            row.unrealisedPnL = money(unrealised(account, id))
            row.openOrders = orders.count
            row.openQuantity = orders.reduce(Quantity.zero) { $0 + $1.remaining }
            row.leverage = listing.instrument.maximumLeverage
            rows.append(row)
        }
        return rows
    }

    private func openOrders(_ account: AccountID, _ instrument: InstrumentID?) -> [OrderState] {
        listings.filter { instrument == nil || $0.instrument.id == instrument }
            .flatMap { $0.book.orders(of: account) }
            .sorted { $0.id > $1.id }
    }

    private func order(_ account: AccountID, _ reference: OrderReference) -> OrderState? {
        listings.compactMap { $0.book.find(reference, of: account) }.first
    }

    private func money(_ units: Int128) -> Money { Money(units: Int64(units)) }
}
