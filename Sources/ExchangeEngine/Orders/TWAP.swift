import ExchangeTypes

/// A quantity that is traded in slices over time.
struct TWAP {
    var state: TWAPState
    /// When the next child is due; it decides the order among TWAPs.
    var nextAt: Timestamp
    /// Children sent so far.
    var sentCount: Int64 = 0
    /// What earlier children were to trade and did not.
    var carry: Int64 = 0
    /// A price not to trade beyond; zero for none.
    let worstPrice: Price

    /// The usual size of a child, in lots.
    var childLots: Int64 { state.total.lots / state.orderCount }
    var isLastChild: Bool { sentCount == state.orderCount - 1 }

    /// What the next child should trade without carry.
    var plannedLots: Int64 {
        isLastChild ? state.total.lots - childLots * (state.orderCount - 1) : childLots
    }

    /// What the next child trades at most: carry makes it up to three times as large, and the last one
    /// as large as it takes.
    var nextLots: Int64 {
        let wanted = plannedLots + carry
        return isLastChild ? wanted : min(wanted, 3 * childLots)
    }
}

/// **Source** `rules.md` §6.10, R-065 to, P-150 to P-152; ORDERS.md §6.
extension Exchange {
    /// Begins a sliced order, or says why not.
    func placeTWAP(_ request: PlaceTWAP) {
        guard isOpen(request.account) else { return refuse() }
        guard let id = listed(request.instrument) else { return refuse(.unknownSymbol) }
        let listing = listings[Int(id.index)]
        let worstPrice: Price
        let total: Quantity
        switch check(request, listing) {
        case .refused(let reason): return refuse(reason)
        case .passed(let (lots, price)): (total, worstPrice) = (lots, price)
        }
        let twap = TWAPID(nextTWAPID)
        nextTWAPID += 1
        let state = TWAPState(
            id: twap, account: request.account, instrument: id, side: request.side,
            status: .active, total: total, filled: .zero, filledValue: .zero,
            orderCount: request.orderCount, intervalSeconds: request.intervalSeconds,
            isReduceOnly: request.isReduceOnly, clientTWAPID: request.clientTWAPID,
            createdAt: now, updatedAt: now)
        accounts[Int(request.account.index)].twaps.append(twap)
        events.append(.twapChanged(state))
        let start = max(request.startsAt ?? now, now)
        let made = TWAP(state: state, nextAt: start, worstPrice: worstPrice)
        if start > now { schedule(made) } else { sendChild(of: made) }
    }

    private func check(_ request: PlaceTWAP, _ listing: Listing) -> Checked<(Quantity, Price)> {
        if let reason = checkTrading(request.account, listing) { return .refused(reason) }
        guard Limits.twapIntervals.contains(request.intervalSeconds) else {
            return .refused(.twapInterval)
        }
        guard request.orderCount >= 2, request.orderCount <= Limits.maximumTWAPOrders else {
            return .refused(.twapOrderCount)
        }
        let instrument = listing.instrument
        if request.totalQuantity.isNegative { return .refused(.quantityTooSmall) }
        guard let lots = request.totalQuantity.wholeMultiples(of: instrument.lotSize),
            lots <= Limits.maximumQuantityLots
        else { return .refused(.quantityTooLarge) }
        guard lots > 0, lots >= request.orderCount * instrument.minimumQuantity.lots else {
            return .refused(.quantityTooSmall)
        }
        var worstPrice = Price.zero
        if !request.worstPrice.isZero {
            switch gridPrice(request.worstPrice, instrument) {
            case .refused(let reason): return .refused(reason)
            case .passed(let price): worstPrice = price
            }
        }
        let owner = accounts[Int(request.account.index)]
        if !request.clientTWAPID.isEmpty
            && twaps.contains(where: {
                $0.state.account == request.account
                    && $0.state.clientTWAPID == request.clientTWAPID
            })
        {
            return .refused(.duplicateClientOrderID)
        }
        if owner.orderCount >= Int(venue.maximumOpenOrders) { return .refused(.tooManyOpenOrders) }
        return .passed((Quantity(lots: lots), worstPrice))
    }

    /// Ends a sliced order, or says that there is none.
    func cancelTWAP(_ request: CancelTWAP) {
        guard isOpen(request.account) else { return refuse() }
        guard let instrument = listed(request.instrument) else {
            events.append(.twapCancelRejected(request, .unknownSymbol))
            return
        }
        let place = twaps.firstIndex { twap in
            guard twap.state.account == request.account, twap.state.instrument == instrument else {
                return false
            }
            return switch request.twap {
            case .twapID(let id): twap.state.id == id
            case .clientTWAPID(let text): !text.isEmpty && twap.state.clientTWAPID == text
            case .unrecognised: false
            }
        }
        guard let place else {
            events.append(.twapCancelRejected(request, .noSuchOrder))
            return
        }
        cancelTWAP(at: place)
    }

    /// Ends the sliced orders of an account (nil: of all) in a contract (nil: in all), by id.
    func cancelTWAPs(of account: AccountID?, in instrument: InstrumentID?) {
        let ids = twaps.map(\.state)
            .filter { account == nil || $0.account == account }
            .filter { instrument == nil || $0.instrument == instrument }
            .map(\.id).sorted()
        for id in ids {
            if let place = twaps.firstIndex(where: { $0.state.id == id }) { cancelTWAP(at: place) }
        }
    }

    private func cancelTWAP(at place: Int) {
        let twap = twaps.remove(at: place)
        end(twap, .cancelled)
    }

    private func end(_ twap: TWAP, _ status: TWAPStatus) {
        var state = twap.state
        state.status = status
        state.updatedAt = now
        accounts[Int(state.account.index)].twaps.removeSorted(state.id)
        events.append(.twapChanged(state))
    }

    func hasTWAP(_ account: AccountID, in instrument: InstrumentID) -> Bool {
        !accounts[Int(account.index)].twaps.isEmpty
            && twaps.contains {
                $0.state.account == account && $0.state.instrument == instrument
            }
    }

    /// The sliced orders of an account that are under way, newest first.
    func twapStates(of account: AccountID, in instrument: InstrumentID?) -> [TWAPState] {
        twaps.map(\.state)
            .filter { $0.account == account && (instrument == nil || $0.instrument == instrument) }
            .sorted { $0.id > $1.id }
    }

    // MARK: Children

    /// Sends the child that is due.
    func sendDueChild() { sendChild(of: twaps.removeFirst()) }

    /// After a time without an exchange, children do not all come at once: the next one comes now.
    func postponeTWAPs(to time: Timestamp) {
        let late = twaps.filter { $0.nextAt < time }.sorted { $0.state.id < $1.state.id }
        twaps.removeAll { $0.nextAt < time }
        for var twap in late {
            twap.nextAt = time
            schedule(twap)
        }
    }

    private func schedule(_ twap: TWAP) {
        let place = twaps.firstIndex { other in
            (twap.nextAt, twap.state.id) < (other.nextAt, other.state.id)
        }
        twaps.insert(twap, at: place ?? twaps.count)
    }

    private func sendChild(of due: TWAP) {
        var twap = due
        let wanted = twap.plannedLots + twap.carry
        let (filled, value) = trade(Quantity(lots: twap.nextLots), twap)
        twap.carry = wanted - filled.lots
        twap.sentCount += 1
        twap.state.filled += filled
        twap.state.filledValue += value
        if twap.sentCount == twap.state.orderCount { return end(twap, .completed) }
        if filled > .zero {
            twap.state.updatedAt = now
            events.append(.twapChanged(twap.state))
        }
        twap.nextAt = twap.nextAt.advanced(
            byNanoseconds: twap.state.intervalSeconds * second)
        schedule(twap)
    }

    /// Trades a child as a market order. Returns what it filled, and for how much; nothing if it was
    /// refused, which nobody is told of.
    private func trade(_ quantity: Quantity, _ twap: TWAP) -> (Quantity, Notional) {
        let state = twap.state
        let listing = listings[Int(state.instrument.index)]
        guard checkTrading(state.account, listing) == nil, let mark = listing.mark else {
            return (.zero, .zero)
        }
        var quantity = quantity
        var limit = marketLimit(state.side, listing)
        if twap.worstPrice > .zero {
            limit = state.side == .buy ? min(limit, twap.worstPrice) : max(limit, twap.worstPrice)
            guard books[Int(state.instrument.index)].crosses(state.side, limit) else {
                return (.zero, .zero)
            }
        }
        if state.isReduceOnly {
            quantity = min(quantity, reducible(state.side, state.account, state.instrument))
        } else {
            let price = state.side == .buy ? listing.instrument.reference(limit) : mark
            let prospective = ProspectiveOrder(
                side: state.side, price: price, limit: listing.instrument.reference(limit),
                quantity: quantity)
            if checkExposure(prospective, state.account, listing) != nil { return (.zero, .zero) }
        }
        if quantity == .zero { return (.zero, .zero) }
        var order = makeOrder(
            state.account, state.instrument, state.side, .market, .zero, quantity)
        order.isReduceOnly = state.isReduceOnly
        events.append(.orderAccepted(order))
        let value = enter(&order, limit: limit)
        return (quantity - order.remaining, value)
    }
}
