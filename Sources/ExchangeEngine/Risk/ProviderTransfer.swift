import ExchangeTypes

/// An account that takes over positions of a contract which the book could not close.
struct Provider {
    let account: AccountID
    /// The largest value of its position.
    var maximumNotional: Money
}

/// Stage 2: positions move to liquidity providers at the mark. **Source** `rules.md` §11, R-095 to R-097.
extension Exchange {
    /// Makes an account a provider, changes its limit, or ends it with a limit of zero.
    func setProvider(_ request: SetProvider) {
        guard
            isOpen(request.account), let index = tradable(request.instrument),
            request.maximumNotional >= .zero,
            request.maximumNotional <= Limits.maximumPositionNotional
        else { return refuse() }
        let place = providers[index].firstIndex { $0.account >= request.account }
        let exists = place.map { providers[index][$0].account == request.account } ?? false
        if let place, exists {
            if request.maximumNotional == .zero {
                providers[index].remove(at: place)
            } else {
                providers[index][place].maximumNotional = request.maximumNotional
            }
            return
        }
        if request.maximumNotional == .zero { return }
        guard providers[index].count < Limits.maximumProviders else { return refuse() }
        providers[index].insert(
            Provider(account: request.account, maximumNotional: request.maximumNotional),
            at: place ?? providers[index].count)
    }

    /// Gives a position to the contract's providers: first, free of charge, as much as lowers their own
    /// risk, then as much as the reserve fund can pay the fee for.
    func transferToProviders(_ account: AccountID, _ closing: inout Closing) {
        let place = Int(closing.instrument.index)
        guard let mark = listings[place].mark else { return }
        let takers = providers[place].filter { provider in
            let taker = accounts[Int(provider.account.index)]
            return taker.user != accounts[Int(account.index)].user && !taker.isInLiquidation
        }
        if takers.isEmpty { return }
        let side = closing.side.opposite
        let free = allocate(
            closing.lots, takers.map { bidder($0, cap: closable($0.account, place, side).lots) })
        for (taker, part) in zip(takers, free) where part > 0 {
            transferOffBook(
                account, &closing, part, to: taker.account, at: mark, .providerTransfer)
        }
        if closing.lots == 0 { return }
        let paid = allocate(
            min(closing.lots, affordableLots(place, mark)),
            takers.map { bidder($0, cap: capacity($0, place, mark)) })
        for (taker, part) in zip(takers, paid) where part > 0 {
            transferOffBook(
                account, &closing, part, to: taker.account, at: mark, .providerTransfer,
                fee: providerFee(part, place, mark))
        }
    }

    private func closable(_ account: AccountID, _ place: Int, _ side: Side) -> Quantity {
        accounts[Int(account.index)].holding(of: listings[place].instrument.id)
            .closable(by: side)
    }

    /// How many lots the reserve fund can pay the fee for. **Source** X-27, X-28.
    private func affordableLots(_ place: Int, _ mark: ReferencePrice) -> Int64 {
        let instrument = listings[place].instrument
        if instrument.risk.providerFee == .zero { return .max }
        // Ten billion pay for more than any position; they keep the product within 128 bits.
        let reserve = min(ledger.reserve, Int128(Limits.maximumCash.units))
        let lotFee =
            instrument.notional(mark, Quantity(lots: 1)).units
            * Int128(instrument.risk.providerFee.units)
        let wide = Int128(unitsPerOne) * Int128(Rate.unitsPerOne)
        return Int64(min(reserve * wide / lotFee, Int128(Int64.max)))
    }

    private func providerFee(_ lots: Int64, _ place: Int, _ mark: ReferencePrice) -> Money {
        let instrument = listings[place].instrument
        let fee = instrument.notional(mark, Quantity(lots: lots))
            .money(at: instrument.risk.providerFee)
        return Money(units: Int64(min(Int128(fee.units), ledger.reserve)))
    }

    /// How many lots a provider may and can add to its position.
    private func capacity(_ provider: Provider, _ place: Int, _ mark: ReferencePrice) -> Int64 {
        let instrument = listings[place].instrument
        let holding = accounts[Int(provider.account.index)].holding(of: instrument.id)
        let lotValue = instrument.notional(mark, Quantity(lots: 1)).units
        let allowed = Notional(provider.maximumNotional).units / lotValue
        let available = max(.zero, availableBalance(provider.account))
        let leverage = Int128(holding.leverage(in: instrument))
        let affordable = Notional(available).units * leverage / lotValue
        let room =
            (Notional(Limits.maximumAccountNotional) - grossExposure(of: provider.account)).units
            / lotValue
        let lots = min(allowed - Int128(holding.position.magnitude.lots), affordable, room)
        return Int64(min(max(lots, 0), Int128(Int64.max)))
    }

    private func bidder(_ provider: Provider, cap: Int64) -> Bidder {
        let available = availableBalance(provider.account)
        return Bidder(
            weight: max(0, available.units), cap: available > .zero ? max(0, cap) : 0)
    }
}

/// Somebody who takes a share in proportion to a weight, up to a cap.
struct Bidder {
    let weight: Int64
    let cap: Int64
}

/// Shares lots out: in proportion to the weights, rounded down and capped; what is left goes to the
/// largest share first. **Source** R-097.
func allocate(_ lots: Int64, _ bidders: [Bidder]) -> [Int64] {
    let weights = bidders.reduce(Int128(0)) { $0 + Int128($1.weight) }
    let caps = bidders.reduce(Int128(0)) { $0 + Int128($1.cap) }
    let total = Int64(min(Int128(lots), caps))
    guard weights > 0 else { return bidders.map { _ in 0 } }
    var shares = bidders.map { bidder in
        min(bidder.cap, Int64(Int128(total) * Int128(bidder.weight) / weights))
    }
    var rest = total - shares.reduce(0, +)
    let largestFirst = shares.indices.sorted { (shares[$0], $1) > (shares[$1], $0) }
    for place in largestFirst {
        let extra = min(rest, bidders[place].cap - shares[place])
        shares[place] += extra
        rest -= extra
    }
    return shares
}
