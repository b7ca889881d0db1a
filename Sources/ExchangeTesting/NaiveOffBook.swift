import BigInt
import ExchangeTypes

/// A position on its way off the book: what is left of it, and what is left to be paid for it.
struct NaiveRest {
    var instrument: InstrumentID
    var side: Side
    /// Positive.
    var lots: Int64
    /// In units of 1e-8.
    var amount: BigInt

    /// Takes some lots out with their share of the amount, so that the last ones take exactly the rest.
    mutating func take(_ part: Int64) -> BigInt {
        let share = Exact.halfEven(amount * BigInt(part), over: BigInt(lots))
        lots -= part
        amount -= share
        return share
    }
}

/// Positions closed off the book, until the account is flat, with nothing or with a debt left.
/// **Source** `docs/RISK.md` §7.2 to §7.5; `rules.md` §11, stages 2 and 3.
extension NaiveExchange {
    /// Settles the equity, then lets providers and the other side take all positions over.
    mutating func closeOffBook(_ account: AccountID) {
        let isSettled = settleEquity(account)
        var rests = largestFirst(account)
        if isSettled {
            for place in rests.indices { offerToProviders(account, &rests[place]) }
        }
        deleverage(
            account, rests.filter { $0.lots > 0 }, equity: isSettled ? 0 : equity(account))
    }

    /// The positions of an account by mark value, then contract.
    private func largestFirst(_ account: AccountID) -> [NaiveRest] {
        let sorted = held(account).sorted {
            let (first, second) = (markValue($0).magnitude, markValue($1).magnitude)
            return first == second ? $0.instrument < $1.instrument : first > second
        }
        return sorted.map { position in
            NaiveRest(
                instrument: position.instrument, side: position.lots > 0 ? .sell : .buy,
                lots: abs(position.lots), amount: Exact.money(BigInt(markValue(position).magnitude))
            )
        }
    }

    /// Moves some lots of a position to another account for an amount.
    mutating func handOver(
        _ account: AccountID, to other: AccountID, _ lots: Int64, of rest: NaiveRest,
        amount: BigInt, price: BigInt, _ type: ExecutionType, fee: BigInt = 0
    ) {
        let taking = madeOrder(other, rest.instrument, rest.side.opposite, lots)
        let giving = madeOrder(account, rest.instrument, rest.side, lots)
        execute(
            NaiveExecution(
                first: taking, second: giving, price: price, lots: lots, amount: amount,
                type: type, firstFee: -fee, secondFee: 0))
    }

    /// An order that never was in a book, filled.
    private mutating func madeOrder(
        _ account: AccountID, _ id: InstrumentID, _ side: Side, _ lots: Int64
    ) -> OrderState {
        let order = takeOrderID()
        return OrderState(
            id: order, account: account, instrument: id, side: side, type: .market,
            timeInForce: .immediateOrCancel, isAmended: false, price: .zero,
            quantity: Quantity(lots: lots), remaining: .zero, updatedAt: now,
            clientOrderID: madeName(order))
    }

    // MARK: - Auto-deleveraging

    /// Closes what is left against the other side, the uncovered equity split by maintenance margin.
    /// **Source** R-098, R-099, X-29.
    private mutating func deleverage(
        _ account: AccountID, _ rests: [NaiveRest], equity: BigInt
    ) {
        var equity = equity
        let margins = rests.map { max(1, maintenance(position(account, $0.instrument), account)) }
        for (place, rest) in rests.enumerated() {
            let left = margins[place...].reduce(0, +)
            // A position cannot bear more than it is worth.
            let share = max(Exact.halfEven(equity * margins[place], over: left), -rest.amount)
            equity -= share
            deleverage(account, rest, equity: share)
        }
    }

    private mutating func deleverage(
        _ account: AccountID, _ rest: NaiveRest, equity: BigInt
    ) {
        let id = rest.instrument
        var rest = rest
        rest.amount += rest.side == .sell ? -equity : equity
        let size = BigInt(rest.lots) * listings[id.place].lot
        let price = Exact.clamp(
            Exact.halfEven(rest.amount * Scale.units, over: size), BigInt(Int64.min),
            BigInt(Int64.max))
        emit(.alertRaised(.reserveExhausted(id)))
        for other in mostLeveragedFirst(id, against: rest.side) where rest.lots > 0 {
            let lots = min(rest.lots, abs(lots(other, id)))
            let amount = rest.take(lots)
            handOver(
                account, to: other, lots, of: rest, amount: amount, price: price,
                .autoDeleveraging)
        }
    }

    /// The accounts whose position the other side of an order would close, by equity over maintenance
    /// margin there, lowest first.
    private func mostLeveragedFirst(_ id: InstrumentID, against side: Side) -> [AccountID] {
        holders(id)
            .filter { (lots($0, id) < 0) == (side == .sell) }
            .map { account in
                let position = position(account, id)
                return (account, equity(account), max(1, maintenance(position, account)), position)
            }
            .sorted { first, second in
                let (left, right) = (first.1 * second.2, second.1 * first.2)
                if left != right { return left < right }
                let (more, less) = (first.3.lots.magnitude, second.3.lots.magnitude)
                return more == less ? first.0 < second.0 : more > less
            }
            .map(\.0)
    }
}
