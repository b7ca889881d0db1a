import Dispatch
import ExchangeEngine
import ExchangeTypes

/// An exchange with four contracts at an index of 100, a thousand rich accounts, and a few more
/// whose orders are sliced. All commands lie
/// within one second, so what happens by the second is not measured.
final class Market {
    static let accountCount = 1_000
    static let slicingCount = 10
    static let instrumentCount = 4
    private static let stepNanoseconds: Int64 = 50

    let exchange = Exchange()
    private var buffer = EventBuffer()
    private var sequence = SequenceNumber(0)
    private var now: Int64 = 1_800_000_000_000_000_000
    /// Decides which order is next, the same way on every machine.
    private var random: UInt64 = 42
    private var names: UInt32 = 0

    init() {
        for number in 0..<Self.instrumentCount { list(InstrumentID(UInt32(number))) }
        for number in 0..<Self.accountCount + Self.slicingCount {
            let identity = UniqueID(high: 1, low: UInt64(number))
            send(.openAccount(OpenAccount(identity: identity)))
            send(.deposit(Deposit(account: AccountID(UInt32(number)), amount: Money(1_000_000))))
        }
    }

    private func list(_ id: InstrumentID) {
        guard let symbol = Symbol("BENCH\(id.index)-USD") else { preconditionFailure("ten bytes") }
        var instrument = Instrument(
            id: id, symbol: symbol, category: .equity, tickSize: Decimal8(units: 1_000_000),
            lotSize: Decimal8(units: 100_000), minimumQuantity: Quantity(lots: 1),
            maximumQuantity: Quantity(lots: 1_000_000_000), maximumLeverage: 10, makerFee: .zero,
            takerFee: .zero, bandWidth: Rate(percent: 10),
            maximumNotional: Limits.maximumPositionNotional, minimumNotional: Money(10))
        instrument.risk.liquidationLimit = Money(10_000_000)
        send(.configureInstrument(instrument))
        let price = ReferencePrice(units: Money(100).units)
        send(.updateIndexPrice(UpdateIndexPrice(instrument: id, price: price)))
    }

    /// An instant that this run does not reach.
    var later: Timestamp { Timestamp(nanoseconds: now + 3_600_000_000_000) }

    /// The events of the last command.
    var events: [Event] { buffer.events }

    /// Applies a command.
    @inline(__always)
    func send(_ command: Command) {
        buffer.removeAll()
        sequence = sequence.next
        now += Self.stepNanoseconds
        exchange.apply(
            SequencedCommand(
                sequence: sequence, timestamp: Timestamp(nanoseconds: now), command: command),
            into: &buffer)
    }

    /// A place among the last thousand of so many.
    func drawRecent(of count: Int) -> Int { count - 1 - draw(below: min(count, 1_000)) }

    /// A number below a bound (xorshift64*).
    func draw(below bound: Int) -> Int {
        random ^= random >> 12
        random ^= random << 25
        random ^= random >> 27
        return Int((random &* 0x2545_f491_4f6c_dd1d) >> 33) % bound
    }

    /// A number that no other order is named by.
    func newName() -> UInt32 {
        names += 1
        return names
    }

    /// The client order id that a number stands for.
    func text(_ name: UInt32) -> ClientOrderID {
        guard let text = ClientOrderID("order-\(name)") else { preconditionFailure("short") }
        return text
    }

    /// The order that the last command made or changed; `name` as it was asked for.
    func saidOrder(named name: UInt32) -> LiveOrder {
        switch buffer.events.first {
        case .orderAccepted(let order), .orderAmended(let order): LiveOrder(order, name)
        case let event: preconditionFailure("no order, but \(String(describing: event))")
        }
    }

    /// The sliced order that the last command began or ended.
    var saidSlices: TWAPState {
        switch buffer.events.first {
        case .twapChanged(let state): state
        case let event: preconditionFailure("no TWAP, but \(String(describing: event))")
        }
    }

    /// Makes sure that the last command took an order out.
    func expectCancelled() {
        guard case .orderCancelled = buffer.events.first else {
            preconditionFailure("not cancelled: \(String(describing: buffer.events.first))")
        }
    }
}

/// What the benchmark remembers of an order: little, so that it leaves the caches to the exchange.
struct LiveOrder {
    let id: OrderID
    let account: AccountID
    let name: UInt32
    let lots: Int32
    let instrument: InstrumentID
    let side: Side
    let type: OrderType

    init(_ order: OrderState, _ name: UInt32) {
        id = order.id
        account = order.account
        self.name = name
        lots = Int32(order.quantity.lots)
        instrument = order.instrument
        side = order.side
        type = order.type
    }
}

/// Notes how long one kind of step takes, each step by itself. The median counts, because on a busy
/// machine the mean says how often others had the processor.
struct Stopwatch {
    private var times: [Int] = []

    @inline(__always)
    mutating func time<Result>(_ body: () -> Result) -> Result {
        let start = DispatchTime.now().uptimeNanoseconds
        let result = body()
        times.append(Int(DispatchTime.now().uptimeNanoseconds - start))
        return result
    }

    /// Nanoseconds of the middle step, without those that reading the clock takes.
    func result(without clock: Int) -> Int { max(0, median(times) - clock) }

    /// What a step that does nothing takes.
    static func clock() -> Int {
        var watch = Stopwatch()
        for _ in 0..<10_000 { watch.time {} }
        return watch.result(without: 0)
    }
}

/// The middle one of some numbers.
func median(_ numbers: [Int]) -> Int { numbers.sorted()[numbers.count / 2] }
