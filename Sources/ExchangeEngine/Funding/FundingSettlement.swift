import ExchangeTypes

/// Payments between longs and shorts at each full hour. **Source** `rules.md` §5, R-029 to R-037.
extension Exchange {
    /// The rate of a contract if its window ended now; zero while its market is closed.
    func publishedFundingRate(of index: Int) -> Rate {
        guard listings[index].isActive else { return .zero }
        return listings[index].funding.rate(clamp: venue.fundingClamp, cap: venue.fundingCap)
    }

    /// Says a contract's rate if it differs from what was last said.
    func sayFundingRate(of index: Int, isWindowEnding: Bool = false) {
        let rate = publishedFundingRate(of: index)
        guard rate != listings[index].funding.said else { return }
        sayFunding(rate, of: index, isWindowEnding: isWindowEnding)
    }

    /// `isWindowEnding`: an instant at a full hour belongs to the hour that it ends.
    func sayFunding(_ rate: Rate, of index: Int, isWindowEnding: Bool) {
        listings[index].funding.said = rate
        let begun = isWindowEnding ? (currentSecond + 3_599) / 3_600 : currentSecond / 3_600 + 1
        events.append(
            .fundingRateChanged(
                FundingRateChanged(
                    instrument: listings[index].instrument.id, rate: rate,
                    settlesAt: Timestamp(nanoseconds: begun * 3_600 * second))))
    }

    /// Settles every contract and begins the next window.
    func settleFunding() {
        for index in listings.indices where listings[index].instrument.status != .delisted {
            guard let mark = listings[index].mark else { continue }
            let rate =
                listings[index].wasActive
                ? listings[index].funding.rate(clamp: venue.fundingClamp, cap: venue.fundingCap)
                : .zero
            if rate != .zero { payFunding(rate, mark, index) }
            listings[index].funding.reset()
            sayFunding(.zero, of: index, isWindowEnding: false)
        }
    }

    /// What rounding leaves over stays with the house's rounding account. **Source** R-037.
    private func payFunding(_ rate: Rate, _ mark: ReferencePrice, _ index: Int) {
        let instrument = listings[index].instrument
        for id in sortedHolders(of: index) {
            let owner = Int(id.index)
            let amount = accounts[owner].withHolding(of: instrument.id) { holding in
                let value = instrument.notional(mark, holding.position.magnitude).money(at: rate)
                let amount = holding.position.lots > 0 ? -value : value
                holding.netFunding += amount
                return amount
            }
            ledger.transfer(amount, from: .rounding, to: &accounts[owner])
            accounts[owner].netFunding += amount
            events.append(
                .fundingPaid(
                    FundingPaid(
                        account: id, instrument: instrument.id, amount: amount, rate: rate,
                        mark: mark)))
            emitBalance(id)
            queue(id)
        }
    }
}
