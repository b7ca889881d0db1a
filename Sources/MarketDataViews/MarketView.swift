public import ExchangeTypes

/// What the public knows of all instruments, folded from the engine's events in log order.
///
/// A plain value: it asks no clock and answers only from what it was told, so that the same events
/// always give the same view.
public struct MarketView: Sendable {
    /// Every instrument ever listed, in listing order: the place is the `InstrumentID`.
    public private(set) var instruments: [InstrumentView] = []
    /// What was traded, and since when each value holds.
    private var history = MarketHistory()
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

    /// The candle of an interval that log time is in: flat at the price before, with no trades, when
    /// there was none in it; nil when the contract never traded. Of a delisted contract, the last one.
    ///
    /// **Rejects** an id that was never listed (a programming error).
    public func candle(_ id: InstrumentID, _ interval: CandleInterval) -> Candle? {
        history[id].candles?.candle(interval)
    }

    /// What was traded of an instrument since the last daily reset. **Source** P-038.
    ///
    /// **Rejects** an id that was never listed (a programming error).
    public func dailyVolume(_ id: InstrumentID) -> Quantity { history[id].dailyVolume }

    /// Lets log time pass, before the events of that time are applied. Returns the candles that are
    /// over by then, each once, with their final values.
    ///
    /// Of intervals that passed while nothing was logged only the one under way is reported.
    /// **Complexity** one comparison while no minute ends; else linear in the instruments.
    public mutating func advance(to time: Timestamp) -> [ClosedCandle] {
        var closed: [ClosedCandle] = []
        history.advance(to: time) { closed.append($0) }
        return closed
    }

    /// Takes over the past of the market from one who saw it, after the engine's description of how
    /// things stand was applied: then this is the view of one who was there from the beginning.
    ///
    /// **Rejects** the past of other instruments (a programming error).
    public mutating func adopt(_ history: MarketHistory) {
        precondition(
            history.instruments.count == instruments.count,
            "the past of \(history.instruments.count) instruments for \(instruments.count)")
        for (place, past) in history.instruments.enumerated() { instruments[place].adopt(past) }
        self.history = history
    }

    /// Takes over what an event says to the public; most events say nothing.
    ///
    /// `time` is that of the command which caused the event.
    /// **Rejects** an event of an instrument that was never listed, or a trade at a time that was not
    /// advanced to (programming errors).
    public mutating func apply(_ event: Event, at time: Timestamp) {
        history.apply(event, at: time)
        switch event {
        case .instrumentConfigured(let instrument):
            configure(instrument, at: time)
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
            .userStatusChanged, .instrumentSplit, .disturbed:
            break
        }
    }

    private mutating func configure(_ instrument: Instrument, at time: Timestamp) {
        if Int(instrument.id.index) < instruments.count {
            instruments[place(of: instrument.id)].configure(instrument)
            return
        }
        precondition(
            Int(instrument.id.index) == instruments.count,
            "instrument \(instrument.id.index) listed after \(instruments.count) others")
        precondition(
            identifiers[instrument.symbol] == nil, "\(instrument.symbol) is listed already")
        instruments.append(InstrumentView(instrument, at: time))
        identifiers[instrument.symbol] = instrument.id
    }

    private func place(of id: InstrumentID) -> Int {
        let place = Int(id.index)
        precondition(
            place < instruments.count, "instrument \(place) of \(instruments.count)")
        return place
    }
}
