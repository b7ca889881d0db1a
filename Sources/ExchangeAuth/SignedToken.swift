import Foundation

/// A token in compact form (RFC 7515 §3.1), taken apart but not verified.
///
/// The library's own parser turns any integral number in a header into an `Int` and traps on
/// `1e300`, which a stranger could send. Here only the fields that are needed are decoded.
struct SignedToken {
    /// The header fields that choose a key.
    struct Header: Decodable {
        /// The name of the algorithm.
        let alg: String

        /// The identifier of the key, if the issuer gave one.
        let kid: String?

        private enum CodingKeys: CodingKey {
            case alg
            case kid
            case crit
        }

        /// Reads a header. **Throws** when it demands an extension.
        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            alg = try container.decode(String.self, forKey: .alg)
            kid = try container.decodeIfPresent(String.self, forKey: .kid)
            // RFC 7515 §4.1.11: refuse extensions that are not understood, and none is.
            guard !container.contains(.crit) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .crit, in: container, debugDescription: "no extension is understood")
            }
        }
    }

    /// The claims that matter here; `exp` is required.
    struct Claims: Decodable {
        /// Whom the token names.
        let sub: String

        /// From when on the token is void. **Units**: Unix seconds, perhaps with a fraction.
        let exp: Double

        /// From when on the token is valid. **Units**: as `exp`.
        let nbf: Double?

        /// Who issued the token.
        let iss: String?

        /// For whom the token is meant; `aud` as a list even when it is a single text.
        let audiences: [String]

        private enum CodingKeys: CodingKey {
            case sub
            case exp
            case nbf
            case iss
            case aud
        }

        /// Reads the claims. **Throws** when `sub` or `exp` is missing or a type is wrong.
        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            sub = try container.decode(String.self, forKey: .sub)
            exp = try container.decode(Double.self, forKey: .exp)
            nbf = try container.decodeIfPresent(Double.self, forKey: .nbf)
            iss = try container.decodeIfPresent(String.self, forKey: .iss)
            do {
                audiences = try container.decodeIfPresent([String].self, forKey: .aud) ?? []
            } catch DecodingError.typeMismatch {
                audiences = [try container.decode(String.self, forKey: .aud)]
            }
        }
    }

    /// The decoded header.
    let header: Header

    /// Header and payload as they were signed: encoded, with the period between them.
    let signedBytes: [UInt8]

    /// The signature, decoded.
    let signature: [UInt8]

    private let payload: Data

    /// Takes a token apart; nil when it is too long or its form is wrong.
    init?(_ text: String, maximumBytes: Int) {
        let bytes = Array(text.utf8)
        guard bytes.count <= maximumBytes else { return nil }
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3,
            let headerBytes = Self.decode(parts[0]),
            let payload = Self.decode(parts[1]),
            let signature = Self.decode(parts[2]),
            case .success(let header) = Result(catching: {
                try JSONDecoder().decode(Header.self, from: headerBytes)
            })
        else { return nil }
        self.header = header
        self.payload = payload
        self.signature = Array(signature)
        signedBytes = Array(bytes[..<parts[1].endIndex])
    }

    /// The claims; nil when they are not what this server needs. Only for verified tokens.
    func claims() -> Claims? {
        guard
            case .success(let claims) = Result(catching: {
                try JSONDecoder().decode(Claims.self, from: payload)
            })
        else { return nil }
        return claims
    }

    /// Base64 with the URL alphabet and without padding (RFC 7515 §2).
    private static func decode(_ text: ArraySlice<UInt8>) -> Data? {
        var base64: [UInt8] = []
        base64.reserveCapacity(text.count + 3)
        for character in text {
            switch character {
            case UInt8(ascii: "-"): base64.append(UInt8(ascii: "+"))
            case UInt8(ascii: "_"): base64.append(UInt8(ascii: "/"))
            case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
            case _: base64.append(character)
            }
        }
        while !base64.count.isMultiple(of: 4) { base64.append(UInt8(ascii: "=")) }
        return Data(base64Encoded: Data(base64))
    }
}
