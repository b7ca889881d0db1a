import ExchangeTypes

/// What a command leads to beyond itself: marks, legs, smaller orders for smaller positions, triggered
/// stops, liquidations. **Source** ORDERS.md §7.
extension Exchange {
    /// Ends a command, a released request or a child order.
    func finishCommand() {
        computeDirtyMarks()
        followUp()
    }

    /// Carries out everything that changed positions and marks lead to, until nothing is left.
    func followUp() {
        repeat {
            repeat {
                stageLegs()
                followPositions()
            } while carryOutTriggered() || !changedHoldings.isEmpty
            assessAccounts()
        } while !changedHoldings.isEmpty || !filledParents.isEmpty
    }

    private func followPositions() {
        if changedHoldings.isEmpty { return }
        let changed = Set(changedHoldings).sorted()
        changedHoldings.removeAll(keepingCapacity: true)
        for key in changed {
            let owner = accounts[Int(key.account.index)]
            let holding = owner.holding(of: key.instrument)
            if holding.reduceOnlyBuys.count + holding.reduceOnlySells.count > 0 {
                trimReduceOnly(key)
            }
            if !owner.stops.isEmpty { trimStops(key) }
        }
    }
}
