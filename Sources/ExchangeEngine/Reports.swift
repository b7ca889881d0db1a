public import ExchangeTypes

extension Exchange {
    /// Answers a question with the figures the checks themselves use. Changes nothing.
    public func report(_ query: Query) -> Report {
        switch query {
        case .balance(let account):
            guard isOpen(account) else { return .unknownAccount }
            return .balance(balanceReport(account))
        case .positions(let account):
            guard isOpen(account) else { return .unknownAccount }
            return .positions(positionReports(account))
        case .fees, .leverages: return .unknownAccount
        case .openOrders(let account, let instrument):
            guard isOpen(account) else { return .unknownAccount }
            let states = openOrders(of: account, in: instrument).map(state(at:))
            return .openOrders(states.sorted { $0.id > $1.id })
        case .order(let account, let reference):
            guard isOpen(account) else { return .unknownAccount }
            return .order(find(reference, of: account).map(state(at:)))
        }
    }

    private func balanceReport(_ id: AccountID) -> BalanceReport {
        let account = accounts[Int(id.index)]
        var report = BalanceReport(account: id)
        report.deposits = account.deposits
        report.realisedPnL = account.realisedPnL - account.fees
        report.fees = account.fees
        for holding in account.holdings {
            let position = positionReport(holding)
            report.unrealisedPnL += position.unrealisedPnL
            report.positionMargin += position.positionMargin
            report.orderMargin += orderMargin(id, holding)
        }
        report.availableBalance = availableBalance(id)
        return report
    }

    private func positionReports(_ id: AccountID) -> [PositionReport] {
        accounts[Int(id.index)].holdings
            .filter { $0.hasTraded || $0.openBuys.count + $0.openSells.count > 0 }
            .map(positionReport)
    }

    private func positionReport(_ holding: Holding) -> PositionReport {
        let listing = listings[Int(holding.instrument.index)]
        var report = PositionReport(instrument: holding.instrument)
        report.quantity = holding.position
        report.cost = holding.cost
        report.positionMargin = positionMargin(holding)
        report.realisedPnL = holding.realisedPnL
        if let mark = listing.mark {
            report.unrealisedPnL = holding.unrealisedPnL(mark: mark, of: listing.instrument)
        }
        report.openOrders = holding.openBuys.count + holding.openSells.count
        report.openQuantity = holding.openBuys.quantity + holding.openSells.quantity
        report.leverage = listing.instrument.maximumLeverage
        return report
    }

    /// Says everything a public or private view needs to start from: contracts, prices, accounts and
    /// all levels. The same events in the same order for the same state.
    public func describe(into events: inout EventBuffer) {
        swap(&self.events, &events)
        for listing in listings {
            self.events.append(.instrumentConfigured(listing.instrument))
            emitPrices(listing.instrument.id)
            for side in Side.allCases {
                let book = books[Int(listing.instrument.id.index)]
                var price = book.best(side)
                while let level = price {
                    emitLevel(listing.instrument.id, side, level)
                    price = book.next(side, behind: level)
                }
            }
        }
        for account in accounts { emitOpened(account.id, isNew: false) }
        swap(&self.events, &events)
    }
}
