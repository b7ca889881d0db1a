import ExchangeTypes

extension Exchange {
    /// Takes a new outside price. The mark price follows it.
    func updateIndexPrice(_ update: UpdateIndexPrice) {
        let index = Int(update.instrument.index)
        guard
            listings.indices.contains(index), isInRange(update.price, of: listings[index])
        else { return refuse() }
        if listings[index].firstIndex == nil { listings[index].firstIndex = update.price }
        listings[index].index = update.price
        listings[index].mark = update.price
        emitPrices(update.instrument)
    }

    private func isInRange(_ price: ReferencePrice, of listing: Listing) -> Bool {
        guard price > .zero, price <= Limits.maximumIndexPrice else { return false }
        guard let first = listing.firstIndex else { return true }
        let corridor = Int128(Limits.indexCorridor)
        return Int128(price.units) <= Int128(first.units) * corridor
            && Int128(first.units) <= Int128(price.units) * corridor
    }

    /// Says the prices of a contract that has any.
    func emitPrices(_ instrument: InstrumentID) {
        let listing = listings[Int(instrument.index)]
        guard let index = listing.index, let mark = listing.mark else { return }
        events.append(
            .pricesChanged(
                PricesChanged(
                    instrument: instrument, oracle: index, mark: mark,
                    band: listing.instrument.band(around: index, in: .open))))
    }
}
