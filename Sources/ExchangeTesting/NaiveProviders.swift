import BigInt
import ExchangeTypes

/// A provider's claim to a part of a position: its weight, and the most lots it can take.
private struct NaiveShare {
    var account: AccountID
    var weight: BigInt
    var cap: Int64
    var lots: Int64 = 0
}

/// Liquidity providers take positions over at the mark. **Source** `docs/RISK.md` §7.3.
extension NaiveExchange {
    /// Offers a position to the providers of its contract: first what only closes theirs, for nothing,
    /// then what they are paid for.
    mutating func offerToProviders(_ account: AccountID, _ rest: inout NaiveRest) {
        guard let mark = listings[rest.instrument.place].mark else { return }
        let free = shares(account, rest) { provider, _ in
            closable(provider.account, rest)
        }
        for share in divided(min(rest.lots, total(free)), among: free) {
            let amount = rest.take(share.lots)
            handOver(
                account, to: share.account, share.lots, of: rest, amount: amount, price: mark,
                .providerTransfer)
        }
        guard rest.lots > 0 else { return }
        let paid = shares(account, rest) { provider, available in
            paidCap(provider, available, rest.instrument, mark)
        }
        let lots = min(rest.lots, total(paid), affordableLots(rest, mark))
        for share in divided(lots, among: paid) {
            handOverPaid(account, share, &rest, mark)
        }
    }

    private mutating func handOverPaid(
        _ account: AccountID, _ share: NaiveShare, _ rest: inout NaiveRest, _ mark: BigInt
    ) {
        let value = value(share.lots, at: mark, rest.instrument)
        let rate = instrument(rest.instrument).risk.providerFee.exact
        let fee = min(
            ledger.reserve, Exact.halfEven(value * rate, over: Scale.units * Scale.rate))
        let amount = rest.take(share.lots)
        handOver(
            account, to: share.account, share.lots, of: rest, amount: amount, price: mark,
            .providerTransfer, fee: fee)
        guard !fee.isZero else { return }
        // The fee was booked against the house's fees; it is the reserve that pays it.
        ledger.fees += fee
        ledger.reserve -= fee
        emitReserve()
    }

    /// The claims of the providers that may take part, by account id.
    private func shares(
        _ account: AccountID, _ rest: NaiveRest,
        cap: (NaiveProvider, _ available: BigInt) -> Int64
    ) -> [NaiveShare] {
        listings[rest.instrument.place].providers.compactMap { provider in
            guard user(provider.account) != user(account),
                !accounts[provider.account.place].isInLiquidation
            else { return nil }
            let available = availableBalance(provider.account)
            guard available > 0 else { return nil }
            return NaiveShare(
                account: provider.account, weight: available, cap: cap(provider, available))
        }
    }

    /// The lots of a provider's position that taking the rest over would close.
    private func closable(_ provider: AccountID, _ rest: NaiveRest) -> Int64 {
        let held = lots(provider, rest.instrument)
        return max(0, rest.side == .sell ? -held : held)
    }

    /// The lots that a provider may take within its limit and can take with its free money.
    private func paidCap(
        _ provider: NaiveProvider, _ available: BigInt, _ id: InstrumentID, _ mark: BigInt
    ) -> Int64 {
        let lotValue = value(1, at: mark, id)
        let held = BigInt(lots(provider.account, id).magnitude)
        let allowed = Exact.down(provider.limit * Scale.units, over: lotValue) - held
        let leverage = BigInt(leverage(provider.account, id))
        let affordable = Exact.down(available * leverage * Scale.units, over: lotValue)
        let free = Limits.maximumAccountNotional.exact * Scale.units - gross(provider.account)
        let bearable = Exact.down(free, over: lotValue)
        let least = min(allowed, affordable, bearable)
        return Exact.int64(Exact.clamp(least, 0, BigInt(Int64.max))) ?? 0
    }

    /// The lots whose fees the reserve can pay.
    private func affordableLots(_ rest: NaiveRest, _ mark: BigInt) -> Int64 {
        let rate = instrument(rest.instrument).risk.providerFee.exact
        if rate.isZero { return .max }
        let lots = Exact.down(
            ledger.reserve * Scale.units * Scale.rate,
            over: value(1, at: mark, rest.instrument) * rate)
        return Exact.int64(lots) ?? .max
    }

    private func total(_ shares: [NaiveShare]) -> Int64 {
        let sum = shares.reduce(BigInt(0)) { $0 + BigInt($1.cap) }
        return Exact.int64(sum) ?? .max
    }

    /// Divides lots in proportion to weights, within caps; what is left over goes to the largest share
    /// first. Shares of nothing are left out.
    private func divided(_ lots: Int64, among shares: [NaiveShare]) -> [NaiveShare] {
        guard lots > 0 else { return [] }
        var shares = shares
        let weights = shares.reduce(BigInt(0)) { $0 + $1.weight }
        for place in shares.indices {
            let part = Exact.down(BigInt(lots) * shares[place].weight, over: weights)
            shares[place].lots = min(shares[place].cap, Int64(part))
        }
        var left = lots - shares.reduce(0) { $0 + $1.lots }
        let largestFirst = shares.indices.sorted {
            let (first, second) = (shares[$0].lots, shares[$1].lots)
            return first == second ? $0 < $1 : first > second
        }
        for place in largestFirst {
            let more = min(left, shares[place].cap - shares[place].lots)
            shares[place].lots += more
            left -= more
        }
        return shares.filter { $0.lots > 0 }
    }
}
