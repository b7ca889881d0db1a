public import ExchangeTypes

/// Nanoseconds in a second.
var second: Int64 { 1_000_000_000 }

/// What happens because time passes: on whole seconds, in a fixed order. **Source** RISK.md §1.
extension Exchange {
    /// The next instant at which something may be due; nil while nothing is listed.
    public var nextSecond: Timestamp? {
        guard let lastSecond, !listings.isEmpty else { return nil }
        return Timestamp(nanoseconds: (lastSecond + 1) * second)
    }

    /// The second of `now`.
    var currentSecond: Int64 { now.nanoseconds / second }

    /// Lives through every second up to an instant; of a long pause only the last hour.
    func advance(to time: Timestamp) {
        let target = time.nanoseconds / second
        guard let last = lastSecond else {
            lastSecond = target
            return
        }
        guard target > last else { return }
        let first = max(last + 1, target - Limits.maximumCatchUpSeconds + 1)
        // Samples of before a longer pause are not of this hour.
        if first > last + 1 { for index in listings.indices { listings[index].funding.reset() } }
        for moment in first...target {
            isCatchingUp = moment < target
            now = Timestamp(nanoseconds: moment * second)
            let daysBegun = moment / 86_400 - (lastSecond ?? moment) / 86_400
            lastSecond = moment
            liveThrough(moment, daysBegun: daysBegun)
        }
        isCatchingUp = false
    }

    private func liveThrough(_ moment: Int64, daysBegun: Int64) {
        for index in listings.indices where listings[index].instrument.status != .delisted {
            listings[index].wasActive = listings[index].isActive
            beginDueSessions(of: index)
            guard listings[index].oracle != nil else { continue }
            updatePrices(of: index)
            if moment % Int64(venue.premiumIntervalSeconds) == 0 { samplePremium(of: index) }
        }
        dirtyListings.removeAll { !listings[$0].isDirty }
        if moment % 3_600 == 0 { settleFunding() }
        if daysBegun > 0 { beginFeeDay(daysBegun) }
        queueLiquidating()
        assessAccounts()
    }

    private func updatePrices(of index: Int) {
        decideSource(of: index)
        moveInternalOracle(of: index)
        sampleBasis(of: index)
        computeMark(of: index)
        if let mark = listings[index].mark, let oracle = listings[index].oracle {
            discounts[index].add(mark.units - oracle.units)
        }
        sayPrices(of: index)
    }
}
