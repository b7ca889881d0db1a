public import ExchangeTypes

/// The kind of an error frame. **Source** `protocol.md` §14.
public enum WireErrorCode: Hashable, Sendable, CaseIterable {
    case rateLimited
    /// No JSON object, an unknown command, a missing field, a wrong JSON type, an unknown word.
    case invalidJSONFormat
    case alreadyAuthenticated
    /// Well-formed, but out of range.
    case invalidParameter
    case permissionDenied
    case serverError
    /// An order that can't even be given to the engine: no quantity, a limit order without price.
    case invalidOrder
    case kycRequired
    case termsRequired
    case alreadySubscribedToLeaderboard
}

/// A request that is answered by an error frame.
public struct WireError: Error, Hashable, Sendable {
    public var code: WireErrorCode
    /// For people. It never holds a client's secret.
    public var message: String
    public init(_ code: WireErrorCode, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension WireError {
    /// How many names one error repeats: a client may have sent thousands, and the first tell enough.
    public static let namedAtMost = 20

    /// The refusal of names that mean nothing, each named once.
    public static func unknown(
        _ code: WireErrorCode, _ kind: String, _ names: some Sequence<InlineText>
    ) -> WireError {
        var seen: Set<InlineText> = []
        let distinct = names.filter { seen.insert($0).inserted }
        let list = distinct.prefix(namedAtMost).map(\.string).joined(separator: ", ")
        let others = distinct.count - namedAtMost
        return WireError(
            code, "unknown \(kind): \(list)" + (others > 0 ? " and \(others) more" : ""))
    }
}

extension WireError: CustomStringConvertible {
    public var description: String { "\(code.wireName): \(message)" }
}
