import Foundation
import ServerTestKit
import Synchronization
import Testing

/// A client that does what `docs/MARKET_DATA.md` says knows what the engine knows: the health of a
/// reader.
@Suite(.serialized) struct ReaderTests {
    private static let subscription =
        #"{"type":"subscribe","channels":["level2","bbo","trade","candle","open_interest"],"#
        + #""symbols":["AAPL-USD","NVDA-USD","EUR-USD"],"intervals":["1MIN","1DAY"]}"#

    @Test(
        "A reader cut again and again, also inside messages, ends with the engine's book: P-013, P-026, P-032",
        arguments: [1, 2] as [UInt64])
    func cutAgainAndAgain(seed: UInt64) async throws {
        let options = ["--market", "quiet", "--log", "disk", "--speed-bump-milliseconds", "0"]
        try await withTemporaryDirectory { data in
            var reader = DocumentedReader()
            var asked = EngineState()
            try await Market.run(data: data, options, dealers: 4) { market in
                // Never cut, and asked when all is over.
                let uncut = try await market.watcher()
                let symbols = RandomTrading.venues.map(\.symbol)
                try await uncut.subscribe(["trade"], symbols)
                let hasReadEnough = Mutex(false)
                async let trading: Int = trade(market, seed) { hasReadEnough.withLock { $0 } }
                for life in 0..<8 {
                    try await Self.live(&reader, market, life, seed)
                }
                hasReadEnough.withLock { $0 = true }
                let last = try await Self.connect(&reader, market)
                #expect(try await trading > 100)
                asked = try await EngineState.asked(market.dealers)
                try await Self.settle(&reader, last, symbols)
                var fold = TradeFold()
                for trade in try await uncut.fence() { fold.add(trade) }
                try expectSame(reader, fold, symbols)
            }
            expectSame(reader, asked)
            let replayed = try EngineState.replayed(data: data)
            for symbol in RandomTrading.venues.map(\.symbol) {
                #expect(replayed.contracts[symbol] == asked.contracts[symbol])
            }
        }
    }

    @Test("P-013 a slow reader: no gap, every trade, fewer states, and the newest ones in the end")
    func slowReader() async throws {
        try await withTemporaryDirectory { data in
            try await Market.run(data: data, quietServer, dealers: 4) { market in
                var trading = RandomTrading(market.dealers, seed: 3)
                for _ in 0..<400 { try await trading.step() }
                let url = market.server.details.marketDataURL
                let command =
                    #"{"type":"subscribe","channels":["level2","bbo","trade"],"#
                    + #""symbols":["AAPL-USD","NVDA-USD","EUR-USD"],"sig_figs":[0,1,2]}"#
                let fast = try await WebSocketTestClient.connect(url)
                let slow = try await RawTestClient.upgraded(url, receiveBuffer: 64 * 1_024)
                try await fast.send(command)
                try await slow.sendText(command)
                _ = try await slow.receive { $0.firstRange(of: Data("level2".utf8)) != nil }
                try await slow.setReading(false)
                // Each round is a read of its own for the server, which shows nine depths and three
                // best prices: together more than the 4 MiB that the system buffers for a connection.
                let rounds = 2_000
                var kept = Kept()
                for round in 0..<rounds {
                    try await slow.sendText(command)
                    if round.isMultiple(of: 10) { try await trading.step() }
                    try await kept.read(fast, until: "ROUND-\(round)")
                }
                try await slow.setReading(true)
                _ = try await Self.fence("CAUGHT-UP", slow)
                for pulse in 0..<3 { try await kept.readPulse(fast, number: pulse) }
                let all = try await Self.fence("END", slow)
                try await kept.readPulse(fast, number: 3)

                var reader = DocumentedReader()
                let frames = RawTestClient.frames(all)
                for frame in frames where frame.opcode == 1 {
                    try reader.receive(String(decoding: frame.payload, as: UTF8.self))
                }
                #expect(reader.messages < rounds * 12, "states are left out, not queued")
                try kept.expectSameEnd(frames)
                expectSame(reader, try await EngineState.asked(market.dealers))
            }
        }
    }
}

// MARK: - one reader

extension ReaderTests {
    /// Trades until there was enough to read and for some time more; returns the number of orders.
    private func trade(
        _ market: Market, _ seed: UInt64, until isEnough: @Sendable () -> Bool
    ) async throws -> Int {
        var trading = RandomTrading(market.dealers, seed: seed)
        var steps = 0
        var left = 150
        while left > 0 {
            try await trading.step()
            steps += 1
            if isEnough() { left -= 1 }
        }
        return steps
    }

    /// Connects, reads a while and is cut: by a goodbye, without one, with half a command sent, or with
    /// half a message received.
    private static func live(
        _ reader: inout DocumentedReader, _ market: Market, _ life: Int, _ seed: UInt64
    ) async throws {
        let client = try await RawTestClient.upgraded(market.server.details.marketDataURL)
        reader.connected()
        try await client.sendText(subscription)
        let wanted = 5 + (life * 37 + Int(seed) * 11) % 60
        let data = try await client.receive { data in
            let frames = RawTestClient.frames(data)
            guard frames.count >= wanted else { return false }
            // Half a message, where one comes in parts before long.
            return life % 4 != 3 || byteCount(frames) < data.count || frames.count > wanted + 60
        }
        for frame in RawTestClient.frames(data) where frame.opcode == 1 {
            try reader.receive(String(decoding: frame.payload, as: UTF8.self))
        }
        if life % 4 == 0 { try await client.send(RawTestClient.frame(0x88, [0x03, 0xE8])) }
        if life % 4 == 2 {
            let whole = RawTestClient.frame(0x81, Array(subscription.utf8))
            try await client.send(Array(whole.prefix(whole.count / 2)))
        }
        await client.drop()
    }

    private static func byteCount(_ frames: [RawTestClient.Frame]) -> Int {
        frames.reduce(0) { sum, frame in
            let head = frame.payload.count < 126 ? 2 : frame.payload.count < 65_536 ? 4 : 10
            return sum + head + frame.payload.count
        }
    }

    /// The last connection, which stays.
    private static func connect(
        _ reader: inout DocumentedReader, _ market: Market
    ) async throws -> WebSocketTestClient {
        let client = try await WebSocketTestClient.connect(market.server.details.marketDataURL)
        reader.connected()
        try await client.send(subscription)
        return client
    }

    /// Reads on until every channel had time to say what is: two seconds by the pulses of the depth.
    private static func settle(
        _ reader: inout DocumentedReader, _ client: WebSocketTestClient, _ symbols: [String]
    ) async throws {
        try await client.send(["type": "subscribe", "channels": [], "symbols": ["AAPL-USD"]])
        var pulses: [String: Int]?
        while pulses?.values.allSatisfy({ $0 >= 5 }) != true {
            guard case .text(let text) = try await client.next() else {
                throw DocumentedReader.BrokenRule(description: "closed")
            }
            try reader.receive(text)
            let message = try JSONValue(parsing: text)
            if message["channels"] == [] {
                pulses = Dictionary(uniqueKeysWithValues: symbols.map { ($0, 0) })
            }
            if message["type"] == "level2", let symbol = message["symbol"]?.string {
                pulses?[symbol, default: 0] += 1
            }
        }
    }

    /// Book and open interest are the engine's, and the best prices the top of the book.
    private func expectSame(_ reader: DocumentedReader, _ engine: EngineState) {
        for (symbol, known) in reader.contracts {
            let told = engine.contracts[symbol, default: EngineState.Contract()]
            #expect(numbers(known.bids) == told.best(bids: true), "bids of \(symbol)")
            #expect(numbers(known.asks) == told.best(bids: false), "asks of \(symbol)")
            #expect(known.hasBest)
            #expect(known.bestBid == known.bids?.first && known.bestAsk == known.asks.first)
            if let openInterest = known.openInterest {
                #expect(openInterest == told.openInterest, "open interest of \(symbol)")
            }
            #expect(told.best(bids: true).count > 3 && told.best(bids: false).count > 3)
            #expect(told.openInterest > 0)
        }
        #expect(reader.contracts.count == RandomTrading.venues.count)
    }

    /// Candles are those of an uncut connection's trades, whose last ones the reader has all.
    private func expectSame(
        _ reader: DocumentedReader, _ fold: TradeFold, _ symbols: [String]
    ) throws {
        for symbol in symbols {
            let known = try #require(reader.contracts[symbol])
            let all = fold.ids[symbol, default: []]
            #expect(!known.trades.isEmpty && all.count > known.trades.count)
            #expect(known.trades == all.suffix(known.trades.count), "trades of \(symbol)")
            #expect(Set(known.candles.keys) == ["1MIN", "1DAY"] && known.openInterest != nil)
            for candle in known.candles.values {
                let key = try #require(CandleKey(candle))
                #expect(fold.matches(key, candle), "\(candle)")
            }
        }
    }

    private func numbers(_ rows: [[String]]?) -> [[Decimal]] {
        (rows ?? []).map { $0.compactMap { Decimal(string: $0) } }
    }
}

// MARK: - two readers

extension ReaderTests {
    /// Sends what is no command and waits until the error repeats it: everything from before has come.
    private static func fence(_ word: String, _ client: RawTestClient) async throws -> Data {
        try await client.sendText(#"{"type":"\#(word)"}"#)
        let wanted = Data(word.utf8)
        return try await client.receive { $0.suffix(400_000).firstRange(of: wanted) != nil }
    }

    /// What a quick reader was told: depths by pulse, and all trades.
    private struct Kept {
        private struct Place: Hashable {
            let symbol: String
            let figures: Decimal
            let time: String
        }
        private var depths: [Place: [JSONValue?]] = [:]
        private var trades: [String] = []
        private var lastPulse = ""

        /// Reads until an answer to a command of one's own comes.
        mutating func read(_ client: WebSocketTestClient, until word: String) async throws {
            try await client.send(["type": .string(word)])
            _ = try await client.next { message in
                take(message)
                return message["err"]?["incoming_message"]?["type"]?.string == word
            }
        }

        /// Reads until the last contract's depth was pulsed once more.
        mutating func readPulse(_ client: WebSocketTestClient, number: Int) async throws {
            _ = try await client.next { message in
                take(message)
                return message["type"] == "level2" && message["symbol"] == "EUR-USD"
                    && message["sig_figs"] == 2
            }
            try await read(client, until: "PULSE-\(number)")
        }

        private mutating func take(_ message: JSONValue) {
            if let id = message["trade_id"]?.string { trades.append(id) }
            guard let place = Self.place(message) else { return }
            depths[place] = [message["bid"], message["ask"]]
        }

        private static func place(_ message: JSONValue) -> Place? {
            guard message["type"] == "level2", let symbol = message["symbol"]?.string,
                let figures = message["sig_figs"]?.number, let time = message["time"]?.string
            else { return nil }
            return Place(symbol: symbol, figures: figures, time: time)
        }

        /// The slow reader's last depths are of a pulse that the quick one saw the same, and it has all
        /// trades that the quick one has, in the same order.
        func expectSameEnd(_ frames: [RawTestClient.Frame]) throws {
            var last: [String: (Place, [JSONValue?])] = [:]
            var ids: [String] = []
            for frame in frames where frame.opcode == 1 {
                let message = try JSONValue(
                    parsing: String(decoding: frame.payload, as: UTF8.self))
                if let id = message["trade_id"]?.string { ids.append(id) }
                if let place = Self.place(message) {
                    last["\(place.symbol) \(place.figures)"] = (
                        place, [message["bid"], message["ask"]]
                    )
                }
            }
            #expect(last.count == 9)
            for (name, (place, depth)) in last {
                #expect(depths[place] == depth, "\(name) at \(place.time)")
            }
            let first = try #require(ids.first.flatMap(trades.firstIndex))
            #expect(trades[first...].prefix(ids.count).elementsEqual(ids))
        }
    }
}
