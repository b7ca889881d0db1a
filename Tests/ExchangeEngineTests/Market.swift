import ExchangeTesting
import ExchangeTypes

/// One contract and its traders, for scenarios that read like a story.
///
/// Numbers are texts as a client would send them; amounts of money are texts of decimals.
final class Market {
    /// The usual contract: NVDA-USD with large limits and no fees.
    static var plain: Instrument {
        var instrument = SampleInstruments.equity.instrument
        instrument.maximumQuantity = Quantity(lots: 10_000_000_000)
        instrument.maximumNotional = Money(2_500_000)
        instrument.minimumQuantity = Quantity(lots: 1)
        instrument.makerFee = Rate(units: 0)
        instrument.takerFee = Rate(units: 0)
        return instrument
    }

    var exchange: any ExchangeModel
    /// The events of the last command.
    private(set) var events: [Event] = []
    /// The prices of each contract as they were last said.
    private(set) var lastPrices: [InstrumentID: PricesChanged] = [:]
    private var sequence = SequenceNumber(0)
    /// The time of the last command, in nanoseconds; the market opens just after the epoch.
    private(set) var time: Int64 = 0
    private var traders: UInt32 = 0
    private var contracts: [Instrument] = []
    private var venue = VenueParameters()

    /// An open market with an index price; nil for a market that has none yet.
    init(
        _ implementation: Implementation, _ instrument: Instrument = Market.plain,
        index: String? = "100"
    ) {
        exchange = implementation.make()
        list(instrument, index: index)
    }

    /// Lists a further contract and returns its id.
    @discardableResult
    func list(_ instrument: Instrument, index: String?) -> InstrumentID {
        var instrument = instrument
        instrument.id = InstrumentID(UInt32(contracts.count))
        contracts.append(instrument)
        send(.configureInstrument(instrument))
        if let index { self.index(index, of: instrument.id) }
        return instrument.id
    }

    /// Changes a contract's parameters, the first one's unless told otherwise.
    func reconfigure(_ id: UInt32 = 0, _ change: (inout Instrument) -> Void) {
        change(&contracts[Int(id)])
        send(.configureInstrument(contracts[Int(id)]))
    }

    /// Carries out a command and returns its events.
    @discardableResult
    func send(_ command: Command) -> [Event] {
        sequence = sequence.next
        time += 1_000
        var buffer = EventBuffer()
        exchange.apply(
            SequencedCommand(
                sequence: sequence, timestamp: Timestamp(nanoseconds: time), command: command),
            into: &buffer)
        events = buffer.events
        for case .pricesChanged(let prices) in events { lastPrices[prices.instrument] = prices }
        return events
    }

    /// Lets time pass; `events` are those of all the seconds.
    func wait(seconds: Int64 = 0, milliseconds: Int64 = 0) {
        time += seconds * 1_000_000_000 + milliseconds * 1_000_000
        send(.advanceTime)
    }

    /// Lets time pass up to a whole second since the epoch.
    func wait(untilSecond second: Int64) {
        time = second * 1_000_000_000 - 1_000
        send(.advanceTime)
    }

    /// Lets the next command come at an instant, so that time passes with it.
    func jump(to instant: Timestamp) { time = instant.nanoseconds - 1_000 }

    /// Changes what holds for the whole venue.
    func configureVenue(_ change: (inout VenueParameters) -> Void) {
        change(&venue)
        send(.configureVenue(venue))
    }

    func index(_ price: String, of id: InstrumentID = InstrumentID(0)) {
        send(.updateIndexPrice(UpdateIndexPrice(instrument: id, price: decimal(price))))
    }

    /// A new trader with some money; of a master's user when one is given.
    func trader(_ deposit: String = "1000000", of master: Trader? = nil) -> Trader {
        let id = AccountID(traders)
        traders += 1
        let identity = UniqueID(high: 1, low: UInt64(id.index))
        send(.openAccount(OpenAccount(identity: identity, master: master?.account)))
        let trader = Trader(market: self, account: id)
        if deposit != "0" { trader.deposit(deposit) }
        return trader
    }

    func instrument(_ id: InstrumentID) -> Instrument { contracts[Int(id.index)] }

    /// The prices that the last command changed, as the last event of a contract said them.
    func prices(of id: InstrumentID = InstrumentID(0)) -> PricesChanged? {
        var last: PricesChanged?
        for case .pricesChanged(let prices) in events where prices.instrument == id {
            last = prices
        }
        return last
    }

    /// What the reserve fund holds, as far as the last command said.
    var reserve: Money? {
        var last: Money?
        for case .reserveChanged(let balance) in events { last = balance }
        return last
    }

    /// The alerts that the last command raised.
    var alerts: [Alert] {
        events.compactMap { event in
            guard case .alertRaised(let alert) = event else { return nil }
            return alert
        }
    }

    /// The accounts that the last command put into liquidation (true) or out of it, in order.
    var liquidations: [LiquidationChanged] {
        events.compactMap { event in
            guard case .liquidationChanged(let change) = event else { return nil }
            return change
        }
    }

    /// The trades of the last command as (price, quantity) texts, in order.
    var trades: [String] {
        events.compactMap { event in
            guard case .tradeExecuted(let trade) = event else { return nil }
            let instrument = instrument(trade.instrument)
            return "\(instrument.decimal(trade.quantity)) @ \(trade.price)"
        }
    }

    /// The fills of the last command, the resting order's before the aggressor's.
    var fills: [Fill] {
        events.compactMap { event in
            guard case .orderFilled(let fill) = event else { return nil }
            return fill
        }
    }

    /// The orders that the last command cancelled, and why.
    var cancelled: [OrderID: CancelReason] {
        var reasons: [OrderID: CancelReason] = [:]
        for case .orderCancelled(let order, let reason) in events { reasons[order.id] = reason }
        return reasons
    }

    /// Why the last command was refused, if it was.
    var refusal: RejectReason? {
        for event in events {
            switch event {
            case .orderRejected(let rejected): return rejected.reason
            case .cancelRejected(_, let reason): return reason
            case .modifyRejected(let rejected): return rejected.reason
            case .stopRequestRejected(let rejected): return rejected.reason
            case .twapCancelRejected(_, let reason): return reason
            case .commandRefused(let reason): return reason
            case _: continue
            }
        }
        return nil
    }
}

/// A number that the test knows to be one.
func decimal<Value: FixedPoint>(_ text: String) -> Value {
    guard let value = Value(text) else { preconditionFailure("no decimal: \(text)") }
    return value
}

/// A number as a client writes it, which the test knows to be one.
func wire(_ text: String) -> WireDecimal {
    guard let value = WireDecimal(text) else { preconditionFailure("no number: \(text)") }
    return value
}
