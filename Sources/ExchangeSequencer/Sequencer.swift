public import ExchangeEngine
public import ExchangeJournal
public import ExchangeTypes
public import MarketDataViews

/// The single writer: gives every command its place and time, applies it, makes it durable, and only
/// then tells anybody.
///
/// Belongs to one thread. `runBatch` is the whole concurrency story of the exchange.
public final class Sequencer {
    /// The state of the exchange, after everything run so far.
    public let exchange: Exchange
    private var history: TradeHistory
    private var marketHistory: MarketHistory
    private let log: any CommandLog
    private let clock: any SequencerClock
    private let invariantInterval: UInt64
    private let progress: DurableProgress?
    private var subscribers: [any EventSubscriber] = []
    private var batch: CommandBatch
    private var payload = ByteWriter()
    private var entries: [EventBatch.Entry] = []
    private var events = EventBuffer()
    /// Who is to be told when the time of their commands has come.
    private(set) var waitingOrigins = WaitingOrigins()
    /// The place of the last command.
    public private(set) var lastSequence: SequenceNumber
    private var lastTimestamp: Timestamp

    /// Commands between two checks of the engine's invariants: one in debug builds, in which every test
    /// of the whole server runs; many in release builds, because a check looks at everything there is.
    #if DEBUG
        public static let usualInvariantInterval: UInt64 = 1
    #else
        public static let usualInvariantInterval: UInt64 = 1_000_000
    #endif

    /// A sequencer that continues where `exchange` and `log` stand; the histories have seen all that
    /// happened until then.
    ///
    /// `invariantInterval` is the number of commands between two checks of the engine's invariants;
    /// `progress` is told of every batch that is durable.
    public init(
        exchange: Exchange, history: TradeHistory = TradeHistory(),
        marketHistory: MarketHistory = MarketHistory(), log: any CommandLog,
        clock: any SequencerClock, lastTimestamp: Timestamp = .zero,
        invariantInterval: UInt64 = Sequencer.usualInvariantInterval,
        progress: DurableProgress? = nil
    ) {
        self.exchange = exchange
        self.history = history
        self.marketHistory = marketHistory
        self.log = log
        self.clock = clock
        self.invariantInterval = invariantInterval
        self.lastTimestamp = lastTimestamp
        lastSequence = SequenceNumber(log.nextSequence - 1)
        batch = CommandBatch(capacity: min(CommandBatch.defaultCapacity, log.maximumBatchByteCount))
        self.progress = progress
        noteProgress()
    }

    /// A sequencer that continues where a log ended, with all that it tells.
    public convenience init(
        continuing recovered: RecoveredExchange, clock: any SequencerClock,
        invariantInterval: UInt64 = Sequencer.usualInvariantInterval,
        progress: DurableProgress? = nil
    ) {
        self.init(
            exchange: recovered.exchange, history: recovered.history,
            marketHistory: recovered.marketHistory, log: recovered.journal, clock: clock,
            lastTimestamp: recovered.lastTimestamp, invariantInterval: invariantInterval,
            progress: progress)
    }

    /// Stamp, apply, append, sync, publish — for all submissions at hand, in as few syncs as the log's
    /// records allow.
    ///
    /// Applying comes before appending, because memory is not a promise: a command that stops the
    /// process never enters the log. Publishing comes after `sync`, because an answer is.
    ///
    /// - Throws: the log's error. The process must end then: nobody was told of what the log may lack.
    public func runBatch(_ submissions: [Submission]) throws(JournalError) {
        beginBatch()
        for submission in submissions {
            switch submission.request {
            case .command(let command):
                if !append(command) {
                    try finishBatch()
                    beginBatch()
                    let fits = append(command)
                    precondition(fits, "a command of \(payload.bytes.count) bytes fits no record")
                }
                apply(command, submission.origin)
            case .query(let query):
                record(.report(report(query)), submission.origin, at: lastTimestamp)
            case .subscribe(let subscriber):
                try finishBatch()
                beginBatch()
                join(subscriber)
            }
        }
        try finishBatch()
    }

    /// How long nothing need be done while nobody asks for anything; nil for ever.
    ///
    /// At most a second, because somebody may set the clock in the meantime. **Units** nanoseconds.
    public var idleNanoseconds: Int64? {
        guard let due = exchange.nextDeadline else { return nil }
        let now = clock.now()
        if max(lastTimestamp, now) >= due { return 0 }
        return min(due.nanoseconds - now.nanoseconds, 1_000_000_000)
    }

    /// Lets time pass if something is due, unless one of the submissions at hand is a command, which
    /// does the same: so the log grows by one small record in each second in which nothing else happens.
    public func runDue(before submissions: [Submission] = []) throws(JournalError) {
        guard let due = exchange.nextDeadline, time >= due else { return }
        if submissions.contains(where: \.isCommand) { return }
        try runBatch([Submission(.command(.advanceTime))])
    }

    /// Ends the log in good order.
    public func close() throws(JournalError) { try log.close() }

    /// The clock's time, which may go back; the log's never does.
    private var time: Timestamp { max(lastTimestamp, clock.now()) }

    private func beginBatch() {
        lastTimestamp = time
        batch.begin(firstSequence: lastSequence.next.value)
    }

    /// Makes the batch durable, then tells everybody.
    private func finishBatch() throws(JournalError) {
        if entries.isEmpty { return }
        if !batch.isEmpty {
            try log.append(&batch)
            try log.sync()
            noteProgress()
        }
        let published = EventBatch(entries: entries, events: events.take())
        entries.removeAll(keepingCapacity: true)
        for subscriber in subscribers { subscriber.deliver(published) }
    }

    private func noteProgress() {
        progress?.note(
            DurableMark(sequence: lastSequence.value, fingerprint: exchange.fingerprint()))
    }

    /// Stamps a command and adds it to the log's record; false when the record is full.
    private func append(_ command: Command) -> Bool {
        payload.bytes.removeAll(keepingCapacity: true)
        CommandCodec.encode(command, to: &payload)
        let bytes = payload.bytes
        return batch.append(timestamp: lastTimestamp.nanoseconds, payload: bytes.span)
    }

    /// Applies a command. What happened before it, because time had to pass, are entries of their own.
    private func apply(_ command: Command, _ origin: Origin?) {
        lastSequence = lastSequence.next
        var start = events.events.count
        exchange.apply(
            SequencedCommand(sequence: lastSequence, timestamp: lastTimestamp, command: command),
            into: &events)
        if lastSequence.value.isMultiple(of: invariantInterval) { exchange.checkInvariants() }
        for part in events.takeParts() {
            let sender = part.request.flatMap { waitingOrigins.take($0) }
            if part.end > start { record(start..<part.end, sender, at: part.time) }
            start = part.end
        }
        record(start..<events.events.count, origin, at: lastTimestamp)
        // What was cancelled in the meantime never comes out.
        if waitingOrigins.count > 0 { waitingOrigins.forget(before: exchange.oldestWaiting) }
        if let origin, exchange.isWaiting(lastSequence) {
            waitingOrigins.append(lastSequence, origin)
        }
    }

    private func record(_ range: Range<Int>, _ origin: Origin?, at time: Timestamp) {
        history.record(events.events[range], at: time)
        marketHistory.record(events.events[range], at: time)
        record(.events(range), origin, at: time)
    }

    private func record(
        _ outcome: EventBatch.Entry.Outcome, _ origin: Origin?, at time: Timestamp
    ) {
        entries.append(
            EventBatch.Entry(
                origin: origin, sequence: lastSequence, timestamp: time, outcome: outcome))
    }

    /// Answers a question: the engine knows what is, the history what was.
    private func report(_ query: Query) -> Report {
        let report = exchange.report(query)
        switch (query, report) {
        case (.trades(let account, let filter), .trades):
            return history.trades(of: account, filter)
        case (.order(let account, let reference), .order(nil)):
            return history.closedOrder(reference, of: account).map(Report.closedOrder) ?? report
        case (_, _):
            return report
        }
    }

    /// Tells a new subscriber all that is, and what is worth knowing of before, durable by now; from here
    /// on it gets every batch.
    private func join(_ subscriber: any EventSubscriber) {
        var description = EventBuffer()
        exchange.describe(into: &description)
        let events = description.take()
        let entry = EventBatch.Entry(
            origin: nil, sequence: lastSequence, timestamp: lastTimestamp,
            outcome: .description(0..<events.count))
        subscriber.deliver(
            EventBatch(entries: [entry], events: events, marketHistory: marketHistory))
        subscribers.append(subscriber)
    }
}
