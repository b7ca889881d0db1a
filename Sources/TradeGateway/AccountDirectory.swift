import ExchangeTypes
import QFEXWire

/// The contracts and accounts a shard knows, folded from events. **Complexity** constant per look-up.
struct AccountDirectory {
    private var instruments: [Instrument] = []
    private var instrumentsBySymbol: [Symbol: InstrumentID] = [:]
    private var accounts: [AccountOpened] = []
    private var accountsByIdentity: [UniqueID: AccountID] = [:]
    /// Whether the feed's description has arrived.
    var isReady = false

    mutating func apply(_ event: Event) {
        switch event {
        case .instrumentConfigured(let instrument):
            let index = Int(instrument.id.index)
            if index < instruments.count {
                instruments[index] = instrument
            } else {
                precondition(index == instruments.count, "instrument \(index) out of order")
                instruments.append(instrument)
                instrumentsBySymbol[instrument.symbol] = instrument.id
            }
        case .accountOpened(let opened):
            let index = Int(opened.account.index)
            if index < accounts.count { return }
            precondition(index == accounts.count, "account \(index) out of order")
            accounts.append(opened)
            accountsByIdentity[opened.identity] = opened.account
        case .pricesChanged, .sessionChanged, .fundingRateChanged, .openInterestChanged,
            .orderAccepted, .orderAmended, .orderCancelled, .orderRejected, .cancelRejected,
            .modifyRejected, .orderFilled, .tradeExecuted, .levelChanged, .positionChanged,
            .balanceChanged, .fundingPaid, .leverageChanged, .liquidationChanged,
            .reserveChanged, .alertRaised, .commandRefused:
            return
        }
    }

    /// The contract's parameters.
    func instrument(_ id: InstrumentID) -> Instrument { instruments[Int(id.index)] }

    /// The contract that a request's reference means, if there is one.
    func instrument(_ reference: InstrumentReference) -> Instrument? {
        switch reference {
        case .known(let id): instrument(id)
        case .unknown: nil
        }
    }

    /// A page of the levels of leverage that can be chosen: from 1 to each contract's maximum.
    ///
    /// **Complexity** that of the contracts and the rows, however far back the page is.
    func leverageLevels(_ page: Page) -> [LeverageReport] {
        var rows: [LeverageReport] = []
        var skipped = 0
        for instrument in instruments {
            let levels = Int(instrument.maximumLeverage)
            let first = max(0, page.offset - skipped)
            skipped += levels
            guard first < levels else { continue }
            for level in (first + 1)...levels {
                if rows.count == page.limit { return rows }
                rows.append(LeverageReport(instrument: instrument.id, leverage: UInt16(level)))
            }
        }
        return rows
    }

    /// What a command says for a symbol: the engine decides about unknown ones.
    func reference(_ symbol: Symbol) -> InstrumentReference {
        instrumentsBySymbol[symbol].map(InstrumentReference.known) ?? .unknown(symbol)
    }

    /// The account with an outside identity.
    func account(_ identity: UniqueID) -> AccountOpened? {
        accountsByIdentity[identity].map { accounts[Int($0.index)] }
    }

    /// The outside identity of an account.
    func identity(_ account: AccountID) -> UniqueID { accounts[Int(account.index)].identity }
}
