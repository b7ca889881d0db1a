import BigInt
public import ExchangeTypes

extension NaiveExchange {
    public func report(_ query: Query) -> Report {
        switch query {
        case .balance(let account):
            isKnown(account) ? .balance(balance(account)) : .unknownAccount
        case .positions(let account):
            isKnown(account) ? .positions(positions(account)) : .unknownAccount
        case .openOrders(let account, let instrument):
            isKnown(account) ? .openOrders(openOrders(account, instrument)) : .unknownAccount
        case .order(let account, let reference):
            isKnown(account) ? .order(order(account, reference)) : .unknownAccount
        case .fees(let account):
            isKnown(account) ? .fees(fees(account)) : .unknownAccount
        case .leverages(let account):
            isKnown(account) ? .leverages(leverages(account)) : .unknownAccount
        case .twaps(let account, _): isKnown(account) ? .twaps([]) : .unknownAccount
        case .trades(let account, _): isKnown(account) ? .trades([], count: 0) : .unknownAccount
        }
    }

    private func balance(_ id: AccountID) -> BalanceReport {
        let account = accounts[id.place]
        let unrealised = held(id).reduce(BigInt(0)) { $0 + self.unrealised($1) }
        var report = BalanceReport(account: id)
        report.deposits = Money(exact: account.deposits)
        report.fees = Money(exact: account.fees)
        report.rewards = Money(exact: account.rewards)
        report.netFunding = Money(exact: account.netFunding)
        report.realisedPnL = Money(exact: account.realised - account.fees)
        report.unrealisedPnL = Money(exact: unrealised)
        report.orderMargin = Money(exact: orderMargin(id))
        report.positionMargin = Money(exact: positionMargin(id))
        report.maintenanceMargin = Money(exact: maintenance(id))
        report.closeOutMargin = Money(exact: closeOut(id))
        report.equity = Money(exact: equity(id))
        report.availableBalance = Money(exact: availableBalance(id))
        report.isInLiquidation = account.isInLiquidation
        return report
    }

    /// One row for each contract that the account traded or has open orders in.
    private func positions(_ account: AccountID) -> [PositionReport] {
        var rows: [PositionReport] = []
        for id in contracts {
            let orders = listings[id.place].book.orders(of: account)
            let hasTraded = accounts[account.place].positions.contains { $0.instrument == id }
            guard hasTraded || !orders.isEmpty else { continue }
            let position = position(account, id)
            var row = PositionReport(instrument: id)
            row.quantity = SignedQuantity(lots: position.lots)
            row.cost = Money(exact: position.cost)
            row.realisedPnL = Money(exact: position.realised)
            row.netFunding = Money(exact: position.netFunding)
            row.positionMargin = Money(exact: positionMargin(position, account))
            row.maintenanceMargin = Money(exact: maintenance(position, account))
            row.orderMargin = Money(exact: orderMargin(account, id))
            row.unrealisedPnL = Money(exact: unrealised(position))
            row.liquidationPrice = liquidationPrice(position, account)
            row.openOrders = orders.count
            row.openQuantity = orders.reduce(Quantity.zero) { $0 + $1.remaining }
            row.leverage = leverage(account, id)
            rows.append(row)
        }
        return rows
    }

    private func openOrders(_ account: AccountID, _ instrument: InstrumentID?) -> [OrderState] {
        orders(of: account)
            .filter { instrument == nil || $0.instrument == instrument }
            .sorted { $0.id > $1.id }
    }

    private func order(_ account: AccountID, _ reference: OrderReference) -> OrderState? {
        listings.compactMap { $0.book.find(reference, of: account) }.first
    }

    private func fees(_ account: AccountID) -> FeeReport {
        FeeReport(
            account: account, tier: feeTier(account),
            effectiveVolume: Notional(units: Exact.int128(effectiveVolume(account))))
    }

    private func leverages(_ account: AccountID) -> [LeverageReport] {
        contracts.map { LeverageReport(instrument: $0, leverage: leverage(account, $0)) }
    }
}
