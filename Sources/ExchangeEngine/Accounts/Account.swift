import ExchangeTypes

/// A client's account: its money, its holdings and its open orders.
struct Account {
    let id: AccountID
    let identity: UniqueID
    /// The master account; several accounts of one user never trade with each other.
    let user: AccountID
    var cash = Money.zero
    /// Deposits, withdrawals, transfers and rewards together.
    var deposits = Money.zero
    /// The part of `deposits` that was rewards.
    var rewards = Money.zero
    /// Before fees.
    var realisedPnL = Money.zero
    var netFunding = Money.zero
    var fees = Money.zero
    /// One for each contract ever traded or ordered, by contract; few, so a sorted array.
    private(set) var holdings: [Holding] = []
    /// The newest open order; the others follow through `OrderDetails`.
    var newestOrder = OrderSlot.none
    var openOrderCount = 0
    var isInLiquidation = false
    /// The second in which a forced order was last tried.
    var lastSliceSecond = Int64.min
    /// Its stop orders, by id.
    var stops: [OrderID] = []
    /// New orders that wait behind the speed bump.
    var heldCount = 0
    /// Its sliced orders that are under way, by id.
    var twaps: [TWAPID] = []
    /// Of a master only: what keeps the user from trading.
    var isIdentityCheckMissing = false
    var areTermsMissing = false
    /// Whether it waits to be assessed.
    var isQueued = false
    /// Subaccounts opened; of a master only.
    var subaccountCount: UInt32 = 0
    /// Of a master only, for all accounts of the user.
    var volume = TradingVolume()
    var feeTier = FeeSchedule.entryTier

    init(id: AccountID, identity: UniqueID, user: AccountID) {
        self.id = id
        self.identity = identity
        self.user = user
    }

    var isMaster: Bool { id == user }

    /// What counts against the cap on open orders.
    var orderCount: Int { openOrderCount + stops.count + heldCount + twaps.count }

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
        holdings.partitionPoint(where: { $0.instrument < instrument })
    }
}

/// What an account has and offers in one contract.
struct Holding {
    let instrument: InstrumentID
    var position = SignedQuantity.zero
    /// What the open quantity cost: positive for a long, negative for a short.
    var cost = Money.zero
    var realisedPnL = Money.zero
    var netFunding = Money.zero
    var hasTraded = false
    /// The leverage that the account chose; 0 for the contract's maximum.
    var chosenLeverage: UInt16 = 0
    var openBuys = OpenOrderSum()
    var openSells = OpenOrderSum()
    /// Resting orders that may only reduce; they hold no margin. **Source** R-023.
    var reduceOnlyBuys = ReduceOnlySum()
    var reduceOnlySells = ReduceOnlySum()
    /// Its place in the contract's `Holders`, while there is a position.
    var trigger = TriggerHeap<AccountID>.none
    /// Whether that place is among the longs.
    var isLongTrigger = false

    init(instrument: InstrumentID) { self.instrument = instrument }

    func openOrders(_ side: Side) -> OpenOrderSum { side == .buy ? openBuys : openSells }

    func reduceOnly(_ side: Side) -> ReduceOnlySum {
        side == .buy ? reduceOnlyBuys : reduceOnlySells
    }

    /// How many orders rest in the book.
    var restingCount: Int {
        openBuys.count + openSells.count + reduceOnlyBuys.count + reduceOnlySells.count
    }

    /// How much of the position an order on a side would close at most.
    func closable(by side: Side) -> Quantity {
        let isOpposite = side == .buy ? position.lots < 0 : position.lots > 0
        return isOpposite ? position.magnitude : .zero
    }

    /// The leverage in force: the chosen one, at most what the contract allows now.
    func leverage(in instrument: Instrument) -> UInt16 {
        chosenLeverage == 0
            ? instrument.maximumLeverage : min(chosenLeverage, instrument.maximumLeverage)
    }
}

/// The resting reduce-only orders of one account, contract and side, summed.
struct ReduceOnlySum {
    var count = 0
    var quantity = Quantity.zero
}

/// The other resting orders of one account, contract and side, summed.
struct OpenOrderSum {
    var count = 0
    var quantity = Quantity.zero
    /// Sum of price times remaining, in ticks times lots: 128 bits, for the product of two limits
    /// times a thousand orders passes 64.
    var value: Int128 = 0
    /// Its place in `Exchange.ladders`, once the margin rules had to know the orders by price.
    var ladder: Int32?
}
