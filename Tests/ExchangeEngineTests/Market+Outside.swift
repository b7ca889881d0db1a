import ExchangeEngine
import ExchangeTesting
import ExchangeTypes

/// What comes from outside: prices, trading hours; and what follows from them.
extension Market {
    /// A contract whose prices never become stale and whose orders may be of any value.
    static func steady(
        _ implementation: Implementation, index: String = "100",
        _ change: (inout Instrument) -> Void = { _ in }
    ) -> Market {
        var instrument = Market.plain
        instrument.minimumNotional = .zero
        change(&instrument)
        let market = Market(implementation, instrument, index: index)
        market.configureVenue { $0.staleSeconds = 0 }
        return market
    }

    /// A price of one of the two that the first contract's oracle can be composed of.
    func outsidePrice(
        _ price: String, _ leg: UpdateIndexPrice.Leg = .front, observedAt: Timestamp? = nil
    ) {
        send(
            .updateIndexPrice(
                UpdateIndexPrice(
                    instrument: InstrumentID(0), price: decimal(price), leg: leg,
                    observedAt: observedAt)))
    }

    /// Changes how the first contract's oracle is composed.
    func compose(front: Rate = Rate(percent: 100), ratio: Rate = Rate(percent: 100)) {
        send(
            .composeOracle(
                ComposeOracle(instrument: InstrumentID(0), frontWeight: front, ratio: ratio)))
    }

    /// Lets a session begin at an instant; at once if none is given.
    func session(
        _ session: MarketSession, at instant: Timestamp = .zero,
        of id: InstrumentID = InstrumentID(0)
    ) {
        send(
            .scheduleSession(
                ScheduleSession(instrument: id, session: session, startsAt: instant)))
    }

    /// The first contract's oracle price, as it was last said.
    var oracle: String? { lastPrices[InstrumentID(0)]?.oracle.description }

    /// The first contract's mark price, as it was last said.
    var mark: String? { lastPrices[InstrumentID(0)]?.mark.description }

    /// Where the first contract's oracle price comes from, as it was last said.
    var source: OracleSource? { lastPrices[InstrumentID(0)]?.source }

    /// The sessions that began with the last command, in order.
    var sessions: [MarketSession] {
        events.compactMap { event in
            guard case .sessionChanged(let change) = event else { return nil }
            return change.session
        }
    }

    /// The funding rates that the last command said, in order.
    var fundingRates: [FundingRateChanged] {
        events.compactMap { event in
            guard case .fundingRateChanged(let change) = event else { return nil }
            return change
        }
    }

    /// The funding that was paid with the last command, in order.
    var fundingPaid: [FundingPaid] {
        events.compactMap { event in
            guard case .fundingPaid(let paid) = event else { return nil }
            return paid
        }
    }

    /// Stops when money, positions or margins do not add up; only the engine checks itself.
    func checkInvariants() { (exchange as? Exchange)?.checkInvariants() }
}

/// The instant some nanoseconds after a whole second since the epoch.
func second(_ second: Int64, plus nanoseconds: Int64 = 0) -> Timestamp {
    Timestamp(nanoseconds: second * 1_000_000_000 + nanoseconds)
}

/// What is said of the first contract's funding, in units of 1e-12, for an hour counted from 1.
func fundingRate(_ units: Int64, hour: Int64 = 1) -> FundingRateChanged {
    FundingRateChanged(
        instrument: InstrumentID(0), rate: Rate(units: units), settlesAt: second(hour * 3_600))
}
