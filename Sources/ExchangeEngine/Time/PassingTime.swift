public import ExchangeTypes

/// Nanoseconds in a second.
var second: Int64 { 1_000_000_000 }

/// What happens because time passes: on whole seconds, in a fixed order. **Source** RISK.md §1.
extension Exchange {
    /// The next instant at which something may be due; nil while nothing is listed.
    public var nextDeadline: Timestamp? {
        guard let lastSecond, !listings.isEmpty else { return nil }
        let nextSecond = Timestamp(nanoseconds: (lastSecond + 1) * second)
        return [nextRelease, twaps.first?.nextAt].compactMap { $0 }.reduce(nextSecond, min)
    }

    /// The second of `now`.
    var currentSecond: Int64 { now.nanoseconds / second }

    /// Lets everything happen that is due up to an instant, in order of time: seconds first, then
    /// requests that leave the speed bump, then children of sliced orders. Of a long pause only the last
    /// hour's seconds are lived through. What happened at each instant is a part of the events.
    func advance(to time: Timestamp) {
        let target = time.nanoseconds / second
        guard let last = lastSecond else {
            lastSecond = target
            return
        }
        if target - last > Limits.maximumQuietSeconds { postponeTWAPs(to: time) }
        var moment = max(last + 1, target - Limits.maximumCatchUpSeconds + 1)
        // Samples of before a longer pause are not of this hour.
        if moment > last + 1 { for index in listings.indices { listings[index].funding.reset() } }
        while true {
            let nextSecond = moment <= target ? Timestamp(nanoseconds: moment * second) : nil
            let due = [nextSecond, nextRelease, twaps.first?.nextAt].compactMap { $0 }.min()
            guard let due, due <= time else { return }
            now = due
            let before = events.events.count
            var request: SequenceNumber?
            if due == nextSecond {
                let daysBegun = moment / 86_400 - (lastSecond ?? moment) / 86_400
                lastSecond = moment
                isCatchingUp = moment < target
                liveThrough(moment, daysBegun: daysBegun)
                moment += 1
                isCatchingUp = false
            } else if due == nextRelease {
                request = releaseHeld()
                finishCommand()
            } else {
                sendDueChild()
                finishCommand()
            }
            if request != nil || events.events.count > before {
                events.endPart(at: due, request: request)
            }
        }
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
        followUp()
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
