import ExchangeAuth
public import Foundation

/// A client of the trade endpoint that is authenticated and remembers nothing else.
extension WebSocketTestClient {
    /// The `auth` message of a key, signed now with a fresh nonce.
    public static func authMessage(
        publicKey: String, secretKey: String, account: String? = nil, nonce: String? = nil,
        unixSeconds: Int64 = Int64(Date().timeIntervalSince1970)
    ) -> JSONValue {
        let nonce = nonce ?? UUID().uuidString.replacingOccurrences(of: "-", with: "").lowercased()
        let signature = HMACVerifier.signature(
            secret: Secret(secretKey), nonce: nonce, unixTimestamp: unixSeconds)
        var params: [String: JSONValue] = [
            "hmac": [
                "public_key": .string(publicKey), "nonce": .string(nonce),
                "unix_ts": .number(Decimal(unixSeconds)), "signature": .string(signature),
            ]
        ]
        if let account { params["account_id"] = .string(account) }
        return ["type": "auth", "params": .object(params)]
    }

    /// Connects to the trade endpoint, authenticates and subscribes.
    public static func trader(
        _ server: ServerProcess.Details, publicKey: String? = nil, secretKey: String? = nil,
        channels: [String] = ["order_responses", "fills"]
    ) async throws -> WebSocketTestClient {
        let client = try await connect(server.tradeURL, authorityPath: server.authorityPath)
        try await client.send(
            authMessage(
                publicKey: publicKey ?? server.publicKey, secretKey: secretKey ?? server.secretKey))
        _ = try await client.next { $0["authenticated"]?.bool == true }
        if !channels.isEmpty {
            try await client.send([
                "type": "subscribe",
                "params": ["channels": .array(channels.map { .string($0) })],
            ])
            for channel in channels {
                _ = try await client.next { $0["subscribed"]?.string == channel }
            }
        }
        return client
    }

    /// The next `order_response`, of one order where a client id is given.
    public func orderResponse(_ clientOrderID: String? = nil) async throws -> JSONValue {
        let message = try await next {
            guard let response = $0["order_response"] else { return false }
            return clientOrderID == nil || response["client_order_id"]?.string == clientOrderID
        }
        return message["order_response"] ?? .null
    }
}
