import ExchangeTypes

/// A contract with its prices and its resting orders.
struct NaiveListing {
    var instrument: Instrument
    /// Nil until the first update; the mark is always the same number.
    var index: ReferencePrice?
    var firstIndex: ReferencePrice?
    var mark: ReferencePrice? { index }
    var book = NaiveOrderBook()

    /// Whether new and changed orders are taken.
    var isOpen: Bool { instrument.status == .active && index != nil }
}

/// What an account holds of one contract.
struct NaivePosition {
    var lots: Int64 = 0
    var cost = Money.zero
    var realised = Money.zero
}

/// An account and its running sums.
struct NaiveAccount {
    var identity: UniqueID
    var user: AccountID
    var cash = Money.zero
    var deposits = Money.zero
    var realised = Money.zero
    var fees = Money.zero
    /// By contract; an entry exists once the account has traded it. Never iterated.
    var positions: [InstrumentID: NaivePosition] = [:]
}

/// The other side of every booking, so that all cash together is always zero. Wide, because sums over
/// all accounts may pass what one account can hold.
struct NaiveLedger {
    var fees: Int128 = 0
    var clearing: Int128 = 0
    var outside: Int128 = 0
}
