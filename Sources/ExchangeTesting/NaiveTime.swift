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
        second = max(second, target - Limits.maximumCatchUpSeconds)
        while second < target {
            second += 1
            live(through: second)
        }
    }

    /// **Source** `docs/RISK.md` §1.
    private mutating func live(through second: Int64) {
        now = Timestamp(nanoseconds: second * 1_000_000_000)
        for id in contracts where !listings[id.place].isDelisted { live(through: second, id) }
        if second % 3_600 == 0 {
            for id in contracts
            where listings[id.place].oracle != nil && !listings[id.place].isDelisted {
                settleFunding(id)
            }
        }
        let days = second / 86_400 - (lastSecond ?? second) / 86_400
        if days > 0 { beginDay(after: days) }
        lastSecond = second
        assessAccounts()
    }

    private mutating func live(through second: Int64, _ id: InstrumentID) {
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
        if second % Int64(venue.premiumIntervalSeconds) == 0 && listings[id.place].isActive {
            samplePremium(id)
        }
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
