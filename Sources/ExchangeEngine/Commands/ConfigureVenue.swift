import ExchangeTypes

extension Exchange {
    /// Changes what holds for all contracts and accounts. **Source** R-111.
    func configureVenue(_ parameters: VenueParameters) {
        guard parameters.isValid else { return refuse() }
        venue = parameters
        // Another close-out margin decides what happens to whoever is in liquidation.
        queueLiquidating()
    }
}
