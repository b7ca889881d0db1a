public import ExchangeTypes

/// The whole state as bytes: fixed little-endian widths, everything in a fixed order, nothing that
/// follows from the rest. What each record holds is said in `docs/JOURNAL_FORMAT.md`.
///
/// Not stored, because `Exchange.restore` makes it again: price bitmaps, levels and queues (from the
/// orders in their order), the pool and its index, ladders, sums of open orders, trigger heaps, legs,
/// holders, names, the value of open interest, dirty lists.
extension Exchange {
    /// The format that this code writes, and the newest that it reads.
    public static var snapshotFormat: UInt32 { 1 }

    /// Writes the state between two commands. Changes nothing.
    ///
    /// **Complexity** linear in the whole state; a block of it is in memory.
    public func writeSnapshot(to writer: inout BlockWriter) {
        precondition(
            assessments.isEmpty && triggered.isEmpty && filledParents.isEmpty
                && changedHoldings.isEmpty, "a snapshot in the middle of a command")
        writeHead(to: &writer)
        for index in listings.indices { write(listing: index, to: &writer) }
        for account in accounts { write(account, to: &writer) }
        writeOrders(to: &writer)
        for id in stops.keys.sorted() {
            if let stop = stops[id] { write(stop, to: &writer) }
        }
        for request in liveRequests { write(request, to: &writer) }
        for twap in twaps { write(twap, to: &writer) }
    }

    /// Requests behind the speed bump without those that were cancelled in the meantime: nobody will
    /// ever hear of those.
    private var liveRequests: [HeldRequest] {
        held[firstHeld...].filter { request in
            switch request.kind {
            case .place(let id): heldOrders[id] != nil
            case .modify: true
            }
        }
    }

    private func writeHead(to writer: inout BlockWriter) {
        writer.record.write(Self.snapshotFormat)
        writer.record.write(command.value)
        writer.record.write(now.nanoseconds)
        writer.record.writeOptional(lastSecond)
        writer.record.write(nextOrderID)
        writer.record.write(nextTradeID)
        writer.record.write(nextTWAPID)
        writer.record.write(command: .configureVenue(venue))
        for sum in [
            ledger.fees, ledger.clearing, ledger.outside, ledger.reserve, ledger.rounding,
        ] { writer.record.write(sum) }
        for count in [
            listings.count, accounts.count, pool.count, stops.count, liveRequests.count,
            twaps.count,
        ] { writer.record.write(UInt32(count)) }
        writer.endRecord()
    }

    private func write(listing index: Int, to writer: inout BlockWriter) {
        let listing = listings[index]
        writer.record.write(command: .configureInstrument(listing.instrument))
        writer.record.write(listing.session.rawValue)
        for leg in [listing.front, listing.next] {
            writer.record.writeOptional(leg.price?.units)
            writer.record.writeOptional(leg.observedAt?.nanoseconds)
            writer.record.write(leg.refusals)
        }
        writer.record.write(listing.frontWeight.units)
        writer.record.write(listing.ratio.units)
        writer.record.writeOptional(listing.firstOracle?.units)
        writer.record.write(listing.lastExternal.units)
        writer.record.write(listing.lastOutsideAt.nanoseconds)
        writer.record.write(listing.source.rawValue)
        writer.record.writeOptional(listing.oracle?.units)
        writer.record.write(listing.internalOracle)
        writer.record.writeOptional(listing.basis.value)
        writer.record.writeOptional(listing.mark?.units)
        writer.record.write(listing.markedAt.nanoseconds)
        writer.record.write(listing.isDirty)
        writer.record.writeOptional(listing.lastTrade?.ticks)
        writer.record.write(listing.saidPrices != nil)
        if let said = listing.saidPrices {
            writer.record.write(said.oracle.units)
            writer.record.write(said.mark.units)
            writer.record.write(said.band.minimum.units)
            writer.record.write(said.band.maximum.units)
            writer.record.write(said.source.rawValue)
        }
        writer.record.write(listing.funding.count)
        writer.record.write(listing.funding.weightedSum)
        writer.record.write(listing.funding.said.units)
        writer.record.write(listing.openInterest.lots)
        writer.record.write(listing.forcedOrders.sum.units)
        writer.record.write(listing.forcedOrders.second)
        writeLists(of: index, to: &writer)
        writer.endRecord()
    }

    private func writeLists(of index: Int, to writer: inout BlockWriter) {
        writer.record.write(UInt8(schedules[index].count))
        for scheduled in schedules[index] {
            writer.record.write(scheduled.session.rawValue)
            writer.record.write(scheduled.startsAt.nanoseconds)
        }
        let samples = discounts[index].ordered
        writer.record.write(UInt8(samples.count))
        for sample in samples { writer.record.write(sample) }
        writer.record.write(UInt8(providers[index].count))
        for provider in providers[index] {
            writer.record.write(provider.account.index)
            writer.record.write(provider.maximumNotional.units)
        }
    }

    private func write(_ account: Account, to writer: inout BlockWriter) {
        writer.record.write(account.identity.high)
        writer.record.write(account.identity.low)
        writer.record.write(account.user.index)
        for amount in [
            account.cash, account.deposits, account.rewards, account.realisedPnL,
            account.netFunding, account.fees,
        ] { writer.record.write(amount.units) }
        writer.record.write(account.isInLiquidation)
        // Which second it was matters only as long as it lasts.
        writer.record.write(account.lastSliceSecond == currentSecond)
        writer.record.write(account.isIdentityCheckMissing)
        writer.record.write(account.areTermsMissing)
        writer.record.write(account.subaccountCount)
        writer.record.write(account.feeTier)
        writer.record.write(account.volume.today)
        writer.record.write(UInt8(account.volume.days.count))
        for day in account.volume.days { writer.record.write(day) }
        writer.record.write(UInt16(account.holdings.count))
        writer.endRecord()
        for holding in account.holdings {
            writer.record.write(holding.instrument.index)
            writer.record.write(holding.position.lots)
            writer.record.write(holding.cost.units)
            writer.record.write(holding.realisedPnL.units)
            writer.record.write(holding.netFunding.units)
            writer.record.write(holding.hasTraded)
            writer.record.write(holding.chosenLeverage)
            writer.endRecord()
        }
    }

    /// Every resting order, by contract, side, price from the best on, and place in the queue.
    private func writeOrders(to writer: inout BlockWriter) {
        for book in books {
            for side in Side.allCases {
                book.forEachOrder(side) { slot in
                    writer.record.write(state(at: slot))
                    writer.endRecord()
                }
            }
        }
    }

    private func write(_ stop: StopOrder, to writer: inout BlockWriter) {
        writer.record.write(stop.state)
        writer.record.writeOptional(stop.parent?.value)
        writer.endRecord()
    }

    private func write(_ request: HeldRequest, to writer: inout BlockWriter) {
        writer.record.write(request.dueAt.nanoseconds)
        writer.record.write(request.command.value)
        switch request.kind {
        case .place(let id):
            guard let order = heldOrders[id] else { return }
            writer.record.write(UInt8(0))
            writer.record.write(id.value)
            writer.record.write(command: .placeOrder(order.request))
            writer.record.write(order.checked.instrument.index)
            writer.record.write(order.checked.quantity.lots)
            writer.record.write(order.checked.limit.ticks)
            writer.record.write(order.checked.takeProfit.ticks)
            writer.record.write(order.checked.stopLoss.ticks)
        case .modify(let modify):
            writer.record.write(UInt8(1))
            writer.record.write(command: .modifyOrder(modify))
        }
        writer.endRecord()
    }

    private func write(_ twap: TWAP, to writer: inout BlockWriter) {
        let state = twap.state
        writer.record.write(state.id.value)
        writer.record.write(state.account.index)
        writer.record.write(state.instrument.index)
        writer.record.write(state.side.rawValue)
        writer.record.write(state.total.lots)
        writer.record.write(state.filled.lots)
        writer.record.write(state.filledValue.units)
        writer.record.write(state.orderCount)
        writer.record.write(state.intervalSeconds)
        writer.record.write(state.isReduceOnly)
        writer.record.write(state.clientTWAPID)
        writer.record.write(state.createdAt.nanoseconds)
        writer.record.write(state.updatedAt.nanoseconds)
        writer.record.write(twap.nextAt.nanoseconds)
        writer.record.write(twap.sentCount)
        writer.record.write(twap.carry)
        writer.record.write(twap.worstPrice.ticks)
        writer.endRecord()
    }
}

extension ByteWriter {
    /// A command as it stands in the log, behind its length.
    fileprivate mutating func write(command: Command) {
        let place = bytes.count
        write(UInt16(0))
        CommandCodec.encode(command, to: &self)
        let count = UInt16(bytes.count - place - 2)
        bytes[place] = UInt8(truncatingIfNeeded: count)
        bytes[place + 1] = UInt8(truncatingIfNeeded: count >> 8)
    }
}
