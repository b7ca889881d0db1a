import Foundation
import NIOWebSocket
import ServerTestKit
import Testing

extension TradeConformance {
    /// What cannot be understood. **Source** `protocol.md` §14, §18.
    @Suite struct Errors {
        @Test(arguments: [
            "", " ", "hello", "{", "[]", "[{\"type\":\"get_user_orders\",\"params\":{}}]", "17",
            "\"text\"", "null", "{\"type\":\"get_user_orders\",\"params\":{}} x",
            "{'type':'get_user_orders'}", "\u{feff}{}", "{\"a\":1e}", "{\"a\":\"\\ud800\"}",
        ])
        func `P-180 P-183 what is no JSON object comes back as text`(text: String) async throws {
            try await withTrader { alice in
                try await alice.client.send(text)
                let frames = try await alice.frames()
                try #require(outline(frames) == ["err InvalidJSONFormat"])
                let incoming = frames[0]["err"]?["incoming_message"]
                #expect(incoming == .string(text) || incoming == .null)
                #expect(frames[0]["err"]?["message"]?.string?.isEmpty == false)
            }
        }

        @Test(arguments: [
            #"{}"#, #"{"type":null,"params":{}}"#, #"{"type":7,"params":{}}"#,
            #"{"type":"add_orders","params":{}}"#, #"{"type":"Add_Order","params":{}}"#,
            #"{"type":"get_user_orders"}"#, #"{"type":"get_user_orders","params":null}"#,
            #"{"type":"get_user_orders","params":[]}"#, #"{"params":{}}"#,
            #"{"type":"subscribe","params":{}}"#,
            #"{"type":"subscribe","params":{"channels":"fills"}}"#,
        ])
        func `P-181 P-166 a message without a known command comes back as it was`(
            text: String
        ) async throws {
            try await withTrader { alice in
                try await alice.client.send(text)
                let frames = try await alice.frames()
                try #require(outline(frames) == ["err InvalidJSONFormat"])
                let incoming = frames[0]["err"]?["incoming_message"]
                #expect(try incoming == JSONValue(parsing: text))
            }
        }

        @Test func `§18.2 §18.3 binary is read as text, the last of equal keys counts`()
            async throws
        {
            try await withTrader { alice in
                let message = #"{"type":"add_order","type":"get_user_orders","params":{}}"#
                try await alice.client.send(frame: .binary, Array(message.utf8))
                let orders = try await alice.frames()
                #expect(outline(orders) == ["all_orders_response"])
                let deep = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
                try await alice.client.send(
                    #"{"type":"get_user_orders","params":{"x":\#(deep)}}"#)
                let tooDeep = try await alice.frames()
                #expect(outline(tooDeep) == ["err InvalidJSONFormat"])
            }
        }

        @Test func `§18.1 64 KiB are taken and more ends the connection with 1009`() async throws {
            let alice = try await Trader.open()
            func message(_ count: Int) -> String {
                let head = #"{"type":"get_user_orders","params":{"x":""#
                let tail = #""}}"#
                let filling = count - head.utf8.count - tail.utf8.count
                return head + String(repeating: "x", count: filling) + tail
            }
            try await alice.client.send(message(65_536))
            let frames = try await alice.frames()
            #expect(outline(frames) == ["all_orders_response"])
            try await alice.client.send(message(65_537))
            guard case .closed(let code, _) = try await alice.client.next() else {
                Issue.record("the connection must end")
                return
            }
            #expect(code == 1009)
        }

        // One after the other, because their orders meet in one book.
        @Test(.serialized, arguments: [1, 2, 3, 4] as [UInt64])
        func `P-180 P-182 P-183 every near miss is answered, and nothing else comes`(
            seed: UInt64
        ) async throws {
            let codes: Set = [
                "RateLimited", "InvalidJSONFormat", "AlreadyAuthenticated", "InvalidParameter",
                "PermissionDenied", "ServerError", "InvalidOrder", "KycRequired", "TncRequired",
                "AlreadySubscribedToLeaderboard",
            ]
            try await withTrader { alice in
                var nearMisses = NearMisses(seed: seed, symbol: "KIOXIA-JPY")
                var open = try await alice.perform("get_user_orders")
                for number in 0..<400 {
                    let text = nearMisses.next()
                    try await alice.client.send(text)
                    let frames = try await alice.frames().filter {
                        $0["position_response"] == nil && $0["balance_response"] == nil
                    }
                    if NearMisses.mayBeSilent(text) { continue }
                    #expect(!frames.isEmpty, "seed \(seed), number \(number): \(text)")
                    let errors = frames.compactMap { $0["err"] }
                    #expect(errors.count <= 1, "\(text)")
                    for error in errors {
                        // Only a refused stop request also has a status.
                        let status = outline(frames)[0]
                        #expect(
                            frames.count == 1
                                || frames.count == 2
                                    && ["NO_SUCH_ORDER", "CANNOT_MODIFY_NO_SUCH_ORDER"]
                                        .contains(status),
                            "an error stands alone: \(text)")
                        #expect(codes.contains(error["error_code"]?.string ?? ""))
                        #expect(error.keys == ["error_code", "message", "incoming_message"])
                    }
                    let openNow = try await alice.perform("get_user_orders")
                    if !errors.isEmpty { #expect(openNow == open, "no effect: \(text)") }
                    open = openNow
                    if number % 50 == 49 {
                        _ = try await alice.perform("cancel_all_orders")
                        open = try await alice.perform("get_user_orders")
                    }
                }
            }
        }
    }
}
