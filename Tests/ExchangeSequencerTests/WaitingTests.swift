import ExchangeEngine
import ExchangeJournal
import ExchangeTesting
import ExchangeTypes
import Synchronization
import Testing

@testable import ExchangeSequencer

/// Orders behind the speed bump are answered to whoever sent them, when their time has come; and the
/// history knows it all, live and after a replay.
@Suite struct WaitingTests {
    private let clock = SettableClock(0)
    private let subscriber = RecordingSubscriber(Steps())
    private let log = MemoryLog()
    private let sequencer: Sequencer
    private let alice = Origin(connection: 1, request: 10)
    private let bob = Origin(connection: 2, request: 20)

    init() throws {
        sequencer = Sequencer(exchange: Exchange(), log: log, clock: clock)
        var venue = VenueParameters()
        venue.speedBumpNanoseconds = 100_000_000
        let listed = SampleInstruments.equity
        set(10_000)
        try sequencer.runBatch([
            Submission(.command(.configureVenue(venue))),
            Submission(.command(.configureInstrument(listed.instrument))),
            Submission(
                .command(
                    .updateIndexPrice(
                        UpdateIndexPrice(
                            instrument: listed.instrument.id, price: ReferencePrice(100))))),
            .openAccount(1), .openAccount(2), .deposit(0, 100_000), .deposit(1, 100_000),
            Submission(.subscribe(subscriber)),
        ])
    }

    /// Sets the clock, in milliseconds.
    private func set(_ milliseconds: Int64) {
        clock.nanoseconds.withLock { $0 = milliseconds * 1_000_000 }
    }

    private func order(
        _ account: UInt32, _ side: Side, client: String, type: OrderType = .limit,
        from origin: Origin?
    ) throws -> Submission {
        Submission(
            .command(
                .placeOrder(
                    PlaceOrder(
                        account: AccountID(account),
                        instrument: .known(SampleInstruments.equity.instrument.id), side: side,
                        type: type,
                        timeInForce: type == .market ? .immediateOrCancel : .goodTillCancelled,
                        quantity: try #require(WireDecimal("1")),
                        price: try #require(WireDecimal("100")),
                        clientOrderID: try #require(ClientOrderID(client))))), origin: origin)
    }

    /// The entries since the description with events of orders: origin, time in milliseconds, client
    /// ids.
    private var outcomes: [String] {
        subscriber.told.compactMap { entry, events in
            let names = events.compactMap { event -> String? in
                switch event {
                case .orderAccepted(let order): "\(order.clientOrderID) accepted"
                case .orderRejected(let rejected): "\(rejected.order.clientOrderID) refused"
                case .orderFilled(let fill): "\(fill.order.clientOrderID) filled"
                case .orderCancelled(let order, _): "\(order.clientOrderID) cancelled"
                case _: nil
                }
            }
            if names.isEmpty && entry.origin == nil { return nil }
            let milliseconds = entry.timestamp.nanoseconds / 1_000_000
            let sender = entry.origin.map { "\($0.connection)/\($0.request)" } ?? "nobody"
            return ["\(milliseconds) \(sender):", names.joined(separator: ", ")]
                .joined(separator: " ")
        }
    }

    @Test("P-200 the answer comes later, under the request that asked, at the instant it happened")
    func laterAnswer() throws {
        set(10_300)
        try sequencer.runBatch([try order(0, .buy, client: "a", from: alice)])
        #expect(sequencer.idleNanoseconds == 100_000_000)
        set(10_399)
        try sequencer.runDue()
        set(10_402)
        try sequencer.runDue()
        #expect(outcomes == ["10300 1/10: ", "10400 1/10: a accepted"])
    }

    @Test("What another's command brings about is not that other's answer")
    func separateEntries() throws {
        set(10_300)
        try sequencer.runBatch([try order(0, .buy, client: "a", from: alice)])
        set(10_350)
        try sequencer.runBatch([try order(0, .buy, client: "b", from: nil)])
        set(10_460)
        try sequencer.runBatch([
            try order(1, .sell, client: "m", type: .market, from: bob)
        ])
        #expect(
            outcomes == [
                "10300 1/10: ", "10400 1/10: a accepted", "10450 nobody: b accepted",
                "10460 2/20: m accepted, a filled, m filled",
            ])
    }

    @Test("P-202 an order that was taken out while it waited is not answered again")
    func cancelledWhileWaiting() throws {
        set(10_300)
        try sequencer.runBatch([try order(0, .buy, client: "a", from: alice)])
        set(10_320)
        let cancel = Command.cancelAllOrders(CancelAllOrders(account: AccountID(0)))
        try sequencer.runBatch([Submission(.command(cancel), origin: bob)])
        set(10_500)
        try sequencer.runDue()
        #expect(outcomes == ["10300 1/10: ", "10320 2/20: a cancelled"])
    }

    @Test("Who sent an order that was cancelled while it waited is forgotten")
    func forgotten() throws {
        set(10_300)
        for number in 0..<100 {
            try sequencer.runBatch([try order(0, .buy, client: "\(number)", from: alice)])
            let earlier = CancelOrder(
                account: AccountID(0), instrument: .known(InstrumentID(0)),
                order: .clientOrderID(try #require(ClientOrderID("\(number - 1)"))))
            try sequencer.runBatch([Submission(.command(.cancelOrder(earlier)))])
            #expect(sequencer.waitingOrigins.count <= 2)
        }
        try sequencer.runBatch([try order(1, .buy, client: "b", from: bob)])
        set(10_400)
        try sequencer.runDue()
        #expect(sequencer.waitingOrigins.count == 0)
        #expect(outcomes.suffix(2) == ["10400 1/10: 99 accepted", "10400 2/20: b accepted"])
    }

    @Test("Questions about trades and ended orders are answered from the history")
    func questions() throws {
        set(10_300)
        try sequencer.runBatch([
            try order(0, .buy, client: "a", from: alice),
            try order(1, .sell, client: "b", from: bob),
        ])
        set(10_400)
        try sequencer.runDue()
        let name = OrderReference.clientOrderID(try #require(ClientOrderID("a")))
        for query in [
            Query.trades(AccountID(0), TradeFilter()), .order(AccountID(0), name),
            .order(AccountID(1), name), .trades(AccountID(9), TradeFilter()),
        ] {
            try sequencer.runBatch([Submission(.query(query))])
        }
        guard case .trades(let rows, 1) = subscriber.reports[0] else {
            Issue.record("\(subscriber.reports[0])")
            return
        }
        #expect(rows.map(\.time.nanoseconds) == [10_400_000_000])
        guard case .closedOrder(let closed) = subscriber.reports[1] else {
            Issue.record("\(subscriber.reports[1])")
            return
        }
        #expect(closed.order.remaining == .zero)
        #expect(subscriber.reports[2] == .order(nil))
        #expect(subscriber.reports[3] == .unknownAccount)
    }
}

extension RecordingSubscriber {
    /// All entries of commands and instants, with their events.
    var told: [(EventBatch.Entry, [Event])] {
        allBatches.flatMap { batch in
            batch.entries.compactMap { entry in
                guard case .events(let range) = entry.outcome else { return nil }
                return (entry, Array(batch.events[range]))
            }
        }
    }
}
