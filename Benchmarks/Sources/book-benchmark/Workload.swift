#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Why a workload could not be replayed.
enum WorkloadError: Error {
    case cannotOpen(path: String, errno: Int32)
    case noWorkload(path: String)
    case truncated(path: String, messages: Int)
}

/// One record of a workload file: 32 bytes, little-endian, fields in the order of their
/// declaration.
struct Message {
    let operation: UInt8
    let side: UInt8
    let timeInForce: UInt8
    let flags: UInt8
    let symbol: UInt32
    let orderID: UInt64
    let price: UInt32
    let quantity: UInt32
    let account: UInt32

    static var size: Int { 32 }

    @inline(__always)
    init(at record: UnsafeRawPointer) {
        operation = record.load(as: UInt8.self)
        side = record.load(fromByteOffset: 1, as: UInt8.self)
        timeInForce = record.load(fromByteOffset: 2, as: UInt8.self)
        flags = record.load(fromByteOffset: 3, as: UInt8.self)
        symbol = UInt32(littleEndian: record.load(fromByteOffset: 4, as: UInt32.self))
        orderID = UInt64(littleEndian: record.load(fromByteOffset: 8, as: UInt64.self))
        price = UInt32(littleEndian: record.load(fromByteOffset: 16, as: UInt32.self))
        quantity = UInt32(littleEndian: record.load(fromByteOffset: 20, as: UInt32.self))
        account = UInt32(littleEndian: record.load(fromByteOffset: 24, as: UInt32.self))
    }
}

/// A workload file in memory; the format is `Yardsticks/match/msg.h`.
///
/// **Soundness** The records are allocated with 64-byte alignment, never change after `init` and
/// live until `deinit`; `subscript` checks its index.
final class Workload {
    let seed: UInt64
    let symbols: Int
    let preventsSelfTrades: Bool
    let count: Int
    private let records: UnsafeMutableRawPointer

    /// Reads the first `limit` messages of a file (nil: all).
    init(path: String, limit: Int?) throws(WorkloadError) {
        guard let file = fopen(path, "rb") else { throw .cannotOpen(path: path, errno: errno) }
        defer { fclose(file) }
        var header = [UInt8](repeating: 0, count: 64)
        guard fread(&header, 1, 64, file) == 64, header.starts(with: Array("LOBWL001".utf8)) else {
            throw .noWorkload(path: path)
        }
        let total = Int(Self.integer(header[8..<16]))
        seed = Self.integer(header[16..<24])
        symbols = Int(Self.integer(header[24..<28]))
        preventsSelfTrades = Self.integer(header[40..<44]) != 0
        count = min(total, limit ?? total)
        records = .allocate(byteCount: max(count, 1) * Message.size, alignment: 64)
        guard fread(records, Message.size, count, file) == count else {
            records.deallocate()
            throw .truncated(path: path, messages: count)
        }
    }

    deinit { records.deallocate() }

    subscript(index: Int) -> Message {
        precondition(index >= 0 && index < count, "message \(index) of \(count)")
        return Message(at: records + index * Message.size)
    }

    private static func integer(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
