import ExchangeTesting
import ExchangeTypes

extension OrderKindGenerator {
    /// The maker puts up both sides anew.
    mutating func quote() -> Command {
        if random.oneIn(6) {
            return .cancelAllOrders(CancelAllOrders(account: maker))
        }
        let place = place()
        let side: Side = random.oneIn(2) ? .buy : .sell
        let away = random.within(5...60)
        let ticks = side == .buy ? indexes[place] - away : indexes[place] + away
        return .placeOrder(
            PlaceOrder(
                account: maker, instrument: reference(place), side: side, type: .addLiquidityOnly,
                timeInForce: .goodTillCancelled,
                quantity: decimal(lots: random.within(1...80) * 100),
                price: decimal(ticks: ticks)))
    }

    mutating func placeOrder() -> PlaceOrder {
        let place = place()
        let kinds: [(OrderType, TimeInForce)] = [
            (.limit, .goodTillCancelled), (.limit, .goodTillCancelled),
            (.limit, .goodTillCancelled), (.limit, .immediateOrCancel), (.limit, .fillOrKill),
            (.market, .immediateOrCancel), (.market, .immediateOrCancel),
            (.addLiquidityOnly, .goodTillCancelled),
        ]
        let kind = random.element(of: kinds) ?? (.limit, .goodTillCancelled)
        let account = random.oneIn(6) ? maker : trader()
        let isReduceOnly = random.oneIn(4)
        let side: Side =
            isReduceOnly ? closingSide(account, place) : random.oneIn(2) ? .buy : .sell
        let price = ticks(place)
        return PlaceOrder(
            account: account, instrument: reference(place), side: side, type: kind.0,
            timeInForce: kind.1, quantity: lots(), price: price, clientOrderID: name(),
            isReduceOnly: isReduceOnly,
            takeProfit: random.oneIn(3) ? leg(place, isAbove: side == .buy) : .zero,
            stopLoss: random.oneIn(3) ? leg(place, isAbove: side == .sell) : .zero)
    }

    /// A price on one side of the index, mostly near.
    mutating func leg(_ place: Int, isAbove: Bool) -> WireDecimal {
        let away = random.within(-5...120)
        return decimal(ticks: max(1, indexes[place] + (isAbove ? away : -away)))
    }

    mutating func placeStop() -> PlaceOrder {
        let place = place()
        let account = account()
        let side = closingSide(account, place)
        let type: OrderType = random.oneIn(2) ? .takeProfit : .stopLoss
        let isAbove = (type == .takeProfit) == (side == .sell)
        return PlaceOrder(
            account: account, instrument: reference(place), side: side, type: type,
            timeInForce: .goodTillCancelled, quantity: closingLots(account, place),
            price: leg(place, isAbove: isAbove), clientOrderID: name())
    }

    mutating func modifyOrder() -> ModifyOrder {
        let (owner, place, reference, order) = order()
        let side = order?.side ?? .buy
        return ModifyOrder(
            account: owner, instrument: self.reference(place), order: reference, side: side,
            type: order?.type ?? .limit, quantity: random.oneIn(2) ? lots() : nil,
            price: random.oneIn(2) ? ticks(place) : nil,
            takeProfit: random.oneIn(6) ? leg(place, isAbove: side == .buy) : nil,
            stopLoss: random.oneIn(6) ? .zero : nil,
            isReduceOnly: random.oneIn(6) ? random.oneIn(2) : nil)
    }

    mutating func modifyStop() -> ModifyStopOrder {
        let (owner, place, reference, order) = order(isStop: true)
        let isAbove = (order?.type == .takeProfit) == (order?.side == .sell)
        return ModifyStopOrder(
            account: owner, instrument: self.reference(place), order: reference,
            price: leg(place, isAbove: isAbove), quantity: closingLots(owner, place))
    }

    mutating func cancel() -> Command {
        let (owner, place, reference, order) = order()
        if order?.type.isStop == true && random.oneIn(2) {
            return .cancelStopOrder(CancelStopOrder(account: owner, order: reference))
        }
        return .cancelOrder(
            CancelOrder(account: owner, instrument: self.reference(place), order: reference))
    }

    mutating func cancelAll() -> Command {
        let only = random.oneIn(2) ? reference(place()) : nil
        return .cancelAllOrders(CancelAllOrders(account: trader(), instrument: only))
    }

    mutating func placeTWAP() -> PlaceTWAP {
        let place = place()
        let side: Side = random.oneIn(2) ? .buy : .sell
        let later = Int64(random.below(20)) * 1_000_000_000
        let isNamed = random.oneIn(3)
        return PlaceTWAP(
            account: trader(), instrument: reference(place), side: side,
            totalQuantity: decimal(lots: random.within(1...100) * 101),
            orderCount: random.within(1...5), intervalSeconds: random.within(29...34),
            isReduceOnly: random.oneIn(3),
            clientTWAPID: isNamed ? text("t\(random.below(4))") : InlineText(),
            startsAt: random.oneIn(2) ? timestamp.advanced(byNanoseconds: later) : nil,
            worstPrice: random.oneIn(3) ? leg(place, isAbove: side == .buy) : .zero)
    }

    mutating func cancelTWAP() -> Command {
        let twap = random.element(of: twaps)
        let reference: TWAPReference =
            random.oneIn(2)
            ? .twapID(twap?.id ?? TWAPID(1)) : .clientTWAPID(text("t\(random.below(4))"))
        return .cancelTWAP(
            CancelTWAP(
                account: twap?.account ?? trader(),
                instrument: .known(twap?.instrument ?? InstrumentID(0)), twap: reference))
    }

    mutating func closePosition() -> Command {
        .closePosition(
            ClosePosition(
                account: account(), instrument: reference(place()), clientOrderID: name()))
    }
}
