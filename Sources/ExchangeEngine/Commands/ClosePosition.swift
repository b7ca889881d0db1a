import ExchangeTypes

extension Exchange {
    /// Closes a whole position with an order that may only reduce, near the mark; minimum quantity and
    /// value do not apply. **Source** `protocol.md` §6.5, R-069, P-128, P-129.
    func closePosition(_ request: ClosePosition) {
        guard isOpen(request.account) else { return refuse() }
        guard let id = listed(request.instrument) else { return refuse(.unknownSymbol) }
        let listing = listings[Int(id.index)]
        if let reason = checkTrading(request.account, listing) { return refuse(reason) }
        let position = accounts[Int(request.account.index)].holding(of: id).position
        guard position.lots != 0, let mark = listing.mark else { return refuse(.noPosition) }
        let side: Side = position.lots > 0 ? .sell : .buy
        let instrument = listing.instrument
        let key = ClientOrderKey(account: request.account, clientOrderID: request.clientOrderID)
        if ordersByClientID[key] != nil {
            let refused = PlaceOrder(
                account: request.account, instrument: request.instrument, side: side, type: .limit,
                timeInForce: .immediateOrCancel,
                quantity: WireDecimal(instrument.decimal(position.magnitude)), price: .zero,
                clientOrderID: request.clientOrderID, isReduceOnly: true)
            nextOrderID += 1
            events.append(
                .orderRejected(OrderRejected(order: refused, reason: .duplicateClientOrderID)))
            return
        }
        let limit = closingLimit(side, listing, mark)
        var order = makeOrder(request.account, id, side, .limit, limit, position.magnitude)
        if !request.clientOrderID.isEmpty { order.clientOrderID = request.clientOrderID }
        order.isReduceOnly = true
        events.append(.orderAccepted(order))
        enter(&order, limit: limit)
    }

    /// The mark less or plus the spread, on the grid and within the band; where the band holds no grid
    /// price, the edge that protects the account decides.
    private func closingLimit(_ side: Side, _ listing: Listing, _ mark: ReferencePrice) -> Price {
        let wanted = limit(side, listing.instrument, mark, spread: venue.closePositionSpread)
        let (lowest, highest) = (marketLimit(.sell, listing), marketLimit(.buy, listing))
        return side == .buy
            ? min(max(wanted, lowest), highest) : max(min(wanted, highest), lowest)
    }
}
