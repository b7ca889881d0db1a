import ExchangeTypes

/// Orders of a snapshot: those in the books and those that wait.
extension Exchange {
    /// Puts an order back to rest. `offered` are the lots of each contract so far, so that no sum passes
    /// 64 bits.
    func readOrder(
        _ offered: inout [Int64], _ record: inout ByteReader
    ) throws(CodecError) {
        let order = try record.readOrder()
        try checkOrder(order, Limits.maximumQuantityLots)
        let place = Int(order.instrument.index)
        let (sum, overflow) = offered[place].addingReportingOverflow(order.remaining.lots)
        try check(
            !overflow && order.price > .zero && !books[place].crosses(order.side, order.price),
            "resting order", order.id.value)
        offered[place] = sum
        rest(order)
    }

    func readStop(_ record: inout ByteReader) throws(CodecError) {
        let state = try record.readOrder()
        let parent = try record.readOptional("parent") as UInt64?
        // Legs grow with what they protect.
        try checkOrder(state, .max / 2)
        try check(state.type.isStop && state.price > .zero, "stop order", state.id.value)
        let stop = StopOrder(state: state, parent: parent.map { OrderID($0) })
        keep(stop)
        guard let parent = stop.parent else { return }
        if state.type == .takeProfit {
            legs[parent, default: Legs()].takeProfit = state.id
        } else {
            legs[parent, default: Legs()].stopLoss = state.id
        }
    }

    func readHeld(_ record: inout ByteReader) throws(CodecError) {
        let dueAt = Timestamp(nanoseconds: try record.read())
        let command = SequenceNumber(try record.read())
        let isChange = try record.readFlag("kind of request")
        let id = isChange ? OrderID(0) : OrderID(try record.read())
        switch (isChange, try record.readCommand()) {
        case (true, .modifyOrder(let request)):
            try check(isOpen(request.account), "account", UInt64(request.account.index))
            held.append(HeldRequest(dueAt: dueAt, kind: .modify(request), command: command))
        case (false, .placeOrder(let request)):
            try check(isOpen(request.account), "account", UInt64(request.account.index))
            try checkNew(id)
            let checked = try readChecked(&record)
            held.append(HeldRequest(dueAt: dueAt, kind: .place(id), command: command))
            keepHeld(id, HeldOrder(request: request, checked: checked))
        case (_, _): throw .invalidValue(field: "waiting request", value: command.value)
        }
    }

    private func readChecked(_ record: inout ByteReader) throws(CodecError) -> CheckedOrder {
        let instrument = InstrumentID(try record.read())
        try check(
            Int(instrument.index) < listings.count, "contract", UInt64(instrument.index))
        let most = Limits.maximumQuantityLots
        let quantity: Int64 = try record.read("quantity", within: 0...most)
        let ticks = 0...Limits.maximumPriceTicks
        return CheckedOrder(
            instrument: instrument, quantity: Quantity(lots: quantity),
            limit: Price(ticks: try record.read("limit", within: ticks)),
            takeProfit: Price(ticks: try record.read("take profit", within: ticks)),
            stopLoss: Price(ticks: try record.read("stop loss", within: ticks)))
    }

    func readTWAP(_ record: inout ByteReader) throws(CodecError) {
        let most = 0...Limits.maximumQuantityLots
        let state = TWAPState(
            id: TWAPID(try record.read()), account: AccountID(try record.read()),
            instrument: InstrumentID(try record.read()), side: try record.readCase("side"),
            status: .active, total: Quantity(lots: try record.read("total", within: most)),
            filled: Quantity(lots: try record.read("filled", within: most)),
            filledValue: Notional(units: try record.readSum("filled value")),
            orderCount: try record.read("child count", within: 2...Limits.maximumTWAPOrders),
            intervalSeconds: try record.read("interval", within: Limits.twapIntervals),
            isReduceOnly: try record.readFlag("reduce only"),
            clientTWAPID: try record.readText(),
            createdAt: Timestamp(nanoseconds: try record.read()),
            updatedAt: Timestamp(nanoseconds: try record.read()))
        let twap = TWAP(
            state: state, nextAt: Timestamp(nanoseconds: try record.read()),
            sentCount: try record.read("children sent", within: 0...Limits.maximumTWAPOrders),
            carry: try record.read("carry", within: most),
            worstPrice: Price(
                ticks: try record.read("worst price", within: 0...Limits.maximumPriceTicks)))
        try check(
            isOpen(state.account) && Int(state.instrument.index) < listings.count
                && state.id.value < nextTWAPID, "sliced order", state.id.value)
        twaps.append(twap)
        accounts[Int(state.account.index)].twaps.append(state.id)
    }

    /// An order whose numbers the books and sums can work with, and whose id is no other's.
    private func checkOrder(_ order: OrderState, _ mostLots: Int64) throws(CodecError) {
        try check(
            isOpen(order.account) && Int(order.instrument.index) < listings.count, "order",
            order.id.value)
        let bounds = 1...mostLots
        try check(
            bounds.contains(order.remaining.lots) && bounds.contains(order.quantity.lots)
                && order.remaining <= order.quantity && order.feeTier <= FeeSchedule.entryTier,
            "order quantity", order.id.value)
        let instrument = listings[Int(order.instrument.index)].instrument
        for price in [order.price, order.takeProfit, order.stopLoss] {
            try checkTicks(price, instrument)
        }
        try checkNew(order.id)
    }

    private func checkNew(_ id: OrderID) throws(CodecError) {
        try check(
            id.value > 0 && id.value < nextOrderID && pool.slot(of: id) == .none
                && stops[id] == nil && heldOrders[id] == nil, "order id", id.value)
    }
}
