/// One record of a workload, as in `Benchmarks/Yardsticks/match/msg.h`.
struct WorkloadMessage: Equatable {
    enum Operation: UInt8 {
        case add = 1
        case cancel = 2
    }
    enum Lifetime: UInt8 {
        case goodTillCancelled
        case immediateOrCancel
        case fillOrKill
        case postOnly
    }

    var operation: Operation
    var isSell: Bool
    var lifetime = Lifetime.goodTillCancelled
    var isMarketable = false
    var symbol: Int
    var orderID: UInt64
    var price: UInt32
    var quantity: UInt32
    var account: UInt32
    var sequence: UInt32

    /// The record in a workload file, as its four little-endian words of 64 bits.
    var words: [UInt64] {
        let kind =
            UInt64(operation.rawValue) | (isSell ? 1 << 8 : 0) | UInt64(lifetime.rawValue) << 16
            | (isMarketable ? 1 << 24 : 0)
        return [
            kind | UInt64(symbol) << 32,
            orderID,
            UInt64(price) | UInt64(quantity) << 32,
            UInt64(account) | UInt64(sequence) << 32,
        ]
    }
}

/// Makes the same messages as `Benchmarks/Yardsticks/match/gen.c`, so that tests need no files.
///
/// Integers only. It follows its own `WorkloadMarket`, so that a cancel always names a resting
/// order.
struct WorkloadGenerator {
    /// Whether orders may be fill-or-kill and post-only, and owners never trade with themselves.
    let isFull: Bool
    let symbols: Int
    /// The number of resting orders towards which a symbol is pulled.
    private let target: Int
    private var random: Xoshiro256
    private var market: WorkloadMarket
    /// The walking centre of each symbol's prices.
    private var centres: [UInt32]
    /// Every order sent so far, by id less one.
    private var orders: [WorkloadMessage] = []
    private var sequence: UInt32 = 0

    private static let accounts: UInt32 = 512

    init(symbols: Int, isFull: Bool, seed: UInt64 = 42) {
        self.isFull = isFull
        self.symbols = symbols
        target = symbols == 1 ? 10_000 : 2_000
        random = Xoshiro256(seed: seed)
        market = WorkloadMarket(symbols: symbols, preventsSelfTrades: isFull)
        centres = Array(repeating: 100_000, count: symbols)
    }

    /// The next message. The draws come in the order of the C program.
    mutating func next() -> WorkloadMessage {
        let symbol = nextSymbol()
        moveCentre(symbol)
        let draw = Int(random.below(100))
        let resting = market.resting[symbol].count
        // The pull makes new orders likelier while a symbol has too few and cancels while too many.
        let pull = min(max((target - resting) * 25 / target, -25), 25)
        var isCancel = draw < 95 && draw >= 60 + pull
        let isMarketable = draw >= 95
        if isCancel && resting == 0 { isCancel = false }
        if resting >= target * 2 - 1 { isCancel = true }
        let message =
            isCancel
            ? cancel(market.resting[symbol][Int(random.below(UInt32(resting)))])
            : add(symbol, isMarketable: isMarketable)
        sequence += 1
        return message
    }

    /// Half of the flow goes to the first tenth of the symbols.
    private mutating func nextSymbol() -> Int {
        if symbols == 1 { return 0 }
        let range = random.below(2) == 1 ? symbols : (symbols + 9) / 10
        return Int(random.below(UInt32(range)))
    }

    private mutating func moveCentre(_ symbol: Int) {
        switch random.below(64) {
        case 0 where centres[symbol] < 230_000: centres[symbol] += 1
        case 1 where centres[symbol] > 20_000: centres[symbol] -= 1
        default: break
        }
    }

    private mutating func cancel(_ id: UInt64) -> WorkloadMessage {
        var message = orders[Int(id) - 1]
        message.operation = .cancel
        message.lifetime = .goodTillCancelled
        message.isMarketable = false
        message.sequence = sequence
        market.remove(id)
        return message
    }

    private mutating func add(_ symbol: Int, isMarketable: Bool) -> WorkloadMessage {
        let isSell = random.below(2) == 1
        // A fifth of the flow comes from eight market makers.
        let account =
            random.below(5) != 0 ? 9 + random.below(Self.accounts - 8) : 1 + random.below(8)
        var message = WorkloadMessage(
            operation: .add, isSell: isSell, isMarketable: isMarketable, symbol: symbol,
            orderID: UInt64(orders.count) + 1, price: centres[symbol], quantity: 0,
            account: account, sequence: sequence)
        if isMarketable { finishMarketable(&message) } else { finishPassive(&message) }
        orders.append(message)
        market.add(message)
        return message
    }

    /// A price 1 to 2,048 ticks away, nearer ones likelier.
    private mutating func finishPassive(_ message: inout WorkloadMessage) {
        let scale = UInt32(8) << UInt32((random.next() | 256).trailingZeroBitCount)
        let distance = 1 + random.below(scale)
        message.price = message.isSell ? message.price + distance : message.price - distance
        message.quantity = 1 + random.below(100)
        if isFull && random.below(8) == 0 { message.lifetime = .postOnly }
    }

    private mutating func finishMarketable(_ message: inout WorkloadMessage) {
        message.price = message.isSell ? message.price - 10 : message.price + 10
        message.quantity = 1 + random.below(500)
        let draw = random.below(10)
        if draw < 6 {
            message.lifetime = .immediateOrCancel
        } else if isFull && draw < 8 {
            message.lifetime = .fillOrKill
        }
    }
}

/// The generator xoshiro256**, seeded through splitmix64.
struct Xoshiro256 {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    init(seed: UInt64) {
        var seed = seed
        func splitMix() -> UInt64 {
            seed &+= 0x9e37_79b9_7f4a_7c15
            var word = seed
            word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
            word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
            return word ^ word >> 31
        }
        state = (splitMix(), splitMix(), splitMix(), splitMix())
    }

    mutating func next() -> UInt64 {
        let result = Self.rotate(state.1 &* 5, by: 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = Self.rotate(state.3, by: 45)
        return result
    }

    /// A number below `bound`, from the upper half of one draw.
    mutating func below(_ bound: UInt32) -> UInt32 {
        UInt32(((next() >> 32) * UInt64(bound)) >> 32)
    }

    private static func rotate(_ word: UInt64, by count: UInt64) -> UInt64 {
        word << count | word >> (64 - count)
    }
}
