import ExchangeAuth
import Foundation

/// The key that a sandbox prints, so that a newcomer needs no second command. It is made on the first
/// start and shown again on each.
enum SandboxKey {
    static let label = "sandbox"

    static func prepare(in store: APIKeyStore) throws -> APIKey {
        let known = try store.list().first { $0.label == label && $0.revokedAt == nil }
        if let known { return try store.reveal(publicKey: known.publicKey) }
        guard let user = UserUUID(UUID().uuidString) else {
            preconditionFailure("a fresh UUID must be one")
        }
        return try store.create(
            label: label, userID: user, permissions: [.read, .trade],
            now: Int64(Date().timeIntervalSince1970))
    }
}
