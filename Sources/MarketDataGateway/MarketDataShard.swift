import ExchangeSequencer
import ExchangeTypes
import MarketDataViews
import NIOCore
import QFEXWire

/// The public sessions of one event loop, and the view of the market that they are shown.
///
/// **Soundness** of `@unchecked Sendable`: everything but `deliver` and `eventLoop` is touched on
/// `eventLoop` only; `deliver` just hands the batch over to it.
final class MarketDataShard: EventSubscriber, @unchecked Sendable {
    let eventLoop: any EventLoop
    private let settings: MarketDataSettings
    private let now: () -> Timestamp
    private let whenReady: EventLoopPromise<Void>
    private var view = MarketView()
    /// When each contract was listed, as far as this shard was told.
    private var listedAt: [Timestamp] = []
    private var lastTime = Timestamp.zero
    private var decoder = MarketDataRequestDecoder()
    /// Looked up only, never iterated.
    private var audiences: [Topic: Audience] = [:]
    private var touched: [MarketDataConnection] = []
    /// Those who missed a state since the last pulse.
    private var behind: [MarketDataConnection] = []
    private var bodies = MessageBodies()
    private var isReady = false
    private var connections = 0
    private var lastNumber: UInt64 = 0
    private var timer: PulseTimer?
    /// For each contract: the version of its best prices last pulsed, and the pulses since then.
    private var pulsedBest: [(version: UInt64, pulsesAgo: Int64)] = []

    /// A shard without connections, that knows nothing yet; the promise is kept when it does.
    init(
        eventLoop: any EventLoop, settings: MarketDataSettings, whenReady: EventLoopPromise<Void>,
        now: @escaping () -> Timestamp
    ) {
        self.eventLoop = eventLoop
        self.settings = settings
        self.whenReady = whenReady
        self.now = now
    }

    // MARK: - connections

    /// Takes in a new connection.
    ///
    /// **Rejects** a connection before the market is known (a programming error: who listens waits
    /// for the endpoint), because the first thing it would be told is that its symbols are unknown.
    func connect(_ socket: any MarketDataSocket) -> MarketDataConnection {
        precondition(isReady, "a connection before the market is known")
        connections += 1
        lastNumber += 1
        startPulse()
        return MarketDataConnection(lastNumber, socket)
    }

    /// Forgets a connection and its subscriptions (P-008).
    func disconnect(_ connection: MarketDataConnection) {
        connections -= 1
        for topic in connection.session.topics { remove(connection, from: topic) }
        connection.session = MarketDataSession()
        if connections == 0 { stopPulse() }
    }

    /// Takes one message of a client; what it asks to be shown comes with `receivedBatch`.
    func receive(_ message: UnsafeRawBufferPointer, from connection: MarketDataConnection) {
        for action in connection.session.receive(message, &decoder, view, settings) {
            switch action {
            case .send(let bytes):
                connection.socket.send(bytes)
                touch(connection)
            case .subscribed(let topic): audiences[topic, default: Audience()].insert(connection)
            case .unsubscribed(let topic): remove(connection, from: topic)
            case .snapshot(let topic): connection.requestSnapshot(topic)
            }
        }
    }

    /// All messages of a read are taken: shows what they asked for, each value once.
    ///
    /// A short message can ask for every book there is; many of them together get no more than one.
    func receivedBatch(from connection: MarketDataConnection) {
        let topics = connection.takeSnapshots()
        if !topics.isEmpty { sendSnapshots(topics, to: connection) }
        flush()
    }

    private func sendSnapshots(_ topics: [Topic], to connection: MarketDataConnection) {
        let time = currentTime()
        var shown: Set<Topic> = []
        for topic in topics {
            let instruments = topic.instrument.map { [$0] } ?? view.instruments.map(\.instrument.id)
            for instrument in instruments
            where shown.insert(Topic(feed: topic.feed, instrument: instrument)).inserted {
                sendState(topic.feed, instrument, time, to: connection)
            }
        }
    }

    private func remove(_ connection: MarketDataConnection, from topic: Topic) {
        audiences[topic]?.remove(connection)
        if audiences[topic]?.connections.isEmpty == true { audiences[topic] = nil }
    }

    // MARK: - sending

    /// Everybody who gets a feed of a contract, each once (P-016).
    private func forEachSubscriber(
        _ feed: Feed, _ instrument: InstrumentID, _ body: (MarketDataConnection) -> Void
    ) {
        let named = audiences[Topic(feed: feed, instrument: instrument)]?.connections ?? []
        for connection in named { body(connection) }
        let everywhere = audiences[Topic(feed: feed, instrument: nil)]?.connections ?? []
        for connection in everywhere where !connection.session.names(feed, instrument) {
            body(connection)
        }
    }

    /// A client that is behind gets no states: a later pulse has newer ones.
    private func sendState(
        _ feed: Feed, _ instrument: InstrumentID, _ time: Timestamp,
        to connection: MarketDataConnection
    ) {
        guard connection.makeRoom() else {
            if !connection.isBehind { behind.append(connection) }
            connection.isBehind = true
            return
        }
        let body = bodies.body(
            feed, view[instrument], listedAt: listedAt[Int(instrument.index)], at: time)
        connection.send(body: body)
        touch(connection)
    }

    private func touch(_ connection: MarketDataConnection) {
        if connection.isTouched { return }
        connection.isTouched = true
        touched.append(connection)
    }

    /// Sends what was queued for anybody since the last flush: one write for each socket.
    private func flush() {
        for connection in touched {
            connection.isTouched = false
            connection.socket.flush()
        }
        touched.removeAll(keepingCapacity: true)
    }

    /// The clock's time, which may jump; what clients see never goes back.
    private func currentTime() -> Timestamp {
        lastTime = max(lastTime, now())
        return lastTime
    }

    // MARK: - the pulse

    private func startPulse() {
        if timer != nil { return }
        let interval = TimeAmount.milliseconds(settings.pulseMilliseconds)
        let timer = PulseTimer(eventLoop: eventLoop, interval: interval) { self.pulse() }
        timer.start()
        self.timer = timer
    }

    private func stopPulse() {
        timer?.stop()
        timer = nil
        behind = []
        bodies.forget()
    }

    /// Depth of every subscribed contract, changed or not (P-021); best prices when they changed or
    /// were silent for long, and for those who missed some.
    private func pulse() {
        let time = currentTime()
        bodies.forget()
        let late = takeBehind()
        for instrument in view.instruments {
            let id = instrument.instrument.id
            for figures in SignificantFigures.allCases {
                forEachSubscriber(.level2(figures), id) {
                    sendState(.level2(figures), id, time, to: $0)
                }
            }
            if isBestDue(instrument) {
                forEachSubscriber(.bestBidOffer, id) { sendState(.bestBidOffer, id, time, to: $0) }
            } else {
                for connection in late where connection.session.covers(.bestBidOffer, id) {
                    sendState(.bestBidOffer, id, time, to: connection)
                }
            }
        }
        flush()
    }

    private func takeBehind() -> [MarketDataConnection] {
        for connection in behind { connection.isBehind = false }
        defer { behind = [] }
        return behind
    }

    private func isBestDue(_ instrument: InstrumentView) -> Bool {
        let index = Int(instrument.instrument.id.index)
        while pulsedBest.count <= index { pulsedBest.append((.max, 0)) }
        let version = instrument.depth.bestBidOfferVersion
        let pulsesAgo = pulsedBest[index].pulsesAgo + 1
        let isDue = pulsedBest[index].version != version || pulsesAgo >= settings.quietPulses
        pulsedBest[index] = (version, isDue ? 0 : pulsesAgo)
        return isDue
    }

    // MARK: - what happens

    /// Called on the sequencer's thread.
    func deliver(_ batch: EventBatch) {
        eventLoop.execute { self.apply(batch) }
    }

    private func apply(_ batch: EventBatch) {
        for entry in batch.entries {
            _ = view.advance(to: entry.timestamp)
            switch entry.outcome {
            case .description(let range):
                for event in batch.events[range] { apply(event, at: entry.timestamp) }
                if !isReady {
                    isReady = true
                    whenReady.succeed()
                }
            case .events(let range):
                for event in batch.events[range] {
                    apply(event, at: entry.timestamp)
                    if case .tradeExecuted(let trade) = event { tell(trade, entry.timestamp) }
                }
            case .report: continue
            }
        }
        flush()
    }

    private func apply(_ event: Event, at time: Timestamp) {
        view.apply(event, at: time)
        while listedAt.count < view.instruments.count { listedAt.append(time) }
    }

    /// A trade goes out at once, and to everybody: who cannot take it is cut off by the transport.
    private func tell(_ trade: Trade, _ time: Timestamp) {
        var body: [UInt8]?
        forEachSubscriber(.trade, trade.instrument) { connection in
            let bytes =
                body ?? MessageBodies.trade(trade, in: view[trade.instrument].instrument, at: time)
            body = bytes
            _ = connection.makeRoom()
            connection.send(body: bytes)
            touch(connection)
        }
    }
}
