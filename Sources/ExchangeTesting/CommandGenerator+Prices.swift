import ExchangeTypes

/// What comes from outside: prices, roll weights, market hours.
extension CommandGenerator {
    /// Outside prices wander by a little, are drawn back to their usual value, and are sometimes refused.
    mutating func updateIndex() -> Command {
        let place = place()
        let contract = contracts[place]
        if contract.silence > 0 { return .advanceTime }
        // Now and then the leg that has no weight.
        let isFront = random.within(0...99) < contract.frontPercent
        let leg: UpdateIndexPrice.Leg = isFront != random.oneIn(25) ? .front : .next
        var update = UpdateIndexPrice(
            instrument: contract.instrument.id,
            price: ReferencePrice(units: contract.feeds[Int(leg.rawValue)]), leg: leg)
        let last = update.price.units
        switch random.below(200) {
        case 0...1:
            let bad: [Int64] = [0, -1, Limits.maximumIndexPrice.units + 1, .max, .min]
            update.price.units = random.element(of: bad) ?? 0
        case 2: update.instrument = InstrumentID(UInt32(contracts.count))
        case 3...4: update.price.units = distant(last)
        case 5:
            // A jump that is refused until the exchange believes it.
            update.price.units = distant(last)
            let count = Int(venue.refusedPricesBeforeTaken)
            script += Array(repeating: .updateIndexPrice(update), count: count + random.below(2))
        case 6:
            let edges = [(last + 1) / 2, last / 2 - 1, last * 3 / 2, last * 3 / 2 + 1]
            update.price.units = random.element(of: edges) ?? last
            contracts[place].feeds[Int(leg.rawValue)] = update.price.units
        case 7:
            // The feed falls silent for a while.
            contracts[place].silence = random.below(600)
            return .advanceTime
        case _:
            update.price.units = nextPrice(last, usual: contract.usual)
            contracts[place].feeds[Int(leg.rawValue)] = update.price.units
        }
        if random.oneIn(2) { update.observedAt = observed() }
        return .updateIndexPrice(update)
    }

    /// Mostly a small step, sometimes one or a jump that makes profits and losses matter, and a pull.
    private mutating func nextPrice(_ last: Int64, usual: Int64) -> Int64 {
        let width = usual / random.one(of: 3_000, 1_000, 300, 100, 30, 12)
        let pull = (usual - last) / 8
        return max(1, last + pull + random.within(-width...width))
    }

    /// Too far from the last price to be believed at once.
    private mutating func distant(_ last: Int64) -> Int64 {
        random.oneIn(2)
            ? last / 10 * random.within(16...20) : max(1, last / 100 * random.within(35...49))
    }

    /// Mostly just now; sometimes out of order, or in a future that is too far or just not.
    private mutating func observed() -> Timestamp {
        let minute: Int64 = 60_000_000_000
        let ahead: Int64 =
            switch random.below(30) {
            case 0: minute
            case 1: minute + 1
            case 2: -random.within(0...minute)
            case _: -random.within(0...500_000)
            }
        return timestamp.advanced(byNanoseconds: ahead)
    }

    /// Roll weights, sessions, and time that passes.
    mutating func market() -> Command {
        switch random.below(20) {
        case 0..<4: return composeOracle()
        case 4..<11: return scheduleSession()
        case 11: return scheduleMany()
        case _: return .advanceTime
        }
    }

    private mutating func composeOracle() -> Command {
        let place = place()
        var request = ComposeOracle(instrument: contracts[place].instrument.id)
        let percent: Int64 = random.one(of: 100, 100, 80, 50, 20, 0)
        request.frontWeight = Rate(percent: percent)
        switch random.below(12) {
        case 0: request.frontWeight.units = random.oneIn(2) ? -1 : Rate.unitsPerOne + 1
        case 1:
            let bad: [Int64] = [0, -1, 10 * Rate.unitsPerOne, 10 * Rate.unitsPerOne + 1, 1]
            request.ratio.units = random.element(of: bad) ?? 0
        case 2: request.instrument = InstrumentID(UInt32(contracts.count))
        case 3..<7:
            request.ratio.units += random.within(-30_000_000_000...30_000_000_000)
            contracts[place].frontPercent = percent
        case _: contracts[place].frontPercent = percent
        }
        return .composeOracle(request)
    }

    /// Now, soon, or far away; half of the time the market opens.
    private mutating func scheduleSession() -> Command {
        let session = random.oneIn(2) ? .open : random.element(of: MarketSession.allCases) ?? .open
        let second: Int64 = 1_000_000_000
        let ahead: Int64 =
            switch random.below(8) {
            case 0: 0
            case 1: -random.within(1...second)
            case 2: random.within(1...4_000 * second)
            case 3: second - timestamp.nanoseconds % second
            case _: random.within(1...20 * second)
            }
        return .scheduleSession(
            ScheduleSession(
                instrument: random.oneIn(60)
                    ? InstrumentID(UInt32(contracts.count)) : instrument().id,
                session: session, startsAt: timestamp.advanced(byNanoseconds: ahead)))
    }

    /// More sessions of one contract than may wait, some at the same instant.
    private mutating func scheduleMany() -> Command {
        guard random.oneIn(20) else { return .advanceTime }
        let id = instrument().id
        let second: Int64 = 1_000_000_000
        let first = timestamp.advanced(byNanoseconds: 600 * second)
        for _ in 0..<90 {
            let ahead = random.within(0...70) * 30 * second
            script.append(
                .scheduleSession(
                    ScheduleSession(
                        instrument: id, session: random.oneIn(2) ? .open : .closed,
                        startsAt: first.advanced(byNanoseconds: ahead))))
        }
        return .advanceTime
    }
}
