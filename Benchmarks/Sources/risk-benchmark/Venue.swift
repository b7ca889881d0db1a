import Dispatch
import ExchangeEngine
import ExchangeTypes

/// An exchange with one contract without fees at an index of 100, and a clock that hardly moves: all
/// commands lie within one second, so what happens by the second is not measured.
final class Venue {
    static let leverage: Int64 = 10
    private static let stepNanoseconds: Int64 = 500

    let exchange = Exchange()
    let instrument: Instrument
    private var events = EventBuffer()
    private var sequence = SequenceNumber(0)
    private var now: Int64 = 1_800_000_000_000_000_000
    private var accounts: UInt32 = 0

    init() {
        guard let symbol = Symbol("BENCH-USD") else { preconditionFailure("a name of nine bytes") }
        var instrument = Instrument(
            id: InstrumentID(0), symbol: symbol, category: .equity,
            tickSize: Decimal8(units: 1_000_000), lotSize: Decimal8(units: 100_000),
            minimumQuantity: Quantity(lots: 1), maximumQuantity: Quantity(lots: 1_000_000_000),
            maximumLeverage: UInt16(Self.leverage), makerFee: .zero, takerFee: .zero,
            bandWidth: Rate(percent: 10), maximumNotional: Limits.maximumPositionNotional,
            minimumNotional: Money(10))
        instrument.risk.liquidationLimit = Money(10_000_000)
        self.instrument = instrument
        send(.configureInstrument(instrument))
        setIndex(Money(100))
    }

    /// Applies a command. Its events can be read until the next one.
    @inline(__always)
    @discardableResult
    func send(_ command: Command) -> [Event] {
        events.removeAll()
        sequence = sequence.next
        now += Self.stepNanoseconds
        exchange.apply(
            SequencedCommand(
                sequence: sequence, timestamp: Timestamp(nanoseconds: now), command: command),
            into: &events)
        return events.events
    }

    /// A new account with some money.
    func open(with cash: Money) -> AccountID {
        let account = AccountID(accounts)
        accounts += 1
        send(.openAccount(OpenAccount(identity: UniqueID(high: 1, low: UInt64(account.index)))))
        send(.deposit(Deposit(account: account, amount: cash)))
        return account
    }

    @inline(__always)
    @discardableResult
    func setIndex(_ price: Money) -> [Event] {
        send(
            .updateIndexPrice(
                UpdateIndexPrice(
                    instrument: instrument.id, price: ReferencePrice(units: price.units))))
    }

    /// A resting order, or one that meets what rests.
    @inline(__always)
    @discardableResult
    func place(
        _ account: AccountID, _ side: Side, _ quantity: Int64, at price: Money,
        named name: ClientOrderID = ClientOrderID()
    ) -> [Event] {
        send(
            .placeOrder(
                PlaceOrder(
                    account: account, instrument: .known(instrument.id), side: side, type: .limit,
                    timeInForce: .goodTillCancelled, quantity: WireDecimal(Decimal8(quantity)),
                    price: WireDecimal(price), clientOrderID: name)))
    }
}

/// Nanoseconds that something takes each time when it is done so many times.
func nanoseconds(each count: Int, _ body: () -> Void) -> Int {
    let start = DispatchTime.now().uptimeNanoseconds
    body()
    return Int(DispatchTime.now().uptimeNanoseconds - start) / max(count, 1)
}
