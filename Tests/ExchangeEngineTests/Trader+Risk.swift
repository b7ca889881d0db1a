import ExchangeEngine
import ExchangeTesting
import ExchangeTypes
import Testing

/// What traders ask for beside orders, and the figures that risk is about.
extension Trader {
    func withdraw(_ amount: String) {
        market.send(.withdraw(Withdraw(account: account, amount: decimal(amount))))
    }

    func transfer(_ amount: String, to other: Trader) {
        market.send(
            .transfer(Transfer(source: account, target: other.account, amount: decimal(amount))))
    }

    func reward(_ amount: String) {
        market.send(.creditReward(Deposit(account: account, amount: decimal(amount))))
    }

    func choose(leverage: String, in id: UInt32 = 0) {
        market.send(
            .setLeverage(
                SetLeverage(
                    account: account, instrument: .known(InstrumentID(id)),
                    leverage: wire(leverage))))
    }

    /// The leverage in force in each contract.
    var leverages: [UInt16] {
        guard case .leverages(let rows) = market.exchange.report(.leverages(account)) else {
            return []
        }
        return rows.map(\.leverage)
    }

    /// What was paid in, earned and lost, without what open positions would bring.
    var cash: Money { balance.deposits + balance.realisedPnL + balance.netFunding }

    /// **Source** R-015, R-016: the figures of one report agree with each other, to 1e-8.
    func expectIdentities(_ location: SourceLocation = #_sourceLocation) {
        let balance = balance
        let margin = balance.orderMargin + balance.positionMargin
        #expect(
            balance.availableBalance == cash + balance.unrealisedPnL - margin,
            sourceLocation: location)
        #expect(balance.equity == balance.availableBalance + margin, sourceLocation: location)
    }
}

extension Market {
    /// Sends the command and expects it to be refused, with nothing else said and nothing changed.
    func expectRefusal(
        _ command: Command, _ reason: RejectReason,
        _ location: SourceLocation = #_sourceLocation
    ) {
        let hash = exchange.stateHash()
        send(command)
        #expect(
            events == [.commandRefused(reason)], "\(command)", sourceLocation: location)
        #expect(exchange.stateHash() == hash, "\(command)", sourceLocation: location)
    }

    /// Stops the test when the engine's books are not in order.
    func audit() { (exchange as? Exchange)?.checkInvariants() }
}
