/// The bounds of everything the engine holds. Each has a test at the limit and one beyond it.
public enum Limits {
    /// The highest price of a book, in ticks: the book's index has one word for each 64.
    public static let maximumPriceTicks: Int64 = 1 << 27
    /// The largest order, in lots, that keeps every sum of a full book within 64 bits.
    public static let maximumQuantityLots: Int64 = 1_000_000_000_000
    /// The largest order in whole units: at the highest price its value stays within 128 bits.
    public static let maximumWholeQuantity: Int64 = 10_000_000_000_000
    /// The largest `maximumNotional` of an instrument.
    public static let maximumPositionNotional = Money(100_000_000)
    /// The largest value of all positions and orders of an account together when it adds to them: with
    /// `indexCorridor`, they are never worth more than 81 billion, which money can hold.
    public static let maximumAccountNotional = Money(1_000_000_000)
    /// The largest open interest cap, of a contract or of all.
    public static let maximumOpenInterest = Money(10_000_000_000)
    /// The largest impact notional, so that impact prices stay within 128 bits.
    public static let maximumImpactNotional = Money(100_000)
    /// An index price may lie from a ninth to nine times of the contract's first one; a contract that
    /// leaves this corridor must be listed anew.
    public static let indexCorridor: Int64 = 9
    /// The largest single deposit.
    public static let maximumDeposit = Money(1_000_000_000)
    /// The highest cash of an account; a deposit that would pass it is refused.
    public static let maximumCash = Money(10_000_000_000)
    /// Open orders of one account over all instruments. **Source** `rules.md` §9.
    public static let maximumOpenOrdersPerAccount = 1_000
    /// Instruments ever listed.
    public static let maximumInstruments: UInt32 = 4_096
    /// Accounts ever opened.
    public static let maximumAccounts: UInt32 = 1 << 24
    /// The highest index price, so that bands stay within 64 bits.
    public static let maximumIndexPrice = ReferencePrice(100_000_000)
    /// Session changes of a contract that are known ahead.
    public static let maximumScheduledSessions = 64
    /// The largest number of seconds that are lived through when time has stood still; what was before
    /// them is skipped.
    public static let maximumCatchUpSeconds: Int64 = 3_600
    /// Child orders of a sliced order.
    public static let maximumTWAPOrders: Int64 = 10_000
    /// Seconds between two child orders.
    public static let twapIntervals: ClosedRange<Int64> = 30...86_400
    /// A pause without any command after which the exchange must have been down, in seconds: sliced
    /// orders then go on from where it comes back.
    public static let maximumQuietSeconds: Int64 = 60
    /// Liquidity providers of one contract.
    public static let maximumProviders = 64
    /// The largest numerator and denominator of a split.
    public static let maximumSplitRatio: UInt32 = 1_000
    /// How long a disturbance of connections may last: a day.
    public static let maximumDisturbanceNanoseconds: Int64 = 86_400_000_000_000
    /// How much later answers may be made to leave: a minute.
    public static let maximumAnswerDelayNanoseconds: Int64 = 60_000_000_000
}
