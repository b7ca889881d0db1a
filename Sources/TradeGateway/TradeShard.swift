import ExchangeAuth
import ExchangeSequencer
import ExchangeTypes
import NIOCore
import WebSocketTransport

/// The trade sessions of one event loop: does what they ask for and brings them what happens.
///
/// **Soundness** of `@unchecked Sendable`: everything but `deliver` and `eventLoop` is touched on
/// `eventLoop` only; `deliver` just hands the batch over to it.
final class TradeShard: EventSubscriber, @unchecked Sendable {
    let eventLoop: any EventLoop
    private let inbox: any CommandInbox
    private let environment: TradeEnvironment
    private let whenReady: EventLoopPromise<Void>
    private var sessions: [UInt64: TradeConnection] = [:]
    /// The sessions of each account, in the order of their joining.
    private var sessionsByAccount: [AccountID: [TradeConnection]] = [:]
    private let outgoing: FlushQueue<TradeConnection>
    private var pulse: RepeatedTask?
    /// What must not be lost and found no room in the inbox yet, oldest first.
    private var unsent: [Submission] = []
    /// How much later answers leave. **Units** nanoseconds.
    private var delays = TimedRules<Int64>()

    init(
        eventLoop: any EventLoop, inbox: any CommandInbox, environment: TradeEnvironment,
        whenReady: EventLoopPromise<Void>
    ) {
        self.eventLoop = eventLoop
        outgoing = FlushQueue(eventLoop)
        self.inbox = inbox
        self.environment = environment
        self.whenReady = whenReady
    }

    // MARK: - connections

    func connect(_ socket: any TradeSocket) -> TradeConnection {
        let session = TradeConnection(
            socket, self, maximumHeldBytes: environment.settings.maximumHeldBytes)
        sessions[socket.id] = session
        let deadline = TimeAmount.seconds(environment.settings.authenticationSeconds)
        let bound = NIOLoopBound(session, eventLoop: eventLoop)
        session.deadline = eventLoop.scheduleTask(in: deadline) {
            let session = bound.value
            session.shard.authenticationDeadlinePassed(session)
        }
        if pulse == nil { startPulse() }
        return session
    }

    func disconnect(_ connection: TradeConnection) {
        connection.deadline?.cancel()
        connection.release?.cancel()
        connection.held.removeAll()
        perform(connection.session.closed(), for: connection)
        sessions[connection.id] = nil
        guard let account = connection.account else { return }
        sessionsByAccount[account]?.removeAll { $0 === connection }
        if sessionsByAccount[account]?.isEmpty == true { sessionsByAccount[account] = nil }
    }

    func receive(_ message: UnsafeRawBufferPointer, from connection: TradeConnection) {
        perform(connection.session.receive(message, environment), for: connection)
    }

    /// All messages of a read are taken: sends what they are answered with.
    func receivedBatch() { outgoing.flush() }

    private func authenticationDeadlinePassed(_ connection: TradeConnection) {
        perform(connection.session.authenticationDeadlinePassed(), for: connection)
    }

    private func startPulse() {
        let interval = TimeAmount.milliseconds(environment.settings.pulseMilliseconds)
        pulse = eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { task in
            self.firePulse()
        }
    }

    /// Asks for the figures of all subscribed sessions; with nobody left the pulse stops.
    private func firePulse() {
        sendUnsent()
        if sessions.isEmpty && unsent.isEmpty {
            pulse?.cancel()
            pulse = nil
        }
        for connection in sessions.values where !connection.socket.isCongested {
            perform(connection.session.pulse(), for: connection)
        }
    }

    // MARK: - actions

    private func perform(_ actions: [TradeSessionAction], for connection: TradeConnection) {
        // A request of several parts that was refused in one is refused once, as a whole.
        var refused: UInt64?
        for action in actions {
            switch action {
            case .send(let bytes): send(.message(bytes), to: connection)
            case .submit(_, let number) where number == refused:
                continue
            case .submit(let request, let number):
                let origin = Origin(connection: connection.id, request: number)
                if !inbox.enqueue(Submission(request, origin: origin)) {
                    refused = number
                    perform(
                        connection.session.submissionRefused(number, environment), for: connection)
                }
            case .submitSurely(let request):
                unsent.append(Submission(request))
                sendUnsent()
            case .join(let account):
                connection.account = account
                sessionsByAccount[account, default: []].append(connection)
                connection.deadline?.cancel()
                connection.socket.startHeartbeat()
            case .close(let end): send(.close(CloseReason(end)), to: connection)
            }
        }
    }

    /// Sends something now, or later where answers are delayed: behind all that is held already.
    private func send(_ item: OutgoingItem, to connection: TradeConnection) {
        if connection.isCutOff { return }
        if delays.isEmpty && connection.held.isEmpty { return pass(item, to: connection) }
        let now = environment.uptime()
        let names = connection.session.account.map { [$0.user, $0.identity] } ?? []
        let delay = delays.rules(for: names, at: now).map(\.rule).max() ?? 0
        if delay == 0 && connection.held.isEmpty { return pass(item, to: connection) }
        let isHeld = connection.held.hold(item, byteCount: item.byteCount, until: now + delay)
        if isHeld { return scheduleRelease(of: connection) }
        connection.isCutOff = true
        connection.held.removeAll()
        connection.socket.close(.slowConsumer)
    }

    private func pass(_ item: OutgoingItem, to connection: TradeConnection) {
        switch item {
        case .message(let bytes):
            connection.socket.send(bytes)
            outgoing.touch(connection)
        case .close(let reason): connection.socket.close(reason)
        }
    }

    private func scheduleRelease(of connection: TradeConnection) {
        guard connection.release == nil, let due = connection.held.nextDue else { return }
        let wait = TimeAmount.nanoseconds(max(0, due - environment.uptime()))
        let bound = NIOLoopBound(connection, eventLoop: eventLoop)
        connection.release = eventLoop.scheduleTask(in: wait) {
            bound.value.shard.releaseHeld(of: bound.value)
        }
    }

    /// Sends what was held long enough.
    private func releaseHeld(of connection: TradeConnection) {
        connection.release = nil
        let now = environment.uptime()
        while let item = connection.held.takeDue(at: now) { pass(item, to: connection) }
        outgoing.flush()
        scheduleRelease(of: connection)
    }

    private func sendUnsent() {
        var count = 0
        while count < unsent.count && inbox.enqueue(unsent[count]) { count += 1 }
        unsent.removeFirst(count)
    }

    // MARK: - what happens

    func deliver(_ batch: EventBatch) {
        eventLoop.execute { self.apply(batch) }
    }

    private func apply(_ batch: EventBatch) {
        for entry in batch.entries {
            switch entry.outcome {
            case .description(let range):
                for event in batch.events[range] { environment.directory.apply(event) }
                if !environment.directory.isReady {
                    environment.directory.isReady = true
                    whenReady.succeed()
                }
            case .events(let range):
                let events = batch.events[range]
                for event in events {
                    if case .disturbed(let disturbance) = event { obey(disturbance) }
                    tell(event, entry)
                }
                answer(entry) { $0.session.applied($1, events, environment) }
            case .report(let report):
                answer(entry) {
                    $0.session.reported($1, report, at: entry.timestamp, environment)
                }
            }
        }
        outgoing.flushSoon()
    }

    /// Does to the connections what the exchange was told to do. **Source** SCENARIOS.md.
    private func obey(_ disturbance: Disturbance) {
        let now = environment.uptime()
        switch disturbance {
        case .note: break
        case .cutConnections(let cut):
            if !cut.endpoints.includeTrade { return }
            let meant = sessions.values.filter { connection in
                cut.user == nil || connection.session.account?.isMeant(by: cut.user) == true
            }
            for connection in meant.sorted(by: { $0.id < $1.id }) { connection.socket.cut() }
        case .limitRate(let limit): environment.limiter.refuse(limit, at: now)
        case .delayAnswers(let delay):
            if !delay.endpoints.includeTrade { return }
            delays.set(
                delay.byNanoseconds, for: delay.user, until: now + delay.nanoseconds, at: now)
        }
    }

    /// Tells an order's owner what happened, on every connection that wants to know.
    private func tell(_ event: Event, _ entry: EventBatch.Entry) {
        defer { environment.directory.apply(event) }
        guard let account = PrivateEvents.owner(of: event),
            let connections = sessionsByAccount[account]
        else { return }
        let events = PrivateEvents(
            environment: environment, user: environment.directory.identity(account),
            time: entry.timestamp)
        let isBlockedEntry = event.blockedEntry != nil
        for message in events.messages(for: event) {
            for connection in connections where wants(message, connection, entry.origin) {
                if isBlockedEntry && isAnsweredByError(entry.origin, connection) { continue }
                send(.message(message.bytes), to: connection)
            }
        }
    }

    private func wants(
        _ message: PrivateMessage, _ connection: TradeConnection, _ origin: Origin?
    ) -> Bool {
        if connection.session.channels.contains(message.channel) { return true }
        guard origin?.connection == connection.id else { return false }
        switch message.reply {
        case .never: return false
        case .optional: return environment.settings.repliesWithoutSubscription
        case .always: return true
        }
    }

    private func isAnsweredByError(_ origin: Origin?, _ connection: TradeConnection) -> Bool {
        guard let origin, origin.connection == connection.id else { return false }
        return connection.session.answersBlockedEntry(origin.request)
    }

    private func answer(
        _ entry: EventBatch.Entry,
        _ actions: (TradeConnection, UInt64) -> [TradeSessionAction]
    ) {
        guard let origin = entry.origin, let connection = sessions[origin.connection] else {
            return
        }
        perform(actions(connection, origin.request), for: connection)
    }
}

/// One connection with its session.
final class TradeConnection: WebSocketSession, FlushedConnection {
    let id: UInt64
    let socket: any TradeSocket
    let shard: TradeShard
    var session = TradeSession()
    var account: AccountID?
    var deadline: Scheduled<Void>?
    var isTouched = false
    /// What waits because answers are delayed.
    var held: DelayLine<OutgoingItem>
    /// The next moment at which something held leaves.
    var release: Scheduled<Void>?
    /// Whether more was held than is allowed: nothing follows the close frame.
    var isCutOff = false

    init(_ socket: any TradeSocket, _ shard: TradeShard, maximumHeldBytes: Int) {
        held = DelayLine(capacity: maximumHeldBytes)
        id = socket.id
        self.socket = socket
        self.shard = shard
    }

    func receive(_ message: ByteBufferView) {
        message.withUnsafeBytes { shard.receive($0, from: self) }
    }

    func receivedBatch() { shard.receivedBatch() }

    func flush() { socket.flush() }

    func closed() { shard.disconnect(self) }
}

/// What a connection is sent.
enum OutgoingItem {
    case message([UInt8])
    case close(CloseReason)

    /// What it counts for while it is held: with something for itself, so that many small ones are
    /// bounded too.
    var byteCount: Int {
        switch self {
        case .message(let bytes): bytes.count + 64
        case .close: 64
        }
    }
}

extension CloseReason {
    init(_ end: TradeSessionEnd) {
        self =
            switch end {
            case .authenticationFailed: .policyViolation("authentication failed")
            case .authenticationTimedOut: .policyViolation("authentication timeout")
            case .keyRevoked: .policyViolation("key revoked")
            case .tooManyHeldMessages: .policyViolation("too many messages before authentication")
            }
    }
}
