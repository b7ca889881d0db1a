/// A value that never shows its contents: not printed, not dumped, not reflected.
///
/// Keys and signatures reach logs by accident, through a `print` of the struct around them. A type
/// that cannot be printed makes that accident harmless (P-063).
public protocol Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
}

extension Redacted {
    /// Always the same text.
    public var description: String { "<redacted>" }

    /// Always the same text.
    public var debugDescription: String { "<redacted>" }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Text that must not be shown: a secret key, a signature or a token.
///
/// It is deliberately neither `Equatable` (a comparison would leak through its timing) nor
/// `Encodable`.
public struct Secret: Sendable, Redacted {
    private let text: String

    /// Takes the text into custody.
    public init(_ text: String) { self.text = text }

    /// The text itself; each call is a place worth reviewing.
    public func reveal() -> String { text }
}
