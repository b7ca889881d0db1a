import ExchangeTypes

extension Exchange {
    /// Lists a contract, or changes the parameters of a listed one. Its symbol and its grids never
    /// change, because resting prices and holdings are counted in them.
    func configureInstrument(_ instrument: Instrument) {
        guard instrument.isValid else { return refuse() }
        let index = Int(instrument.id.index)
        if index < listings.count {
            let listed = listings[index].instrument
            guard
                listed.symbol == instrument.symbol, listed.tickSize == instrument.tickSize,
                listed.lotSize == instrument.lotSize
            else { return refuse() }
            listings[index].instrument = instrument
        } else {
            guard
                index == listings.count, index < Int(Limits.maximumInstruments),
                instrumentsBySymbol[instrument.symbol] == nil
            else { return refuse() }
            listings.append(Listing(instrument: instrument))
            books.append(OrderBook(pool: pool))
            instrumentsBySymbol[instrument.symbol] = instrument.id
        }
        events.append(.instrumentConfigured(instrument))
    }
}
