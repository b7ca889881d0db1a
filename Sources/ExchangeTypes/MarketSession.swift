/// What the market of a contract's underlier is doing. **Source** `rules.md` §9, §12.
public enum MarketSession: UInt8, Hashable, Sendable, CaseIterable {
    case open = 0
    case preMarket = 1
    case postMarket = 2
    /// Between two sessions of trading days: no row of the contract's hours.
    case overnight = 3
    /// A pause or a holiday.
    case closed = 4
    case weekend = 5
}

/// Where an oracle price comes from. **Source** R-010.
public enum OracleSource: UInt8, Hashable, Sendable {
    /// The underlier's own market.
    case external = 0
    /// This exchange's book, while the underlier's market is closed or silent.
    case `internal` = 1
}

extension Instrument {
    /// Whether the underlier counts as active: its price is external, and funding is paid.
    /// **Source** `rules.md` §5, R-029 to R-031.
    public func isActive(in session: MarketSession) -> Bool {
        switch session {
        case .open, .preMarket, .postMarket: true
        case .overnight: risk.isActiveOvernight
        case .closed, .weekend: false
        }
    }

    /// Half the width of the price band. **Source** `rules.md` §8.
    public func bandWidth(in session: MarketSession) -> Rate {
        session == .open ? bandWidth : risk.closedBandWidth
    }

    /// The largest position in a session. **Source** R-080.
    public func maximumNotional(in session: MarketSession) -> Notional {
        sessionShare(of: maximumNotional, in: session)
    }

    /// The largest open interest in a session. **Source** `rules.md` §9.
    public func openInterestCap(in session: MarketSession) -> Notional {
        sessionShare(of: risk.openInterestCap, in: session)
    }

    /// **Units** exact: an amount of 1e-8 times a share of 1e-12, cut to 1e-16.
    private func sessionShare(of amount: Money, in session: MarketSession) -> Notional {
        let share: Rate
        switch session {
        case .open, .preMarket, .postMarket: return Notional(amount)
        case .overnight, .closed: share = risk.overnightShare
        case .weekend: share = risk.weekendShare
        }
        return Notional(
            units: Rounding.down(Int128(amount.units) * Int128(share.units), by: 10_000))
    }
}
