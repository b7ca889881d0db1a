import ExchangeTypes

/// What an account is worth and what its positions need, in units of 1e-8.
struct AccountFigures {
    /// Cash and unrealised profit. Wide, so that no sum over contracts can overflow.
    var equity: Int128
    var maintenance: Int128 = 0
    var closeOut: Int128 = 0
    var positionCount = 0
}

/// Margins by leverage tier. **Source** `rules.md` §4.2; RISK.md §3.
extension Exchange {
    /// Margin of a position at the mark price. **Source** R-019, X-01 to X-03.
    func positionMargin(_ holding: Holding) -> Money {
        let place = Int(holding.instrument.index)
        guard holding.position.lots != 0, let mark = listings[place].mark else { return .zero }
        let leverage = holding.leverage(in: listings[place].instrument)
        return listings[place].instrument.notional(mark, holding.position.magnitude)
            .money(dividedBy: Int(leverage))
    }

    /// The margin below which a position is forced closed: two thirds of the initial one.
    func maintenanceMargin(_ holding: Holding) -> Money {
        let place = Int(holding.instrument.index)
        guard holding.position.lots != 0, let mark = listings[place].mark else { return .zero }
        let value = listings[place].instrument.notional(mark, holding.position.magnitude)
        return maintenanceMargin(value, leverage: holding.leverage(in: listings[place].instrument))
    }

    func maintenanceMargin(_ value: Notional, leverage: UInt16) -> Money {
        Notional(units: 2 * value.units).money(dividedBy: 3 * Int(leverage))
    }

    /// Equity, maintenance and close-out margin over all contracts.
    ///
    /// **Complexity** linear in the contracts the account ever traded.
    func figures(of account: AccountID) -> AccountFigures {
        let owner = Int(account.index)
        var figures = AccountFigures(equity: Int128(accounts[owner].cash.units))
        for holding in accounts[owner].holdings where holding.position.lots != 0 {
            let place = Int(holding.instrument.index)
            guard let mark = listings[place].mark else { continue }
            let leverage = holding.leverage(in: listings[place].instrument)
            let value = listings[place].instrument.notional(mark, holding.position.magnitude)
            let signed = holding.position.lots > 0 ? value.money : -value.money
            figures.equity += Int128(signed.units) - Int128(holding.cost.units)
            figures.maintenance += Int128(maintenanceMargin(value, leverage: leverage).units)
            let divisor = Int(leverage) * Int(venue.closeOutDivisor)
            figures.closeOut += Int128(value.money(dividedBy: divisor).units)
            figures.positionCount += 1
        }
        return figures
    }

    /// Equity less all margin: what is free for new orders. May be negative.
    /// **Source** `rules.md` §3, R-025, X-05.
    func availableBalance(_ account: AccountID) -> Money {
        // Wide, so that no sum over contracts can overflow; beyond 64 bits it is as good as endless.
        var available = Int128(accounts[Int(account.index)].cash.units)
        for holding in accounts[Int(account.index)].holdings {
            let place = Int(holding.instrument.index)
            if holding.position.lots != 0, let mark = listings[place].mark {
                let unrealised = holding.unrealisedPnL(mark: mark, of: listings[place].instrument)
                available += Int128(unrealised.units) - Int128(positionMargin(holding).units)
            }
            if holding.openBuys.count + holding.openSells.count > 0 {
                available -= Int128(orderMargin(account, holding).units)
            }
        }
        return Money(clamping: available)
    }

    /// The value of all positions at their marks, and of all open orders at their prices or the mark,
    /// whichever is more.
    func grossExposure(of account: AccountID) -> Notional {
        var gross = Notional.zero
        for holding in accounts[Int(account.index)].holdings {
            let place = Int(holding.instrument.index)
            let instrument = listings[place].instrument
            guard let mark = listings[place].mark else { continue }
            gross += instrument.notional(mark, holding.position.magnitude)
            let tickLot = Int128(instrument.tickSize.units) * Int128(instrument.lotSize.units)
            for side in Side.allCases {
                let sum = holding.openOrders(side)
                let atPrices = Notional(units: sum.value * tickLot)
                gross += max(atPrices, instrument.notional(mark, sum.quantity))
            }
        }
        return gross
    }

    /// Where the mark would have to be for the account's equity to be its maintenance margin, all else
    /// equal. **Source** `rules.md` §4.5, R-028, X-23, X-24.
    func liquidationPrice(_ holding: Holding, _ figures: AccountFigures) -> ReferencePrice? {
        let place = Int(holding.instrument.index)
        guard holding.position.lots != 0, let mark = listings[place].mark else { return nil }
        let instrument = listings[place].instrument
        let isLong = holding.position.lots > 0
        let others = figures.maintenance - Int128(maintenanceMargin(holding).units)
        let free = (figures.equity - others) * Int128(unitsPerOne)
        let value = instrument.notional(mark, holding.position.magnitude).units
        let thirds = 3 * Int128(holding.leverage(in: instrument))
        let size = Int128(holding.position.magnitude.lots) * Int128(instrument.lotSize.units)
        let dividend = (isLong ? value - free : value + free) * thirds
        guard dividend > 0 else { return nil }
        let divisor = size * (isLong ? thirds - 2 : thirds + 2)
        let price = Rounding.halfEven(dividend, by: divisor)
        guard price > 0, let units = Int64(exactly: price) else { return nil }
        return (isLong ? units <= mark.units : units >= mark.units)
            ? ReferencePrice(units: units) : nil
    }
}
