import ExchangeEngine
import ExchangeJournal
import ExchangeTypes
import Foundation
import Logging
import Testing

@testable import ExchangeServer

/// What a dry run writes down is what its log says.
@Suite struct DryRunTests {
    /// Monday, 5 January 2026, 14:30:50 UTC: ten seconds before a minute ends.
    private let start = Timestamp(nanoseconds: 1_767_623_450_000_000_000)
    private let apple = Symbol("AAPL-USD")
    private let seconds: Int64 = 75

    private func settings(_ directory: String?) -> ServerConfiguration {
        var settings = ServerConfiguration()
        settings.log = directory == nil ? .memory : .disk
        settings.dataDirectory = directory ?? settings.dataDirectory
        settings.segmentMebibytes = 8
        return settings
    }

    private func temporaryDirectory() -> String {
        FileManager.default.temporaryDirectory
            .appendingPathComponent("qfex-dry-run-\(UUID().uuidString)").path
    }

    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// A line's fields.
    private func fields(_ line: String) -> [String] {
        #expect(line.hasSuffix("\n"))
        return line.dropLast().split(separator: ",", omittingEmptySubsequences: false)
            .map(String.init)
    }

    @Test("P-032 candles and prices of a dry run are those that its log leads to")
    func tableAgreesWithLog() throws {
        let directory = temporaryDirectory()
        defer { remove(directory) }
        var run = try DryRun(settings(directory), start: start, symbol: apple, logger: logger)
        var prices: [[String]] = []
        var candles: [[String]] = []
        for second in 1...seconds {
            let now = start.advanced(byNanoseconds: second * 1_000_000_000)
            try run.run(until: now)
            let lines = try #require(run.lines(at: now))
            prices.append(fields(lines.prices))
            candles += lines.candles.map(fields)
        }
        let summary = try run.finish()

        let replay = try Replay(of: "AAPL-USD", in: DataDirectory(directory))
        #expect(replay.sequence == summary.sequence)
        #expect(replay.tradeCount == summary.trades && summary.trades > 100)
        #expect(replay.exchange.stateHash() == summary.stateHash)
        #expect(candles == replay.candles(until: "2026-01-05T14:32"))
        #expect(candles.map(\.[0]) == ["2026-01-05T14:30:00Z", "2026-01-05T14:31:00Z"])

        #expect(prices.count == Int(seconds))
        #expect(prices.first?[0] == "2026-01-05T14:30:51Z")
        #expect(prices.last?[0] == "2026-01-05T14:32:05Z")
        let last = try #require(prices.last)
        #expect(Array(last[1...4]) == replay.prices)
        #expect(Array(last[7...8]) == [replay.openInterest, replay.lastTrade])
        for line in prices {
            #expect(line.count == DryRun.Lines.pricesHeader.split(separator: ",").count)
            let (oracle, mark) = (try #require(Double(line[1])), try #require(Double(line[2])))
            #expect(abs(mark / oracle - 1) < 0.002)
        }
    }

    @Test("R-038 the annualised rate of a line is 8,760 times the hourly one")
    func annualised() throws {
        // Ten seconds before a whole hour: the first rate comes soon.
        var settings = settings(nil)
        settings.market = .quiet
        let start = Timestamp(nanoseconds: 1_767_621_590_000_000_000)
        var run = try DryRun(settings, start: start, symbol: apple, logger: logger)
        let now = start.advanced(byNanoseconds: 60_000_000_000)
        try run.run(until: now)
        let line = fields(try #require(run.lines(at: now)).prices)
        #expect(Array(line[5...6]) == ["0", "0"])
        var table = Line(start)
        table.add(Rate(units: -3_950_000))
        #expect(table.text == "2026-01-05T13:59:50Z,-0.00000395,-0.034602\n")
    }

    @Test("A dry run never touches a log that is there, nor a folder it has no use for")
    func existingLog() throws {
        let directory = temporaryDirectory()
        defer { remove(directory) }
        let unknown = Symbol("NOPE-USD")
        #expect(throws: ConfigurationError.self) {
            _ = try DryRun(settings(directory), start: start, symbol: unknown, logger: logger)
        }
        #expect(!FileManager.default.fileExists(atPath: directory))
        var run = try DryRun(settings(directory), start: start, logger: logger)
        try run.run(until: start.advanced(byNanoseconds: 1_000_000_000))
        #expect(run.lines(at: start) == nil)
        let summary = try run.finish()
        #expect(throws: ConfigurationError.self) {
            _ = try DryRun(settings(directory), start: start, logger: logger)
        }
        let replay = try Replay(of: "AAPL-USD", in: DataDirectory(directory))
        #expect(replay.exchange.stateHash() == summary.stateHash)
    }

    private func remove(_ directory: String) {
        do { try FileManager.default.removeItem(atPath: directory) } catch {
            print("left behind: \(directory)")
        }
    }
}

/// A log applied to an empty exchange, and one contract's trades of it.
private final class Replay {
    let exchange = Exchange()
    private(set) var sequence: UInt64 = 0
    private(set) var tradeCount = 0
    private var trades: [(time: Timestamp, trade: Trade)] = []
    private var instrument: Instrument?
    private let symbol: String

    init(of symbol: String, in directory: DataDirectory) throws {
        self.symbol = symbol
        let reader = try JournalReader(
            storage: try directory.openStorage(), exchangeID: try directory.exchangeID())
        var buffer = EventBuffer()
        try reader.forEachCommand { sequence, timestamp, payload in
            let command = try CommandCodec.decode(payload.indices.map { payload[$0] }[...])
            let time = Timestamp(nanoseconds: timestamp)
            exchange.apply(
                SequencedCommand(
                    sequence: SequenceNumber(sequence), timestamp: time, command: command),
                into: &buffer)
            var begin = 0
            for part in buffer.takeParts() {
                take(buffer.events[begin..<part.end], at: part.time)
                begin = part.end
            }
            take(buffer.events[begin...], at: time)
            buffer.removeAll()
            self.sequence = sequence
        }
    }

    private func take(_ events: ArraySlice<Event>, at time: Timestamp) {
        for event in events {
            switch event {
            case .instrumentConfigured(let listed) where listed.symbol.string == symbol:
                instrument = listed
            case .tradeExecuted(let trade):
                tradeCount += 1
                if trade.instrument == instrument?.id { trades.append((time, trade)) }
            case _: break
            }
        }
    }

    /// All candles whose minutes are named by text before `end`, as lines have them.
    func candles(until end: String) -> [[String]] {
        let minute: Int64 = 60_000_000_000
        let groups = Dictionary(grouping: trades) { $0.time.nanoseconds / minute }
        return groups.sorted { $0.key < $1.key }.compactMap { key, trades in
            let date = Date(timeIntervalSince1970: Double(key * 60))
            let name = date.formatted(.iso8601)
            guard name < end else { return nil }
            let units = trades.map(\.trade.price.units)
            let volume = trades.reduce(Int128(0)) { sum, entry in
                let lot = Int128(instrument?.lotSize.units ?? 0)
                return sum + Int128(entry.trade.price.units) * Int128(entry.trade.quantity.lots)
                    * lot
            }
            let corners = [units[0], units.max() ?? 0, units.min() ?? 0, units[units.count - 1]]
            return [name] + corners.map { text(Int128($0), 8) }
                + [text(volume, 16), "\(units.count)"]
        }
    }

    /// Oracle, mark, bid and ask.
    var prices: [String] {
        var buffer = EventBuffer()
        exchange.describe(into: &buffer)
        var found: PricesChanged?
        var (bid, ask) = (Int64(0), Int64.max)
        for event in buffer.take() {
            switch event {
            case .pricesChanged(let change) where change.instrument == instrument?.id:
                found = change
            case .levelChanged(let level) where level.instrument == instrument?.id:
                if level.side == .buy { bid = max(bid, level.price.ticks) }
                if level.side == .sell { ask = min(ask, level.price.ticks) }
            case _: break
            }
        }
        guard let found, let tick = instrument?.tickSize.units else { return [] }
        return [found.oracle.units, found.mark.units, bid * tick, ask * tick]
            .map { text(Int128($0), 8) }
    }

    /// The sum of all longs.
    var openInterest: String {
        var lots: Int64 = 0
        for account in 0..<UInt32(64) {
            guard case .positions(let positions) = exchange.report(.positions(AccountID(account)))
            else { continue }
            for position in positions where position.instrument == instrument?.id {
                lots += max(0, position.quantity.lots)
            }
        }
        return text(Int128(lots) * Int128(instrument?.lotSize.units ?? 0), 8)
    }

    var lastTrade: String { trades.last.map { text(Int128($0.trade.price.units), 8) } ?? "" }

    private func text(_ value: Int128, _ scale: Int) -> String {
        var bytes: [UInt8] = []
        DecimalText.append(value, scale: scale, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }
}
