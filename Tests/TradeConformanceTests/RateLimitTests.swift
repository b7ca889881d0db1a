import Foundation
import ServerTestKit
import Testing

/// How much a user may say, over real sockets; with smaller limits, so that few messages do. The
/// numbers of the documentation are tested in virtual time (TradeGatewayTests).
/// **Source** `protocol.md` §15.
@Suite struct RateLimitTests {
    private static let symbol = "NVDA-USD"

    /// The answer to a message, without asking anything else.
    private func answer(
        _ trader: Trader, _ type: String, _ params: [String: JSONValue] = [:]
    ) async throws -> JSONValue {
        try await trader.send(type, params)
        return try await trader.nextFrame()
    }

    private func isRefused(_ frame: JSONValue) -> Bool {
        frame["err"]?["error_code"] == "RateLimited"
    }

    @Test func `P-191 P-192 P-194 the limit is the user's, in two buckets, and the hint suffices`()
        async throws
    {
        try await withExchange(["--rate-limit", "40", "--event-loops", "2"]) {
            let alice = try await Trader.open(channels: [])
            let second = try await Trader.open(alice.user, channels: [])
            let bob = try await Trader.open(channels: [])
            var number = 0
            var refusal = JSONValue.null
            var order: [String: JSONValue] = [:]
            while number < 200 {
                // Both connections count together.
                let trader = number.isMultiple(of: 2) ? alice : second
                order = trader.order(Self.symbol, "BUY", "0.1", "220", id: "\(number)")
                let frame = try await answer(trader, "add_order", order)
                if isRefused(frame) {
                    refusal = frame
                    break
                }
                #expect(outline([frame]) == ["ACK"])
                number += 1
            }
            // 41 in an instant; it took a little time.
            #expect((41...50).contains(number))
            let error = try #require(refusal["err"])
            #expect(error["incoming_message"] == ["type": "add_order", "params": .object(order)])
            let hint = try #require(error["retry_after"]?.number)
            #expect(hint > 0 && hint < 3)
            #expect(error["message"]?.string?.contains("retry after \(hint)s") == true)

            #expect(try await isRefused(answer(second, "get_user_trades")))
            #expect(try await !isRefused(answer(bob, "get_user_trades")))
            // A new connection begins with the same load.
            let third = try await Trader.connect(alice.user)
            try await third.authenticate()
            _ = try await third.nextFrame()
            #expect(try await isRefused(answer(third, "get_user_orders")))

            let cancelled = try await answer(alice, "cancel_all_orders", ["symbol": "AAPL-USD"])
            #expect(outline([cancelled]) == ["ack+ack_response"])
            try await Task.sleep(for: .milliseconds(Int("\(hint * 1_000)") ?? 3_000))
            // The refused order left nothing behind: its name is free.
            let retried = try await answer(alice, "add_order", order)
            #expect(outline([retried]) == ["ACK"])
        }
    }

    @Test func `P-191 exhausted cancels leave orders alone`() async throws {
        try await withExchange(["--rate-limit", "20"]) {
            let alice = try await Trader.open(channels: [])
            var frames: [JSONValue] = []
            for _ in 0..<30 {
                frames.append(
                    try await answer(alice, "cancel_all_orders", ["symbol": .string(Self.symbol)]))
            }
            #expect(frames.contains(where: isRefused))
            let placed = try await answer(
                alice, "add_order", alice.order(Self.symbol, "BUY", "0.1", "220"))
            #expect(outline([placed]) == ["ACK"])
        }
    }

    @Test(
        arguments: [
            ("get_user_orders", 5), ("get_user_trades", 0.5), ("get_user_leverage", 0.1),
            ("cancel_all_orders", 2),
        ])
    func `P-193 messages weigh what the documentation says`(
        type: String, weight: Double
    ) async throws {
        try await withExchange(["--rate-limit", "20"]) {
            let alice = try await Trader.open(channels: [])
            // Not the fence of the opening, only these count in their bucket.
            var count = 0
            while try await !isRefused(answer(alice, type)) {
                count += 1
                if count > 1_000 { break }
            }
            // What was said before, and what fades meanwhile, in units.
            let units = Double(count) * weight
            #expect((10...40).contains(units), "\(count) of \(type)")
        }
    }

    @Test func `P-190 without a limit nothing is refused`() async throws {
        try await withExchange(["--rate-limit", "0"]) {
            let alice = try await Trader.open(channels: [])
            for _ in 0..<10 {
                for _ in 0..<300 { try await alice.send("get_user_orders") }
                for _ in 0..<300 {
                    let frame = try await alice.nextFrame()
                    #expect(frame["all_orders_response"] != nil)
                }
            }
        }
    }
}
