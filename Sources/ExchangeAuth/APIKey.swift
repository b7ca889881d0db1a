/// A public key and the secret that belongs to it.
///
/// **Shape**: `qfex_pub_` or `qfex_secret_`, then 8 to 200 characters of `[A-Za-z0-9_-]`.
/// **Source**: protocol.md §1.
public struct APIKey: Sendable {
    /// Names the key; sent with each request and safe to show.
    public let publicKey: String

    /// Signs requests; its UTF-8 bytes, prefix included, are the HMAC key.
    public let secret: Secret

    /// Takes an existing pair; nil when either half has the wrong form.
    public init?(publicKey: String, secret: Secret) {
        guard Self.hasForm(publicKey, prefix: Self.publicPrefix),
            Self.hasForm(secret.reveal(), prefix: Self.secretPrefix)
        else { return nil }
        self.publicKey = publicKey
        self.secret = secret
    }

    /// Makes a new pair from the system's cryptographic random numbers.
    ///
    /// 22 characters (132 bits) name the key, so that names do not collide; 43 characters (258
    /// bits) make the secret, as much as HMAC-SHA256 can use.
    public static func generate() -> APIKey {
        APIKey(
            unchecked: publicPrefix + randomCharacters(22),
            secret: Secret(secretPrefix + randomCharacters(43)))
    }

    private init(unchecked publicKey: String, secret: Secret) {
        self.publicKey = publicKey
        self.secret = secret
    }

    private static let publicPrefix = "qfex_pub_"
    private static let secretPrefix = "qfex_secret_"
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static func hasForm(_ text: String, prefix: String) -> Bool {
        guard text.hasPrefix(prefix) else { return false }
        let characters = text.utf8.dropFirst(prefix.utf8.count)
        return (8...200).contains(characters.count) && characters.allSatisfy(alphabet.contains)
    }

    private static func randomCharacters(_ count: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        // The alphabet has 64 characters, so that six bits of a byte choose one without bias.
        let characters = (0..<count).map { _ in
            alphabet[Int(UInt8.random(in: .min ... .max, using: &generator) & 63)]
        }
        return String(decoding: characters, as: UTF8.self)
    }
}
