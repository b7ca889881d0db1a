import ExchangeEngine
import ExchangeTypes

/// A mark price that moves while many accounts hold positions: what does it cost to know whom that
/// endangers?
///
/// Longs and shorts alternate, one position of one unit each from 100, opened by orders that met, with
/// deposits that spread their liquidation prices from 30 to 96 and from 107 to 170. The mark first
/// moves to and fro without reaching anybody, then falls from one liquidation price to the next: each
/// step takes exactly one account into liquidation and, through a forced order that a waiting bid
/// fills, out of it again.
struct MarkBenchmark {
    /// Accounts that the falling mark reaches, one with each step.
    static let victims = 200
    /// A hundredth: the distance between two of their liquidation prices.
    private static let step: Int64 = 1_000_000

    private let venue = Venue()
    private let positions: Int
    private var holdings: [ScannedHolding] = []

    init(positions: Int) {
        precondition(positions >= 4 * Self.victims && positions.isMultiple(of: 2))
        self.positions = positions
        for pair in 0..<positions / 2 {
            let long = venue.open(with: Self.longDeposit(pair, of: positions / 2))
            let short = venue.open(with: Self.shortDeposit(pair, of: positions / 2))
            venue.place(long, .buy, 1, at: Money(100))
            venue.place(short, .sell, 1, at: Money(100))
            holdings.append(
                ScannedHolding(cash: Self.longDeposit(pair, of: positions / 2), isLong: true))
            holdings.append(
                ScannedHolding(cash: Self.shortDeposit(pair, of: positions / 2), isLong: false))
        }
    }

    /// Measures, and returns one line. The state hash is the engine's own, after everything.
    func run(quietUpdates: Int) -> BenchmarkResult {
        var changes = 0
        let quiet = nanoseconds(each: quietUpdates) {
            for update in 0..<quietUpdates {
                changes += triggered(venue.setIndex(Self.quietPrice(update)))
            }
        }
        precondition(changes == 0, "\(changes) accounts were reached by a mark that stood still")
        let scan = measureScan()

        venue.setIndex(Money(units: Self.liquidationPrice(0) + Self.step))
        let backer = venue.open(with: Money(1_000_000))
        venue.place(backer, .buy, Int64(Self.victims), at: Money(96))
        var wrongSteps = 0
        let trigger = nanoseconds(each: Self.victims) {
            for victim in 0..<Self.victims {
                let price = Money(units: Self.liquidationPrice(victim) - Self.step / 2)
                if triggered(venue.setIndex(price)) != 1 { wrongSteps += 1 }
            }
        }
        precondition(wrongSteps == 0, "\(wrongSteps) steps did not reach exactly one account")
        venue.exchange.checkInvariants()
        return BenchmarkResult(
            name: "marks", size: positions, count: quietUpdates,
            figures: [("quiet_ns", quiet), ("trigger_ns", trigger), ("scan_ns", scan)],
            stateHash: venue.exchange.stateHash())
    }

    /// The yardstick: looking at every account, with the same exact arithmetic.
    private func measureScan() -> Int {
        let rounds = max(1, 1_000_000 / positions)
        var endangered = 0
        let time = nanoseconds(each: rounds) {
            for round in 0..<rounds {
                let mark = ReferencePrice(units: Self.quietPrice(round).units)
                for holding in holdings where holding.isEndangered(at: mark, venue.instrument) {
                    endangered += 1
                }
            }
        }
        precondition(endangered == 0, "\(endangered) accounts in danger at the price they paid")
        return time
    }

    /// A price that goes to and fro between 100 and 100.01.
    @inline(__always)
    private static func quietPrice(_ update: Int) -> Money {
        Money(units: 10_000_000_000 + Int64(update & 1) * step)
    }

    /// How many accounts went into liquidation.
    @inline(__always)
    private func triggered(_ events: [Event]) -> Int {
        events.count {
            if case .liquidationChanged(let change) = $0 { change.isInLiquidation } else { false }
        }
    }

    // MARK: Deposits, so that equity is maintenance margin at a chosen price

    private static func liquidationPrice(_ victim: Int) -> Int64 {
        9_640_000_000 - Int64(victim) * step
    }

    /// A long of one unit from 100 with cash `c` has `c + p − 100 = 2p/30` at its liquidation price p.
    private static func longDeposit(_ pair: Int, of pairs: Int) -> Money {
        let price =
            pair < victims ? liquidationPrice(pair) : spread(pair, of: pairs, from: 30, to: 90)
        return Money(
            units: 10_000_000_000 - price * (3 * Venue.leverage - 2) / (3 * Venue.leverage))
    }

    private static func shortDeposit(_ pair: Int, of pairs: Int) -> Money {
        let price = spread(pair, of: pairs, from: 107, to: 170)
        return Money(
            units: price * (3 * Venue.leverage + 2) / (3 * Venue.leverage) - 10_000_000_000)
    }

    /// A price between two, scattered so that neighbours in opening order are none in price.
    private static func spread(_ pair: Int, of pairs: Int, from low: Int64, to high: Int64) -> Int64
    {
        let place = Int64(pair) * 7_919 % Int64(pairs)
        return low * unitsPerOne + (high - low) * unitsPerOne * place / Int64(pairs)
    }
}

/// What a scan has to know of an account that holds one unit from 100.
private struct ScannedHolding {
    let cash: Money
    let isLong: Bool
    let quantity = Quantity(lots: 1_000)

    @inline(__always)
    func isEndangered(at mark: ReferencePrice, _ instrument: Instrument) -> Bool {
        let value = instrument.notional(mark, quantity)
        let profit = value.money.units - 10_000_000_000
        let equity = cash.units + (isLong ? profit : -profit)
        let maintenance = Notional(units: 2 * value.units)
            .money(dividedBy: 3 * Int(instrument.maximumLeverage))
        return equity <= maintenance.units
    }
}
