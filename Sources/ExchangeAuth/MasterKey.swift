import Crypto
import Foundation

/// The key under which the secrets of API keys are sealed at rest.
public struct MasterKey: Sendable, Redacted {
    /// How many bytes a master key has.
    public static let byteCount = 32

    private let key: SymmetricKey

    /// Takes 32 bytes. **Throws** `masterKeySize` for any other number.
    public init(bytes: some Sequence<UInt8>) throws(APIKeyStoreError) {
        let bytes = Array(bytes)
        guard bytes.count == Self.byteCount else {
            throw .masterKeySize(bytes: bytes.count)
        }
        key = SymmetricKey(data: bytes)
    }

    /// 32 bytes of the system's cryptographic random numbers.
    static func randomBytes() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// Seals text with AES-256-GCM under a fresh nonce, bound to `context`.
    ///
    /// **Shape**: Base64 of nonce (12 bytes), ciphertext, tag (16 bytes).
    func seal(_ secret: Secret, context: [UInt8]) -> String {
        do {
            let box = try AES.GCM.seal(
                Data(secret.reveal().utf8), using: key, authenticating: context)
            guard let combined = box.combined else {
                preconditionFailure("a sealed box with a 12-byte nonce has a combined form")
            }
            return combined.base64EncodedString()
        } catch {
            preconditionFailure("AES-GCM refused a 256-bit key: \(error)")
        }
    }

    /// Opens what `seal` made; nil when text, context or key differ from those of the sealing.
    func open(_ sealed: String, context: [UInt8]) -> Secret? {
        guard let combined = Data(base64Encoded: sealed) else { return nil }
        do {
            let box = try AES.GCM.SealedBox(combined: combined)
            let plaintext = try AES.GCM.open(box, using: key, authenticating: context)
            return Secret(String(decoding: plaintext, as: UTF8.self))
        } catch {
            // The library does not tell which part was wrong, and nobody should know.
            return nil
        }
    }
}
