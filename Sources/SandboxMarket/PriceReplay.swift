public import ExchangeTypes

/// A tape, and how it is replayed: from its first row when the market begins, by simulated time.
public struct PriceReplay: Sendable {
    public let tape: PriceTape
    /// Seconds of the tape in a simulated second.
    public let speed: Decimal8
    /// Whether it begins anew after its end; else its last prices hold.
    public let loops: Bool

    /// Speeds that a tape can have.
    public static let speeds = Decimal8(units: 100_000)...Decimal8(1_000_000)

    /// - Throws: when there is no such speed.
    public init(
        _ tape: PriceTape, speed: Decimal8 = Decimal8(1), loops: Bool = false
    ) throws(InvalidMarketValue) {
        guard Self.speeds.contains(speed) else {
            throw InvalidMarketValue("speed must be 0.001 to 1000000, not \(speed)")
        }
        self.tape = tape
        self.speed = speed
        self.loops = loops
    }

    /// The underlier of a contract that is on the tape.
    func prices(of symbol: Symbol) -> RecordedPrices? {
        tape.rows(of: symbol).flatMap { RecordedPrices($0, self) }
    }

    /// The place on the tape after some simulated seconds, in nanoseconds from its first row.
    func place(after seconds: Int64) -> Int64 {
        let exact = Int128(seconds) * Int128(speed.units) * (1_000_000_000 / Int128(unitsPerOne))
        // The last prices hold for a second before the tape begins anew.
        let whole = Int128(tape.duration) + 1_000_000_000
        return Int64(loops ? exact % whole : min(exact, whole))
    }
}

/// The recorded prices of one underlier. Before its first row, that row's price holds.
struct RecordedPrices: Underlier {
    private let rows: [PriceTape.Row]
    private let replay: PriceReplay
    private(set) var price: ReferencePrice

    /// - Returns: Nil without any row.
    init?(_ rows: [PriceTape.Row], _ replay: PriceReplay) {
        guard let first = rows.first else { return nil }
        self.rows = rows
        self.replay = replay
        price = first.price
    }

    mutating func step(_ second: UnderlierSecond) {
        let place = replay.place(after: second.number)
        let countSoFar = rows.partitionPoint(where: { $0.offset <= place })
        price = rows[max(countSoFar - 1, 0)].price
    }

    /// What was recorded stays as it is.
    mutating func resume(at price: ReferencePrice) {}

    /// What was recorded stays as it is.
    mutating func reseed(_ random: SplitMix64) {}
}
