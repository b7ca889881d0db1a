public import ExchangeTypes

/// Recorded prices of underliers, by their symbols and in order of time.
public struct PriceTape: Sendable {
    /// A price from an instant on.
    struct Row: Sendable {
        /// Nanoseconds since the tape's first row.
        let offset: Int64
        let price: ReferencePrice
    }

    /// Looked up, never iterated.
    private let rows: [Symbol: [Row]]
    /// From the first row to the last, in nanoseconds.
    let duration: Int64

    /// The most lines of a file: their prices take 64 MB.
    public static let maximumLines = 4_000_000
    /// The longest line, in bytes.
    public static let maximumLineByteCount = 256

    init(rows: [Symbol: [Row]], duration: Int64) {
        self.rows = rows
        self.duration = duration
    }

    /// Reads a whole file.
    ///
    /// - Throws: what is wrong with the first bad line.
    public init(_ bytes: [UInt8], symbols: Set<Symbol>) throws(PriceTapeError) {
        var reader = PriceTapeReader(symbols: symbols)
        try reader.read(bytes[...])
        self = try reader.finish()
    }

    /// The prices of a contract's underlier; nil when there are none.
    func rows(of symbol: Symbol) -> [Row]? { rows[symbol] }

    /// How many contracts it has prices of.
    public var contractCount: Int { rows.count }
    /// How many prices it has.
    public var priceCount: Int { rows.values.reduce(0) { $0 + $1.count } }
}

/// A line of a price file that cannot be used.
public struct PriceTapeError: Error, Hashable, CustomStringConvertible {
    /// From 1, which is the header's.
    public let line: Int
    public let reason: String
    public var description: String { "line \(line): \(reason)" }
}
