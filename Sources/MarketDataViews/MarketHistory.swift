public import ExchangeTypes

/// What the public knows of the past of all instruments, folded from the engine's events in log order:
/// the part of a `MarketView` that the engine's own description of itself cannot give.
///
/// Cheap enough to be kept on the thread that runs the engine: it holds no depth, and a trade costs it
/// about as much as its event. **Source** `docs/decisions/0010-market-history.md`.
public struct MarketHistory: Sendable {
    /// Every instrument ever listed, in listing order: the place is the `InstrumentID`.
    public internal(set) var instruments: [InstrumentHistory] = []

    private let dailyReset: DailyReset
    private(set) var nextReset: Timestamp
    /// The last time at which minutes were counted.
    private(set) var countedTo = Timestamp.zero
    private var nextMinute: Timestamp
    /// The earlier of the two: the only thing that is looked at while nothing ends.
    private var nextBoundary: Timestamp

    /// A market without a past.
    public init(dailyReset: DailyReset = .midnightUTC) {
        self.dailyReset = dailyReset
        nextReset = dailyReset.next(after: .zero)
        nextMinute = Self.minuteEnd(of: .zero)
        nextBoundary = min(nextReset, nextMinute)
    }

    /// A past that was written down.
    init(
        _ instruments: [InstrumentHistory], countedTo: Timestamp, nextReset: Timestamp,
        dailyReset: DailyReset
    ) {
        self.instruments = instruments
        self.dailyReset = dailyReset
        self.countedTo = countedTo
        self.nextReset = nextReset
        nextMinute = Self.minuteEnd(of: countedTo)
        nextBoundary = min(nextReset, nextMinute)
    }

    /// What is known of an instrument's past.
    ///
    /// **Rejects** an id that was never listed (a programming error).
    public subscript(id: InstrumentID) -> InstrumentHistory { instruments[place(of: id)] }

    /// Lets log time pass: candles that end by then are reported, once, with their final values, and
    /// daily volumes start again at their reset.
    ///
    /// Of intervals that passed while nothing was logged only the one under way is reported.
    /// **Complexity** one comparison while no minute ends; else linear in the instruments.
    public mutating func advance(to time: Timestamp, _ report: (ClosedCandle) -> Void = { _ in }) {
        if time >= nextBoundary { cross(to: time, report) }
    }

    /// Lets time pass up to an instant and takes in what happened at it.
    public mutating func record(_ events: ArraySlice<Event>, at time: Timestamp) {
        advance(to: time)
        for event in events { apply(event, at: time) }
    }

    /// Takes in what an event says to the public; most events say nothing.
    ///
    /// **Rejects** an event at a time that was not advanced to, or of an instrument that was never
    /// listed (programming errors).
    public mutating func apply(_ event: Event, at time: Timestamp) {
        switch event {
        case .instrumentConfigured(let instrument):
            configure(instrument, at: time)
        case .pricesChanged(let change):
            instruments[place(of: change.instrument)].setPrices(at: time)
        case .fundingRateChanged(let change):
            instruments[place(of: change.instrument)].apply(change, at: time)
        case .openInterestChanged(let change):
            instruments[place(of: change.instrument)].setOpenInterest(at: time)
        case .tradeExecuted(let trade):
            precondition(
                time < nextBoundary, "a trade at \(time.nanoseconds) before time was advanced to it"
            )
            instruments[place(of: trade.instrument)].apply(trade, at: time)
        case .levelChanged(let change):
            instruments[place(of: change.instrument)].apply(change, at: time)
        case .instrumentSplit(let split):
            instruments[place(of: split.instrument)].apply(split)
        case .sessionChanged, .accountOpened, .orderAccepted, .orderAmended, .orderCancelled,
            .orderRejected, .cancelRejected, .modifyRejected, .orderFilled, .positionChanged,
            .balanceChanged, .fundingPaid, .leverageChanged, .liquidationChanged, .reserveChanged,
            .alertRaised, .commandRefused, .stopRequestRejected, .twapChanged,
            .twapCancelRejected, .userStatusChanged, .disturbed:
            break
        }
    }

    private mutating func cross(to time: Timestamp, _ report: (ClosedCandle) -> Void) {
        if time >= nextMinute {
            for place in instruments.indices {
                let id = InstrumentID(UInt32(place))
                instruments[place].advanceCandles(from: countedTo, to: time) { interval, candle in
                    report(ClosedCandle(instrument: id, interval: interval, candle: candle))
                }
            }
            countedTo = time
            nextMinute = Self.minuteEnd(of: time)
        }
        if time >= nextReset {
            for place in instruments.indices { instruments[place].resetDailyVolume() }
            nextReset = dailyReset.next(after: time)
        }
        nextBoundary = min(nextReset, nextMinute)
    }

    private mutating func configure(_ instrument: Instrument, at time: Timestamp) {
        if Int(instrument.id.index) == instruments.count {
            instruments.append(InstrumentHistory(instrument, at: time))
        } else {
            instruments[place(of: instrument.id)].configure(instrument)
        }
    }

    private static func minuteEnd(of time: Timestamp) -> Timestamp {
        let minute = CandleInterval.oneMinute
        return minute.start(of: time).advanced(byNanoseconds: minute.nanoseconds)
    }

    private func place(of id: InstrumentID) -> Int {
        let place = Int(id.index)
        precondition(
            place < instruments.count, "instrument \(place) of \(instruments.count)")
        return place
    }
}

/// A candle that will not change any more.
public struct ClosedCandle: Hashable, Sendable {
    /// The contract that was traded.
    public var instrument: InstrumentID
    /// The length.
    public var interval: CandleInterval
    /// The final values.
    public var candle: Candle
    /// The last state of a candle.
    public init(instrument: InstrumentID, interval: CandleInterval, candle: Candle) {
        self.instrument = instrument
        self.interval = interval
        self.candle = candle
    }
}
