import Foundation
import ServerTestKit
import Testing

extension TradeConformance {
    /// Cancel on disconnect, and what a new connection knows. **Source** `protocol.md` §1, §11.
    @Suite(.serialized) struct Disconnects {
        let symbol = "SNDK-USD"
        let other = "PURR-USD"

        enum Ending: CaseIterable { case drop, close }

        private func end(_ trader: Trader, _ ending: Ending) async throws {
            switch ending {
            case .drop: await trader.client.drop()
            case .close: try await trader.client.close()
            }
        }

        private func arm(_ trader: Trader, _ flag: Bool = true) async throws {
            let params: [String: JSONValue] = ["cancel_on_disconnect": .bool(flag)]
            let frames = try await trader.perform("cancel_on_disconnect", params).filter {
                $0["balance_response"] == nil
            }
            let incoming: JSONValue = [
                "type": "cancel_on_disconnect", "params": .object(params),
            ]
            #expect(frames == [["ack": ["incoming_message": incoming], "ack_response": true]])
        }

        /// Returns once the server has noticed an end that came before this call: a connection of
        /// somebody else's ends later, and its cancels have been told.
        private func waitForEarlierEnds() async throws {
            let user = try SharedExchange.current.newUser()
            let observer = try await Trader.open(user)
            let leaving = try await Trader.open(user)
            try await arm(leaving)
            _ = try await leaving.rest(symbol, "BUY", "0.1", "1700")
            await leaving.client.drop()
            _ = try await observer.client.next {
                $0["order_response"]?["status"] == "CANCELLED"
            }
            try await observer.client.close()
        }

        @Test(arguments: Ending.allCases)
        func `P-170 P-173 the end of an armed connection cancels all orders of the account`(
            ending: Ending
        ) async throws {
            try await withTrader { alice in
                let armed = try await Trader.open(alice.user)
                try await arm(armed)
                let bought = try await alice.rest(symbol, "BUY", "0.1", "1700")
                _ = try await armed.frames()
                let ids = [bought, try await armed.rest(other, "SELL", "2", "15")]
                _ = try await alice.frames()
                try await end(armed, ending)
                var cancelled: Set<String?> = []
                for _ in ids {
                    let frame = try await alice.nextFrame()
                    #expect(outline([frame]) == ["CANCELLED"])
                    cancelled.insert(frame["order_response"]?["order_id"]?.string)
                }
                #expect(cancelled == Set(ids))
                #expect(try await alice.openOrders().isEmpty)
            }
        }

        @Test(arguments: Ending.allCases)
        func `P-171 P-172 orders stay when an unarmed or disarmed connection ends`(
            ending: Ending
        ) async throws {
            try await withTrader { alice in
                try await arm(alice)
                _ = try await alice.rest(symbol, "BUY", "0.1", "1700")
                let unarmed = try await Trader.open(alice.user)
                let disarmed = try await Trader.open(alice.user)
                try await arm(disarmed)
                try await arm(disarmed, false)
                try await end(unarmed, ending)
                try await end(disarmed, ending)
                try await waitForEarlierEnds()
                #expect(try await alice.openOrders().count == 1)
                #expect(try await alice.frames().isEmpty)
            }
        }

        @Test(arguments: ["yes", 1, nil, .null] as [JSONValue?])
        func `P-116 the flag must be true or false`(flag: JSONValue?) async throws {
            try await withTrader { alice in
                var params: [String: JSONValue] = [:]
                params["cancel_on_disconnect"] = flag
                let frames = try await alice.perform("cancel_on_disconnect", params)
                #expect(outline(frames) == ["err InvalidJSONFormat"])
            }
        }

        @Test func `P-008 a new connection has no session, no channels and is not armed`()
            async throws
        {
            let first = try await Trader.open(channels: ["order_responses", "balances"])
            try await arm(first)
            await first.client.drop()
            let anonymous = try await Trader.connect(first.user)
            try await anonymous.send("get_user_orders")
            let refusal = try await anonymous.nextFrame()
            #expect(outline([refusal]) == ["err PermissionDenied"])
            try await anonymous.client.close()

            let second = try await Trader.open(first.user, channels: [])
            let third = try await Trader.open(first.user, channels: [])
            _ = try await third.rest(symbol, "BUY", "0.1", "1700")
            #expect(try await second.frames().isEmpty)
            await second.client.drop()
            try await waitForEarlierEnds()
            #expect(try await third.openOrders().count == 1)
            try await third.leave()
        }

        @Test func `An order sent just before the end is cancelled too`() async throws {
            try await withTrader { alice in
                let armed = try await Trader.open(alice.user)
                try await arm(armed)
                for number in 0..<20 {
                    let order = armed.order(symbol, "BUY", "0.1", "1700", id: "\(number)")
                    try await armed.send("add_order", order)
                }
                try await armed.client.close()
                let frames = try await alice.client.next {
                    $0["order_response"]?["status"] == "CANCELLED"
                        && $0["order_response"]?["client_order_id"] == "19"
                }
                #expect(frames["order_response"] != nil)
                #expect(try await alice.openOrders().isEmpty)
            }
        }
    }
}
