import BigInt
import ExchangeTypes

extension NaiveExchange {
    /// Lists a contract or replaces the parameters of a listed one, never its grids.
    mutating func configure(_ instrument: Instrument) {
        guard instrument.isValid else { return refuse() }
        if instrument.id.place < listings.count { return reconfigure(instrument) }
        guard
            instrument.id.place == listings.count,
            listings.count < Int(Limits.maximumInstruments),
            !listings.contains(where: { $0.instrument.symbol == instrument.symbol })
        else { return refuse() }
        listings.append(NaiveListing(instrument))
        emit(.instrumentConfigured(instrument))
    }

    private mutating func reconfigure(_ instrument: Instrument) {
        let id = instrument.id
        let old = listings[id.place].instrument
        guard
            old.symbol == instrument.symbol, old.tickSize == instrument.tickSize,
            old.lotSize == instrument.lotSize, old.status != .delisted
        else { return refuse() }
        listings[id.place].instrument = instrument
        emit(.instrumentConfigured(instrument))
        if instrument.status == .delisted { return delist(id) }
        sayPrices(id)
        if listings[id.place].oracle != nil { sayRate(id, hourEnd: nextHour) }
    }

    /// Changes what holds for the whole venue.
    mutating func configure(_ parameters: VenueParameters) {
        guard parameters.isValid else { return refuse() }
        venue = parameters
    }

    /// Opens an account; a known identity gets its account told again.
    mutating func open(_ request: OpenAccount) {
        if let account = everybody.first(where: { accounts[$0.place].identity == request.identity })
        {
            return emitOpened(account, isNew: false)
        }
        if let master = request.master {
            guard isKnown(master), user(master) == master else { return refuse() }
            let subaccounts = everybody.filter { user($0) == master && $0 != master }
            guard subaccounts.count < Int(venue.maximumSubaccounts) else { return refuse() }
        }
        guard accounts.count < Int(Limits.maximumAccounts) else { return refuse() }
        let id = AccountID(UInt32(accounts.count))
        accounts.append(NaiveAccount(identity: request.identity, user: request.master ?? id))
        emitOpened(id, isNew: true)
    }

    private mutating func emitOpened(_ id: AccountID, isNew: Bool) {
        let account = accounts[id.place]
        emit(
            .accountOpened(
                AccountOpened(
                    account: id, identity: account.identity, user: account.user, isNew: isNew)))
    }

    /// Makes an account a liquidity provider of a contract, or ends it with a limit of nothing.
    mutating func setProvider(_ request: SetProvider) {
        let id = request.instrument
        guard isTradable(id), request.maximumNotional >= .zero,
            request.maximumNotional <= Limits.maximumPositionNotional
        else { return refuse() }
        var providers = listings[id.place].providers.filter { $0.account != request.account }
        if request.maximumNotional > .zero {
            guard providers.count < Limits.maximumProviders else { return refuse() }
            providers.append(
                NaiveProvider(account: request.account, limit: request.maximumNotional.exact))
        }
        listings[id.place].providers = providers.sorted { $0.account < $1.account }
    }

    /// Chooses a leverage where nothing hangs on it yet. **Source** R-020, R-021.
    mutating func setLeverage(_ request: SetLeverage) {
        let account = request.account
        guard let id = listed(request.instrument) else { return refuse(.unknownSymbol) }
        guard !accounts[account.place].isInLiquidation else { return refuse(.inLiquidation) }
        guard let leverage = request.leverage.wholeNumber,
            leverage >= 1, leverage <= Int64(instrument(id).maximumLeverage)
        else { return refuse(.leverageOutOfRange) }
        guard lots(account, id) == 0, listings[id.place].book.orders(of: account).isEmpty else {
            return refuse(.leverageLocked)
        }
        let missing = id.place + 1 - accounts[account.place].leverages.count
        if missing > 0 { accounts[account.place].leverages += Array(repeating: 0, count: missing) }
        accounts[account.place].leverages[id.place] = UInt16(leverage)
        emit(
            .leverageChanged(
                LeverageChanged(account: account, instrument: id, leverage: UInt16(leverage))))
    }
}

extension WireDecimal {
    /// The whole number that this is exactly; nil when it is none, or beyond any leverage.
    fileprivate var wholeNumber: Int64? {
        var (rest, power) = (significand, exponent)
        while power < 0 && rest % 10 == 0 && rest != 0 {
            rest /= 10
            power += 1
        }
        while power > 0 && rest.magnitude < 1_000_000 {
            rest *= 10
            power -= 1
        }
        return power == 0 ? rest : nil
    }
}
