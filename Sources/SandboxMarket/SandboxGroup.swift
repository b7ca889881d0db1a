import ExchangeTypes
import MarketCalendar

/// What decides a contract's fees, bands, limits, hours and liquidation.
enum SandboxGroup {
    case equity, growthEquity
    case index, fundIndex
    case gold, silver, crudeOil, commodity, fundCommodity
    case foreignExchange

    var category: ProductCategory {
        switch self {
        case .equity, .growthEquity: .equity
        case .index, .fundIndex: .index
        case .gold, .silver, .crudeOil, .commodity, .fundCommodity: .commodity
        case .foreignExchange: .foreignExchange
        }
    }

    /// Maker and taker fee in tenths of a basis point. **Source** `rules.md` §10.
    var tenthsOfBasisPoint: (maker: Int64, taker: Int64) {
        switch self {
        case .equity: (50, 100)
        case .growthEquity: (0, 15)
        case .index, .fundIndex, .gold, .silver, .commodity, .fundCommodity: (20, 50)
        case .crudeOil: (0, 6)
        case .foreignExchange: (10, 20)
        }
    }

    /// Half the band in basis points, in the `open` session and in all others.
    /// **Source** `rules.md` §8.
    var bandBasisPoints: (open: Int64, closed: Int64) {
        switch self {
        case .equity, .growthEquity, .fundIndex, .fundCommodity: (1_000, 500)
        case .index: (330, 330)
        case .crudeOil, .commodity: (660, 330)
        case .gold, .silver: (330, 165)
        case .foreignExchange: (200, 100)
        }
    }

    /// The largest position in USDC. **Source** `rules.md` §9.
    var maximumNotional: Money {
        switch self {
        case .equity, .growthEquity: Money(2_500_000)
        case .index, .fundIndex, .gold: Money(10_000_000)
        case .silver, .crudeOil, .commodity, .fundCommodity: Money(5_000_000)
        case .foreignExchange: Money(50_000_000)
        }
    }

    /// The hours of most contracts of the group. **Source** `rules.md` §12, §17.
    var hours: MarketHours {
        switch self {
        case .equity, .growthEquity, .fundIndex, .fundCommodity: .usEquities
        case .index, .crudeOil, .commodity: .cmeFutures
        case .gold, .silver: .metals
        case .foreignExchange: .foreignExchange
        }
    }

    /// Whether the oracle is composed of two dated futures. **Source** R-008.
    var rollsMonthly: Bool {
        switch self {
        case .crudeOil, .commodity: true
        case .equity, .growthEquity, .index, .fundIndex, .gold, .silver, .fundCommodity,
            .foreignExchange:
            false
        }
    }

    /// How risk is measured and limited, for an underlier with these hours.
    func risk(in hours: MarketHours) -> RiskParameters {
        var risk = RiskParameters()
        risk.closedBandWidth = Rate(tenthBasisPoints: bandBasisPoints.closed * 10)
        // only shares listed in the United States count as active between their sessions.
        risk.isActiveOvernight = hours == .usEquities
        // `rules.md` §9: open interest up to twenty times the position limit.
        risk.openInterestCap = Money(units: maximumNotional.units * 20)
        risk.impactNotional = Money(category == .foreignExchange ? 100_000 : 10_000)
        let liquidation = liquidation
        risk.liquidationSpread = Rate(tenthBasisPoints: liquidation.basisPoints * 10)
        risk.providerFee = risk.liquidationSpread
        risk.liquidationLimit = Money(liquidation.limit)
        return risk
    }

    /// The spread of forced orders, which is also a provider's fee, and the most that is forced into
    /// the book in a minute. **Source** `rules.md` §11.
    private var liquidation: (basisPoints: Int64, limit: Int64) {
        switch self {
        case .foreignExchange: (20, 5_000_000)
        case .index, .fundIndex, .gold: (50, 1_000_000)
        case .silver, .crudeOil, .commodity, .fundCommodity: (75, 500_000)
        case .equity, .growthEquity: (100, 250_000)
        }
    }
}
