import ExchangeTypes

/// What an operator does.
extension CommandGenerator {
    /// All orders of somebody who has some, in one contract or in all.
    mutating func cancelAll() -> Command {
        let account = random.element(of: live.orders)?.account ?? account()
        let id = instrument().id
        return .cancelAllOrders(
            CancelAllOrders(
                account: account, instrument: random.oneIn(3) ? nil : reference(id, rarity: 40)))
    }

    /// Changed parameters and refused ones, halts, splits, known and unknown accounts, disturbances.
    mutating func administration() -> Command {
        switch random.below(24) {
        case 0..<3: return openAccount()
        case 3..<5: return configureVenue()
        case 5..<7: return halt()
        case 7: return split()
        case 8: return random.oneIn(8) ? delist() : disturb()
        case _: return reconfigure()
        }
    }

    /// Of all kinds, now and then one that cannot be obeyed.
    private mutating func disturb() -> Command {
        let user = random.oneIn(2) ? identity(random.below(accountCount)) : nil
        let duration = random.oneIn(8) ? 0 : random.within(1...10_000_000_000)
        let disturbance: Disturbance =
            switch random.below(4) {
            case 0: .note(InlineText(random.oneIn(8) ? "" : "gap") ?? InlineText())
            case 1: .cutConnections(CutConnections(endpoints: .trade, user: user))
            case 2: .limitRate(LimitRate(user: user, nanoseconds: duration))
            case _:
                .delayAnswers(
                    DelayAnswers(
                        endpoints: random.oneIn(4) ? .both : .trade, user: user,
                        byNanoseconds: random.within(1...1_000_000_000), nanoseconds: duration))
            }
        return .disturb(disturbance)
    }

    private mutating func reconfigure() -> Command {
        let usual = instrument()
        var instrument = usual
        switch random.below(20) {
        case 0: instrument.tickSize.units += 1
        case 1: instrument.lotSize.units *= 2
        case 2: instrument.symbol = Symbol("OTHER-USD") ?? Symbol()
        case 3: instrument.id = InstrumentID(UInt32(contracts.count + 1))
        case 4: instrument.id = InstrumentID(UInt32(contracts.count))
        case 5: instrument.maximumLeverage = 0
        case 6: instrument.bandWidth = Rate(units: 0)
        case 7: instrument.risk.providerFee = Rate(percent: 100)
        case 8...9: instrument.maximumLeverage = UInt16(random.within(1...50))
        case 10: instrument.maximumNotional = Money(random.within(500...10_000))
        case 11: instrument.takerFee = Rate(units: random.within(-1_000...999_999_999))
        case 12...13: instrument.risk.openInterestCap = Money(random.within(100...3_000))
        case 14:
            instrument.risk.liquidationSpread = Rate(
                units: random.within(0...Rate.unitsPerOne / 20))
        case 15: instrument.risk = smallRisk(of: Int(instrument.id.index))
        case 16: instrument.bandWidth = Rate(tenthBasisPoints: random.within(1...9_000))
        // Unchanged: the usual parameters again.
        case _: break
        }
        if later.count < 4 { later.append(.configureInstrument(usual)) }
        return .configureInstrument(instrument)
    }

    /// Limits that small accounts meet, in the place of those that a venue would have.
    mutating func smallRisk(of place: Int) -> RiskParameters {
        var risk = contracts[place].instrument.risk
        risk.liquidationLimit = Money(random.one(of: 0, 100, 300, 1_000, 4_000))
        risk.impactNotional = Money(random.one(of: 20, 60, 150, 400))
        risk.providerFee = Rate(tenthBasisPoints: random.one(of: 0, 20, 100, 1_000))
        risk.isActiveOvernight = random.oneIn(2)
        return risk
    }

    private mutating func halt() -> Command {
        var instrument = instrument()
        if later.count < 4 { later.append(.configureInstrument(instrument)) }
        instrument.status = .inactive
        let id = instrument.id
        // Half of the halts are for a split.
        if random.oneIn(2) {
            script.append(.splitInstrument(splitRequest(id)))
        }
        return .configureInstrument(instrument)
    }

    /// Mostly of a contract that is not halted.
    private mutating func split() -> Command {
        let request = splitRequest(instrument().id)
        return .splitInstrument(request)
    }

    /// Back to the price that the contract began with, if it was split before.
    private mutating func splitRequest(_ id: InstrumentID) -> SplitInstrument {
        let ratios: [(UInt32, UInt32)] = [(2, 1), (3, 2), (10, 1), (3, 1), (7, 5)]
        let (more, less) = random.element(of: ratios) ?? (2, 1)
        let isCheap = contracts[Int(id.index)].isCheap
        var request = SplitInstrument(
            instrument: id, numerator: isCheap ? less : more, denominator: isCheap ? more : less)
        switch random.below(20) {
        case 0: request.numerator = 0
        case 1: request.denominator = 1_001
        case 2: request.denominator = request.numerator
        case 3: request.instrument = InstrumentID(UInt32(contracts.count))
        case _: break
        }
        return request
    }

    /// Ends a contract for ever and lists another one of its kind.
    private mutating func delist() -> Command {
        guard script.isEmpty else { return .advanceTime }
        let place = place()
        var instrument = contracts[place].instrument
        instrument.status = .delisted
        contracts[place].isGone = true
        let id = InstrumentID(UInt32(contracts.count))
        let samples = SampleInstruments.all
        var contract = GeneratedContract(samples[random.below(samples.count)], id: id)
        contract.instrument.symbol = Symbol("NEW\(id.index)-USD") ?? Symbol()
        contracts.append(contract)
        contracts[Int(id.index)].instrument.risk = smallRisk(of: Int(id.index))
        script = [
            .updateIndexPrice(UpdateIndexPrice(instrument: id, price: contract.mark)),
            .configureInstrument(contracts[Int(id.index)].instrument),
        ]
        return .configureInstrument(instrument)
    }

    private mutating func openAccount() -> Command {
        let master: UInt32
        switch random.below(3) {
        case 0:
            let known = identity(random.below(accountCount))
            return .openAccount(OpenAccount(identity: known, master: AccountID(99_999)))
        case 1: master = 99_999
        // A subaccount of a subaccount, or of a master that may have enough.
        case _: master = random.oneIn(2) ? 2 : 0
        }
        return .openAccount(
            OpenAccount(
                identity: UniqueID(high: random.next(), low: 1), master: AccountID(master)))
    }
}
