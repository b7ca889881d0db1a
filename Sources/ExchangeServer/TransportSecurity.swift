import Foundation
import LocalCertificates
import NIOSSL

/// Certificates for `wss://`: the operator's, or ones of a local authority made on first start.
struct TransportSecurity {
    let context: NIOSSLContext
    /// The root that clients must trust; nil for the operator's own certificates.
    let authorityPath: String?

    init?(_ configuration: ServerConfiguration, _ directory: DataDirectory, now: Int64) throws {
        guard configuration.usesTLS else { return nil }
        let chainPath: String
        let keyPath: String
        if let certificate = configuration.certificatePath, let key = configuration.privateKeyPath {
            (chainPath, keyPath, authorityPath) = (certificate, key, nil)
        } else {
            let names =
                ["localhost", "127.0.0.1", "::1"]
                + configuration.marketDataHosts + configuration.tradeHosts
            let files = try LocalCertificateAuthority.prepare(
                directory: directory.certificates, names: names, now: now)
            (chainPath, keyPath) = (files.chainPath, files.keyPath)
            authorityPath = files.authorityPath
        }
        let chain = try NIOSSLCertificate.fromPEMFile(chainPath)
        let key = try NIOSSLPrivateKey(file: keyPath, format: .pem)
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        tls.minimumTLSVersion = .tlsv12
        tls.applicationProtocols = ["http/1.1"]
        context = try NIOSSLContext(configuration: tls)
    }
}
