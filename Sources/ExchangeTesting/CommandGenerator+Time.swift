import ExchangeTypes

extension CommandGenerator {
    /// The nanoseconds from one command to the next: mostly few, sometimes seconds, seldom so many that
    /// an hour or a day begins or that much was not seen.
    mutating func step() -> Int64 {
        let second: Int64 = 1_000_000_000
        switch random.below(80_000) {
        case 0: return random.within(3_600 * second...200_000 * second)
        case 1: return until(86_400)
        case 2..<6: return until(3_600)
        case 6..<40: return random.within(second...90 * second)
        case 40..<3_200: return random.within(1...3 * second)
        case 3_200..<3_400: return until(1)
        case 3_400..<26_000: return random.within(1...150_000_000)
        case _: return random.within(1...2_000_000)
        }
    }

    /// The way to the next multiple of so many seconds, or to just before or after it.
    private mutating func until(_ seconds: Int64) -> Int64 {
        let period = seconds * 1_000_000_000
        let rest = period - timestamp.nanoseconds % period
        return max(1, rest + random.within(-1...1))
    }
}
