import ExchangeTypes

extension Exchange {
    /// Takes a new outside price. The mark price follows it.
    func updateIndexPrice(_ update: UpdateIndexPrice) {
        let index = Int(update.instrument.index)
        let isInRange = update.price > .zero && update.price <= Limits.maximumIndexPrice
        guard listings.indices.contains(index), isInRange else { return refuse() }
        listings[index].index = update.price
        listings[index].mark = update.price
        emitPrices(update.instrument)
    }

    /// Says the prices of a contract that has any.
    func emitPrices(_ instrument: InstrumentID) {
        let listing = listings[Int(instrument.index)]
        guard let index = listing.index, let mark = listing.mark else { return }
        events.append(
            .indexPriceChanged(
                IndexPriceChanged(
                    instrument: instrument, index: index, mark: mark,
                    band: listing.instrument.band(around: index))))
    }
}
