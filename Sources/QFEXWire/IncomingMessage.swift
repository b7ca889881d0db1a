/// A client's message as an error or acknowledgement repeats it.
///
/// Clients match answers to requests by it, so a message that is JSON comes back byte for byte. What
/// may hold a secret never comes back. **Source** `protocol.md` §14, P-063, P-166, P-180.
public enum IncomingMessage: Hashable, Sendable {
    /// `null`: nothing that can be repeated safely.
    case withheld
    /// An `auth` message without its content.
    case authentication
    /// A JSON object, byte for byte.
    case json([UInt8])
    /// What was no JSON object, as a string.
    case text([UInt8])
}

extension IncomingMessage {
    /// A message of the trade endpoint.
    init(_ reader: JSONReader, command: CommandName?, isAuthenticated: Bool) {
        if command == .authenticate {
            self = .authentication
            return
        }
        let isWithheld =
            command == nil
            ? !isAuthenticated || reader.mentionsSecret : reader.hasSecretMember
        self = isWithheld ? .withheld : .repeating(reader)
    }

    /// A message of the public endpoint, where nobody has a reason to send secrets.
    init(_ reader: JSONReader) {
        self = reader.hasSecretMember ? .withheld : .repeating(reader)
    }

    private static func repeating(_ reader: JSONReader) -> IncomingMessage {
        guard let root = reader.root, reader.kind(of: root) == .object else {
            return .text(reader.bytes)
        }
        return .json(reader.bytes)
    }

    /// Writes the value of `incoming_message`.
    func write(to writer: inout JSONWriter) {
        switch self {
        case .withheld:
            writer.null()
        case .authentication:
            writer.beginObject()
            writer.key(Field.type)
            writer.string(Word.auth)
            writer.key(Field.params)
            writer.beginObject()
            writer.endObject()
            writer.endObject()
        case .json(let bytes):
            writer.raw(bytes)
        case .text(let bytes):
            // The decoder of the standard library replaces what is no UTF-8.
            writer.string(String(decoding: bytes, as: UTF8.self))
        }
    }
}

extension JSONReader {
    /// Whether any text in the last message could belong to credentials.
    fileprivate var mentionsSecret: Bool {
        Self.signs.contains { bytes.contains(ignoringCase: $0) }
    }

    /// Whether a member of the last message is named like a credential or there is a secret key.
    ///
    /// Only names count in a JSON object, so that no order is withheld for its client id.
    fileprivate var hasSecretMember: Bool {
        guard let root, kind(of: root) == .object else { return mentionsSecret }
        return hasSecretMember(root) || bytes.contains(ignoringCase: "qfex_secret")
    }

    private func hasSecretMember(_ node: JSONNode) -> Bool {
        switch kind(of: node) {
        case .object:
            let names = [Field.hmac, Field.jwt, Field.signature, "secret", "secret_key"]
            if names.contains(where: { member($0, of: node) != nil }) { return true }
            var found = false
            forEachMember(of: node) { found = found || hasSecretMember($0) }
            return found
        case .array:
            var found = false
            forEachElement(of: node) { found = found || hasSecretMember($0) }
            return found
        case .string, .number, .true, .false, .null:
            return false
        }
    }

    /// `eyj` begins every JWT; a backslash could hide any of the others.
    private static var signs: [StaticString] {
        ["auth", "hmac", "jwt", "signature", "secret", "eyj", "\\u"]
    }
}

extension [UInt8] {
    /// Whether a lower-case text occurs, in any case.
    fileprivate func contains(ignoringCase text: StaticString) -> Bool {
        text.withUTF8Buffer { wanted in
            guard count >= wanted.count else { return false }
            return (0...(count - wanted.count)).contains { start in
                wanted.indices.allSatisfy { place in
                    let byte = self[start + place]
                    let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    return (isUpper ? byte | 0x20 : byte) == wanted[place]
                }
            }
        }
    }
}
