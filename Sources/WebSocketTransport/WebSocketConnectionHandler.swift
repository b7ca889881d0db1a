import NIOCore
import NIOWebSocket

/// Turns frames into whole, checked messages for a session, and answers control frames.
final class WebSocketConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame

    private let connection: WebSocketConnection
    private let session: any WebSocketSession
    private let limits: TransportLimits
    private var partial: ByteBuffer?
    private var fragments = 0
    /// Whether the message at hand must be valid UTF-8 by RFC 6455: a text one. What a binary one holds is
    /// for the session to judge (protocol.md §18.2).
    private var isText = true
    private var hasEnded = false

    init(
        connection: WebSocketConnection, session: any WebSocketSession, limits: TransportLimits
    ) {
        self.connection = connection
        self.session = session
        self.limits = limits
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        connection.heard()
        if hasEnded || connection.isClosing {
            // Said goodbye already: only the client's own goodbye is of interest.
            if frame.opcode == .connectionClose { connection.echoClose(frame.unmaskedData) }
            return
        }
        // RFC 6455 §5.1: a client masks every frame.
        guard frame.maskKey != nil else { return fail(.protocolError("frame is not masked")) }
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
            return fail(.protocolError("reserved bits are set"))
        }
        if frame.opcode.isControlOpcode && (!frame.fin || frame.length > 125) {
            return fail(.protocolError("control frame too long or in parts"))
        }
        switch frame.opcode {
        case .text, .binary:
            guard partial == nil else {
                return fail(.protocolError("new message inside another"))
            }
            isText = frame.opcode == .text
            receive(frame.unmaskedData, isLast: frame.fin)
        case .continuation:
            guard partial != nil else { return fail(.protocolError("nothing to continue")) }
            receive(frame.unmaskedData, isLast: frame.fin)
        case .ping: connection.pong(frame.unmaskedData)
        case .pong: break
        case .connectionClose: receiveClose(frame.unmaskedData)
        default: fail(.protocolError("unknown opcode"))
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !hasEnded { session.receivedBatch() }
        connection.flush()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { connection.becameWritable() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is Goodbye {
            if !hasEnded { fail(.goingAway) }
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case let error as NIOWebSocketError where error == .invalidFrameLength:
            fail(.messageTooLarge)
        case is NIOWebSocketError:
            fail(.protocolError("malformed frame"))
        default:
            // The transport failed: nobody is left to be told.
            context.close(promise: nil)
        }
    }

    private func receive(_ data: ByteBuffer, isLast: Bool) {
        var message = data
        if var sofar = partial {
            // Let go first: a shared buffer would be copied whole for every part.
            partial = nil
            sofar.writeImmutableBuffer(data)
            message = sofar
        }
        fragments += 1
        guard message.readableBytes <= limits.maximumMessageBytes else {
            return fail(.messageTooLarge)
        }
        guard isLast else {
            guard fragments < limits.maximumFragments else {
                return fail(.policyViolation("message in too many parts"))
            }
            partial = message
            return
        }
        partial = nil
        fragments = 0
        if isText && !message.isValidUTF8 { return fail(.invalidUTF8) }
        session.receive(message.readableBytesView)
    }

    private func receiveClose(_ payload: ByteBuffer) {
        var code = payload
        let isValid: Bool
        switch code.readInteger(as: UInt16.self) {
        case nil: isValid = payload.readableBytes == 0
        case .some(let value):
            isValid =
                (1000...4999).contains(value) && ![1004, 1005, 1006].contains(value)
                && !(1015...2999).contains(value) && code.isValidUTF8
        }
        if isValid {
            connection.echoClose(payload)
        } else {
            connection.close(.protocolError("malformed close frame"))
        }
        end()
    }

    /// Ends the conversation: nothing more of this client is read.
    private func fail(_ reason: CloseReason) {
        connection.close(reason)
        end()
    }

    private func end() {
        if hasEnded { return }
        hasEnded = true
        connection.ended()
        session.closed()
    }
}

extension ByteBuffer {
    /// Whether the readable bytes are whole UTF-8 text. ASCII, the rule, is checked eight at a time.
    var isValidUTF8: Bool {
        withUnsafeReadableBytes { bytes in
            var index = 0
            while index + 8 <= bytes.count,
                bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080
                    == 0
            {
                index += 8
            }
            return String(validating: bytes[index...], as: UTF8.self) != nil
        }
    }
}
