import ExchangeTypes

/// A random walk that now and then jumps, up or down.
struct JumpWalk: Underlier {
    private var walk: RandomWalk
    private let perHour: Int64
    /// The size of a usual jump, in units of 1e-8 of the reference.
    private let size: Int64
    private var random: SplitMix64

    init(_ walk: RandomWalk, perHour: Int64, size: Rate, random: SplitMix64) {
        self.walk = walk
        self.perHour = perHour
        self.size = size.units / 10_000
        self.random = random
    }

    var price: ReferencePrice { walk.price }

    mutating func step(_ second: UnderlierSecond) {
        walk.step(second)
        guard random.below(3_600) < perHour else { return }
        let jump = random.within(size / 2...size / 2 + size)
        walk.move(by: random.below(2) == 0 ? jump : -jump)
    }

    mutating func resume(at price: ReferencePrice) { walk.resume(at: price) }

    mutating func reseed(_ random: SplitMix64) {
        walk.reseed(random.split(0))
        self.random = random.split(1)
    }
}
