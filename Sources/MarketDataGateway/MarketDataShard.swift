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
    private var decoder = MarketDataRequestDecoder()
    private var subscribers: [Topic: [MarketDataConnection]] = [:]
    private var touched: [MarketDataConnection] = []
    private var bodies = MessageBodies()
    private var isReady = false
    private var connections = 0
    private var pulse: RepeatedTask?
    /// For each contract: the version of its best prices last pulsed, and the pulses since then.
    private var pulsedBest: [(version: UInt64, pulsesAgo: Int)] = []

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

    func connect(_ connection: any MarketDataSocket) -> MarketDataConnection {
        connections += 1
        if pulse == nil { startPulse() }
        return MarketDataConnection(connection, self)
    }

    func disconnect(_ connection: MarketDataConnection) {
        connections -= 1
        for topic in connection.session.topics { remove(connection, from: topic) }
        if connections == 0 {
            pulse?.cancel()
            pulse = nil
        }
    }

    func receive(_ message: UnsafeRawBufferPointer, from connection: MarketDataConnection) {
        for action in connection.session.receive(message, &decoder, view, settings) {
            switch action {
            case .send(let bytes):
                connection.socket.send(bytes)
                touch(connection)
            case .subscribed(let topic): subscribers[topic, default: []].append(connection)
            case .unsubscribed(let topic): remove(connection, from: topic)
            case .snapshot(let feed, let instrument):
                send(bodies.body(feed, instrument, view, now: now()), to: connection)
            }
        }
        bodies.forget()
    }

    private func remove(_ connection: MarketDataConnection, from topic: Topic) {
        subscribers[topic]?.removeAll { $0 === connection }
        if subscribers[topic]?.isEmpty == true { subscribers[topic] = nil }
    }

    // MARK: - sending

    private func send(_ body: [UInt8], to connection: MarketDataConnection) {
        var message: [UInt8] = []
        message.reserveCapacity(body.count + 32)
        MarketDataEncoder.appendPrefix(
            sequence: connection.session.takeSequence(), to: &message)
        message += body
        connection.socket.send(message)
        touch(connection)
    }

    /// Everybody who gets a feed of a contract, each once (P-016).
    private func forEachSubscriber(
        _ feed: Feed, _ instrument: InstrumentID, _ body: (MarketDataConnection) -> Void
    ) {
        for connection in subscribers[Topic(feed: feed, instrument: instrument)] ?? [] {
            body(connection)
        }
        for connection in subscribers[Topic(feed: feed, instrument: nil)] ?? []
        where !connection.session.names(feed, instrument) {
            body(connection)
        }
    }

    private func touch(_ connection: MarketDataConnection) {
        if connection.isTouched { return }
        connection.isTouched = true
        touched.append(connection)
    }

    /// Sends what was queued for anybody since the last flush: one write for each socket.
    func flush() {
        for connection in touched {
            connection.isTouched = false
            connection.socket.flush()
        }
        touched.removeAll(keepingCapacity: true)
    }

    // MARK: - the pulse

    private func startPulse() {
        let interval = TimeAmount.milliseconds(settings.pulseMilliseconds)
        pulse = eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            self.firePulse()
        }
    }

    /// Depth of every subscribed contract, changed or not; best prices when they changed or were silent
    /// for long. A congested connection is left out: the next pulse has newer states (P-021).
    private func firePulse() {
        let time = now()
        for instrument in view.instruments {
            let id = instrument.instrument.id
            for figures in SignificantFigures.allCases { pulse(.level2(figures), id, time) }
            if isBestDue(instrument) { pulse(.bestBidOffer, id, time) }
        }
        bodies.forget()
        flush()
    }

    private func pulse(_ feed: Feed, _ instrument: InstrumentID, _ time: Timestamp) {
        forEachSubscriber(feed, instrument) { connection in
            if connection.socket.isCongested { return }
            send(bodies.body(feed, instrument, view, now: time), to: connection)
        }
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

    func deliver(_ batch: EventBatch) {
        eventLoop.execute { self.apply(batch) }
    }

    func apply(_ batch: EventBatch) {
        for entry in batch.entries {
            switch entry.outcome {
            case .description(let range):
                for event in batch.events[range] { view.apply(event, at: entry.timestamp) }
                if !isReady {
                    isReady = true
                    whenReady.succeed()
                }
            case .events(let range):
                for event in batch.events[range] {
                    view.apply(event, at: entry.timestamp)
                    if case .tradeExecuted(let trade) = event { tell(trade, entry.timestamp) }
                }
            case .report: continue
            }
        }
        flush()
    }

    private func tell(_ trade: Trade, _ time: Timestamp) {
        var body: [UInt8]?
        forEachSubscriber(.trade, trade.instrument) { connection in
            let bytes =
                body
                ?? MessageBodies.encode(trade, in: view[trade.instrument].instrument, at: time)
            body = bytes
            send(bytes, to: connection)
        }
    }
}

/// What the shard needs of a connection; a test brings its own.
protocol MarketDataSocket: AnyObject {
    var isCongested: Bool { get }
    func send(_ message: [UInt8])
    func flush()
}

extension WebSocketConnection: MarketDataSocket {}

/// One connection with its session.
final class MarketDataConnection: WebSocketSession {
    let socket: any MarketDataSocket
    let shard: MarketDataShard
    var session = MarketDataSession()
    var isTouched = false

    init(_ socket: any MarketDataSocket, _ shard: MarketDataShard) {
        self.socket = socket
        self.shard = shard
    }

    func receive(_ message: ByteBufferView) {
        message.withUnsafeBytes { shard.receive($0, from: self) }
    }

    func receivedBatch() { shard.flush() }

    func closed() { shard.disconnect(self) }
}
