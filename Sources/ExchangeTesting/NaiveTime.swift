import BigInt
import ExchangeTypes

extension NaiveExchange {
    /// The whole second that now is in.
    var currentSecond: Int64 { wholeSecond(now) }

    /// The whole second that an instant is in.
    func wholeSecond(_ instant: Timestamp) -> Int64 {
        let second: Int64 = 1_000_000_000
        return (instant.nanoseconds - (instant.nanoseconds % second + second) % second) / second
    }

    /// Lives through every second up to an instant; of a long silence only through the end.
    mutating func passTime(until instant: Timestamp) {
        let target = wholeSecond(instant)
        guard var second = lastSecond else {
            lastSecond = target
            return
        }
        if target - second > Limits.maximumCatchUpSeconds {
            second = target - Limits.maximumCatchUpSeconds
            for place in listings.indices { listings[place].premiums = [] }
        }
        while second < target {
            second += 1
            isCatchingUp = second < target
            live(through: second)
        }
    }

    /// **Source** `docs/RISK.md` §1.
    private mutating func live(through second: Int64) {
        now = Timestamp(nanoseconds: second * 1_000_000_000)
        let wereActive = listings.map(\.isActive)
        let isHour = second % 3_600 == 0
        for id in contracts where !listings[id.place].isDelisted {
            movePrices(id)
            // A sample at a whole hour is the last one of the hour before.
            let isActive = isHour ? wereActive[id.place] : listings[id.place].isActive
            let isDue = second % Int64(venue.premiumIntervalSeconds) == 0
            if isDue && isActive { samplePremium(id) }
        }
        if isHour {
            for id in contracts
            where listings[id.place].oracle != nil && !listings[id.place].isDelisted {
                settleFunding(id, wasActive: wereActive[id.place])
            }
        }
        let days = second / 86_400 - (lastSecond ?? second) / 86_400
        if days > 0 { beginDay(after: days) }
        lastSecond = second
        assessAccounts()
    }

    private mutating func movePrices(_ id: InstrumentID) {
        while let change = listings[id.place].scheduled.first, change.startsAt <= now {
            listings[id.place].scheduled.removeFirst()
            begin(change.session, id)
        }
        guard listings[id.place].oracle != nil else { return }
        decideSource(id)
        moveInternalOracle(id)
        sampleBasis(id)
        computeMark(id)
        sampleMark(id)
        sayPrices(id)
    }

    /// Computes the marks of contracts whose book has changed, each once in a while.
    mutating func markTouchedContracts() {
        for id in contracts where listings[id.place].isTouched {
            let age = now.nanoseconds - listings[id.place].markedAt.nanoseconds
            guard age >= venue.markIntervalNanoseconds else { continue }
            computeMark(id)
            sayPrices(id)
        }
    }
}
