public import ExchangeTypes

/// Reads a price file part by part, so that no more of it is in memory than its prices.
///
/// The file is CSV without quotes. Its first line is `time,symbol,price`; times are RFC 3339 or Unix
/// seconds and never go back, prices are positive decimals. Empty lines mean nothing.
public struct PriceTapeReader: Sendable {
    /// The contracts that the file may name.
    private let symbols: Set<Symbol>
    private let maximumLines: Int
    private var rows: [Symbol: [PriceTape.Row]] = [:]
    private var line: [UInt8] = []
    /// The number of the line being read, from 1.
    private var lineNumber = 1
    private var hasHeader = false
    private var firstTime: Int64?
    private var lastTime: Int64 = 0

    private static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

    /// A reader of files that name these contracts only.
    public init(symbols: Set<Symbol>) {
        self.init(symbols: symbols, maximumLines: PriceTape.maximumLines)
    }

    init(symbols: Set<Symbol>, maximumLines: Int) {
        self.symbols = symbols
        self.maximumLines = maximumLines
    }

    /// Takes the next bytes of the file.
    ///
    /// - Throws: what is wrong with the first bad line; nothing more can be read then.
    public mutating func read(_ bytes: ArraySlice<UInt8>) throws(PriceTapeError) {
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                try endLine()
                lineNumber += 1
            } else if line.count == PriceTape.maximumLineByteCount {
                throw error("longer than \(PriceTape.maximumLineByteCount) bytes")
            } else {
                line.append(byte)
            }
        }
    }

    /// The tape, after the last bytes.
    public consuming func finish() throws(PriceTapeError) -> PriceTape {
        try endLine()
        guard hasHeader else { throw error("the file is empty; it begins with time,symbol,price") }
        guard let firstTime else { throw error("the file has no prices") }
        return PriceTape(rows: rows, duration: lastTime - firstTime)
    }

    private mutating func endLine() throws(PriceTapeError) {
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        if lineNumber == 1, line.starts(with: Self.byteOrderMark) { line.removeFirst(3) }
        if line.isEmpty { return }
        guard lineNumber <= maximumLines else { throw error("more than \(maximumLines) lines") }
        if hasHeader { try readRow() } else { try readHeader() }
        line.removeAll(keepingCapacity: true)
    }

    private mutating func readHeader() throws(PriceTapeError) {
        guard line == Array("time,symbol,price".utf8) else {
            throw error("the header must be time,symbol,price, not \(quoted(line))")
        }
        hasHeader = true
    }

    private mutating func readRow() throws(PriceTapeError) {
        let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard fields.count == 3 else {
            throw error("\(fields.count) fields, not time,symbol,price")
        }
        guard let time = TapeTime.nanoseconds(fields[0]) else {
            throw error(
                "time \(quoted(fields[0])) is neither RFC 3339 nor Unix seconds since 1970")
        }
        guard firstTime == nil || time >= lastTime else {
            throw error("time \(quoted(fields[0])) is before that of an earlier line")
        }
        guard let symbol = Symbol(utf8: fields[1]), symbols.contains(symbol) else {
            throw error("no contract \(quoted(fields[1]))")
        }
        let price = try price(fields[2])
        let first = firstTime ?? time
        firstTime = first
        lastTime = time
        rows[symbol, default: []].append(PriceTape.Row(offset: time - first, price: price))
    }

    private func price(_ field: ArraySlice<UInt8>) throws(PriceTapeError) -> ReferencePrice {
        let text = String(decoding: field, as: UTF8.self)
        guard let price = ReferencePrice(text) else {
            throw error("price \(quoted(field)) is no number of at most eight decimals")
        }
        guard price > .zero, price <= Limits.maximumIndexPrice else {
            throw error(
                "price \(quoted(field)) is not above 0 and at most \(Limits.maximumIndexPrice)")
        }
        return price
    }

    private func quoted(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: Array(bytes), as: UTF8.self).debugDescription
    }

    private func error(_ reason: String) -> PriceTapeError {
        PriceTapeError(line: lineNumber, reason: reason)
    }
}
