import ExchangeAuth
import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
import ExchangeTypes
import Foundation
import NIOCore
import NIOEmbedded
import QFEXWire
import ServerTestKit
import Synchronization
import Testing
import WebSocketTransport

@testable import TradeGateway

/// A shard behind a real sequencer, in virtual time. NVDA-USD is contract 0, priced at 100.
final class Rig {
    let loop = EmbeddedEventLoop()
    let clock: VirtualClock
    let inbox = RigInbox()
    let shard: TradeShard
    let sequencer: Sequencer
    private let exchange = Exchange()
    private let environment: TradeEnvironment
    private let folder: URL
    private let store: APIKeyStore
    private let keys: LiveAPIKeyDirectory
    private var connectionCount: UInt64 = 0

    init(
        speedBumpMilliseconds: Int64 = 0, change: (inout TradeSettings) -> Void = { _ in }
    ) throws {
        let clock = VirtualClock(loop)
        self.clock = clock
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("trade-gateway-\(UUID().uuidString)")
        store = try APIKeyStore(directory: folder)
        keys = try LiveAPIKeyDirectory(store: store)
        var settings = TradeSettings()
        settings.welcomeDeposit = Money(100_000)
        change(&settings)
        let loop = loop
        environment = TradeEnvironment(
            settings: settings,
            authenticator: Authenticator(
                keys: keys, hmac: HMACVerifier(nonces: NonceWindow(lifetimeSeconds: 960))),
            limiter: SharedRateLimiter(settings.rateLimits), now: clock.now,
            uptime: { Int64(loop.now.uptimeNanoseconds) })
        shard = TradeShard(
            eventLoop: loop, inbox: inbox, environment: environment,
            whenReady: loop.makePromise())
        sequencer = Sequencer(exchange: exchange, log: MemoryLog(), clock: clock)
        var venue = VenueParameters()
        venue.speedBumpNanoseconds = speedBumpMilliseconds * 1_000_000
        venue.staleSeconds = 0
        try run(
            .configureVenue(venue), .configureInstrument(try Self.instrument()),
            try Self.price("100"))
        try sequencer.runBatch([Submission(.subscribe(shard))])
        loop.run()
    }

    deinit {
        // A leftover in the system's temporary folder harms nobody.
        try? FileManager.default.removeItem(at: folder)
    }

    /// Ticks of 0.01 and lots of 0.001; at least 0.1 and 10 USDC.
    static func instrument() throws -> Instrument {
        Instrument(
            id: InstrumentID(0), symbol: try #require(InlineText("NVDA-USD")), category: .equity,
            tickSize: try #require(Decimal8("0.01")), lotSize: try #require(Decimal8("0.001")),
            minimumQuantity: Quantity(lots: 100), maximumQuantity: Quantity(lots: 1_000_000),
            maximumLeverage: 20, makerFee: .zero, takerFee: .zero,
            bandWidth: Rate(tenthBasisPoints: 10_000), maximumNotional: Money(1_000_000),
            minimumNotional: Money(10))
    }

    static func price(_ text: String) throws -> Command {
        .updateIndexPrice(
            UpdateIndexPrice(
                instrument: InstrumentID(0), price: try #require(ReferencePrice(text))))
    }

    /// Carries out commands of nobody's, and all that follows.
    func run(_ commands: Command...) throws {
        try sequencer.runBatch(commands.map { Submission(.command($0)) })
        try settle()
    }

    /// Lets the exchange work off what was asked of it.
    func settle() throws {
        loop.run()
        while true {
            let waiting = inbox.take()
            if waiting.isEmpty { return }
            try sequencer.runBatch(waiting)
            loop.run()
        }
    }

    /// Lets time pass; whatever is due in it happens at its instant.
    func advance(milliseconds: Int64) throws {
        var rest = milliseconds * 1_000_000
        while rest > 0 {
            let step = min(rest, max(1_000_000, sequencer.idleNanoseconds ?? rest))
            loop.advanceTime(by: .nanoseconds(step))
            rest -= step
            try sequencer.runDue()
            try settle()
        }
    }

    /// The highest price at which somebody buys.
    var bestBid: String? {
        var buffer = EventBuffer()
        exchange.describe(into: &buffer)
        let bids = buffer.take().compactMap { event -> Price? in
            guard case .levelChanged(let level) = event, level.side == .buy else { return nil }
            return level.price
        }
        return bids.max().map { "\(Decimal8(units: $0.ticks * 1_000_000))" }
    }

    // MARK: Users

    func newUser(_ permissions: Permissions = [.read, .trade]) throws -> RigUser {
        let id = UUID().uuidString.lowercased()
        let key = try store.create(
            label: "user", userID: try #require(UserUUID(id)), permissions: permissions, now: 0)
        try keys.reloadIfChanged()
        return RigUser(id: id, key: key)
    }

    func revoke(_ user: RigUser) throws {
        try store.revoke(publicKey: user.key.publicKey, now: 0)
        try keys.reloadIfChanged()
    }

    func connect() -> RigClient {
        connectionCount += 1
        return RigClient(self, connectionCount)
    }

    /// An authenticated connection, subscribed to channels.
    func trader(
        _ user: RigUser? = nil, account: String? = nil,
        channels: [String] = ["order_responses", "fills"]
    ) throws -> RigClient {
        let user = try user ?? newUser()
        let client = connect()
        let reply = try client.authenticate(user, account: account)
        try #require(reply.first?["authenticated"] == true, "\(reply)")
        if !channels.isEmpty { _ = try client.subscribe(channels) }
        return client
    }

    /// The engine's number of a user or subaccount.
    func account(_ id: String) throws -> AccountID {
        let identity = try #require(UniqueID(id))
        return try #require(environment.directory.account(identity)).account
    }
}

struct RigUser {
    let id: String
    let key: APIKey
}

/// The time of day goes with the loop's virtual time.
final class VirtualClock: SequencerClock {
    private let loop: EmbeddedEventLoop

    init(_ loop: EmbeddedEventLoop) { self.loop = loop }

    func now() -> Timestamp {
        Timestamp(
            nanoseconds: 1_790_000_000_000_000_000 + Int64(loop.now.uptimeNanoseconds))
    }
}

/// Keeps what is sent until the rig works it off; takes nothing while it is full.
final class RigInbox: CommandInbox {
    private let waiting = Mutex<[Submission]>([])
    private let full = Mutex(false)

    var isFull: Bool {
        get { full.withLock { $0 } }
        set { full.withLock { $0 = newValue } }
    }

    func enqueue(_ submission: Submission) -> Bool {
        if isFull { return false }
        waiting.withLock { $0.append(submission) }
        return true
    }

    func take() -> [Submission] {
        waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}

/// A connection that keeps what it is sent.
final class RigClient: TradeSocket {
    let id: UInt64
    var isCongested = false
    private(set) var closeReason: CloseReason?
    private(set) var isPinged = false
    private(set) var flushes = 0
    private(set) var isCut = false
    private let rig: Rig
    private var messages: [String] = []
    private var connection: TradeConnection?

    init(_ rig: Rig, _ id: UInt64) {
        self.rig = rig
        self.id = id
        connection = rig.shard.connect(self)
    }

    func send(_ message: [UInt8]) {
        // As the transport does: nothing follows a close frame.
        if closeReason == nil && !isCut {
            messages.append(String(decoding: message, as: UTF8.self))
        }
    }
    func flush() { flushes += 1 }
    func startHeartbeat() { isPinged = true }
    func close(_ reason: CloseReason) {
        if closeReason == nil { closeReason = reason }
    }

    func cut() {
        isCut = true
        connection?.closed()
        connection = nil
    }

    /// The connection is gone.
    func leave() throws {
        connection?.closed()
        connection = nil
        try rig.settle()
    }

    // MARK: Commands

    /// Sends messages that arrive in one read; returns what came at once, and before.
    func say(_ texts: String...) throws -> [JSONValue] {
        for text in texts {
            var buffer = ByteBuffer()
            buffer.writeString(text)
            connection?.receive(buffer.readableBytesView)
        }
        connection?.receivedBatch()
        try rig.settle()
        return try take()
    }

    func perform(_ type: String, _ params: [String: JSONValue] = [:]) throws -> [JSONValue] {
        try say(Self.text(type, params))
    }

    static func text(_ type: String, _ params: [String: JSONValue]) throws -> String {
        let message: JSONValue = ["type": .string(type), "params": .object(params)]
        return String(decoding: try JSONEncoder().encode(message), as: UTF8.self)
    }

    func authenticate(_ user: RigUser, account: String? = nil) throws -> [JSONValue] {
        let message = WebSocketTestClient.authMessage(
            publicKey: user.key.publicKey, secretKey: user.key.secret.reveal(), account: account,
            unixSeconds: rig.clock.now().nanoseconds / 1_000_000_000)
        return try say(String(decoding: try JSONEncoder().encode(message), as: UTF8.self))
    }

    func subscribe(_ channels: [String]) throws -> [JSONValue] {
        try perform("subscribe", ["channels": .array(channels.map { .string($0) })])
    }

    func place(
        _ side: String, _ quantity: String, _ price: String? = nil, type: String = "LIMIT",
        tif: String = "GTC", id: String? = nil, _ more: [String: JSONValue] = [:]
    ) throws -> [JSONValue] {
        try perform(
            "add_order", order(side, quantity, price, type: type, tif: tif, id: id, more))
    }

    func order(
        _ side: String, _ quantity: String, _ price: String? = nil, type: String = "LIMIT",
        tif: String = "GTC", id: String? = nil, _ more: [String: JSONValue] = [:]
    ) -> [String: JSONValue] {
        var params: [String: JSONValue] = [
            "symbol": "NVDA-USD", "side": .string(side), "order_type": .string(type),
            "order_time_in_force": .string(tif), "quantity": .decimal(quantity),
        ]
        if let price { params["price"] = .decimal(price) }
        if let id { params["client_order_id"] = .string(id) }
        return params.merging(more) { $1 }
    }

    func openOrders() throws -> [JSONValue] {
        let frames = try perform("get_user_orders")
        return try #require(frames.last?["all_orders_response"]?["orders"]?.array, "\(frames)")
    }

    /// Everything that came since the last look.
    func take() throws -> [JSONValue] {
        defer { messages = [] }
        return try messages.map { try JSONValue(parsing: $0) }
    }

    /// The outline of everything that came since the last look.
    func heard() throws -> [String] { outline(try take()) }
}

/// Messages in one word each: the status of an order response, `fill`, `stop <quantity>`, `twap
/// <status>`, `err <code>`, or the keys.
func outline(_ frames: [JSONValue]) -> [String] {
    frames.map { frame in
        if let status = frame["order_response"]?["status"]?.string { return status }
        if frame["fill_response"] != nil { return "fill" }
        if let stop = frame["stop_order_response"] {
            return "stop \(stop["quantity"]?.number ?? .nan)"
        }
        if let status = frame["twap_response"]?["status"]?.string { return "twap \(status)" }
        if let code = frame["err"]?["error_code"]?.string { return "err \(code)" }
        return frame.keys.sorted().joined(separator: "+")
    }
}

/// The payloads under a key among messages.
func payloads(_ key: String, _ frames: [JSONValue]) -> [JSONValue] {
    frames.compactMap { $0[key] }
}
