import ExchangeTypes

extension Exchange {
    /// Chooses an account's leverage in a contract where it has neither position nor orders.
    /// **Source** R-020, R-021.
    func setLeverage(_ request: SetLeverage) {
        guard isOpen(request.account) else { return refuse() }
        guard let instrument = listed(request.instrument) else { return refuse(.unknownSymbol) }
        let owner = Int(request.account.index)
        if accounts[owner].isInLiquidation { return refuse(.inLiquidation) }
        let maximum = listings[Int(instrument.index)].instrument.maximumLeverage
        guard let level = wholeNumber(request.leverage), level >= 1, level <= Int64(maximum)
        else { return refuse(.leverageOutOfRange) }
        let holding = accounts[owner].holding(of: instrument)
        guard
            holding.position.lots == 0, holding.restingCount == 0,
            !isHeld(by: request.account, in: instrument),
            !hasTWAP(request.account, in: instrument)
        else { return refuse(.leverageLocked) }
        accounts[owner].withHolding(of: instrument) { $0.chosenLeverage = UInt16(level) }
        events.append(
            .leverageChanged(
                LeverageChanged(
                    account: request.account, instrument: instrument, leverage: UInt16(level))))
    }

    /// Exact, unlike prices and quantities: binary floating point blurs no whole number of this size.
    private func wholeNumber(_ decimal: WireDecimal) -> Int64? {
        guard let units = decimal.exactUnits, units % unitsPerOne == 0 else { return nil }
        return units / unitsPerOne
    }
}
