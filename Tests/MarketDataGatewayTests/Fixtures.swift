import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
import ExchangeTypes
import Foundation
import NIOCore
import NIOEmbedded
import Testing
import WebSocketTransport

@testable import MarketDataGateway

/// A connection that keeps what it is sent.
final class FakeSocket: MarketDataSocket {
    private(set) var messages: [String] = []
    /// Where the shared part of each data message lies in memory.
    private(set) var bodyAddresses: [UnsafeRawPointer?] = []
    private(set) var flushes = 0
    private(set) var isCut = false
    private(set) var closeReason: CloseReason?
    /// Messages queued since the last flush.
    private(set) var unflushed = 0
    /// More than this many unflushed messages are congestion.
    var roomUntilFlush = Int.max
    /// A reader that does not read: a flush changes nothing.
    var isStuck = false
    var onFlush: () -> Void = {}
    /// As the transport does: tells the shard, and nothing is sent any more.
    var onCut: () -> Void = {}

    var isCongested: Bool { isStuck || unflushed >= roomUntilFlush }

    func send(_ message: [UInt8]) {
        messages.append(String(decoding: message, as: UTF8.self))
        unflushed += 1
    }

    func send(_ prefix: [UInt8], _ body: SharedBody) {
        body.withUnsafeBytes {
            bodyAddresses.append($0.baseAddress)
            send(prefix + $0)
        }
    }

    func flush() {
        flushes += 1
        unflushed = 0
        onFlush()
    }

    func close(_ reason: CloseReason) { closeReason = reason }

    func cut() {
        isCut = true
        onCut()
    }

    /// Everything since the last call.
    func take() throws -> [Message] {
        defer { messages = [] }
        return try messages.map(Message.init)
    }
}

/// A message of the public endpoint, with the JSON types that clients rely on.
struct Message: Decodable, Equatable {
    struct Refusal: Decodable, Equatable {
        var error_code: String
        var message: String
    }
    /// An entry of the overview.
    struct Row: Decodable, Equatable {
        var symbol: String
        var time: String?
        var bid: [[String]]?
        var ask: [[String]]?
        var price: String?
        var open_interest: String?
        var volume: String?
    }
    var type: String
    var sequence: UInt64?
    var symbol: String?
    var time: String?
    var bid: [[String]]?
    var ask: [[String]]?
    var sig_figs: Figures?
    var source: String?
    var funding_rate: String?
    var annualised_funding_rate: String?
    var time_remaining: Int64?
    var open_interest: String?
    var min_price: String?
    var max_price: String?
    var start: String?
    var resolution: String?
    var open: String?
    var high: String?
    var low: String?
    var close: String?
    var usdVolume: Int64?
    var trades: Int64?
    var bbos: [Row]?
    var mark_prices: [Row]?
    var open_interests: [Row]?
    var daily_volumes: [Row]?
    var channels: [String]?
    var symbols: [String]?
    var err: Refusal?
    var trade_id: String?
    var size: String?
    var price: String?
    var side: String?
    var execution_type: String?

    /// A number in data messages, an array in acknowledgements.
    enum Figures: Decodable, Equatable {
        case one(Int)
        case many([Int])
        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            do { self = .one(try value.decode(Int.self)) } catch {
                self = .many(try value.decode([Int].self))
            }
        }
    }

    init(_ text: String) throws {
        self = try JSONDecoder().decode(Message.self, from: Data(text.utf8))
    }

    /// `bbo NVDA-USD`, `level2 NVDA-USD 0`, `subscribed`, `error`.
    var label: String {
        var words = [type]
        if let symbol { words.append(symbol) }
        if case .one(let figures) = sig_figs { words.append("\(figures)") }
        if let resolution { words.append(resolution) }
        return words.joined(separator: " ")
    }
}

/// The time of day: goes with a loop's virtual time, and jumps when a test wants it.
final class VirtualClock: SequencerClock {
    private let loop: EmbeddedEventLoop
    var offset: Int64 = 1_790_000_000_000_000_000

    init(_ loop: EmbeddedEventLoop) { self.loop = loop }

    func now() -> Timestamp {
        Timestamp(nanoseconds: offset + Int64(loop.now.uptimeNanoseconds))
    }
}

/// A shard behind a real sequencer, in virtual time. Alice is account 0, Bob account 1.
final class Rig {
    let loop = EmbeddedEventLoop()
    let clock: VirtualClock
    let shard: MarketDataShard
    private let sequencer: Sequencer

    init(
        _ symbols: [String] = ["NVDA-USD", "TSLA-USD"],
        settings: MarketDataSettings = MarketDataSettings()
    ) throws {
        let clock = VirtualClock(loop)
        self.clock = clock
        shard = MarketDataShard(
            eventLoop: loop, settings: settings, whenReady: loop.makePromise(), now: clock.now)
        sequencer = Sequencer(exchange: Exchange(), log: MemoryLog(), clock: clock)
        for account in 0..<2 {
            try run(
                .openAccount(OpenAccount(identity: UniqueID(high: 1, low: UInt64(account)))),
                .deposit(Deposit(account: AccountID(UInt32(account)), amount: Money(1_000_000))))
        }
        for (index, symbol) in symbols.enumerated() { try list(UInt32(index), symbol) }
        try sequencer.runBatch([Submission(.subscribe(shard))])
        loop.run()
    }

    /// Carries out commands as one batch, and lets the shard hear of it, at once or late.
    func run(_ commands: Command..., heardAfterMilliseconds delay: Int64 = 0) throws {
        try sequencer.runBatch(commands.map { Submission(.command($0)) })
        clock.offset += delay * 1_000_000
        loop.run()
    }

    /// Carries out commands as one batch each, before the shard's loop gets to any of them.
    func runWhileBusy(_ commands: Command...) throws {
        for command in commands { try sequencer.runBatch([Submission(.command(command))]) }
        loop.run()
    }

    func list(_ index: UInt32, _ symbol: String) throws {
        let price = try #require(ReferencePrice("100"))
        try run(
            .configureInstrument(try Samples.instrument(index, symbol)),
            .updateIndexPrice(UpdateIndexPrice(instrument: InstrumentID(index), price: price)))
    }

    /// A new outside price.
    func price(_ text: String, in id: UInt32 = 0) throws {
        let price = try #require(ReferencePrice(text))
        try run(.updateIndexPrice(UpdateIndexPrice(instrument: InstrumentID(id), price: price)))
    }

    /// Bob buys from Alice, and nothing rests.
    func trade(_ quantity: String = "1", at price: String = "100.1", in id: UInt32 = 0) throws {
        try run(
            try order(.sell, quantity, at: price, in: id),
            try order(.buy, quantity, at: price, by: 1, in: id))
    }

    func connect(_ commands: String...) -> Client {
        let client = Client(shard)
        for command in commands { client.say(command) }
        return client
    }

    func advance(milliseconds: Int64) { loop.advanceTime(by: .milliseconds(milliseconds)) }
}

/// A connection and its socket.
final class Client {
    let socket = FakeSocket()
    let connection: MarketDataConnection
    private let shard: MarketDataShard

    init(_ shard: MarketDataShard) {
        self.shard = shard
        connection = shard.connect(socket)
    }

    /// Sends messages that arrive in one read.
    func say(_ messages: String...) {
        for message in messages {
            Array(message.utf8).withUnsafeBytes { shard.receive($0, from: connection) }
        }
        shard.receivedBatch(from: connection)
    }

    func leave() { shard.disconnect(connection) }

    /// What kinds of messages came since the last look.
    func labels() throws -> [String] { try socket.take().map(\.label) }
}

enum Samples {
    /// Ticks of 0.01 and lots of 0.001.
    static func instrument(_ index: UInt32, _ symbol: String) throws -> Instrument {
        Instrument(
            id: InstrumentID(index), symbol: try #require(InlineText(symbol)), category: .equity,
            tickSize: try #require(Decimal8("0.01")), lotSize: try #require(Decimal8("0.001")),
            minimumQuantity: Quantity(lots: 1), maximumQuantity: Quantity(lots: 1_000_000),
            maximumLeverage: 20, makerFee: Rate(tenthBasisPoints: 0),
            takerFee: Rate(tenthBasisPoints: 0), bandWidth: Rate(tenthBasisPoints: 10_000),
            maximumNotional: Money(1_000_000), minimumNotional: Money(1))
    }
}

/// A limit order, of Alice if nobody else is named.
func order(
    _ side: Side, _ quantity: String, at price: String, by account: UInt32 = 0, in id: UInt32 = 0
) throws -> Command {
    .placeOrder(
        PlaceOrder(
            account: AccountID(account), instrument: .known(InstrumentID(id)), side: side,
            type: .limit, timeInForce: .goodTillCancelled,
            quantity: try #require(WireDecimal(quantity)), price: try #require(WireDecimal(price))))
}

/// A command of a client.
func subscribe(_ channels: [String], _ symbols: [String], figures: [Int]? = nil) -> String {
    command("subscribe", channels, symbols, figures)
}

/// A command of a client.
func unsubscribe(_ channels: [String], _ symbols: [String], figures: [Int]? = nil) -> String {
    command("unsubscribe", channels, symbols, figures)
}

/// A command about candles.
func candles(_ type: String, _ symbols: [String], _ intervals: [String]?) -> String {
    command(type, ["candle"], symbols, nil, intervals)
}

private func command(
    _ type: String, _ channels: [String], _ symbols: [String], _ figures: [Int]?,
    _ intervals: [String]? = nil
) -> String {
    func list(_ texts: [String]) -> String {
        "[" + texts.map { "\"\($0)\"" }.joined(separator: ",") + "]"
    }
    let figures = figures.map { #","sig_figs":\#($0)"# } ?? ""
    let intervals = intervals.map { #","intervals":\#(list($0))"# } ?? ""
    return #"{"type":"\#(type)","channels":\#(list(channels)),"symbols":\#(list(symbols))"#
        + figures + intervals + "}"
}
