import ExchangeTypes

extension Exchange {
    /// Passes on what the gateways shall do; the engine itself is not disturbed.
    func disturb(_ disturbance: Disturbance) {
        guard disturbance.isValid else { return refuse() }
        events.append(.disturbed(disturbance))
    }
}
