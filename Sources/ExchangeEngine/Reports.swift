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
        case .openOrders(let account, let instrument):
            guard isOpen(account) else { return .unknownAccount }
            let resting = openOrders(of: account, in: instrument).map(state(at:))
            let waiting = stopOrders(of: account, in: instrument)
            return .openOrders((resting + waiting).sorted { $0.id > $1.id })
        case .order(let account, let reference):
            guard isOpen(account) else { return .unknownAccount }
            return .order(
                find(reference, of: account).map(state(at:))
                    ?? findStop(reference, of: account)?.state)
        case .twaps(let account, let instrument):
            guard isOpen(account) else { return .unknownAccount }
            return .twaps(twapStates(of: account, in: instrument))
        // The engine keeps no history; who asks it for one learns that it has none.
        case .trades(let account, _):
            return isOpen(account) ? .trades([], count: 0) : .unknownAccount
        case .fees(let account):
            guard isOpen(account) else { return .unknownAccount }
            let user = accounts[Int(accounts[Int(account.index)].user.index)]
            return .fees(
                FeeReport(
                    account: account, tier: user.feeTier, effectiveVolume: user.volume.trailing))
        case .leverages(let account):
            guard isOpen(account) else { return .unknownAccount }
            return .leverages(leverageReports(account))
        }
    }

    private func balanceReport(_ id: AccountID) -> BalanceReport {
        let account = accounts[Int(id.index)]
        var report = BalanceReport(account: id)
        report.deposits = account.deposits
        report.realisedPnL = account.realisedPnL - account.fees
        report.fees = account.fees
        report.netFunding = account.netFunding
        report.rewards = account.rewards
        report.isInLiquidation = account.isInLiquidation
        let figures = figures(of: id)
        report.equity = Money(clamping: figures.equity)
        report.maintenanceMargin = Money(clamping: figures.maintenance)
        report.closeOutMargin = Money(clamping: figures.closeOut)
        // Wide, so that no sum over contracts can overflow.
        var sums: (unrealised: Int128, positions: Int128, orders: Int128) = (0, 0, 0)
        for holding in account.holdings {
            let position = positionReport(id, holding, figures)
            sums.unrealised += Int128(position.unrealisedPnL.units)
            sums.positions += Int128(position.positionMargin.units)
            sums.orders += Int128(position.orderMargin.units)
        }
        report.unrealisedPnL = Money(clamping: sums.unrealised)
        report.positionMargin = Money(clamping: sums.positions)
        report.orderMargin = Money(clamping: sums.orders)
        report.availableBalance = availableBalance(id)
        return report
    }

    private func positionReports(_ id: AccountID) -> [PositionReport] {
        let figures = figures(of: id)
        return accounts[Int(id.index)].holdings
            .filter { $0.hasTraded || $0.restingCount > 0 }
            .map { positionReport(id, $0, figures) }
    }

    private func leverageReports(_ id: AccountID) -> [LeverageReport] {
        listings.map { listing in
            let holding = accounts[Int(id.index)].holding(of: listing.instrument.id)
            return LeverageReport(
                instrument: listing.instrument.id,
                leverage: holding.leverage(in: listing.instrument)
            )
        }
    }

    private func positionReport(
        _ id: AccountID, _ holding: Holding, _ figures: AccountFigures
    ) -> PositionReport {
        let listing = listings[Int(holding.instrument.index)]
        var report = PositionReport(instrument: holding.instrument)
        report.quantity = holding.position
        report.cost = holding.cost
        report.positionMargin = positionMargin(holding)
        report.orderMargin = orderMargin(id, holding)
        report.maintenanceMargin = maintenanceMargin(holding)
        report.liquidationPrice = liquidationPrice(holding, figures)
        report.realisedPnL = holding.realisedPnL
        report.netFunding = holding.netFunding
        if let mark = listing.mark {
            report.unrealisedPnL = holding.unrealisedPnL(mark: mark, of: listing.instrument)
        }
        report.openOrders = holding.restingCount
        report.openQuantity =
            holding.openBuys.quantity + holding.openSells.quantity
            + holding.reduceOnlyBuys.quantity + holding.reduceOnlySells.quantity
        report.leverage = holding.leverage(in: listing.instrument)
        return report
    }

    /// Says everything a public or private view needs to start from: contracts, prices, all levels,
    /// accounts and stop orders. The same events in the same order for the same state, which it leaves
    /// as it is.
    public func describe(into events: inout EventBuffer) {
        swap(&self.events, &events)
        for listing in listings {
            self.events.append(.instrumentConfigured(listing.instrument))
            describe(listing)
            for side in Side.allCases {
                let book = books[Int(listing.instrument.id.index)]
                var price = book.best(side)
                while let level = price {
                    sayLevel(listing.instrument.id, side, level)
                    price = book.next(side, behind: level)
                }
            }
        }
        for account in accounts {
            emitOpened(account.id, isNew: false)
            if account.isInLiquidation {
                self.events.append(
                    .liquidationChanged(
                        LiquidationChanged(account: account.id, isInLiquidation: true)))
            }
            if account.isIdentityCheckMissing || account.areTermsMissing {
                self.events.append(
                    .userStatusChanged(
                        SetUserStatus(
                            user: account.id,
                            isIdentityCheckMissing: account.isIdentityCheckMissing,
                            areTermsMissing: account.areTermsMissing)))
            }
        }
        for stop in stops.values.sorted(by: { $0.state.id < $1.state.id }) {
            self.events.append(.orderAccepted(stop.state))
        }
        if ledger.reserve != 0 {
            self.events.append(.reserveChanged(Money(units: Int64(ledger.reserve))))
        }
        swap(&self.events, &events)
    }

    /// A contract's session, prices, funding rate and open interest, as far as it has any.
    private func describe(_ listing: Listing) {
        let id = listing.instrument.id
        if listing.session != .open {
            events.append(.sessionChanged(SessionChanged(instrument: id, session: listing.session)))
        }
        guard let prices = listing.saidPrices else { return }
        events.append(.pricesChanged(prices))
        let windowEnd = Timestamp(nanoseconds: (currentSecond / 3_600 + 1) * 3_600 * second)
        events.append(
            .fundingRateChanged(
                FundingRateChanged(
                    instrument: id, rate: listing.funding.said, settlesAt: windowEnd)))
        if listing.openInterest != .zero {
            events.append(
                .openInterestChanged(
                    OpenInterestChanged(instrument: id, quantity: listing.openInterest)))
        }
    }
}
