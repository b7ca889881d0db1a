import NIOCore

/// Messages that are held on their way out, as a slow line would hold them: each leaves when it is
/// due, and none before one that was put in earlier.
///
/// Pure: time is passed in, in nanoseconds of any clock that never goes back.
public struct DelayLine<Message> {
    private let capacity: Int
    private var waiting = CircularBuffer<(message: Message, byteCount: Int, due: Int64)>()
    /// The bytes that are held.
    public private(set) var byteCount = 0

    /// A line that holds at most so many bytes.
    public init(capacity: Int) { self.capacity = capacity }

    /// Whether nothing is held.
    public var isEmpty: Bool { waiting.isEmpty }

    /// When the oldest message is due; nil when nothing is held.
    public var nextDue: Int64? { waiting.first?.due }

    /// Holds a message until it is due and those before it have left.
    ///
    /// False when there is no room for it: then nothing changes.
    public mutating func hold(_ message: Message, byteCount: Int, until due: Int64) -> Bool {
        guard self.byteCount + byteCount <= capacity else { return false }
        self.byteCount += byteCount
        waiting.append((message, byteCount, due))
        return true
    }

    /// Takes the oldest message, if it is due by now.
    public mutating func takeDue(at now: Int64) -> Message? {
        guard let due = nextDue, due <= now else { return nil }
        let (message, byteCount, _) = waiting.removeFirst()
        self.byteCount -= byteCount
        return message
    }

    /// Drops everything.
    public mutating func removeAll() {
        waiting.removeAll()
        byteCount = 0
    }
}
