import ExchangeTypes

/// One account's holding of one contract.
struct ObservedHolding: Hashable {
    var account: AccountID
    var instrument: InstrumentID
}

/// What everybody holds, from events alone.
struct ObservedPositions {
    /// As last told.
    private(set) var positions: [ObservedHolding: PositionChanged] = [:]
    private var interest: [InstrumentID: Quantity] = [:]
    private var trades = 0
    private var changes = 0
    /// Profit that was paid out beyond what positions cost: what rounding left when contracts ended or
    /// were split.
    private var remainder: Int128 = 0

    /// Takes note of an event; what is wrong with it.
    mutating func observe(_ event: Event) -> [String] {
        switch event {
        case .tradeExecuted: trades += 1
        case .openInterestChanged(let change): interest[change.instrument] = change.quantity
        case .positionChanged(let change):
            changes += 1
            positions[ObservedHolding(account: change.account, instrument: change.instrument)] =
                change
            if change.quantity == .zero && change.cost != .zero {
                return ["account \(change.account.index) holds nothing at a cost"]
            }
        case .instrumentConfigured, .accountOpened, .pricesChanged, .sessionChanged,
            .fundingRateChanged, .orderAccepted, .orderAmended, .orderCancelled, .orderRejected,
            .cancelRejected, .modifyRejected, .orderFilled, .levelChanged, .balanceChanged,
            .fundingPaid, .leverageChanged, .liquidationChanged, .reserveChanged, .alertRaised,
            .commandRefused, .stopRequestRejected, .twapChanged, .twapCancelRejected,
            .userStatusChanged, .instrumentSplit, .disturbed:
            break
        }
        return []
    }

    /// What is wrong between two commands: sides that differ, open interest that is not their sum, cost
    /// that was not paid for.
    mutating func takeProblems() -> [String] {
        var problems: [String] = []
        var lots: [InstrumentID: Int64] = [:]
        var longs: [InstrumentID: Int64] = [:]
        var rest: Int128 = 0
        for (holding, position) in positions {
            lots[holding.instrument, default: 0] += position.quantity.lots
            longs[holding.instrument, default: 0] += max(0, position.quantity.lots)
            rest += Int128(position.realisedPnL.units) - Int128(position.cost.units)
        }
        for id in lots.keys.sorted() {
            if lots[id] != 0 {
                problems.append("positions in \(id.index) sum to \(lots[id, default: 0])")
            }
            if interest[id, default: .zero].lots != longs[id] {
                problems.append("open interest in \(id.index) is not \(longs[id, default: 0])")
            }
        }
        // A trade changes two positions. Others are changed by the end or the split of a contract, and
        // each may leave a unit.
        let allowed = changes == 2 * trades ? 0 : changes
        if (rest - remainder).magnitude > allowed.magnitude {
            problems.append("profits and costs differ by \(rest - remainder)")
        }
        remainder = rest
        trades = 0
        changes = 0
        return problems
    }
}
