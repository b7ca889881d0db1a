import BigInt
import ExchangeTypes

extension NaiveExchange {
    /// Trades an order against the opposite side: best price first, oldest first. **Source** R-070.
    mutating func match(
        _ aggressor: inout OrderState, limit: Price, _ type: ExecutionType = .normal
    ) {
        let id = aggressor.instrument
        let side = aggressor.side.opposite
        while aggressor.remaining > .zero, let price = listings[id.place].book.best(side),
            isAcceptable(price, to: aggressor.side, limit: limit)
        {
            for resting in listings[id.place].book.level(side, price)
            where aggressor.remaining > .zero {
                if user(resting.account) == user(aggressor.account) {
                    preventSelfTrade(resting)
                } else {
                    trade(&aggressor, resting, type)
                }
            }
            emitLevel(id, side, price)
        }
    }

    /// **Source** R-073, R-074.
    private mutating func preventSelfTrade(_ resting: OrderState) {
        var resting = resting
        resting.updatedAt = now
        listings[resting.instrument.place].book.remove(resting.id)
        emit(.orderCancelled(resting, .selfTradePrevention))
    }

    private mutating func trade(
        _ aggressor: inout OrderState, _ resting: OrderState, _ type: ExecutionType
    ) {
        let id = resting.instrument
        let quantity = min(aggressor.remaining, resting.remaining)
        var resting = resting
        resting.remaining -= quantity
        resting.updatedAt = now
        aggressor.remaining -= quantity
        aggressor.updatedAt = now
        listings[id.place].book.replace(resting)
        if resting.remaining == .zero { listings[id.place].book.remove(resting.id) }
        listings[id.place].lastTrade = resting.price

        let price = units(resting.price, of: id)
        let value = value(quantity.lots, at: price, id)
        for order in [resting, aggressor] { countVolume(order.account, value, id) }
        let (maker, taker) = (instrument(id).makerFee, instrument(id).takerFee)
        execute(
            NaiveExecution(
                first: resting, second: aggressor, price: price, lots: quantity.lots,
                // Exact: a tick times a lot is a whole number of 1e-8.
                amount: Exact.money(value), type: type,
                firstFee: fee(value, at: maker, tier: resting.feeTier),
                secondFee: fee(value, at: taker, tier: aggressor.feeTier)))
    }
}
