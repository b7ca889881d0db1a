import ExchangeEngine
import ExchangeTypes

/// Blocks of a snapshot in memory.
final class Blocks: BlockSink, BlockSource {
    var blocks: [[UInt8]]
    private var next = 0

    init(_ blocks: [[UInt8]] = []) { self.blocks = blocks }

    func write(_ block: [UInt8]) { blocks.append(block) }

    func nextBlock() -> [UInt8]? {
        guard next < blocks.count else { return nil }
        next += 1
        return blocks[next - 1]
    }

    /// The snapshot of an exchange.
    convenience init(of exchange: Exchange) {
        self.init()
        var writer = BlockWriter(to: self)
        exchange.writeSnapshot(to: &writer)
        writer.flush()
    }

    /// The exchange in them, and nothing else.
    func restore() throws -> Exchange {
        var reader = BlockReader(from: self)
        let exchange = try Exchange.restore(from: &reader)
        try reader.finish()
        return exchange
    }
}
