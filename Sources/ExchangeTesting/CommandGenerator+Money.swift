import ExchangeTypes

/// Money in, out and about, and what accounts choose.
extension CommandGenerator {
    /// Deposits most often, since liquidations take accounts' money all the time.
    mutating func money() -> Command {
        switch random.below(40) {
        case 0..<14: .deposit(deposit())
        case 14..<16: .creditReward(deposit())
        case 16..<22: .withdraw(withdraw())
        case 22..<28: .transfer(transfer())
        case 28..<31: .fundReserve(fund())
        case 31..<35: .setProvider(setProvider())
        case _: .setLeverage(setLeverage())
        }
    }

    /// Little beside what positions can lose; one in eight out of range.
    private mutating func deposit() -> Deposit {
        let bad: [Int64] = [0, -1, Limits.maximumDeposit.units + 1, .max, .min]
        let amount =
            random.oneIn(8)
            ? Money(units: random.element(of: bad) ?? 0)
            : Money(units: random.within(1...random.one(of: 1_000_000_000, 15_000_000_000)))
        // Mostly for the poorer of two, so that everybody can go on.
        let (one, other) = (account(), account())
        let isOther = cash[other, default: .zero] < cash[one, default: .zero]
        return Deposit(account: isOther ? other : one, amount: amount)
    }

    /// About what an account has, or a part of it, or what nobody can have.
    private mutating func amount(of account: AccountID) -> Money {
        let cash = self.cash[account, default: .zero].units
        switch random.below(12) {
        case 0:
            let bad: [Int64] = [0, -1, Limits.maximumCash.units + 1, .max, .min]
            return Money(units: random.element(of: bad) ?? 0)
        case 1: return Money(units: cash)
        case 2: return Money(units: cash + 1)
        case 3: return Limits.maximumCash
        case _: return Money(units: max(1, cash / random.within(1...12)))
        }
    }

    private mutating func withdraw() -> Withdraw {
        let account = account()
        return Withdraw(account: account, amount: amount(of: account))
    }

    private mutating func transfer() -> Transfer {
        let source = account()
        let own = users.keys.sorted().filter { users[$0] == users[source] }
        let target = random.oneIn(3) ? account() : random.element(of: own) ?? source
        return Transfer(source: source, target: target, amount: amount(of: source))
    }

    /// Little, so that the reserve is exhausted often.
    private mutating func fund() -> Money {
        let bad: [Int64] = [0, -1, Limits.maximumDeposit.units + 1, .min]
        if random.oneIn(10) { return Money(units: random.element(of: bad) ?? 0) }
        return Money(units: random.within(1...2_000_000_000))
    }

    /// Limits of a few positions, or none.
    mutating func setProvider() -> SetProvider {
        let id = random.oneIn(50) ? InstrumentID(UInt32(contracts.count)) : instrument().id
        let dollars: Int64 = random.one(of: 0, 20, 100, 400, 2_000, 2_000)
        var limit = Money(dollars)
        if random.oneIn(30) { limit = Money(units: -1) }
        if random.oneIn(30) { limit = Limits.maximumPositionNotional + Money(units: 1) }
        return SetProvider(account: account(), instrument: id, maximumNotional: limit)
    }

    /// Mostly a leverage that the contract allows, near its maximum.
    mutating func setLeverage() -> SetLeverage {
        let instrument = instrument()
        let maximum = Int64(instrument.maximumLeverage)
        let leverage: WireDecimal =
            switch random.below(12) {
            case 0: .zero
            case 1: WireDecimal(significand: 15, exponent: -1)
            case 2: WireDecimal(significand: maximum + 1, exponent: 0)
            case 3: WireDecimal(significand: -1, exponent: 0)
            case 4: WireDecimal(significand: 1, exponent: 30)
            case 5: WireDecimal(significand: maximum * 1_000, exponent: -3)
            case 6: WireDecimal(significand: 1, exponent: 0)
            case _: WireDecimal(significand: random.within(1...maximum), exponent: 0)
            }
        return SetLeverage(
            account: account(), instrument: reference(instrument.id, rarity: 60),
            leverage: leverage)
    }
}
