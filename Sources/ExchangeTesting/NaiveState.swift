import BigInt
import ExchangeTypes

/// A contract with its prices, its resting orders and everything else that is its own.
///
/// Prices are in units of 1e-8 unless something else is said.
struct NaiveListing {
    var instrument: Instrument
    /// The grids, which never change.
    let tick: BigInt
    let lot: BigInt
    var book = NaiveOrderBook()

    /// What the underlier's market is doing, and what it will do, soonest first.
    var session = MarketSession.open
    var scheduled: [NaiveSessionChange] = []

    /// The outside prices and how the oracle follows from them.
    var front = NaiveLeg()
    var next = NaiveLeg()
    var frontWeight = Rate(percent: 100)
    var ratio = Rate(percent: 100)
    /// When the last outside price came that could move the oracle.
    var lastOutsideAt = Timestamp.zero

    /// The first oracle price there was: the middle of the corridor.
    var first: BigInt?
    var oracle: BigInt?
    var source = OracleSource.external
    /// The last oracle price that came from outside.
    var lastExternal: BigInt = 0
    /// The oracle in units of 1e-16 while it is internal.
    var internalOracle: BigInt = 0
    /// The moving average of mid price less oracle, in units of 1e-16; nil before its first sample.
    var basis: BigInt?
    var mark: BigInt?
    var markedAt = Timestamp.zero
    /// Whether the book has changed since the mark was computed.
    var isTouched = false
    /// The price of the last trade in the book.
    var lastTrade: Price?
    /// The last samples of mark less oracle, at most 60, oldest first.
    var lastMinute: [BigInt] = []
    /// The premium samples of the current hour, oldest first, in units of 1e-12.
    var premiums: [BigInt] = []

    /// What was last said of the prices and of the funding rate.
    var saidPrices: PricesChanged?
    var saidRate = Rate.zero

    /// The value of forced orders as it was in a second, before the decay since then.
    var forcedValue: BigInt = 0
    var forcedSecond: Int64 = 0
    /// Liquidity providers, by account id.
    var providers: [NaiveProvider] = []

    init(_ instrument: Instrument) {
        self.instrument = instrument
        tick = instrument.tickSize.exact
        lot = instrument.lotSize.exact
    }

    /// Whether new and changed orders are taken.
    var isOpen: Bool { instrument.status == .active && oracle != nil }
    /// Whether nothing will ever happen in it again.
    var isDelisted: Bool { instrument.status == .delisted }

    /// Whether the underlier counts as active. **Source** `rules.md` §5, R-029 to R-031.
    var isActive: Bool {
        switch session {
        case .open, .preMarket, .postMarket: true
        case .overnight: instrument.risk.isActiveOvernight
        case .closed, .weekend: false
        }
    }

    /// Half the width of the price band now. **Source** `rules.md` §8.
    var bandWidth: BigInt {
        (session == .open ? instrument.bandWidth : instrument.risk.closedBandWidth).exact
    }

    /// The part of a limit that holds in this session, in units of 1e-12. **Source** R-080.
    var sessionShare: BigInt {
        switch session {
        case .open, .preMarket, .postMarket: Scale.rate
        case .overnight, .closed: instrument.risk.overnightShare.exact
        case .weekend: instrument.risk.weekendShare.exact
        }
    }
}

/// One of the outside prices that an oracle follows from.
struct NaiveLeg {
    var price: BigInt?
    /// When the feed saw the last price that it gave an instant for.
    var observedAt: Timestamp?
    /// Prices refused in a row because they were too far from the one before.
    var refusals: UInt32 = 0
}

/// A session that begins at an instant to come.
struct NaiveSessionChange {
    var session: MarketSession
    var startsAt: Timestamp
}

/// An account that takes positions over, up to a value in money.
struct NaiveProvider {
    var account: AccountID
    var limit: BigInt
}

/// What an account holds of one contract, or once held.
struct NaivePosition {
    var instrument: InstrumentID
    var lots: Int64 = 0
    var cost: BigInt = 0
    var realised: BigInt = 0
    var netFunding: BigInt = 0
}

/// An account and its running sums, in money.
struct NaiveAccount {
    var identity: UniqueID
    var user: AccountID
    var cash: BigInt = 0
    var deposits: BigInt = 0
    var rewards: BigInt = 0
    var realised: BigInt = 0
    var fees: BigInt = 0
    var netFunding: BigInt = 0
    /// One for each contract that it ever traded, in order of its first trade there.
    var positions: [NaivePosition] = []
    /// The leverages it chose, by contract as far as it chose any; 0 for none.
    var leverages: [UInt16] = []
    var isInLiquidation = false
    /// The last second in which it tried to send a forced order.
    var sliceSecond: Int64 = -1
    /// The fee tier and the trading of the user, in the master account only: weighted values in units
    /// of 1e-16 of today and of up to 30 whole days before, oldest first.
    var feeTier = FeeSchedule.entryTier
    var volumeToday: BigInt = 0
    var volumeDays: [BigInt] = []
}

/// The other side of every booking, so that all cash together is always zero.
struct NaiveLedger {
    var fees: BigInt = 0
    var clearing: BigInt = 0
    var outside: BigInt = 0
    var reserve: BigInt = 0
    var rounding: BigInt = 0
}
