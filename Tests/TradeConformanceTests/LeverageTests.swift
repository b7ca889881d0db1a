import Foundation
import ServerTestKit
import Testing

extension TradeConformance {
    /// The three leverage commands. **Source** `protocol.md` §10.
    @Suite(.serialized) struct Leverage {
        let symbol = "COPPER-USD"

        private func set(
            _ trader: Trader, _ leverage: JSONValue, _ symbol: String? = nil
        ) async throws -> [JSONValue] {
            try await trader.perform(
                "set_user_leverage",
                ["symbol": .string(symbol ?? self.symbol), "leverage": leverage])
        }

        private func applied(
            _ trader: Trader, _ params: [String: JSONValue] = [:]
        ) async throws -> [JSONValue] {
            let frames = try await trader.perform("get_user_leverage", params)
            try #require(frames.count == 1, "\(frames)")
            return try #require(frames[0]["user_leverage_response"]?.array, "\(frames)")
        }

        private func available(
            _ trader: Trader, _ params: [String: JSONValue] = [:]
        ) async throws -> [JSONValue] {
            let frames = try await trader.perform("get_available_leverage_levels", params)
            try #require(frames.count == 1, "\(frames)")
            return try #require(
                frames[0]["available_leverage_levels_response"]?.array, "\(frames)")
        }

        private func level(_ trader: Trader) async throws -> String? {
            let rows = try await applied(trader)
            return rows.first { $0["symbol"]?.string == symbol }?["leverage"]?.string
        }

        @Test func `P-163 every level of every symbol can be chosen, in pages`() async throws {
            try await withTrader(channels: []) { alice in
                let rows = try await available(alice)
                let mine = rows.filter { $0["symbol"]?.string == symbol }
                #expect(mine.map { $0["leverage"]?.string } == (1...20).map { "\($0)" })
                for row in rows {
                    #expect(
                        row.keys == [
                            "id", "symbol", "initial_margin", "maintenance_margin",
                            "max_notional", "leverage",
                        ])
                    #expect(isUUID(row["id"]?.string))
                    #expect(row["max_notional"]?.number ?? 0 > 0)
                }
                #expect(Set(rows.map { $0["id"] }).count == rows.count)
                #expect(mine[2]["initial_margin"] == .decimal("0.3333333333"))
                #expect(mine[2]["maintenance_margin"] == .decimal("0.2222222222"))
                #expect(mine[19]["initial_margin"] == .decimal("0.05"))
                #expect(mine[19]["maintenance_margin"] == .decimal("0.0333333333"))

                for offset in [0, 9, 10, 11, 25] {
                    let page = try await available(
                        alice, ["limit": 13, "offset": .number(Decimal(offset))])
                    #expect(page == Array(rows[offset..<(offset + 13)]))
                }
                #expect(try await available(alice, ["offset": 100_000]).isEmpty)
            }
        }

        @Test func `P-163 the applied levels: one row a symbol, the maximum at first`()
            async throws
        {
            try await withTrader(channels: []) { alice in
                let rows = try await applied(alice)
                #expect(Set(rows.map { $0["symbol"] }).count == rows.count)
                #expect(rows.count == 29)
                #expect(try await level(alice) == "20")
                // A row is that of the level, whoever applies it.
                let levels = try await available(alice)
                #expect(rows.allSatisfy { levels.contains($0) })
                #expect(try await applied(alice, ["limit": 3, "offset": 2]) == Array(rows[2..<5]))
            }
        }

        @Test func `P-164 R-020 a new level is acknowledged and visible at once`() async throws {
            try await withTrader(channels: ["positions"]) { alice in
                let frames = try await set(alice, 4)
                let request: JSONValue = [
                    "type": "set_user_leverage",
                    "params": ["symbol": .string(symbol), "leverage": 4],
                ]
                #expect(
                    frames == [["ack": ["incoming_message": request], "ack_response": true]])
                #expect(try await level(alice) == "4")
                _ = try await alice.rest(symbol, "BUY", "10", "6.6")
                // Subscribing again shows the positions of now.
                let shown = try await alice.subscribe(["positions"]).compactMap {
                    $0["position_response"]
                }.last { $0["symbol"]?.string == symbol }
                #expect(shown?["leverage"] == 4)
                #expect(shown?["initial_margin"] == .decimal("0.25"))
                #expect(shown?["open_orders"] == 1)
                // Also in the last row, when there is nothing left to tell.
                try await alice.send("cancel_all_orders")
                let last = try await alice.client.next {
                    $0["position_response"]?["open_orders"] == 0
                }
                #expect(last["position_response"]?["leverage"] == 4)
                // Another account has its own.
                try await withTrader(channels: []) { bob in
                    let theirs = try await level(bob)
                    #expect(theirs == "20")
                }
            }
        }

        @Test func `P-165 R-020 with an open order or a position a level stays`() async throws {
            try await withTraders { alice, bob in
                #expect(try await outline(set(alice, 5)) == ["ack+ack_response"])
                func expectRefusal() async throws {
                    let frames = try await set(alice, 6)
                    // What others did to the order comes first.
                    #expect(outline(frames).last == "err InvalidParameter")
                    let error = frames.last?["err"]
                    #expect(
                        error?["message"]
                            == "leverage cannot change with a position or open orders")
                    #expect(error?["incoming_message"]?["params"]?["leverage"] == 6)
                    #expect(try await level(alice) == "5")
                }
                let id = try await alice.rest(symbol, "BUY", "10", "6.6")
                try await expectRefusal()
                _ = try await bob.place(symbol, "SELL", "10", "6.6")
                try await expectRefusal()
                _ = try await alice.cancel(symbol, id)
                try await expectRefusal()
                // Other contracts are free, and this one is once the position is closed.
                #expect(try await outline(set(alice, 3, "SILVER-USD")) == ["ack+ack_response"])
                _ = try await bob.rest(symbol, "BUY", "10", "6.6")
                _ = try await alice.place(symbol, "SELL", "10", "6.6")
                #expect(try await outline(set(alice, 6)) == ["ack+ack_response"])
                #expect(try await level(alice) == "6")
            }
        }

        @Test(
            arguments: [
                (0, "COPPER-USD"), (21, "COPPER-USD"), (-1, "COPPER-USD"),
                (.decimal("2.5"), "COPPER-USD"), (.decimal("1e30"), "COPPER-USD"),
                (10, "NOPE-USD"),
            ] as [(JSONValue, String)])
        func `R-021 a level that does not exist is refused with the reason`(
            leverage: JSONValue, symbol: String
        ) async throws {
            try await withTrader(channels: []) { alice in
                let frames = try await set(alice, leverage, symbol)
                #expect(outline(frames) == ["err InvalidParameter"])
                let message = frames.first?["err"]?["message"]?.string
                let reason =
                    symbol == "NOPE-USD"
                    ? "unknown symbol NOPE-USD" : "leverage must be a whole number from 1 to 20"
                #expect(message == reason)
                #expect(try await level(alice) == "20")
            }
        }

        @Test(
            arguments: ["get_user_leverage", "get_available_leverage_levels"],
            [["limit": 1_001], ["offset": -1]] as [[String: JSONValue]])
        func `P-163 a page that cannot be is an error`(
            command: String, params: [String: JSONValue]
        ) async throws {
            try await withTrader(channels: []) { alice in
                let frames = try await alice.perform(command, params)
                #expect(outline(frames) == ["err InvalidParameter"])
            }
        }
    }
}
