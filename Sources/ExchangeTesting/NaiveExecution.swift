import BigInt
import ExchangeTypes

/// Two sides that exchange some lots for an amount of money; prices and amounts in units of 1e-8.
struct NaiveExecution {
    /// The side that is told first: the resting order, or the one that takes a position over.
    var first: OrderState
    /// The aggressor.
    var second: OrderState
    /// The price as it is told.
    var price: BigInt
    var lots: Int64
    /// What is paid for all lots together.
    var amount: BigInt
    var type: ExecutionType
    var firstFee: BigInt
    var secondFee: BigInt
}

extension NaiveExchange {
    /// Books an execution for both sides and tells it.
    mutating func execute(_ execution: NaiveExecution) {
        let id = execution.second.instrument
        let trade = Trade(
            id: TradeID(nextTrade), instrument: id, price: ReferencePrice(exact: execution.price),
            quantity: Quantity(lots: execution.lots), aggressorSide: execution.second.side,
            executionType: execution.type)
        nextTrade += 1
        let interest = openInterest(id)
        let fills = [
            settle(execution.first, trade, execution.amount, fee: execution.firstFee),
            settle(execution.second, trade, execution.amount, fee: execution.secondFee),
        ]
        for fill in fills { emit(.orderFilled(fill)) }
        emit(.tradeExecuted(trade))
        emitOpenInterest(id, before: interest)
        for order in [execution.first, execution.second] {
            emitPosition(order.account, id)
            emitBalance(order.account)
        }
    }

    /// Books one side of a trade and tells what it brought.
    private mutating func settle(
        _ order: OrderState, _ trade: Trade, _ amount: BigInt, fee: BigInt
    ) -> Fill {
        let account = order.account
        let realised = settle(account, trade.instrument, order.side, trade.quantity.lots, amount)
        accounts[account.place].cash -= fee
        accounts[account.place].fees += fee
        ledger.fees += fee
        return Fill(
            trade: trade.id, order: order, price: trade.price, quantity: trade.quantity,
            aggressorSide: trade.aggressorSide, fee: Money(exact: fee),
            realisedPnL: Money(exact: realised), executionType: trade.executionType)
    }

    /// Average-cost entry: what closes realises against its share of the cost, the rest opens at its
    /// share of the amount. **Source** R-017, R-018.
    private mutating func settle(
        _ account: AccountID, _ id: InstrumentID, _ side: Side, _ lots: Int64, _ amount: BigInt
    ) -> BigInt {
        let held = position(account, id)
        let isLong = held.lots > 0
        let isOpposite = held.lots != 0 && isLong != (side == .buy)
        let closed = isOpposite ? min(lots, abs(held.lots)) : 0
        let closing = Exact.halfEven(amount * BigInt(closed), over: BigInt(lots))
        let opening = amount - closing
        var realised: BigInt = 0
        var cost: BigInt = 0
        if closed > 0 {
            cost = Exact.halfEven(
                held.cost * BigInt(closed), over: BigInt(held.lots.magnitude))
            realised = (isLong ? closing : -closing) - cost
        }
        change(account, id) {
            $0.lots += side == .buy ? lots : -lots
            $0.cost += (side == .buy ? opening : -opening) - cost
        }
        realise(account, id, realised)
        return realised
    }

    /// Pays out what a position brought, or takes what it cost.
    mutating func realise(_ account: AccountID, _ id: InstrumentID, _ amount: BigInt) {
        change(account, id) { $0.realised += amount }
        accounts[account.place].cash += amount
        accounts[account.place].realised += amount
        ledger.clearing -= amount
    }

    /// Tells how much is open, if it is not what it was before.
    mutating func emitOpenInterest(_ id: InstrumentID, before: Int64) {
        let lots = openInterest(id)
        guard lots != before else { return }
        emit(
            .openInterestChanged(
                OpenInterestChanged(instrument: id, quantity: Quantity(lots: lots))))
    }

    /// Tells what an account holds of a contract now.
    mutating func emitPosition(_ account: AccountID, _ id: InstrumentID) {
        let position = position(account, id)
        emit(
            .positionChanged(
                PositionChanged(
                    account: account, instrument: id,
                    quantity: SignedQuantity(lots: position.lots),
                    cost: Money(exact: position.cost),
                    realisedPnL: Money(exact: position.realised))))
    }

    /// Tells what cash an account has now.
    mutating func emitBalance(_ account: AccountID) {
        let cash = Money(exact: accounts[account.place].cash)
        emit(.balanceChanged(BalanceChanged(account: account, cash: cash)))
    }

    /// Tells what the reserve fund holds now.
    mutating func emitReserve() { emit(.reserveChanged(Money(exact: ledger.reserve))) }
}
