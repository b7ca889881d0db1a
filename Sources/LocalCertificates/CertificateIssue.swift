import Crypto
import Foundation
import X509

/// Makes the two kinds of certificate that a local server needs.
enum CertificateIssue {
    /// **Units**: seconds.
    private static let daySeconds: Int64 = 86_400

    /// How long an authority is valid: ten years.
    private static let authorityDays: Int64 = 3652

    /// How long a server certificate is valid. Clients refuse more than 825 days, and count the
    /// hour before the issue as well.
    private static let serverDays: Int64 = 820

    /// How long before its end a certificate is replaced.
    static let renewalDays: Int64 = 30

    /// Clients whose clock is this much behind can connect at once. **Units**: seconds.
    private static let backdatingSeconds: Int64 = 3600

    /// A certificate that signs itself and may sign servers, but no further authorities.
    ///
    /// The name is derived from the key, so that a later certificate for the same key replaces the
    /// first, and authorities of several folders can be told apart.
    static func authority(
        key: P256.Signing.PrivateKey, now: Int64
    ) throws(LocalCertificateError) -> Certificate {
        let digest = SHA256.hash(data: key.publicKey.rawRepresentation)
        let mark = digest.prefix(4).map { String(Int($0) + 256, radix: 16).dropFirst() }
        let publicKey = Certificate.PublicKey(key.publicKey)
        do {
            let name = try DistinguishedName {
                OrganizationName("qfex-exchange")
                CommonName("Local authority \(mark.joined())")
            }
            return try Certificate(
                version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
                notValidBefore: date(now - backdatingSeconds),
                notValidAfter: date(now + authorityDays * daySeconds),
                issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
                extensions: try Certificate.Extensions {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                    Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                    SubjectKeyIdentifier(hash: publicKey)
                },
                issuerPrivateKey: Certificate.PrivateKey(key))
        } catch {
            throw .issueFailed(reason: String(describing: error))
        }
    }

    /// A certificate for a server with these names, signed by the authority and not outliving it.
    static func server(
        key: P256.Signing.PrivateKey, names: [ServerName], authority: Certificate,
        authorityKey: P256.Signing.PrivateKey, now: Int64
    ) throws(LocalCertificateError) -> Certificate {
        let publicKey = Certificate.PublicKey(key.publicKey)
        let issuerKey = Certificate.PublicKey(authorityKey.publicKey)
        do {
            return try Certificate(
                version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
                notValidBefore: date(now - backdatingSeconds),
                notValidAfter: min(
                    date(now + serverDays * daySeconds), authority.notValidAfter),
                issuer: authority.subject,
                subject: try DistinguishedName {
                    OrganizationName("qfex-exchange")
                    CommonName("Local server")
                },
                signatureAlgorithm: .ecdsaWithSHA256,
                extensions: try Certificate.Extensions {
                    Critical(BasicConstraints.notCertificateAuthority)
                    Critical(KeyUsage(digitalSignature: true))
                    try ExtendedKeyUsage([.serverAuth])
                    SubjectAlternativeNames(names.map(\.generalName))
                    SubjectKeyIdentifier(hash: publicKey)
                    AuthorityKeyIdentifier(
                        keyIdentifier: SubjectKeyIdentifier(hash: issuerKey).keyIdentifier)
                },
                issuerPrivateKey: Certificate.PrivateKey(authorityKey))
        } catch {
            throw .issueFailed(reason: String(describing: error))
        }
    }

    /// Whether a certificate is valid now and for the given number of days.
    static func isValid(_ certificate: Certificate, now: Int64, forDays days: Int64) -> Bool {
        certificate.notValidBefore <= date(now)
            && date(now + days * daySeconds) <= certificate.notValidAfter
    }

    private static func date(_ unixSeconds: Int64) -> Date {
        Date(timeIntervalSince1970: TimeInterval(unixSeconds))
    }
}
