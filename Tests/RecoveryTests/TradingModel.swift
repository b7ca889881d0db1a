import Foundation
import ServerTestKit
import Testing

/// What a buyer and a seller know of their trades. One trade is under way at a time, so after a kill
/// at most one is unheard of, and both sides' figures must agree on whether it happened.
struct TradingModel: Sendable {
    private(set) var fills = 0
    private(set) var quantity = Decimal(0)
    private(set) var takerFees = Decimal(0)
    private(set) var makerFees = Decimal(0)
    /// Quantity, taker fee and maker fee of the trade under way.
    private var unheard: (quantity: Decimal, takerFee: Decimal, makerFee: Decimal)?

    /// A buy of a resting sell is about to be sent.
    mutating func begin(_ quantity: Decimal, at price: Decimal) {
        // Single stocks: 10 bps for the taker, 5 for the maker.
        let value = quantity * price
        unheard = (quantity, value / 1_000, value / 2_000)
    }

    mutating func hearFill() {
        guard let trade = unheard else {
            Issue.record("a fill of nothing")
            return
        }
        fills += 1
        quantity += trade.quantity
        takerFees += trade.takerFee
        makerFees += trade.makerFee
        unheard = nil
    }

    /// Compares with what the exchange says, and takes over whether the last trade happened.
    mutating func check(
        _ seller: TestUser, _ buyer: TestUser, _ server: ServerProcess.Details, round: Int
    ) async throws {
        let bought = try await buyer.figures(server)
        if let trade = unheard, bought.position == quantity + trade.quantity { hearFill() }
        unheard = nil
        let sold = try await seller.figures(server)
        #expect(bought.position == quantity, "round \(round): buyer")
        #expect(sold.position == -quantity, "round \(round): seller")
        #expect(bought.fees == takerFees, "round \(round): buyer")
        #expect(sold.fees == makerFees, "round \(round): seller")
    }
}
