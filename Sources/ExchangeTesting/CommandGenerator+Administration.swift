import ExchangeTypes

extension CommandGenerator {
    /// The index wanders by a little, is drawn back to its usual value, and is sometimes refused.
    mutating func updateIndex() -> Command {
        let place = random.below(samples.count)
        let usual = samples[place].index.units
        let id = samples[place].instrument.id
        switch random.below(40) {
        case 0:
            let bad: [Int64] = [0, -1, Limits.maximumIndexPrice.units + 1, .max, .min]
            let price = ReferencePrice(units: random.element(of: bad) ?? 0)
            return .updateIndexPrice(UpdateIndexPrice(instrument: id, price: price))
        case 1:
            return .updateIndexPrice(
                UpdateIndexPrice(
                    instrument: InstrumentID(UInt32(samples.count)), price: ReferencePrice(1)))
        case _: break
        }
        let step = random.within(-usual / 500...usual / 500)
        let pull = (usual - indexes[place].units) / 8
        // One update in twenty is a jump, so that profits and losses come to matter.
        let jump = random.oneIn(20) ? random.within(-usual / 30...usual / 30) : 0
        indexes[place].units += step + pull + jump
        return .updateIndexPrice(UpdateIndexPrice(instrument: id, price: indexes[place]))
    }

    /// A deposit, one in six of them out of range.
    mutating func deposit() -> Command {
        let bad: [Int64] = [0, -1, Limits.maximumDeposit.units + 1, .max, .min]
        let amount =
            random.oneIn(6)
            ? Money(units: random.element(of: bad) ?? 0)
            : Money(units: random.within(1...20_000_000_000))
        return .deposit(Deposit(account: account(), amount: amount))
    }

    /// All orders of somebody who has some, in one contract or in all.
    mutating func cancelAll() -> Command {
        let account = random.element(of: live.orders)?.account ?? account()
        let id = instrument().id
        return .cancelAllOrders(
            CancelAllOrders(
                account: account, instrument: random.oneIn(3) ? nil : reference(id, rarity: 40)))
    }

    /// Changed parameters and refused ones, closed and opened markets, known and unknown accounts.
    mutating func administration() -> Command {
        if random.oneIn(3) { return openAccount() }
        var instrument = instrument()
        switch random.below(14) {
        case 0: instrument.tickSize.units += 1
        case 1: instrument.lotSize.units *= 2
        case 2: instrument.symbol = Symbol("OTHER-USD") ?? Symbol()
        case 3: instrument.id = InstrumentID(UInt32(samples.count + 1))
        case 4: instrument.id = InstrumentID(UInt32(samples.count))
        case 5: instrument.maximumLeverage = 0
        case 6: instrument.bandWidth = Rate(units: 0)
        case 7:
            if closed == nil { closed = instrument }
            instrument.status = .inactive
        case 8...9: instrument.maximumLeverage = UInt16(random.within(1...50))
        case 10: instrument.maximumNotional = Money(random.within(1_000...20_000))
        case 11: instrument.takerFee = Rate(units: random.within(-1_000...999_999_999))
        // Unchanged: the usual parameters again.
        case _: break
        }
        return .configureInstrument(instrument)
    }

    private mutating func openAccount() -> Command {
        switch random.below(3) {
        case 0:
            let known = identity(random.below(accountCount))
            return .openAccount(OpenAccount(identity: known, master: AccountID(999)))
        case 1:
            return .openAccount(
                OpenAccount(
                    identity: UniqueID(high: random.next(), low: 1), master: AccountID(999)))
        case _:
            return .openAccount(
                OpenAccount(
                    identity: UniqueID(high: random.next(), low: 1), master: AccountID(2)))
        }
    }
}
