import ExchangeTypes

/// A client's account: its money, its holdings and its open orders.
struct Account {
    let id: AccountID
    let identity: UniqueID
    /// The master account; several accounts of one user never trade with each other.
    let user: AccountID
    var cash = Money.zero
    var deposits = Money.zero
    /// Before fees.
    var realisedPnL = Money.zero
    var fees = Money.zero
    /// One for each contract ever traded or ordered, by contract; few, so a sorted array.
    private(set) var holdings: [Holding] = []
    /// The newest open order; the others follow through `OrderDetails`.
    var newestOrder = OrderSlot.none
    var openOrderCount = 0

    init(id: AccountID, identity: UniqueID, user: AccountID) {
        self.id = id
        self.identity = identity
        self.user = user
    }

    /// The place of a contract's holding, if there is one. **Complexity** logarithmic in holdings.
    func holdingIndex(of instrument: InstrumentID) -> Int? {
        let index = insertionIndex(of: instrument)
        return index < holdings.count && holdings[index].instrument == instrument ? index : nil
    }

    /// The holding of a contract; an empty one if there is none.
    func holding(of instrument: InstrumentID) -> Holding {
        holdingIndex(of: instrument).map { holdings[$0] } ?? Holding(instrument: instrument)
    }

    /// Changes the holding of a contract in place, making it first where needed.
    mutating func withHolding<Result>(
        of instrument: InstrumentID, _ body: (inout Holding) -> Result
    ) -> Result {
        let index = insertionIndex(of: instrument)
        if index == holdings.count || holdings[index].instrument != instrument {
            holdings.insert(Holding(instrument: instrument), at: index)
        }
        return body(&holdings[index])
    }

    private func insertionIndex(of instrument: InstrumentID) -> Int {
        var low = 0
        var high = holdings.count
        while low < high {
            let middle = (low + high) / 2
            if holdings[middle].instrument < instrument { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// What an account has and offers in one contract.
struct Holding {
    let instrument: InstrumentID
    var position = SignedQuantity.zero
    /// What the open quantity cost: positive for a long, negative for a short.
    var cost = Money.zero
    var realisedPnL = Money.zero
    var hasTraded = false
    var openBuys = OpenOrderSum()
    var openSells = OpenOrderSum()

    func openOrders(_ side: Side) -> OpenOrderSum { side == .buy ? openBuys : openSells }

    /// How much of the position an order on a side would close at most.
    func closable(by side: Side) -> Quantity {
        let isOpposite = side == .buy ? position.lots < 0 : position.lots > 0
        return isOpposite ? position.magnitude : .zero
    }
}

/// The resting orders of one account, contract and side, summed.
struct OpenOrderSum {
    var count = 0
    var quantity = Quantity.zero
    /// Sum of price times remaining, in ticks times lots: 128 bits, for the product of two limits
    /// times a thousand orders passes 64.
    var value: Int128 = 0

    mutating func add(_ price: Price, _ quantity: Quantity) {
        count += 1
        change(price, by: quantity.lots)
    }

    mutating func remove(_ price: Price, _ quantity: Quantity) {
        count -= 1
        change(price, by: -quantity.lots)
    }

    mutating func change(_ price: Price, by lots: Int64) {
        quantity.lots += lots
        value += Int128(price.ticks) * Int128(lots)
    }
}
