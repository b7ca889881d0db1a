import NIOCore
import NIOWebSocket

/// Frames on their way to one client, in order, until the socket is offered them.
///
/// Frames are laid one behind the other, so that many of them cost one buffer and one write. A server's
/// frames are whole and not masked: two to ten bytes, then the payload (RFC 6455 §5.2).
struct OutboundFrames {
    /// What comes before `tail`: buffers that are full, and bodies shared with other connections.
    private var full: [ByteBuffer] = []
    /// Where the next frame goes.
    private var tail = ByteBuffer()
    /// The bytes that the client will get, and what keeping them costs beside.
    private(set) var byteCount = 0

    /// A buffer grows up to here; then the next one is begun, so that growing never copies much.
    static let chunkBytes = 64 * 1_024
    /// A buffer that the socket has emptied is used again if it is no larger.
    static let maximumKeptBytes = 4 * 1_024
    /// Counted for a shared body: its header's buffer, and its place in two queues.
    static let sharingOverhead = 256

    var isEmpty: Bool { byteCount == 0 }

    /// The memory of the buffer at hand.
    var keptBytes: Int { tail.capacity }

    /// Appends one frame, whose payload is copied.
    mutating func append(
        _ opcode: WebSocketOpcode, _ prefix: UnsafeRawBufferPointer,
        _ payload: UnsafeRawBufferPointer
    ) {
        let length = prefix.count + payload.count
        makeRoom(FrameHeader.maximumBytes + length)
        byteCount += tail.writeWithUnsafeMutableBytes(
            minimumWritableBytes: FrameHeader.maximumBytes + length
        ) { room in
            let headerBytes = FrameHeader.write(opcode, payloadBytes: length, to: room)
            let content = UnsafeMutableRawBufferPointer(rebasing: room[headerBytes...])
            content.copyMemory(from: prefix)
            UnsafeMutableRawBufferPointer(rebasing: content[prefix.count...])
                .copyMemory(from: payload)
            return headerBytes + length
        }
    }

    /// Appends one text frame, whose body is shared with other connections.
    mutating func append(_ prefix: UnsafeRawBufferPointer, shared body: ByteBuffer) {
        let length = prefix.count + body.readableBytes
        makeRoom(FrameHeader.maximumBytes + prefix.count)
        byteCount += tail.writeWithUnsafeMutableBytes(
            minimumWritableBytes: FrameHeader.maximumBytes + prefix.count
        ) { room in
            let headerBytes = FrameHeader.write(.text, payloadBytes: length, to: room)
            UnsafeMutableRawBufferPointer(rebasing: room[headerBytes...]).copyMemory(from: prefix)
            return headerBytes + prefix.count
        }
        byteCount += body.readableBytes + Self.sharingOverhead
        full.append(tail)
        full.append(body)
        tail = ByteBuffer()
    }

    /// Shows all buffers, in order.
    func forEachBuffer(_ body: (ByteBuffer) -> Void) {
        for buffer in full { body(buffer) }
        if tail.readableBytes > 0 { body(tail) }
    }

    /// Forgets all frames. A buffer that nobody else holds saves making the next one.
    mutating func reuse() {
        full = []
        byteCount = 0
        let isFree =
            tail.capacity <= Self.maximumKeptBytes
            && tail.modifyIfUniquelyOwned { $0.clear() } != nil
        if !isFree { tail = ByteBuffer() }
    }

    private mutating func makeRoom(_ bytes: Int) {
        guard tail.readableBytes > 0, tail.readableBytes + bytes > Self.chunkBytes else { return }
        full.append(tail)
        tail = ByteBuffer()
    }
}

/// The beginning of a frame of the server's.
enum FrameHeader {
    static let maximumBytes = 10

    /// Writes a header for a whole frame and returns its length; there must be room for the longest.
    static func write(
        _ opcode: WebSocketOpcode, payloadBytes: Int, to room: UnsafeMutableRawBufferPointer
    ) -> Int {
        room[0] = 0x80 | UInt8(webSocketOpcode: opcode)
        if payloadBytes < 126 {
            room[1] = UInt8(payloadBytes)
            return 2
        }
        if let length = UInt16(exactly: payloadBytes) {
            room[1] = 126
            room.storeBytes(of: length.bigEndian, toByteOffset: 2, as: UInt16.self)
            return 4
        }
        room[1] = 127
        room.storeBytes(of: UInt64(payloadBytes).bigEndian, toByteOffset: 2, as: UInt64.self)
        return 10
    }
}

extension UnsafeRawBufferPointer {
    static var empty: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }
}
