/// An instant: nanoseconds since 1970-01-01T00:00:00Z. Arithmetic only; nobody here asks a clock.
public struct Timestamp: Hashable, Comparable, Sendable {
    public var nanoseconds: Int64
    @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }
    @inlinable public static var zero: Timestamp { Timestamp(nanoseconds: 0) }
    @inlinable public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
    /// This instant moved by some nanoseconds.
    @inlinable public func advanced(byNanoseconds nanoseconds: Int64) -> Timestamp {
        Timestamp(nanoseconds: self.nanoseconds + nanoseconds)
    }
}

/// A place in the one total order of all commands, from 1.
public struct SequenceNumber: Hashable, Comparable, Sendable {
    public var value: UInt64
    @inlinable public init(_ value: UInt64) { self.value = value }
    @inlinable public static func < (left: SequenceNumber, right: SequenceNumber) -> Bool {
        left.value < right.value
    }
    /// The next place.
    @inlinable public var next: SequenceNumber { SequenceNumber(value + 1) }
}
