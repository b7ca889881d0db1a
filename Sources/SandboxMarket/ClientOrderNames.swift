import ExchangeTypes

/// Names for the bots' orders that never repeat: the place in the log where this run began, then a
/// running number. A run that placed any order moved the log on, so the next one begins elsewhere.
struct ClientOrderNames: Sendable {
    private let run: UInt64
    private var count: UInt64 = 0

    init(run: SequenceNumber) { self.run = run.value }

    mutating func next() -> ClientOrderID {
        count += 1
        guard let name = ClientOrderID("sandbox-\(run)-\(count)") else {
            preconditionFailure("two numbers of 64 bits fit 64 bytes")
        }
        return name
    }
}
