import ServerTestKit
import Testing

/// The operator's choice of status names, on servers of their own. **Source** spec README item 4.
@Suite struct StatusNames {
    @Test(arguments: [
        ([], "REJECTED"), (["--status-names", "current"], "REJECTED"),
        (["--status-names", "newer"], "REJECTED_LESS_THAN_MIN_NOTIONAL"),
    ])
    func `R-043 an order worth too little is refused under the chosen name`(
        options: [String], status: String
    ) async throws {
        try await withServer(quietServer + options) { server in
            let client = try await WebSocketTestClient.trader(server.details)
            try await client.send([
                "type": "add_order",
                "params": [
                    "symbol": "EUR-USD", "side": "BUY", "order_type": "LIMIT",
                    "order_time_in_force": "GTC", "quantity": 1, "price": 1,
                ],
            ])
            let response = try await client.orderResponse()
            #expect(response["status"]?.string == status)
            try await client.close()
        }
    }
}
