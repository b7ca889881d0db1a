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
                try await expectSame(reader, Self.fold(uncut), symbols)
            }
            expectSame(reader, asked)
            let replayed = try EngineState.replayed(data: data)
            for symbol in RandomTrading.venues.map(\.symbol) {
                #expect(replayed.contracts[symbol] == asked.contracts[symbol])
            }
        }
    }

    @Test("A reader whose line the exchange cuts every two seconds ends with the engine's book")
    func cutByTheExchange() async throws {
        let steps =
            #""steps":[{"at":"1s","do":"cut-connections","endpoint":"market-data"}],"#
            + #""repeat":{"every":"2s","times":5}"#
        try await Market.run(scenario: steps, dealers: 4) { market in
            var reader = DocumentedReader()
            let hasReadEnough = Mutex(false)
            async let trading: Int = trade(market, 4) { hasReadEnough.withLock { $0 } }
            var client = try await Self.connect(&reader, market)
            // The market's own observer may have been there for an earlier cut.
            var cuts = 0
            while cuts < 3 {
                switch try await client.next() {
                case .text(let text): try reader.receive(text)
                case .closed(let code, _):
                    #expect(code == nil, "a broken line says nothing")
                    cuts += 1
                    client = try await Self.connect(&reader, market)
                }
            }
            hasReadEnough.withLock { $0 = true }
            _ = try await trading
            let asked = try await EngineState.asked(market.dealers)
            // The cuts are over when a connection outlives the time that it takes to settle.
            for attempt in 1...10 {
                do {
                    try await Self.settle(&reader, client, RandomTrading.venues.map(\.symbol))
                    break
                } catch let error as DocumentedReader.BrokenRule {
                    throw error
                } catch {
                    try #require(attempt < 10, "\(error)")
                    client = try await Self.connect(&reader, market)
                }
            }
            expectSame(reader, asked)
        }
    }

    @Test("P-013 a slow reader: no gap, every trade, fewer states, and the newest ones in the end")
    func slowReader() async throws {
        try await withTemporaryDirectory { data in
            try await Market.run(data: data, quietServer, dealers: 4) { market in
                let symbols = RandomTrading.venues.map(\.symbol)
                let uncut = try await market.watcher()
                try await uncut.subscribe(["trade"], symbols)
                var trading = RandomTrading(market.dealers, seed: 3)
                for _ in 0..<200 { try await trading.step() }
                let url = market.server.details.marketDataURL
                let fast = try await WebSocketTestClient.connect(url)
                let slow = try await RawTestClient.upgraded(url, isTight: true)
                try await fast.send(Self.subscription)
                try await slow.sendText(Self.subscription)
                _ = try await slow.receive { $0.firstRange(of: Data("level2".utf8)) != nil }
                try await slow.setReading(false)
                // Asked for again and again, its values soon fill what is buffered for it. Then the
                // market goes on, and comes to rest before the slow reader reads again.
                var kept = Kept()
                for round in 0..<400 {
                    try await slow.sendText(Self.subscription)
                    if round > 200 { try await trading.step() }
                    try await kept.read(fast, until: "ROUND-\(round)")
                }
                for pulse in 0..<4 { try await kept.readPulse(fast, number: pulse) }
                let missed = kept.pulses
                try await slow.setReading(true)
                _ = try await Self.fence("CAUGHT-UP", slow)
                for pulse in 4..<8 { try await kept.readPulse(fast, number: pulse) }
                let all = try await Self.fence("END", slow)
                try await kept.readPulse(fast, number: 8)

                var reader = DocumentedReader()
                let frames = RawTestClient.frames(all)
                for frame in frames where frame.opcode == 1 {
                    try reader.receive(String(decoding: frame.payload, as: UTF8.self))
                }
                try kept.expectSameEnd(frames, leavingOutSomeOf: missed)
                expectSame(reader, try await EngineState.asked(market.dealers))
                try await expectSame(reader, Self.fold(uncut), symbols)
            }
        }
    }

    private static func fold(_ uncut: Watcher) async throws -> TradeFold {
        var fold = TradeFold()
        for trade in try await uncut.fence() { fold.add(trade) }
        return fold
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
            try Task.checkCancellation()
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
                throw DocumentedReader.Closed()
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
        struct Pulse: Hashable {
            let symbol: String
            let time: String
        }
        private var depths: [Pulse: [JSONValue?]] = [:]
        private var trades: [String] = []

        /// All pulses of depth so far.
        var pulses: Set<Pulse> { Set(depths.keys) }

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
            }
            try await read(client, until: "PULSE-\(number)")
        }

        private mutating func take(_ message: JSONValue) {
            if let id = message["trade_id"]?.string { trades.append(id) }
            if let pulse = Self.pulse(message) { depths[pulse] = [message["bid"], message["ask"]] }
        }

        private static func pulse(_ message: JSONValue) -> Pulse? {
            guard message["type"] == "level2", let symbol = message["symbol"]?.string,
                let time = message["time"]?.string
            else { return nil }
            return Pulse(symbol: symbol, time: time)
        }

        /// The slow reader was left out of some pulses, its last depths are of a pulse that the quick
        /// one saw the same, and it has all trades that the quick one has, in the same order.
        func expectSameEnd(
            _ frames: [RawTestClient.Frame], leavingOutSomeOf missed: Set<Pulse>
        ) throws {
            var seen: Set<Pulse> = []
            var last: [String: (Pulse, [JSONValue?])] = [:]
            var ids: [String] = []
            for frame in frames where frame.opcode == 1 {
                let message = try JSONValue(parsing: String(decoding: frame.payload, as: UTF8.self))
                if let id = message["trade_id"]?.string { ids.append(id) }
                if let pulse = Self.pulse(message) {
                    seen.insert(pulse)
                    last[pulse.symbol] = (pulse, [message["bid"], message["ask"]])
                }
            }
            #expect(!missed.subtracting(seen).isEmpty, "states are left out, not queued")
            #expect(last.count == RandomTrading.venues.count)
            for (symbol, (pulse, depth)) in last {
                #expect(depths[pulse] == depth, "\(symbol) at \(pulse.time)")
            }
            let first = try #require(ids.first.flatMap(trades.firstIndex))
            #expect(trades[first...].prefix(ids.count).elementsEqual(ids))
            #expect(ids.count > 20)
        }
    }
}
