import Foundation
import ServerTestKit
import Testing

extension TradeConformance {
    /// `get_user_trades`, and orders that have ended. **Source** `protocol.md` §9.
    @Suite(.serialized) struct TradeQueries {
        let symbol = "SAMSUNG-KRW"

        /// The answer's rows under both keys, which must be the same, and the count.
        private func trades(
            _ trader: Trader, _ params: [String: JSONValue] = [:]
        ) async throws -> (rows: [JSONValue], count: Decimal) {
            let frames = try await trader.perform("get_user_trades", params)
            try #require(frames.count == 1, "\(frames)")
            let rows = try #require(frames[0]["user_trades"]?.array, "\(frames)")
            #expect(frames[0]["user_trades_response"]?.array == rows)
            #expect(frames[0].keys == ["user_trades_response", "user_trades", "count"])
            return (rows, try #require(frames[0]["count"]?.number))
        }

        @Test func `P-162 every fill is a row, newest first, with what the fill said`()
            async throws
        {
            try await withTraders { alice, bob in
                #expect(try await trades(alice).count == 0)
                _ = try await bob.rest(symbol, "SELL", "0.01", "269250")
                _ = try await bob.rest(symbol, "SELL", "0.01", "269260")
                let frames = try await alice.place(symbol, "BUY", "0.02", "269260", id: "t")
                let told = fills(frames)
                try #require(told.count == 2)
                let (rows, count) = try await trades(alice)
                #expect(count == 2)
                for (row, fill) in zip(rows, told.reversed()) {
                    #expect(
                        row.keys == [
                            "trade_id", "symbol", "price", "quantity", "side", "aggressor_side",
                            "order_id", "client_order_id", "fee", "order_type", "tif",
                            "execution_type", "realised_pnl", "timestamp",
                        ])
                    for key in row.keys { #expect(row[key] == fill[key], "\(key)") }
                }
                _ = try await bob.frames()
                let theirs = try await trades(bob)
                #expect(theirs.rows.map { $0["trade_id"] } == rows.map { $0["trade_id"] })
                #expect(theirs.rows.allSatisfy { $0["side"] == "SELL" })
                #expect(theirs.rows.allSatisfy { $0["aggressor_side"] == "BUY" })
            }
        }

        @Test func `P-162 order_id, start_ts, end_ts, limit and offset choose rows`()
            async throws
        {
            try await withTraders { alice, bob in
                var orders: [JSONValue] = []
                for price in ["269250", "269260", "269270"] {
                    _ = try await bob.rest(symbol, "SELL", "0.01", price)
                    let frames = try await alice.place(symbol, "BUY", "0.01", price, id: price)
                    orders.append(try #require(responses(frames).first?["order_id"]))
                    _ = try await bob.frames()
                }
                func ids(_ params: [String: JSONValue]) async throws -> [JSONValue?] {
                    try await trades(alice, params).rows.map { $0["order_id"] }
                }
                let newestFirst: [JSONValue?] = orders.reversed()
                #expect(try await ids([:]) == newestFirst)
                #expect(try await ids(["limit": 0, "order_id": .null]) == newestFirst)
                #expect(try await ids(["limit": 2]) == Array(newestFirst[..<2]))
                #expect(try await ids(["limit": 2, "offset": 2]) == [orders[0]])
                #expect(try await trades(alice, ["limit": 1, "offset": 2]).count == 3)
                #expect(try await ids(["order_id": orders[1]]) == [orders[1]])
                #expect(try await ids(["order_id": "269260"]) == [orders[1]])
                #expect(try await ids(["order_id": "nonsense"]) == [])
                let time = try #require(
                    try await trades(alice, ["limit": 1]).rows[0]["timestamp"]?.number)
                let second = JSONValue.number(Decimal(Int(Double("\(time)")!)))
                let inSecond = try await ids(["start_ts": second, "end_ts": second])
                #expect(inSecond.first == orders[2], "both ends are included")
                #expect(try await ids(["start_ts": 2_000_000_000]) == [])
                #expect(try await ids(["end_ts": 1_000_000_000]) == [])
                #expect(
                    try await ids(["start_ts": 0, "end_ts": 4_000_000_000]) == newestFirst)
            }
        }

        @Test(
            arguments: [
                (["limit": 1_001], "InvalidParameter"), (["limit": -1], "InvalidParameter"),
                (["offset": -1], "InvalidParameter"), (["limit": "10"], "InvalidJSONFormat"),
                (["order_id": 7], "InvalidJSONFormat"), (["start_ts": "0"], "InvalidJSONFormat"),
                (["end_ts": .decimal("1.5")], "InvalidJSONFormat"),
            ] as [([String: JSONValue], String)])
        func `P-162 a question that cannot be is an error`(
            params: [String: JSONValue], code: String
        ) async throws {
            try await withTrader { alice in
                let frames = try await alice.perform("get_user_trades", params)
                #expect(outline(frames) == ["err \(code)"])
                #expect(
                    frames.first?["err"]?["incoming_message"]
                        == ["type": "get_user_trades", "params": .object(params)])
            }
        }

        @Test func `P-160 get_order knows how an order ended`() async throws {
            try await withTraders { alice, bob in
                func get(_ id: JSONValue) async throws -> JSONValue? {
                    let params: [String: JSONValue] = [
                        "symbol": .string(symbol), "order_id": id,
                    ]
                    return try await responses(alice.perform("get_order", params)).first
                }
                _ = try await bob.rest(symbol, "SELL", "0.01", "269250")
                let traded = try await alice.place(symbol, "BUY", "0.01", "269250", id: "done")
                let filled = try #require(responses(traded).last)
                #expect(try await get(filled["order_id"] ?? .null) == filled)
                #expect(try await get("done") == filled)
                let none = try await alice.place(symbol, "BUY", "0.01", "250000", tif: "IOC")
                let cancelled = try #require(responses(none).last)
                #expect(cancelled["status"] == "CANCELLED")
                #expect(try await get(cancelled["order_id"] ?? .null) == cancelled)
                // An open order comes before one that ended under the same name.
                let open = try await alice.rest(symbol, "BUY", "0.01", "250000", id: "done")
                #expect(try await get("done")?["order_id"]?.string == open)
            }
        }
    }
}
