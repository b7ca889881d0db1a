import ExchangeTypes

/// A factor that holds for some seconds, and is one otherwise.
struct Spell: Sendable {
    private(set) var factor = Rate.one
    private var secondsLeft: Int64 = 0

    init() {}

    init(_ factor: Rate, seconds: Int64) {
        self.factor = factor
        secondsLeft = seconds
    }

    mutating func passSecond() {
        guard secondsLeft > 0 else { return }
        secondsLeft -= 1
        if secondsLeft == 0 { factor = .one }
    }
}
