import ArgumentParser
import ExchangeSequencer
import ExchangeServer
import ExchangeTypes
import Foundation
import Logging

/// `qfex-server dry-run`: hours of the sandbox in seconds, without clients.
struct DryRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dry-run", abstract: "Run the sandbox in virtual time, as fast as it goes.",
        discussion: """
            The market begins empty at the start and runs for the hours given. The same options give
            the same market: the last line is its state hash. With --data the log is kept, and
            "qfex-server run" goes on from there; with --csv one contract's prices are written down,
            a line a second, with --candles its candles, a line a minute. The environment is not asked.
            """)

    @Option(help: "How many hours pass, such as 0.5.") var hours: Double
    @Option(help: "The first instant.") var start = "2026-01-05T14:30:00Z"
    @Option(help: "Folder for the log, which must not hold one yet (default: the log is not kept).")
    var data: String?
    @OptionGroup var marketOptions: MarketOptions
    @Option(help: "A JSON file with settings, as of run.") var config: String?
    @Option(help: "File for the contract's prices, a line a second.") var csv: String?
    @Option(help: "File for the contract's candles, a line a minute.") var candles: String?
    @Option(help: "The contract that --csv and --candles tell of.") var symbol = "AAPL-USD"

    /// The longest run: a year and a day.
    private static let maximumHours = 8_784.0

    func run() async throws {
        let start = try firstInstant()
        guard hours > 0, hours <= Self.maximumHours else {
            throw ValidationError("--hours must be above 0 and at most \(Int(Self.maximumHours))")
        }
        let seconds = max(1, Int64((hours * 3_600).rounded()))
        let end = start.advanced(byNanoseconds: seconds * 1_000_000_000)
        if data != nil && end > SystemClock().now() {
            throw ValidationError(
                "the run would end in the future, where no exchange can go on; choose an earlier "
                    + "--start, or leave out --data")
        }
        let logger = Logger(label: "qfex") { StreamLogHandler.standardError(label: $0) }
        var run = try DryRun(
            try await settings(), start: start, symbol: try watched(), logger: logger)
        try advance(&run, from: start, seconds: seconds)
        let summary = try run.finish()
        print("sequence    \(summary.sequence)")
        print("trades      \(summary.trades)")
        print("state hash  \(hex(summary.stateHash))")
    }

    private func advance(_ run: inout DryRun, from start: Timestamp, seconds: Int64) throws {
        let prices = try csv.map { try TextFile($0, DryRun.Lines.pricesHeader) }
        let minutes = try candles.map { try TextFile($0, DryRun.Lines.candlesHeader) }
        for second in 1...seconds {
            let now = start.advanced(byNanoseconds: second * 1_000_000_000)
            try run.run(until: now)
            if let lines = run.lines(at: now) {
                try prices?.write(lines.prices)
                for candle in lines.candles { try minutes?.write(candle) }
            }
            if second * 10 / seconds > (second - 1) * 10 / seconds { report(run, second, seconds) }
        }
        try prices?.close()
        try minutes?.close()
    }

    /// A line after each tenth.
    private func report(_ run: DryRun, _ second: Int64, _ seconds: Int64) {
        let line = "\(second * 100 / seconds) %  \(run.commandCount) commands\n"
        FileHandle.standardError.write(Data(line.utf8))
    }

    /// The settings of the market, and where the log goes.
    private func settings() async throws -> ServerConfiguration {
        let reader = try await ServerConfiguration.reader(
            flags: marketOptions.flags, environment: [:], file: config)
        var settings = try ServerConfiguration(reader)
        settings.log = data == nil ? .memory : .disk
        settings.dataDirectory = data ?? settings.dataDirectory
        return settings
    }

    /// The contract that somebody wants to read of.
    private func watched() throws -> Symbol? {
        if csv == nil && candles == nil { return nil }
        guard let symbol = Symbol(symbol) else {
            throw ValidationError("--symbol \"\(symbol)\" is too long for a symbol")
        }
        return symbol
    }

    private func firstInstant() throws -> Timestamp {
        let advice =
            "--start must be a whole second from 1970 to 2199, such as 2026-01-05T14:30:00Z"
        let date: Date
        do { date = try Date(start, strategy: .iso8601) } catch { throw ValidationError(advice) }
        guard let second = Int64(exactly: date.timeIntervalSince1970),
            (0..<7_258_118_400).contains(second)
        else { throw ValidationError(advice) }
        return Timestamp(nanoseconds: second * 1_000_000_000)
    }
}

/// A new file that is written line by line, and to disk in larger parts.
private final class TextFile {
    private let handle: FileHandle
    private var unwritten = Data()

    /// Empties the file and begins it with a line.
    ///
    /// - Throws: when it cannot be written.
    init(_ path: String, _ header: String) throws {
        try Data().write(to: URL(fileURLWithPath: path))
        handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try write(header)
    }

    func write(_ line: String) throws {
        unwritten.append(contentsOf: line.utf8)
        if unwritten.count > 65_536 { try flush() }
    }

    func close() throws {
        try flush()
        try handle.close()
    }

    private func flush() throws {
        try handle.write(contentsOf: unwritten)
        unwritten.removeAll(keepingCapacity: true)
    }
}
