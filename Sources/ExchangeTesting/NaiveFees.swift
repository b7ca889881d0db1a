import BigInt
import ExchangeTypes

/// What trading costs, and how much of it makes it cheaper. **Source** `docs/RISK.md` §6; `rules.md` §10.
extension NaiveExchange {
    /// The fee tier of an account's user.
    func feeTier(_ account: AccountID) -> UInt8 { accounts[user(account).place].feeTier }

    /// The fee of a value at what a tier pays of the entry rate. **Source** R-084, R-086.
    func fee(_ value: BigInt, at entry: Rate, tier: UInt8) -> BigInt {
        Exact.halfEven(value * feeRate(entry, tier: tier), over: Scale.units * Scale.rate)
    }

    private func feeRate(_ entry: Rate, tier: UInt8) -> BigInt {
        if tier >= FeeSchedule.entryTier { return entry.exact }
        // Percentages are of tier 4 first and of tier 1 last.
        let percentage = venue.fees.percentages[Int(FeeSchedule.entryTier - tier) - 1]
        return Exact.halfEven(entry.exact * BigInt(percentage), over: 100)
    }

    /// Counts a trade in the book for a user, weighted by class. **Source** R-087.
    mutating func countVolume(_ account: AccountID, _ value: BigInt, _ id: InstrumentID) {
        let weight: BigInt
        switch instrument(id).category {
        case .foreignExchange: weight = 1
        case .commodity, .index: weight = 2
        case .equity: weight = 5
        }
        accounts[user(account).place].volumeToday += weight * value
    }

    /// The trading of the last 30 whole days of an account's user.
    func effectiveVolume(_ account: AccountID) -> BigInt {
        accounts[user(account).place].volumeDays.reduce(0, +)
    }

    /// A UTC day begins: today becomes one of the last 30, and tiers follow anew.
    mutating func beginDay(after days: Int64) {
        for account in everybody where user(account) == account {
            var volumes = accounts[account.place].volumeDays
            volumes.append(accounts[account.place].volumeToday)
            // Days that nobody saw count as nothing.
            volumes += Array(repeating: 0, count: Int(min(days - 1, 30)))
            accounts[account.place].volumeDays = volumes.suffix(30)
            accounts[account.place].volumeToday = 0
            let volume = effectiveVolume(account)
            let thresholds = (0..<4).filter {
                volume >= BigInt(venue.fees.thresholds[$0]) * Scale.value
            }
            accounts[account.place].feeTier = FeeSchedule.entryTier - UInt8(thresholds.count)
        }
    }
}
