import ExchangeTypes

extension Exchange {
    /// A hash of the counters and sums that nearly every command moves: cheap enough to be taken after
    /// each batch of a running exchange, so that a copy that was computed elsewhere can be compared with
    /// it. Two engines with different fingerprints are in different states; the `stateHash` is the
    /// proof that they are in the same one.
    ///
    /// **Complexity** constant.
    public func fingerprint() -> UInt64 {
        var hasher = StateHasher()
        for counter in [nextOrderID, nextTradeID, nextTWAPID, command.value] {
            hasher.combine(counter)
        }
        hasher.combine(now.nanoseconds)
        hasher.combine(lastSecond ?? -1)
        for count in [
            listings.count, accounts.count, pool.count, stops.count, heldOrders.count, twaps.count,
            liquidating.count, ordersByClientID.count,
        ] { hasher.combine(UInt64(count)) }
        for sum in [
            ledger.fees, ledger.clearing, ledger.outside, ledger.reserve, ledger.rounding,
            totalOpenInterest.units,
        ] { hasher.combine(sum) }
        return hasher.value
    }
}
