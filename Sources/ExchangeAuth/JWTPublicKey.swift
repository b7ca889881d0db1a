public import Foundation
import JWTKit

/// Why a file of token keys could not be used.
public enum JWTKeyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file could not be read or does not have the expected outer form.
    case unreadable(path: String, reason: String)

    /// A key is neither P-256, nor RSA of 2048 bits or more, nor Ed25519, or it is not public.
    case unsupportedKey(path: String, key: String)

    /// The file holds no key that verifies signatures.
    case noKeys(path: String)

    /// One sentence for the operator.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "cannot read token keys from \(path): \(reason)"
        case .unsupportedKey(let path, let key):
            "\(key) in \(path) is not a public P-256, Ed25519 or RSA (2048 bits or more) key"
        case .noKeys(let path): "\(path) holds no public key"
        }
    }
}

/// A public key that verifies tokens, tied to the one algorithm that it is for.
///
/// The tie is what defeats algorithm confusion: the header of a token can choose among configured
/// keys, never what is done with them.
public struct JWTPublicKey: Sendable {
    /// The `kid` of the key; nil matches every token.
    let identifier: String?

    /// `ES256`, `RS256` or `EdDSA`, with the key inside.
    let algorithm: any JWTAlgorithm

    /// Reads a file of one or more `PUBLIC KEY` blocks.
    public static func read(pemFile url: URL) async throws -> [JWTPublicKey] {
        let path = url.path
        let ending = "-----END PUBLIC KEY-----"
        let blocks = try readText(url).components(separatedBy: ending)
        var keys: [JWTPublicKey] = []
        for (index, block) in blocks.dropLast().enumerated() {
            guard let key = try await JWTPublicKey(pem: block + ending) else {
                throw JWTKeyError.unsupportedKey(path: path, key: "key \(index + 1)")
            }
            keys.append(key)
        }
        guard !keys.isEmpty else { throw JWTKeyError.noKeys(path: path) }
        return keys
    }

    /// Reads a JSON Web Key Set (RFC 7517); its keys for encryption are passed over.
    public static func read(jwksFile url: URL) async throws -> [JWTPublicKey] {
        let path = url.path
        let set: KeySet
        do {
            set = try JSONDecoder().decode(KeySet.self, from: Data(try readText(url).utf8))
        } catch let error as DecodingError {
            throw JWTKeyError.unreadable(path: path, reason: String(describing: error))
        }
        var keys: [JWTPublicKey] = []
        for (index, member) in set.keys.enumerated() where member.use != "enc" {
            guard let key = try await JWTPublicKey(member) else {
                throw JWTKeyError.unsupportedKey(
                    path: path, key: member.kid ?? "key \(index + 1)")
            }
            keys.append(key)
        }
        guard !keys.isEmpty else { throw JWTKeyError.noKeys(path: path) }
        return keys
    }

    private static func readText(_ url: URL) throws -> String {
        do {
            return try String(contentsOf: url, encoding: .utf8)
        } catch {
            throw JWTKeyError.unreadable(path: url.path, reason: error.localizedDescription)
        }
    }

    private init?(pem: String) async throws {
        // The label is the same for every kind of key; only one of the three parsers takes it.
        let collection = JWTKeyCollection()
        if case .success(let key) = Result(catching: { try ES256PublicKey(pem: pem) }) {
            await collection.add(ecdsa: key)
        } else if case .success(let key) = Result(catching: { try EdDSA.PublicKey(pem: pem) }) {
            await collection.add(eddsa: key)
        } else if case .success(let key) = Result(catching: {
            try Insecure.RSA.PublicKey(pem: pem)
        }) {
            await collection.add(rsa: key, digestAlgorithm: .sha256)
        } else {
            return nil
        }
        identifier = nil
        algorithm = try await collection.getKey()
    }

    private init?(_ member: KeySet.Member) async throws {
        let collection = JWTKeyCollection()
        switch (member.kty, member.crv, member.alg ?? member.impliedAlgorithm) {
        case ("EC", "P-256", "ES256"):
            guard let x = member.x, let y = member.y,
                case .success(let key) = Result(catching: {
                    try ES256PublicKey(parameters: (x: x, y: y))
                })
            else { return nil }
            await collection.add(ecdsa: key)
        case ("OKP", "Ed25519", "EdDSA"):
            guard let x = member.x,
                case .success(let key) = Result(catching: {
                    try EdDSA.PublicKey(x: x, curve: .ed25519)
                })
            else { return nil }
            await collection.add(eddsa: key)
        case ("RSA", nil, "RS256"):
            guard let n = member.n, let e = member.e,
                case .success(let key) = Result(catching: {
                    try Insecure.RSA.PublicKey(modulus: n, exponent: e)
                })
            else { return nil }
            await collection.add(rsa: key, digestAlgorithm: .sha256)
        case _:
            return nil
        }
        // Whoever put a private key here made a mistake that should not stay unnoticed.
        guard member.d == nil else { return nil }
        identifier = member.kid
        algorithm = try await collection.getKey()
    }
}

/// The parts of RFC 7517 that matter here.
private struct KeySet: Decodable {
    struct Member: Decodable {
        let kty: String
        let crv: String?
        let alg: String?
        let use: String?
        let kid: String?
        let x: String?
        let y: String?
        let n: String?
        let e: String?
        let d: String?

        var impliedAlgorithm: String? { ["EC": "ES256", "OKP": "EdDSA", "RSA": "RS256"][kty] }
    }

    let keys: [Member]
}
