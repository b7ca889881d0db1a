import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
import ExchangeTypes

/// Four contracts at an index of 100, so many accounts with a position each, and so many resting orders
/// spread over them: all through the sequencer and into a log on disk, as in a running exchange.
struct Population {
    static let instrumentCount = 4
    /// Submissions of one batch.
    private static let batchCount = 1_000

    let accounts: Int
    let orders: Int

    /// Every command, in order.
    func forEachCommand(_ body: (Command) throws -> Void) rethrows {
        for number in 0..<Self.instrumentCount {
            let id = InstrumentID(UInt32(number))
            try body(.configureInstrument(Self.instrument(id)))
            let price = ReferencePrice(units: Money(100).units)
            try body(.updateIndexPrice(UpdateIndexPrice(instrument: id, price: price)))
        }
        for number in 0..<accounts {
            let identity = UniqueID(high: 1, low: UInt64(number))
            try body(.openAccount(OpenAccount(identity: identity)))
            let account = AccountID(UInt32(number))
            try body(.deposit(Deposit(account: account, amount: Money(1_000_000))))
        }
        // Each account trades with the next one.
        for number in 0..<accounts / 2 * 2 {
            try body(order(number, number / 2, number % 2 == 0 ? .buy : .sell, cents: 10_000, 0))
        }
        for number in 0..<orders {
            let side: Side = number % 2 == 0 ? .buy : .sell
            let distance = 1 + number / 2 % 500
            let cents = side == .buy ? 10_000 - distance : 10_000 + distance
            try body(
                order(number % accounts, number / accounts + number, side, cents: cents, number + 1)
            )
        }
    }

    /// A limit order of an account; those with the same `place` are in the same contract.
    func order(
        _ account: Int, _ place: Int, _ side: Side, cents: Int, _ name: Int
    ) -> Command {
        guard let name = ClientOrderID("order-\(name)") else { preconditionFailure("short") }
        return .placeOrder(
            PlaceOrder(
                account: AccountID(UInt32(account)),
                instrument: .known(InstrumentID(UInt32(place % Self.instrumentCount))),
                side: side, type: .limit, timeInForce: .goodTillCancelled,
                quantity: WireDecimal(significand: 1, exponent: 0),
                price: WireDecimal(significand: Int64(cents), exponent: -2), clientOrderID: name))
    }

    /// Runs all commands through a sequencer.
    func fill(_ sequencer: Sequencer) throws {
        var batch: [Submission] = []
        try forEachCommand { command in
            batch.append(Submission(.command(command)))
            if batch.count == Self.batchCount {
                try sequencer.runBatch(batch)
                batch.removeAll(keepingCapacity: true)
            }
        }
        try sequencer.runBatch(batch)
    }

    private static func instrument(_ id: InstrumentID) -> Instrument {
        guard let symbol = Symbol("BENCH\(id.index)-USD") else { preconditionFailure("ten bytes") }
        return Instrument(
            id: id, symbol: symbol, category: .equity, tickSize: Decimal8(units: 1_000_000),
            lotSize: Decimal8(units: 100_000), minimumQuantity: Quantity(lots: 1),
            maximumQuantity: Quantity(lots: 1_000_000_000), maximumLeverage: 10, makerFee: .zero,
            takerFee: .zero, bandWidth: Rate(percent: 10),
            maximumNotional: Limits.maximumPositionNotional, minimumNotional: Money(10))
    }
}
