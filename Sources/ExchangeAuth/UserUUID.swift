/// The UUID of a user, kept as the lower-case text that the wire shows.
///
/// The primary account of a user carries the same UUID. Turning it into an identifier of the engine
/// is the gateway's business.
public struct UserUUID: Sendable, Hashable, CustomStringConvertible {
    /// `8-4-4-4-12` lower-case hexadecimal digits.
    public let text: String

    /// Accepts `8-4-4-4-12` hexadecimal digits of either case; nil for anything else.
    public init?(_ text: String) {
        let groups = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard groups.map(\.count) == [8, 4, 4, 4, 12],
            groups.allSatisfy({ $0.allSatisfy(Hexadecimal.isDigit) })
        else { return nil }
        self.text = text.lowercased()
    }

    /// The UUID text.
    public var description: String { text }
}
