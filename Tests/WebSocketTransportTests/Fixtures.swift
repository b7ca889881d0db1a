import NIOCore
import NIOEmbedded
import NIOWebSocket
import Testing

@testable import WebSocketTransport

/// A connection whose socket is the test's, and a client that understands what comes out.
final class Rig {
    let channel = EmbeddedChannel()
    let connection: WebSocketConnection
    private let client = EmbeddedChannel(
        handler: ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: 1 << 24)))

    init(_ limits: TransportLimits = TransportLimits()) throws {
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        connection = WebSocketConnection(id: 1, channel: channel, limits: limits)
    }

    /// The buffers that the socket was offered since the last call.
    func takeBuffers() throws -> [ByteBuffer] {
        var buffers: [ByteBuffer] = []
        while let buffer = try channel.readOutbound(as: ByteBuffer.self) { buffers.append(buffer) }
        return buffers
    }

    /// The frames that the socket was offered since the last call.
    func takeFrames() throws -> [WebSocketFrame] {
        for buffer in try takeBuffers() { try client.writeInbound(buffer) }
        var frames: [WebSocketFrame] = []
        while let frame = try client.readInbound(as: WebSocketFrame.self) { frames.append(frame) }
        return frames
    }

    /// `text hello`, `ping`, `close 1013 reading too slowly`.
    func takeLabels() throws -> [String] { try takeFrames().map(\.label) }

    func send(_ text: String) { connection.send(Array(text.utf8)) }
}

extension WebSocketFrame {
    var label: String {
        var data = data
        switch opcode {
        case .text: return "text \(String(buffer: data))"
        case .ping: return "ping"
        case .pong: return "pong \(String(buffer: data))"
        case .connectionClose:
            let code = data.readInteger(as: UInt16.self).map { "\($0)" } ?? "without code"
            return "close \(code) \(String(buffer: data))"
        default: return "\(opcode)"
        }
    }
}

extension Array where Element == UInt8 {
    init(_ text: String) { self = Array(text.utf8) }
}
