public import ExchangeTypes

/// What the public knows of all instruments, folded from the engine's events in log order.
///
/// A plain value: it asks no clock and answers only from what it was told, so that the same events
/// always give the same view.
public struct MarketView: Sendable {
    /// Every instrument ever listed, in listing order: the place is the `InstrumentID`.
    public private(set) var instruments: [InstrumentView] = []
    /// Looked up only, never iterated.
    private var identifiers: [Symbol: InstrumentID] = [:]

    /// A market without instruments.
    public init() {}

    /// What is known of an instrument.
    ///
    /// **Rejects** an id that was never listed (a programming error).
    public subscript(id: InstrumentID) -> InstrumentView { instruments[place(of: id)] }

    /// The instrument of a symbol; nil when none is listed under it.
    public func instrumentID(of symbol: Symbol) -> InstrumentID? { identifiers[symbol] }

    /// Every symbol, in listing order.
    ///
    /// **Complexity** O(instruments).
    public var symbols: [Symbol] { instruments.map(\.instrument.symbol) }

    /// Takes over what an event says to the public; most events say nothing.
    ///
    /// `time` is that of the command which caused the event.
    /// **Rejects** an event of an instrument that was never listed (a programming error).
    public mutating func apply(_ event: Event, at time: Timestamp) {
        switch event {
        case .instrumentConfigured(let instrument):
            configure(instrument)
        case .pricesChanged(let change):
            instruments[place(of: change.instrument)].apply(change, at: time)
        case .sessionChanged(let change):
            instruments[place(of: change.instrument)].apply(change)
        case .fundingRateChanged(let change):
            instruments[place(of: change.instrument)].apply(change, at: time)
        case .openInterestChanged(let change):
            instruments[place(of: change.instrument)].apply(change, at: time)
        case .tradeExecuted(let trade):
            instruments[place(of: trade.instrument)].apply(trade, at: time)
        case .levelChanged(let change):
            instruments[place(of: change.instrument)].apply(change, at: time)
        case .accountOpened, .orderAccepted, .orderAmended, .orderCancelled, .orderRejected,
            .cancelRejected, .modifyRejected, .orderFilled, .positionChanged, .balanceChanged,
            .fundingPaid, .leverageChanged, .liquidationChanged, .reserveChanged, .alertRaised,
            .commandRefused, .stopRequestRejected, .twapChanged, .twapCancelRejected,
            .userStatusChanged, .disturbed:
            break
        }
    }

    private mutating func configure(_ instrument: Instrument) {
        if Int(instrument.id.index) < instruments.count {
            instruments[place(of: instrument.id)].configure(instrument)
            return
        }
        precondition(
            Int(instrument.id.index) == instruments.count,
            "instrument \(instrument.id.index) listed after \(instruments.count) others")
        precondition(
            identifiers[instrument.symbol] == nil, "\(instrument.symbol) is listed already")
        instruments.append(InstrumentView(instrument))
        identifiers[instrument.symbol] = instrument.id
    }

    private func place(of id: InstrumentID) -> Int {
        let place = Int(id.index)
        precondition(
            place < instruments.count, "instrument \(place) of \(instruments.count)")
        return place
    }
}
