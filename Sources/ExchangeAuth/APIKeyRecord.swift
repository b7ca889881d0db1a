/// What may be told about a key: everything but its secret.
public struct APIKeyRecord: Sendable, Hashable {
    /// The owner's name for the key.
    public let label: String

    /// The name that requests carry.
    public let publicKey: String

    /// The user that the key acts for.
    public let userID: UserUUID

    /// What the key may do.
    public let permissions: Permissions

    /// When the key was made. **Units**: Unix seconds.
    public let createdAt: Int64

    /// When the key was withdrawn, or nil while it works. **Units**: Unix seconds.
    public internal(set) var revokedAt: Int64?
}

/// A record together with its sealed secret, which goes away when the key is revoked.
struct StoredAPIKey: Sendable {
    /// All but the secret.
    var record: APIKeyRecord

    /// The secret under the master key; nil once revoked, so that clearing `revoked_at` in the file
    /// does not bring the key back.
    var sealedSecret: String?

    /// The bytes that the seal covers beside the secret.
    ///
    /// The public key alone would let an editor of the file hand a key to another user or widen its
    /// permissions, so those belong to it too.
    static func sealContext(for record: APIKeyRecord) -> [UInt8] {
        let fields = ["qfex-api-key-1", record.publicKey, record.userID.text]
        return Array((fields + record.permissions.names).joined(separator: "\n").utf8)
    }
}

/// The contents of `api-keys.json`.
struct APIKeyFile: Codable, Sendable {
    /// The version that this code reads and writes.
    static let currentVersion = 1

    /// The version of the format.
    var version = Self.currentVersion

    /// Every key, in the order of their making.
    var keys: [StoredAPIKey] = []
}

extension StoredAPIKey: Codable {
    private enum CodingKeys: String, CodingKey {
        case label
        case publicKey = "public_key"
        case userID = "user_id"
        case permissions
        case createdAt = "created_at"
        case revokedAt = "revoked_at"
        case sealedSecret = "sealed_secret"
    }

    /// Reads an entry. **Throws** when a field is missing or has no valid value.
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard let userID = UserUUID(try container.decode(String.self, forKey: .userID)) else {
            throw DecodingError.dataCorruptedError(
                forKey: .userID, in: container, debugDescription: "not a UUID")
        }
        let names = try container.decode([String].self, forKey: .permissions)
        guard let permissions = Permissions(names: names) else {
            throw DecodingError.dataCorruptedError(
                forKey: .permissions, in: container, debugDescription: "unknown permission")
        }
        record = APIKeyRecord(
            label: try container.decode(String.self, forKey: .label),
            publicKey: try container.decode(String.self, forKey: .publicKey),
            userID: userID,
            permissions: permissions,
            createdAt: try container.decode(Int64.self, forKey: .createdAt),
            revokedAt: try container.decodeIfPresent(Int64.self, forKey: .revokedAt))
        sealedSecret = try container.decodeIfPresent(String.self, forKey: .sealedSecret)
    }

    /// Writes an entry; absent values leave no field.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(record.label, forKey: .label)
        try container.encode(record.publicKey, forKey: .publicKey)
        try container.encode(record.userID.text, forKey: .userID)
        try container.encode(record.permissions.names, forKey: .permissions)
        try container.encode(record.createdAt, forKey: .createdAt)
        try container.encodeIfPresent(record.revokedAt, forKey: .revokedAt)
        try container.encodeIfPresent(sealedSecret, forKey: .sealedSecret)
    }
}
