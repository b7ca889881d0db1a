public import ExchangeTypes
import Foundation
public import SandboxMarket

extension PriceTape {
    /// Bytes that are read at once.
    private static var partSize: Int { 1 << 20 }

    /// Reads a file of prices part by part; only its prices stay in memory.
    ///
    /// - Throws: `PriceTapeError` for a line that cannot be used, else what the file system says.
    public init(file path: String, symbols: Set<Symbol>) throws {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { file.closeFile() }
        var reader = PriceTapeReader(symbols: symbols)
        while let part = try file.read(upToCount: Self.partSize), !part.isEmpty {
            try reader.read(Array(part)[...])
        }
        self = try reader.finish()
    }
}
