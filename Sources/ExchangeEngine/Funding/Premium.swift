import ExchangeTypes

/// How far the book is from the oracle, for those who would trade a certain value into it.
/// **Source** `rules.md` §5, R-032, R-033, X-13, X-14.
extension Exchange {
    /// Takes a premium sample of an active contract.
    func samplePremium(of index: Int) {
        let isHourEnding = currentSecond % 3_600 == 0
        let isActive = isHourEnding ? listings[index].wasActive : listings[index].isActive
        guard isActive, let oracle = listings[index].oracle else { return }
        listings[index].funding.add(premium(of: index, oracle))
        sayFundingRate(of: index, isWindowEnding: true)
    }

    /// `(max(0, impact bid − oracle) − max(0, oracle − impact ask)) / oracle`.
    private func premium(of index: Int, _ oracle: ReferencePrice) -> Rate {
        let wide = Int128(oracle.units) * Int128(unitsPerOne)
        var distance: Int128 = 0
        if let bid = impactPrice(.buy, of: index) { distance += max(0, bid - wide) }
        if let ask = impactPrice(.sell, of: index) { distance -= max(0, wide - ask) }
        return Rate(
            units: Int64(Rounding.halfEven(distance * Int128(Rate.unitsPerOne), by: wide)))
    }

    /// The average price of trading the impact notional into one side of the book, in units of 1e-16;
    /// nil when the side is not deep enough.
    ///
    /// **Complexity** linear in the levels that the notional reaches.
    private func impactPrice(_ side: Side, of index: Int) -> Int128? {
        let instrument = listings[index].instrument
        let notional = Notional(instrument.risk.impactNotional)
        var rest = notional
        var taken = Quantity.zero
        var level = books[index].best(side)
        while let price = level {
            let total = books[index].total(at: price)
            let value = instrument.notional(price, total)
            if value > rest {
                // N / (Q + rest / p), with both parts of the quotient times p.
                let divisor = instrument.notional(price, taken) + rest
                let unit = Int128(instrument.reference(price).units)
                return quotient(notional.units * unit, divisor.units)
            }
            rest = rest - value
            taken += total
            if rest == .zero {
                let size = Int128(taken.lots) * Int128(instrument.lotSize.units)
                return quotient(notional.units, size)
            }
            level = books[index].next(side, behind: price)
        }
        return nil
    }

    /// A price in units of 1e-16 from a quotient that gives units of 1e-8.
    private func quotient(_ dividend: Int128, _ divisor: Int128) -> Int128 {
        let (whole, rest) = dividend.quotientAndRemainder(dividingBy: divisor)
        let wide = Int128(unitsPerOne)
        return whole * wide + Rounding.halfEven(rest * wide, by: divisor)
    }
}
