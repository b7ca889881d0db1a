/// Messages that are held on their way out, as a slow line would hold them: each leaves when it is
/// due, and none before one that was put in earlier.
///
/// Pure: time is passed in, in nanoseconds of any clock that never goes back.
public struct DelayLine<Message> {
    private let capacity: Int
    private var waiting: [(message: Message, byteCount: Int, due: Int64)] = []
    /// The place of the oldest message in `waiting`: what is before it has left.
    private var first = 0
    /// The bytes that are held.
    public private(set) var byteCount = 0

    /// A line that holds at most so many bytes.
    public init(capacity: Int) { self.capacity = capacity }

    /// Whether nothing is held.
    public var isEmpty: Bool { first == waiting.count }

    /// When the oldest message is due; nil when nothing is held.
    public var nextDue: Int64? { isEmpty ? nil : waiting[first].due }

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
        let (message, byteCount, _) = waiting[first]
        self.byteCount -= byteCount
        first += 1
        // What has left goes in halves, so that each message is moved no more than once on average.
        if first * 2 >= waiting.count {
            waiting.removeFirst(first)
            first = 0
        }
        return message
    }

    /// Drops everything.
    public mutating func removeAll() {
        waiting = []
        first = 0
        byteCount = 0
    }
}
