import Foundation
import ServerTestKit
import Testing

/// Orders of several dealers that rest, trade, change and go, the same ones for the same seed.
struct RandomTrading {
    /// A contract and the grid its orders are on.
    struct Venue: Sendable {
        let symbol: String
        /// Prices are whole numbers of ticks around this.
        let center: Int
        let decimals: Int
        /// The smallest quantity, and the step of larger ones.
        let quantity: Decimal
    }

    static let venues = [
        Venue(
            symbol: "AAPL-USD", center: 33_620, decimals: 2, quantity: Decimal(string: "0.1") ?? 1),
        Venue(
            symbol: "NVDA-USD", center: 23_038, decimals: 2, quantity: Decimal(string: "0.1") ?? 1),
        Venue(symbol: "EUR-USD", center: 108_500, decimals: 5, quantity: 100),
    ]

    private struct Open {
        let dealer: Int
        let venue: Venue
        let side: String
        let id: String
    }

    let dealers: [Dealer]
    private var state: UInt64
    private var open: [Open] = []

    init(_ dealers: [Dealer], seed: UInt64) {
        self.dealers = dealers
        state = seed
    }

    /// One order, change or cancel; returns when the exchange has answered it.
    mutating func step() async throws {
        switch number(below: 20) {
        case 0..<3 where !open.isEmpty: try await cancel()
        case 3..<5 where !open.isEmpty: try await modify()
        case 5: try await place(type: "MARKET", tif: "IOC")
        case 6: try await place(type: "LIMIT", tif: "IOC")
        case _: try await place(type: "LIMIT", tif: "GTC")
        }
    }

    private mutating func place(type: String, tif: String) async throws {
        let dealer = number(below: dealers.count)
        let venue = Self.venues[number(below: Self.venues.count)]
        let side = number(below: 2) == 0 ? "BUY" : "SELL"
        let quantity = venue.quantity * Decimal(1 + number(below: 5))
        let price = price(venue, side)
        let answer = try await dealers[dealer].place(
            side, "\(quantity)", at: type == "MARKET" ? nil : price, symbol: venue.symbol,
            type: type, tif: tif)
        try #require(answer["status"] == "ACK", "\(answer)")
        if tif == "GTC", let id = answer["order_id"]?.string {
            open.append(Open(dealer: dealer, venue: venue, side: side, id: id))
        }
    }

    private mutating func cancel() async throws {
        let order = open.remove(at: number(below: open.count))
        let params: [String: JSONValue] = [
            "symbol": .string(order.venue.symbol), "order_id": .string(order.id),
            "cancel_order_id_type": "order_id",
        ]
        try await dealers[order.dealer].perform("cancel_order", params)
    }

    private mutating func modify() async throws {
        let order = open[number(below: open.count)]
        let params: [String: JSONValue] = [
            "symbol": .string(order.venue.symbol), "order_id": .string(order.id),
            "side": .string(order.side), "order_type": "LIMIT",
            "price": .decimal(price(order.venue, order.side)),
        ]
        try await dealers[order.dealer].perform("modify_order", params)
    }

    /// Mostly on the order's own side of the centre, so that books fill and trades happen.
    private mutating func price(_ venue: Venue, _ side: String) -> String {
        let away = number(below: 40) - 8
        let ticks = venue.center + (side == "BUY" ? -away : away)
        return "\(Decimal(sign: .plus, exponent: -venue.decimals, significand: Decimal(ticks)))"
    }

    private mutating func number(below bound: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((value ^ (value >> 31)) % UInt64(bound))
    }
}
