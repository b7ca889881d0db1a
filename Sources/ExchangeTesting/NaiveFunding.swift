import BigInt
import ExchangeTypes

/// Longs and shorts pay each other each hour. **Source** `docs/RISK.md` §5; `rules.md` §5.
extension NaiveExchange {
    /// The end of the hour that begins now or is under way.
    var nextHour: Timestamp { hour(after: currentSecond) }

    private func hour(after second: Int64) -> Timestamp {
        Timestamp(nanoseconds: (second / 3_600 + 1) * 3_600 * 1_000_000_000)
    }

    /// Adds a premium sample; one at a whole hour is the last of the hour before. **Source** R-032.
    mutating func samplePremium(_ id: InstrumentID) {
        guard let oracle = listings[id.place].oracle else { return }
        // Everything in units of 1e-16.
        let index = oracle * Scale.units
        let above = impactPrice(.buy, id).map { max(0, $0 - index) } ?? 0
        let below = impactPrice(.sell, id).map { max(0, index - $0) } ?? 0
        listings[id.place].premiums.append(
            Exact.halfEven((above - below) * Scale.rate, over: index))
        sayRate(id, hourEnd: hour(after: currentSecond - 1))
    }

    /// The average price, in units of 1e-16, at which the impact notional trades into a side; nil when
    /// the side has too little. **Source** X-13, X-14, R-033.
    private func impactPrice(_ side: Side, _ id: InstrumentID) -> BigInt? {
        let listing = listings[id.place]
        let wanted = listing.instrument.risk.impactNotional.exact * Scale.units
        var rest = wanted
        // The sizes of the levels taken whole, in units of 1e-8.
        var size: BigInt = 0
        for level in listing.book.levels(side) {
            let price = units(level.price, of: id)
            let levelSize = BigInt(level.quantity.lots) * listing.lot
            let value = price * levelSize
            if value > rest {
                return Exact.halfEven(wanted * price * Scale.units, over: size * price + rest)
            }
            size += levelSize
            rest -= value
        }
        return rest.isZero ? Exact.halfEven(wanted * Scale.units, over: size) : nil
    }

    /// The rate if the window ended now; 0 while funding rests. **Source** R-030.
    private func publishedRate(_ id: InstrumentID) -> BigInt {
        listings[id.place].isActive ? windowRate(id) : 0
    }

    /// The rate of the samples so far; 0 without any. **Source** R-034 to R-036.
    private func windowRate(_ id: InstrumentID) -> BigInt {
        let samples = listings[id.place].premiums
        if samples.isEmpty { return 0 }
        let weights = BigInt(samples.count * (samples.count + 1) / 2)
        let average = Exact.halfEven(weightedSum(samples), over: weights)
        let clamp = venue.fundingClamp.exact
        let cap = venue.fundingCap.exact
        let rate = Exact.clamp(average + Exact.clamp(-average, -clamp, clamp), -cap, cap)
        return Exact.halfEven(rate, over: 100)
    }

    /// Later samples weigh more: the first once, the second twice, and so on.
    func weightedSum(_ samples: [BigInt]) -> BigInt {
        var sum: BigInt = 0
        // A sample of nothing weighs nothing.
        for (place, sample) in samples.enumerated() where !sample.isZero {
            sum += BigInt(place + 1) * sample
        }
        return sum
    }

    /// Says a funding rate that is not what was last said.
    mutating func sayRate(_ id: InstrumentID, hourEnd: Timestamp) {
        let rate = Rate(exact: publishedRate(id))
        guard rate != listings[id.place].saidRate else { return }
        emitRate(rate, id, hourEnd: hourEnd)
    }

    private mutating func emitRate(_ rate: Rate, _ id: InstrumentID, hourEnd: Timestamp) {
        listings[id.place].saidRate = rate
        emit(
            .fundingRateChanged(
                FundingRateChanged(instrument: id, rate: rate, settlesAt: hourEnd)))
    }

    /// Lets every holder pay or be paid, if the hour ends in an active session, and begins the next
    /// window. **Source** R-029, R-037.
    mutating func settleFunding(_ id: InstrumentID, wasActive: Bool) {
        let rate = wasActive ? windowRate(id) : 0
        if !rate.isZero {
            for account in holders(id) { payFunding(account, id, rate) }
        }
        listings[id.place].premiums = []
        emitRate(.zero, id, hourEnd: nextHour)
    }

    private mutating func payFunding(_ account: AccountID, _ id: InstrumentID, _ rate: BigInt) {
        // Negative for a short, which so receives what a long pays.
        let value = markValue(position(account, id))
        let amount = -Exact.halfEven(value * rate, over: Scale.units * Scale.rate)
        accounts[account.place].cash += amount
        accounts[account.place].netFunding += amount
        change(account, id) { $0.netFunding += amount }
        ledger.rounding -= amount
        emit(
            .fundingPaid(
                FundingPaid(
                    account: account, instrument: id, amount: Money(exact: amount),
                    rate: Rate(exact: rate),
                    mark: ReferencePrice(exact: listings[id.place].mark ?? 0))))
        emitBalance(account)
    }
}
