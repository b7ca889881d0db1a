import ExchangeTypes

/// The accounts of the house, against which every client's booking is made.
enum HouseAccount: CaseIterable {
    /// Where trading fees go, and rebates and rewards come from.
    case fees
    /// The other side of realised profit and loss: it always holds minus the cost of all open positions.
    case clearing
    /// The world beyond the exchange: deposits come from here.
    case outside
    /// The reserve fund: it takes what is left of accounts that are closed out, pays their debts and the
    /// liquidity providers, and is never negative. **Source** R-094, R-100.
    case reserve
    /// What rounding leaves over. **Source** R-037.
    case rounding
}

/// Double-entry money: every amount leaves one account and enters another, so the sum over all
/// accounts is always zero.
///
/// House balances are 128 bits wide because they sum over all clients. **Source** R-027.
struct Ledger {
    private(set) var fees: Int128 = 0
    private(set) var clearing: Int128 = 0
    private(set) var outside: Int128 = 0
    private(set) var reserve: Int128 = 0
    private(set) var rounding: Int128 = 0

    init() {}

    /// The balances of a snapshot.
    init(fees: Int128, clearing: Int128, outside: Int128, reserve: Int128, rounding: Int128) {
        self.fees = fees
        self.clearing = clearing
        self.outside = outside
        self.reserve = reserve
        self.rounding = rounding
    }

    /// Moves an amount (negative: the other way) between a house account and a client's cash.
    mutating func transfer(_ amount: Money, from house: HouseAccount, to account: inout Account) {
        add(-Int128(amount.units), to: house)
        account.cash += amount
    }

    /// Moves an amount in units of 1e-8 between two accounts of the house.
    mutating func transfer(_ units: Int128, from source: HouseAccount, to target: HouseAccount) {
        add(-units, to: source)
        add(units, to: target)
    }

    /// The sum of the house accounts, in units of 1e-8.
    var total: Int128 { fees + clearing + outside + reserve + rounding }

    private mutating func add(_ units: Int128, to house: HouseAccount) {
        switch house {
        case .fees: fees += units
        case .clearing: clearing += units
        case .outside: outside += units
        case .reserve:
            reserve += units
            precondition(reserve >= 0, "the reserve fund would hold \(reserve)")
        case .rounding: rounding += units
        }
    }
}
