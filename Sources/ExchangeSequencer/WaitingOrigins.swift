import ExchangeTypes

/// Who sent the commands that the engine makes wait, in the order of the commands, which is also the
/// order in which they leave.
struct WaitingOrigins {
    private var entries: [(command: SequenceNumber, origin: Origin)] = []
    private var first = 0

    /// How many are remembered.
    var count: Int { entries.count - first }

    /// Remembers the sender of the newest command.
    mutating func append(_ command: SequenceNumber, _ origin: Origin) {
        entries.append((command, origin))
    }

    /// The sender of a command whose time has come, if there is one.
    mutating func take(_ command: SequenceNumber) -> Origin? {
        forget(before: command)
        guard count > 0, entries[first].command == command else { return nil }
        let origin = entries[first].origin
        forget(before: command.next)
        return origin
    }

    /// Forgets commands that wait no more: all before this one, or all.
    mutating func forget(before oldest: SequenceNumber?) {
        while first < entries.count {
            if let oldest, entries[first].command >= oldest { break }
            first += 1
        }
        if first == entries.count {
            entries.removeAll(keepingCapacity: true)
            first = 0
        } else if first >= 1_024 && first * 2 >= entries.count {
            entries.removeFirst(first)
            first = 0
        }
    }
}
