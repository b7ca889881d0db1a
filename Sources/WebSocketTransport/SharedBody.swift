import NIOCore

/// The part of a data message that is the same for all who get it.
///
/// Made once for each message. A short one is copied into the buffer of every connection, which is cheaper
/// than to keep track of it; a long one lies in memory once, however many wait for it.
public struct SharedBody: Sendable {
    /// How the bytes get into a connection's queue.
    enum Storage {
        case copied([UInt8])
        case shared(ByteBuffer)
    }
    let storage: Storage

    /// The shortest body that is shared by reference. Measured: from about here on a write of two buffers
    /// costs less than a copy.
    static let sharedBytes = 4 * 1_024

    public init(_ bytes: [UInt8]) {
        storage =
            bytes.count < Self.sharedBytes ? .copied(bytes) : .shared(ByteBuffer(bytes: bytes))
    }

    /// How many bytes it has.
    public var byteCount: Int {
        switch storage {
        case .copied(let bytes): bytes.count
        case .shared(let buffer): buffer.readableBytes
        }
    }

    /// Shows the bytes where they lie.
    public func withUnsafeBytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        switch storage {
        case .copied(let bytes): try bytes.withUnsafeBytes(body)
        case .shared(let buffer): try buffer.withUnsafeReadableBytes(body)
        }
    }
}
