import ExchangeTypes
import QFEXWire
import Testing

/// A small fast generator whose whole future is its seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}

/// The text that an encoder appends behind what is there already.
func encoded(_ append: (inout [UInt8]) -> Void) -> String {
    var bytes = Array("before".utf8)
    append(&bytes)
    #expect(bytes.starts(with: "before".utf8))
    return String(decoding: bytes.dropFirst(6), as: UTF8.self)
}

/// The request in a message of the trade endpoint.
func decodeTrade(_ text: String) throws(WireError) -> TradeRequest {
    var decoder = TradeRequestDecoder()
    return try decoder.decode(Array(text.utf8))
}

/// The code of the error that a message of the trade endpoint gives; nil when it is right.
func tradeErrorCode(_ text: String) -> WireErrorCode? {
    do throws(WireError) {
        _ = try decodeTrade(text)
        return nil
    } catch {
        return error.code
    }
}

extension InlineText {
    /// A text known to fit.
    static func of(_ text: String) throws -> InlineText { try #require(InlineText(text)) }
}

extension WireDecimal {
    static func of(_ text: String) throws -> WireDecimal { try #require(WireDecimal(text)) }
}

let orderUUID = OrderIdentifierPermutation.uniqueID(of: OrderID(7)).string
let tradeUUID = OrderIdentifierPermutation.uniqueID(of: TradeID(3)).string
let userText = "0f52aaaa-1111-4222-8333-444444444444"

func makeUser() throws -> UniqueID { try #require(UniqueID(userText)) }

/// NVDA-USD with ticks of 0.01 and lots of 0.001.
func makeInstrument() throws -> Instrument {
    Instrument(
        id: InstrumentID(0), symbol: try .of("NVDA-USD"), category: .equity,
        tickSize: try #require(Decimal8("0.01")), lotSize: try #require(Decimal8("0.001")),
        minimumQuantity: Quantity(lots: 1), maximumQuantity: Quantity(lots: 1_000_000),
        maximumLeverage: 20, makerFee: Rate(tenthBasisPoints: 10),
        takerFee: Rate(tenthBasisPoints: 50), bandWidth: Rate(tenthBasisPoints: 1_000),
        maximumNotional: Money(1_000_000), minimumNotional: Money(10))
}

/// A buy of 0.5 at 228.3 with 0.25 left.
func makeOrder(type: OrderType = .limit, remaining: Int64 = 250) throws -> OrderState {
    OrderState(
        id: OrderID(7), account: AccountID(1), instrument: InstrumentID(0), side: .buy,
        type: type, timeInForce: type == .market ? .immediateOrCancel : .goodTillCancelled,
        isAmended: false, price: Price(ticks: type == .market ? 0 : 22_830),
        quantity: Quantity(lots: 500), remaining: Quantity(lots: remaining),
        updatedAt: Timestamp(nanoseconds: 1_790_000_000_125_000_000),
        clientOrderID: try .of("mm-17"))
}
