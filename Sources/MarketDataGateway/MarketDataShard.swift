import ExchangeSequencer
import ExchangeTypes
import MarketDataViews
import NIOCore
import QFEXWire
import WebSocketTransport

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
    private var lastTime = Timestamp.zero
    private var decoder = MarketDataRequestDecoder()
    private var audiences = Audiences()
    private let outgoing: FlushQueue<MarketDataConnection>
    /// Those who missed a state since the last beat of its kind.
    private var behind: [Cadence.Beat: [MarketDataConnection]] = [:]
    private var bodies = MessageBodies()
    private var sentStates = SentStates()
    private var isReady = false
    /// By number.
    private var connections: [UInt64: MarketDataConnection] = [:]
    /// How much later messages leave, and until when.
    private var delay: DelayedSocket.Delay?
    private var lastNumber: UInt64 = 0
    private var timers: [PulseTimer] = []

    /// A shard without connections, that knows nothing yet; the promise is kept when it does.
    init(
        eventLoop: any EventLoop, settings: MarketDataSettings, whenReady: EventLoopPromise<Void>,
        now: @escaping () -> Timestamp
    ) {
        self.eventLoop = eventLoop
        outgoing = FlushQueue(eventLoop)
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
        lastNumber += 1
        startBeats()
        let connection = MarketDataConnection(lastNumber, socket)
        connections[lastNumber] = connection
        if let delay, delay.endsAt > uptime { hold(connection, delay) }
        return connection
    }

    /// Forgets a connection and its subscriptions (P-008).
    func disconnect(_ connection: MarketDataConnection) {
        connections[connection.number] = nil
        (connection.socket as? DelayedSocket)?.forget()
        for topic in connection.session.topics { audiences.remove(connection, from: topic) }
        connection.session = MarketDataSession()
        if connections.isEmpty { stopBeats() }
    }

    /// Takes one message of a client; what it asks to be shown comes with `receivedBatch`.
    func receive(_ message: UnsafeRawBufferPointer, from connection: MarketDataConnection) {
        for action in connection.session.receive(message, &decoder, view, settings) {
            switch action {
            case .send(let bytes):
                connection.socket.send(bytes)
                outgoing.touch(connection)
            case .subscribed(let topic): audiences.insert(connection, to: topic)
            case .unsubscribed(let topic): audiences.remove(connection, from: topic)
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
        outgoing.flush()
    }

    private func sendSnapshots(_ topics: [Topic], to connection: MarketDataConnection) {
        let time = currentTime()
        var shown: Set<Topic> = []
        for topic in topics {
            for message in messages(of: topic) where shown.insert(message).inserted {
                guard let cadence = message.feed.cadence,
                    let version = view.version(of: message)
                else { continue }
                sentStates.shown(message, version)
                let body = bodies.body(message, version, view, at: time)
                sendState(body, cadence.beat, to: connection)
            }
        }
    }

    /// The topics that a subscription brings messages of: a wildcard mostly one for each contract.
    private func messages(of topic: Topic) -> [Topic] {
        if topic.instrument != nil || topic.feed.isOverview { return [topic] }
        return view.instruments.map { Topic(feed: topic.feed, instrument: $0.instrument.id) }
    }

    // MARK: - sending

    /// A client that is behind gets no states: the next beat with room for them has newer ones.
    private func sendState(
        _ body: SharedBody, _ beat: Cadence.Beat, to connection: MarketDataConnection
    ) {
        guard connection.makeRoom() else {
            if connection.miss(beat) { behind[beat, default: []].append(connection) }
            return
        }
        connection.send(body: body)
        outgoing.touch(connection)
    }

    /// An event goes out at once, and to everybody: who cannot take it is cut off by the transport.
    /// `encode` is asked once, if anybody listens.
    private func sendEvent(_ topic: Topic, _ encode: () -> SharedBody) {
        var body: SharedBody?
        audiences.forEachSubscriber(of: topic) { connection in
            let bytes = body ?? encode()
            body = bytes
            _ = connection.makeRoom()
            connection.send(body: bytes)
            outgoing.touch(connection)
        }
    }

    /// The clock's time, which may jump; what clients see never goes back.
    private func currentTime() -> Timestamp {
        lastTime = max(lastTime, now())
        return lastTime
    }

    // MARK: - the beats

    private func startBeats() {
        if !timers.isEmpty { return }
        timers = Cadence.Beat.allCases.map { beat in
            let interval = TimeAmount.milliseconds(settings.milliseconds(of: beat))
            let feeds = Feed.all(on: beat)
            return PulseTimer(eventLoop: eventLoop, interval: interval) {
                self.send(feeds, on: beat)
            }
        }
        for timer in timers { timer.start() }
    }

    private func stopBeats() {
        for timer in timers { timer.stop() }
        timers = []
        behind = [:]
        bodies.forget()
    }

    /// What is due of some feeds, contract by contract; those who missed something get all there is.
    private func send(_ feeds: [Feed], on beat: Cadence.Beat) {
        let time = currentTime()
        bodies.forget()
        let late = behind.removeValue(forKey: beat) ?? []
        for connection in late { connection.caughtUp(beat) }
        for instrument in view.instruments {
            for feed in feeds {
                let topic = Topic(feed: feed, instrument: instrument.instrument.id)
                send(topic, at: time, late: late)
            }
        }
        for feed in feeds where feed.isOverview {
            send(Topic(feed: feed, instrument: nil), at: time, late: late)
        }
        outgoing.flush()
    }

    private func send(_ topic: Topic, at time: Timestamp, late: [MarketDataConnection]) {
        guard let cadence = topic.feed.cadence, let version = view.version(of: topic) else {
            return
        }
        let isDue = sentStates.isDue(
            topic, version, cadence, beatMilliseconds: settings.milliseconds(of: cadence.beat))
        var body: SharedBody?
        func send(to connection: MarketDataConnection) {
            let bytes = body ?? bodies.body(topic, version, view, at: time)
            body = bytes
            sendState(bytes, cadence.beat, to: connection)
        }
        if isDue {
            audiences.forEachSubscriber(of: topic, send)
        } else {
            for connection in late where connection.session.covers(topic) { send(to: connection) }
        }
    }

    // MARK: - what happens

    /// Called on the sequencer's thread.
    func deliver(_ batch: EventBatch) {
        eventLoop.execute { self.apply(batch) }
    }

    private func apply(_ batch: EventBatch) {
        bodies.marketChanged()
        for entry in batch.entries {
            advance(to: entry.timestamp)
            switch entry.outcome {
            case .description(let range):
                for event in batch.events[range] { view.apply(event, at: entry.timestamp) }
                if let history = batch.marketHistory { view.adopt(history) }
                if !isReady {
                    isReady = true
                    whenReady.succeed()
                }
            case .events(let range):
                for event in batch.events[range] {
                    view.apply(event, at: entry.timestamp)
                    if case .tradeExecuted(let trade) = event { tell(trade, entry.timestamp) }
                    if case .disturbed(let disturbance) = event { obey(disturbance) }
                }
            case .report: continue
            }
        }
        outgoing.flushSoon()
    }

    /// Ends the candles whose time is over. Their last state is an event, for no later message has it.
    private func advance(to time: Timestamp) {
        for closed in view.advance(to: time) {
            let topic = Topic(feed: .candle(closed.interval), instrument: closed.instrument)
            sendEvent(topic) {
                MessageBodies.closedCandle(closed, in: view[closed.instrument].instrument)
            }
        }
    }

    /// Does to the connections what the exchange was told to do. **Source** SCENARIOS.md.
    private func obey(_ disturbance: Disturbance) {
        switch disturbance {
        case .cutConnections(let cut):
            guard cut.endpoints.includeMarketData else { return }
            let inOrder = connections.values.sorted { $0.number < $1.number }
            for connection in inOrder { connection.socket.cut() }
        case .delayAnswers(let answers):
            guard answers.endpoints.includeMarketData else { return }
            let delay = DelayedSocket.Delay(
                byNanoseconds: answers.byNanoseconds, endsAt: uptime + answers.nanoseconds)
            self.delay = delay
            for connection in connections.values { hold(connection, delay) }
        case .note, .limitRate: break
        }
    }

    private var uptime: Int64 { Int64(eventLoop.now.uptimeNanoseconds) }

    private func hold(_ connection: MarketDataConnection, _ delay: DelayedSocket.Delay) {
        if let delayed = connection.socket as? DelayedSocket {
            delayed.delay = delay
            return
        }
        connection.socket = DelayedSocket(
            connection.socket, delay: delay, maximumHeldBytes: settings.maximumHeldBytes,
            now: { self.uptime },
            wake: { delayed, wait in
                let delayed = NIOLoopBound(delayed, eventLoop: self.eventLoop)
                self.eventLoop.scheduleTask(in: .nanoseconds(wait)) { delayed.value.release() }
            })
    }

    private func tell(_ trade: Trade, _ time: Timestamp) {
        sendEvent(Topic(feed: .trade, instrument: trade.instrument)) {
            MessageBodies.trade(trade, in: view[trade.instrument].instrument, at: time)
        }
    }
}
