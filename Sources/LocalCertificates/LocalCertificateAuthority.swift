import Crypto
public import Foundation
import SwiftASN1
import X509

/// Where the files for TLS are.
public struct LocalCertificateFiles: Sendable, Hashable {
    /// The certificate of the server, then that of the authority; PEM.
    public let chainPath: String

    /// The private key of the server; PEM, mode 0600.
    public let keyPath: String

    /// The certificate that clients must trust; PEM.
    public let authorityPath: String
}

/// Certificates for a server that has no public name: a local authority and a server certificate.
///
/// **Shape** of the folder: `ca.pem`, `ca-key.pem`, `server.pem` (server, then authority),
/// `server-key.pem`. The key files have mode 0600. The authority's key is made once and kept, so
/// that clients need to be told to trust it only once.
public enum LocalCertificateAuthority {
    /// Makes whatever is missing or no longer fits, and tells where the files are.
    ///
    /// The server certificate is issued anew when it is missing, damaged, signed by another
    /// authority, within 30 days of its end, or does not cover all `names`. `ca-key.pem` may be
    /// kept elsewhere: it is needed only to issue; without it certificates serve until their end.
    /// - Parameters:
    ///   - directory: Made when missing, with mode 0700.
    ///   - names: 1 to 100 DNS names and IP addresses under which clients reach the server.
    ///   - now: Unix seconds.
    public static func prepare(
        directory: URL, names: [String], now: Int64
    ) throws(LocalCertificateError) -> LocalCertificateFiles {
        guard (1...100).contains(names.count) else { throw .nameCount(names.count) }
        var serverNames: [ServerName] = []
        for name in names { serverNames.append(try ServerName(name)) }
        do {
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw .fileFailure(
                path: directory.path, operation: "create", reason: error.localizedDescription)
        }
        let folder = CertificateFolder(directory: directory)
        let authority = try folder.authority(now: now)
        let server = try folder.hasServer(for: serverNames, under: authority, now: now)
        if !server {
            guard let authorityKey = authority.key else {
                throw .authorityKeyMissing(path: folder.authorityKeyPath)
            }
            let key = P256.Signing.PrivateKey()
            let certificate = try CertificateIssue.server(
                key: key, names: serverNames, authority: authority.certificate,
                authorityKey: authorityKey, now: now)
            try folder.writeServer(certificate, key: key, under: authority.certificate)
        }
        return folder.files
    }
}

/// The certificate that clients trust, and its key unless that is kept elsewhere.
private struct Authority {
    let certificate: Certificate
    let key: P256.Signing.PrivateKey?

    /// For how many days a certificate must still be valid to be left alone. Replacing early is
    /// pointless when there is no key to do it with.
    static func requiredDays(hasKey: Bool) -> Int64 { hasKey ? CertificateIssue.renewalDays : 0 }
}

/// The four files and what they hold.
private struct CertificateFolder {
    let files: LocalCertificateFiles
    let authorityKeyPath: String

    init(directory: URL) {
        func path(_ name: String) -> String { directory.appendingPathComponent(name).path }
        files = LocalCertificateFiles(
            chainPath: path("server.pem"), keyPath: path("server-key.pem"),
            authorityPath: path("ca.pem"))
        authorityKeyPath = path("ca-key.pem")
    }

    /// The authority, made or renewed when needed. The key is nil when it is kept elsewhere.
    func authority(
        now: Int64
    ) throws(LocalCertificateError) -> Authority {
        let certificate = try readAuthorityCertificate()
        let key = try readAuthorityKey()
        if let certificate, let key,
            certificate.publicKey != Certificate.PublicKey(key.publicKey)
        {
            throw .malformedAuthority(
                path: authorityKeyPath, reason: "it is not the key of ca.pem")
        }
        let days = Authority.requiredDays(hasKey: key != nil)
        if let certificate, CertificateIssue.isValid(certificate, now: now, forDays: days) {
            return Authority(certificate: certificate, key: key)
        }
        guard certificate == nil || key != nil else {
            throw .authorityKeyMissing(path: authorityKeyPath)
        }
        let renewedKey = key ?? P256.Signing.PrivateKey()
        if key == nil {
            try PEMFile.write(
                renewedKey.pemRepresentation + "\n", to: authorityKeyPath, mode: 0o600)
        }
        let renewed = try CertificateIssue.authority(key: renewedKey, now: now)
        try PEMFile.write(try pem(renewed), to: files.authorityPath, mode: 0o644)
        return Authority(certificate: renewed, key: renewedKey)
    }

    /// Whether the server files can be used as they are.
    func hasServer(
        for names: [ServerName], under authority: Authority, now: Int64
    ) throws(LocalCertificateError) -> Bool {
        guard let chain = try PEMFile.read(files.chainPath),
            let key = try PEMFile.read(files.keyPath),
            // A key that others may have read is not used again.
            key.mode & 0o077 == 0
        else { return false }
        do {
            let certificates = try PEMDocument.parseMultiple(pemString: chain.text)
                .map { try Certificate(pemDocument: $0) }
            let days = Authority.requiredDays(hasKey: authority.key != nil)
            let privateKey = try P256.Signing.PrivateKey(pemRepresentation: key.text)
            guard certificates.count == 2, certificates[1] == authority.certificate
            else { return false }
            let server = certificates[0]
            let covered = try server.extensions.subjectAlternativeNames?
                .compactMap { ServerName($0) }
            return server.publicKey == Certificate.PublicKey(privateKey.publicKey)
                && authority.certificate.publicKey.isValidSignature(server.signature, for: server)
                && CertificateIssue.isValid(server, now: now, forDays: days)
                && Set(names).isSubset(of: covered ?? [])
        } catch {
            // Damaged files of the server are worth nothing to anybody and are replaced.
            return false
        }
    }

    /// Writes the key first: a certificate is never there without its key.
    func writeServer(
        _ certificate: Certificate, key: P256.Signing.PrivateKey, under authority: Certificate
    ) throws(LocalCertificateError) {
        try PEMFile.write(key.pemRepresentation + "\n", to: files.keyPath, mode: 0o600)
        let chain = try pem(certificate) + pem(authority)
        try PEMFile.write(chain, to: files.chainPath, mode: 0o644)
    }

    private func readAuthorityCertificate() throws(LocalCertificateError) -> Certificate? {
        guard let (text, _) = try PEMFile.read(files.authorityPath) else { return nil }
        do {
            return try Certificate(pemEncoded: text)
        } catch {
            throw .malformedAuthority(
                path: files.authorityPath, reason: String(describing: error))
        }
    }

    private func readAuthorityKey() throws(LocalCertificateError) -> P256.Signing.PrivateKey? {
        guard let (text, mode) = try PEMFile.read(authorityKeyPath) else { return nil }
        guard mode & 0o077 == 0 else { throw .exposedKey(path: authorityKeyPath, mode: mode) }
        do {
            return try P256.Signing.PrivateKey(pemRepresentation: text)
        } catch {
            throw .malformedAuthority(path: authorityKeyPath, reason: "not a P-256 private key")
        }
    }

    private func pem(_ certificate: Certificate) throws(LocalCertificateError) -> String {
        do {
            return try certificate.serializeAsPEM().pemString + "\n"
        } catch {
            throw .issueFailed(reason: String(describing: error))
        }
    }
}
