import ExchangeTypes

extension NaiveExchange {
    /// Lists a contract or replaces the parameters of a listed one, never its grids.
    mutating func configure(_ instrument: Instrument) {
        let place = Int(instrument.id.index)
        if instrument.isValid && place < listings.count {
            let old = listings[place].instrument
            let isSame =
                old.symbol == instrument.symbol && old.tickSize == instrument.tickSize
                && old.lotSize == instrument.lotSize
            if isSame {
                listings[place].instrument = instrument
                return emit(.instrumentConfigured(instrument))
            }
        } else if instrument.isValid && place == listings.count
            && listings.count < Int(Limits.maximumInstruments)
            && !listings.contains(where: { $0.instrument.symbol == instrument.symbol })
        {
            listings.append(NaiveListing(instrument: instrument))
            return emit(.instrumentConfigured(instrument))
        }
        emit(.commandRefused(.failedToProcess))
    }

    /// Opens an account; a known identity gets its account told again.
    mutating func open(_ request: OpenAccount) {
        if let place = accounts.firstIndex(where: { $0.identity == request.identity }) {
            return emitOpened(AccountID(UInt32(place)), isNew: false)
        }
        if let master = request.master {
            guard isKnown(master), user(master) == master else {
                return emit(.commandRefused(.failedToProcess))
            }
        }
        guard accounts.count < Int(Limits.maximumAccounts) else {
            return emit(.commandRefused(.failedToProcess))
        }
        let id = AccountID(UInt32(accounts.count))
        accounts.append(NaiveAccount(identity: request.identity, user: request.master ?? id))
        emitOpened(id, isNew: true)
    }

    private mutating func emitOpened(_ id: AccountID, isNew: Bool) {
        let account = accounts[Int(id.index)]
        emit(
            .accountOpened(
                AccountOpened(
                    account: id, identity: account.identity, user: account.user, isNew: isNew)))
    }

    /// Brings money in, within the limits of a deposit and of an account.
    mutating func deposit(_ deposit: Deposit) {
        let place = Int(deposit.account.index)
        // Wide, because the amount may be any 64-bit number.
        let cash = Int128(accounts[place].cash.units) + Int128(deposit.amount.units)
        guard
            deposit.amount > .zero, deposit.amount <= Limits.maximumDeposit,
            cash <= Int128(Limits.maximumCash.units)
        else { return emit(.commandRefused(.failedToProcess)) }
        accounts[place].cash += deposit.amount
        accounts[place].deposits += deposit.amount
        ledger.outside -= Int128(deposit.amount.units)
        emitBalance(deposit.account)
    }

    /// Tells what cash an account has now.
    mutating func emitBalance(_ account: AccountID) {
        let cash = accounts[Int(account.index)].cash
        emit(.balanceChanged(BalanceChanged(account: account, cash: cash)))
    }

    /// Sets index and mark, which are one number until a mark of its own exists.
    mutating func updateIndexPrice(_ update: UpdateIndexPrice) {
        guard
            listed(.known(update.instrument)) != nil, update.price > .zero,
            update.price <= Limits.maximumIndexPrice
        else { return emit(.commandRefused(.failedToProcess)) }
        let place = Int(update.instrument.index)
        let first = listings[place].firstIndex ?? update.price
        let (lower, higher) = (min(first, update.price), max(first, update.price))
        guard Int128(higher.units) <= Int128(lower.units) * Int128(Limits.indexCorridor) else {
            return emit(.commandRefused(.failedToProcess))
        }
        listings[place].firstIndex = first
        listings[place].index = update.price
        emit(
            .pricesChanged(
                PricesChanged(
                    instrument: update.instrument, oracle: update.price, mark: update.price,
                    band: instrument(update.instrument).band(around: update.price, in: .open))))
    }
}
