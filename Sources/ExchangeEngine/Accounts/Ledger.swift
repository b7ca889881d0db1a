import ExchangeTypes

/// The accounts of the house, against which every client's booking is made.
enum HouseAccount {
    /// Where trading fees go, and rebates come from.
    case fees
    /// The other side of realised profit and loss: it always holds minus the cost of all open positions.
    case clearing
    /// The world beyond the exchange: deposits come from here.
    case outside
}

/// Double-entry money: every amount leaves one account and enters another, so the sum over all
/// accounts is always zero.
///
/// House balances are 128 bits wide because they sum over all clients. **Source** R-027.
struct Ledger {
    private(set) var fees: Int128 = 0
    private(set) var clearing: Int128 = 0
    private(set) var outside: Int128 = 0

    /// Moves an amount (negative: the other way) between a house account and a client's cash.
    /// The only function that changes money.
    mutating func transfer(_ amount: Money, from house: HouseAccount, to account: inout Account) {
        switch house {
        case .fees: fees -= Int128(amount.units)
        case .clearing: clearing -= Int128(amount.units)
        case .outside: outside -= Int128(amount.units)
        }
        account.cash += amount
    }

    /// The sum of the house accounts, in units of 1e-8.
    var total: Int128 { fees + clearing + outside }
}
