import ExchangeTypes

/// What only the order's owner sees of a resting order; kept beside the book's hot `RestingOrder`, at
/// the same slot.
struct OrderDetails {
    var quantity: Quantity
    var type: OrderType
    var timeInForce: TimeInForce
    var isAmended: Bool
    var updatedAt: Timestamp
    var clientOrderID: ClientOrderID
    var feeTier: UInt8
    /// Neighbours in the account's list of open orders.
    var newer = OrderSlot.none
    var older = OrderSlot.none
}

/// A client order id is unique among the live orders of its account. **Source** R-053.
struct ClientOrderKey: Hashable {
    let account: AccountID
    let clientOrderID: ClientOrderID
}

extension Exchange {
    /// The full state of a resting order.
    func state(at slot: OrderSlot) -> OrderState {
        let order = pool[slot]
        let details = orderDetails[slot.position]
        return OrderState(
            id: order.id, account: order.account, instrument: order.instrument, side: order.side,
            type: details.type, timeInForce: details.timeInForce, isAmended: details.isAmended,
            price: order.price, quantity: details.quantity, remaining: order.remaining,
            updatedAt: details.updatedAt, clientOrderID: details.clientOrderID,
            feeTier: details.feeTier)
    }

    /// Puts an order to rest and into its account's list.
    func rest(_ order: OrderState) {
        let user = accounts[Int(order.account.index)].user
        let slot = books[Int(order.instrument.index)].rest(
            RestingOrder(
                id: order.id, remaining: order.remaining, account: order.account, user: user,
                price: order.price, instrument: order.instrument, side: order.side))
        var details = OrderDetails(
            quantity: order.quantity, type: order.type, timeInForce: order.timeInForce,
            isAmended: order.isAmended, updatedAt: order.updatedAt,
            clientOrderID: order.clientOrderID, feeTier: order.feeTier)
        details.older = accounts[Int(order.account.index)].newestOrder
        if slot.position < orderDetails.count {
            orderDetails[slot.position] = details
        } else {
            // Slot 0 is never used; the array fills it and any gap with the same value.
            while orderDetails.count <= slot.position { orderDetails.append(details) }
        }
        if details.older != .none { orderDetails[details.older.position].newer = slot }
        accounts[Int(order.account.index)].newestOrder = slot
        accounts[Int(order.account.index)].openOrderCount += 1
        ordersByClientID[
            ClientOrderKey(account: order.account, clientOrderID: order.clientOrderID)] = order.id
        changeOpenOrders(
            order.account, order.instrument, order.side, order.price, order.remaining.lots, count: 1
        )
    }

    /// Takes a resting order out of its account's list; the book's own removal is the caller's.
    func forget(_ slot: OrderSlot) {
        let order = pool[slot]
        let details = orderDetails[slot.position]
        if details.newer == .none {
            accounts[Int(order.account.index)].newestOrder = details.older
        } else {
            orderDetails[details.newer.position].older = details.older
        }
        if details.older != .none { orderDetails[details.older.position].newer = details.newer }
        accounts[Int(order.account.index)].openOrderCount -= 1
        ordersByClientID[
            ClientOrderKey(account: order.account, clientOrderID: details.clientOrderID)] = nil
        changeOpenOrders(
            order.account, order.instrument, order.side, order.price, -order.remaining.lots,
            count: -1)
    }

    /// The resting order that a request of an account means, in the contract it names.
    func find(
        _ reference: OrderReference, of account: AccountID, in instrument: InstrumentID
    ) -> OrderSlot? {
        guard let slot = find(reference, of: account), pool[slot].instrument == instrument else {
            return nil
        }
        return slot
    }

    /// The resting order of an account that a reference means, in any contract.
    func find(_ reference: OrderReference, of account: AccountID) -> OrderSlot? {
        let id: OrderID
        switch reference {
        case .orderID(let orderID): id = orderID
        case .clientOrderID(let text):
            let key = ClientOrderKey(account: account, clientOrderID: text)
            guard let orderID = ordersByClientID[key] else { return nil }
            id = orderID
        case .unrecognised: return nil
        }
        let slot = pool.slot(of: id)
        guard slot != .none, pool[slot].account == account else { return nil }
        return slot
    }

    /// The open orders of an account in a contract (nil: all), newest in the list first.
    func openOrders(of account: AccountID, in instrument: InstrumentID?) -> [OrderSlot] {
        var result: [OrderSlot] = []
        var slot = accounts[Int(account.index)].newestOrder
        while slot != .none {
            if instrument == nil || pool[slot].instrument == instrument { result.append(slot) }
            slot = orderDetails[slot.position].older
        }
        return result
    }
}

extension OrderSlot {
    /// The place in arrays kept beside the pool.
    var position: Int { Int(index) }
}
