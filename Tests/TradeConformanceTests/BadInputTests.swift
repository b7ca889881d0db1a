import Foundation
import ServerTestKit
import Testing

extension TradeConformance {
    /// Every command with every kind of wrong input: one answer each, and nothing happens.
    /// **Source** `protocol.md` §2, §14, P-116, P-166.
    @Suite(.serialized) struct BadInput {
        /// A command as it is right, with the fields it needs and those it may have.
        struct Command: Sendable, CustomTestStringConvertible {
            let name: String
            let required: [String: JSONValue]
            var optional: [String: JSONValue] = [:]
            var testDescription: String { name }
            var params: [String: JSONValue] { required.merging(optional) { $1 } }
        }

        static let id: JSONValue = "11111111-2222-4333-8444-555555555555"
        static let symbol: JSONValue = "SKHYNIX-KRW"
        static let commands = [
            Command(
                name: "add_order",
                required: [
                    "symbol": symbol, "side": "BUY", "order_type": "LIMIT",
                    "order_time_in_force": "GTC", "quantity": .decimal("0.001"),
                ],
                optional: [
                    "price": 1_600_000, "reduce_only": false, "take_profit": 0, "stop_loss": 0,
                    "client_order_id": "c",
                ]),
            Command(
                name: "cancel_order",
                required: ["symbol": symbol, "order_id": id, "cancel_order_id_type": "order_id"]),
            Command(
                name: "modify_order",
                required: [
                    "symbol": symbol, "order_id": id, "side": "BUY", "order_type": "LIMIT",
                ],
                optional: [
                    "price": 1_600_000, "quantity": 1, "take_profit": 0, "stop_loss": 0,
                    "reduce_only": false,
                ]),
            Command(
                name: "cancel_all_orders", required: [:],
                optional: ["symbol": symbol, "symbols": [symbol]]),
            Command(
                name: "close_position", required: ["symbol": symbol],
                optional: ["client_order_id": "c"]),
            Command(name: "cancel_stop_order", required: ["stop_order_id": id]),
            Command(
                name: "modify_stop_order",
                required: [
                    "stop_order_id": id, "symbol": symbol, "price": 1_600_000, "quantity": 1,
                ],
                optional: ["side": "SELL", "order_type": "STOP_LOSS"]),
            Command(
                name: "add_twap",
                required: [
                    "symbol": symbol, "side": "BUY", "total_quantity": 1, "num_orders": 5,
                    "order_interval_secs": 30, "reduce_only": false,
                ],
                optional: [
                    "client_twap_id": "t", "start_time": 4_000_000_000, "worst_price": 1_600_000,
                ]),
            Command(name: "get_order", required: ["symbol": symbol, "order_id": id]),
            Command(
                name: "get_user_orders", required: [:],
                optional: ["limit": 10, "offset": 0, "symbol": symbol]),
            Command(
                name: "get_user_trades", required: [:],
                optional: [
                    "limit": 10, "offset": 0, "order_id": id, "start_ts": 0, "end_ts": 1,
                ]),
            Command(
                name: "get_user_leverage", required: [:], optional: ["limit": 10, "offset": 0]),
            Command(
                name: "get_available_leverage_levels", required: [:],
                optional: ["limit": 10, "offset": 0]),
            Command(
                name: "set_user_leverage", required: ["symbol": symbol, "leverage": 5]),
            Command(
                name: "cancel_on_disconnect", required: ["cancel_on_disconnect": false]),
            Command(name: "subscribe", required: ["channels": ["fills"]]),
            Command(name: "unsubscribe", required: ["channels": ["balances"]]),
        ]

        /// What a member cannot be, whatever it is for: each is of another kind than all of ours.
        private static func wrongKinds(_ right: JSONValue) -> [JSONValue] {
            let values: [JSONValue] = [
                .bool(true), 7, "text", [], ["a"], ["a": 1], [[1]], .decimal("1.5"),
            ]
            return values.filter { value in
                switch (right, value) {
                case (.string, .string), (.number, .number), (.array, .array), (.bool, .bool):
                    false
                case (_, _): true
                }
            }
        }

        private func expectError(
            _ trader: Trader, _ name: String, _ params: [String: JSONValue], _ codes: Set<String>
        ) async throws {
            let frames = try await trader.perform(name, params)
            #expect(frames.count == 1, "\(name) \(params): \(frames)")
            let error = frames.first?["err"]
            #expect(codes.contains(error?["error_code"]?.string ?? ""), "\(name) \(params)")
            #expect(
                error?["incoming_message"]
                    == ["type": .string(name), "params": .object(params)])
        }

        @Test(arguments: commands)
        func `P-116 a missing required field is InvalidJSONFormat, null and absence alike`(
            _ command: Command
        ) async throws {
            try await withTrader { alice in
                for field in command.required.keys.sorted() {
                    var params = command.params
                    params[field] = nil
                    try await expectError(alice, command.name, params, ["InvalidJSONFormat"])
                    params[field] = .null
                    try await expectError(alice, command.name, params, ["InvalidJSONFormat"])
                }
                #expect(try await alice.openOrders().isEmpty)
            }
        }

        @Test(arguments: commands)
        func `P-116 a field of another JSON type is InvalidJSONFormat`(
            _ command: Command
        ) async throws {
            try await withTrader { alice in
                for (field, right) in command.params.sorted(by: { $0.key < $1.key }) {
                    for wrong in Self.wrongKinds(right) {
                        // 0 and 1 are flags too, and of an IOC the price is not looked at.
                        var params = command.params
                        params[field] = wrong
                        try await expectError(alice, command.name, params, ["InvalidJSONFormat"])
                    }
                }
                #expect(try await alice.openOrders().isEmpty)
            }
        }

        @Test(arguments: commands)
        func `P-007 P-062 unknown fields and null options change nothing`(
            _ command: Command
        ) async throws {
            try await withTrader { alice in
                var params = command.required
                if command.name == "add_order" { params["price"] = 1_600_000 }
                for (field, _) in command.optional where params[field] == nil {
                    params[field] = .null
                }
                params["builder_code"] = Self.id
                params["whatever"] = ["deep": [1, nil, ["er": true]]]
                let frames = try await alice.perform(command.name, params)
                #expect(frames.allSatisfy { $0["err"]?["error_code"] != "InvalidJSONFormat" })
                #expect(!frames.isEmpty)
            }
        }

        @Test(arguments: commands)
        func `P-181 params must be there and be an object`(_ command: Command) async throws {
            try await withTrader { alice in
                for params in ["null", "[]", "7", "\"{}\"", "true"] {
                    try await alice.client.send(
                        #"{"type":"\#(command.name)","params":\#(params)}"#)
                    #expect(try await outline(alice.frames()) == ["err InvalidJSONFormat"])
                }
                try await alice.client.send(#"{"type":"\#(command.name)"}"#)
                #expect(try await outline(alice.frames()) == ["err InvalidJSONFormat"])
            }
        }

        static let words: [(String, String)] = [
            ("add_order", "side"), ("add_order", "order_type"),
            ("add_order", "order_time_in_force"), ("modify_order", "side"),
            ("modify_order", "order_type"), ("cancel_order", "cancel_order_id_type"),
            ("modify_stop_order", "side"), ("modify_stop_order", "order_type"),
            ("add_twap", "side"),
        ]

        @Test(arguments: words)
        func `P-116 an unknown word is InvalidJSONFormat`(
            name: String, field: String
        ) async throws {
            let command = try #require(Self.commands.first { $0.name == name })
            try await withTrader { alice in
                for word in ["", "buy", "Limit", "BUY ", "STOP_MARKET", "0", "GTD", "\u{0}"] {
                    var params = command.params
                    params[field] = .string(word)
                    try await expectError(alice, name, params, ["InvalidJSONFormat"])
                }
            }
        }

        static let numbers: [(String, String, String)] = [
            ("add_order", "quantity", "InvalidOrder"), ("modify_order", "quantity", "InvalidOrder"),
            ("modify_stop_order", "quantity", "InvalidOrder"),
            ("get_user_orders", "limit", "InvalidParameter"),
            ("get_user_trades", "offset", "InvalidParameter"),
            ("get_user_leverage", "limit", "InvalidParameter"),
            ("get_available_leverage_levels", "offset", "InvalidParameter"),
            ("set_user_leverage", "leverage", "InvalidParameter"),
            ("add_twap", "num_orders", "InvalidParameter"),
            ("add_twap", "order_interval_secs", "InvalidParameter"),
            ("add_twap", "total_quantity", "InvalidParameter"),
            ("add_twap", "worst_price", "InvalidParameter"),
            ("add_twap", "start_time", "InvalidParameter"),
        ]

        @Test(arguments: numbers)
        func `§14 a negative number where none can be is one error`(
            name: String, field: String, code: String
        ) async throws {
            let command = try #require(Self.commands.first { $0.name == name })
            try await withTrader { alice in
                for number in ["-1", "-0.5", "-1e30"] {
                    var params = command.params
                    params[field] = .decimal(number)
                    // What must be whole is malformed if it is not.
                    try await expectError(alice, name, params, [code, "InvalidJSONFormat"])
                }
                #expect(try await alice.openOrders().isEmpty)
            }
        }

        @Test func `Huge and over-precise numbers are answered, and never believed`() async throws {
            try await withTrader { alice in
                for command in Self.commands {
                    for (field, right) in command.params {
                        guard case .number = right else { continue }
                        for number in [
                            "1e300", "1e-300", "99999999999999999999999999999999",
                            "0.0000000000000000000000001", "123456789.123456789123456789",
                        ] {
                            var params = command.params
                            params[field] = .decimal(number)
                            var pairs: [String] = []
                            for (key, value) in params where key != field {
                                let text = try JSONEncoder().encode(value)
                                pairs.append("\"\(key)\":" + String(decoding: text, as: UTF8.self))
                            }
                            pairs.append("\"\(field)\":\(number)")
                            try await alice.client.send(
                                #"{"type":"\#(command.name)","params":{\#(pairs.joined(separator: ","))}}"#
                            )
                            let frames = try await alice.frames()
                            #expect(!frames.isEmpty, "\(command.name) \(field) \(number)")
                        }
                    }
                }
                _ = try await alice.perform("cancel_all_orders")
            }
        }

        @Test func `P-120 ids of others are nothing to anybody else`() async throws {
            try await withTraders { alice, bob in
                let order = try await alice.rest(
                    "SKHYNIX-KRW", "BUY", "0.001", "1600000", id: "hers")
                for (name, params, answers) in [
                    (
                        "cancel_order",
                        [
                            "symbol": Self.symbol, "order_id": .string(order),
                            "cancel_order_id_type": "order_id",
                        ], ["NO_SUCH_ORDER"]
                    ),
                    (
                        "modify_order",
                        [
                            "symbol": Self.symbol, "order_id": .string(order), "side": "BUY",
                            "order_type": "LIMIT", "price": 1_500_000,
                        ], ["CANNOT_MODIFY_NO_SUCH_ORDER"]
                    ),
                    (
                        "cancel_stop_order", ["stop_order_id": .string(order)],
                        ["NO_SUCH_ORDER", "err InvalidParameter"]
                    ),
                    (
                        "modify_stop_order",
                        [
                            "stop_order_id": .string(order), "symbol": Self.symbol,
                            "price": 1_500_000, "quantity": 1,
                        ], ["CANNOT_MODIFY_NO_SUCH_ORDER", "err InvalidParameter"]
                    ),
                    (
                        "get_order", ["symbol": Self.symbol, "order_id": .string(order)],
                        ["NO_SUCH_ORDER"]
                    ),
                    (
                        "cancel_order",
                        [
                            "symbol": Self.symbol, "order_id": .string(order),
                            "cancel_order_id_type": "twap_id",
                        ], ["NO_SUCH_ORDER"]
                    ),
                ] as [(String, [String: JSONValue], [String])] {
                    #expect(try await outline(bob.perform(name, params)) == answers, "\(name)")
                }
                #expect(try await alice.openOrders().map { $0["price"] } == [1_600_000])
            }
        }
    }
}
