import Crypto
import Foundation
import LocalCertificates
import SwiftASN1
import Testing
@_spi(FixedExpiryValidationTime) import X509

/// Clients must be able to connect after trusting one file once.
@Suite final class LocalCertificateAuthorityTests {
    static let now: Int64 = 1_790_000_000
    static let day: Int64 = 86_400
    static let names = ["localhost", "Exchange.Example.com", "*.example.org", "127.0.0.1", "::1"]

    let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("local-certificates-\(UUID().uuidString)")

    deinit {
        // A leftover in the system's temporary folder harms nobody.
        try? FileManager.default.removeItem(at: folder)
    }

    @discardableResult
    private func prepare(
        _ names: [String] = names, now: Int64 = now
    ) throws(LocalCertificateError) -> LocalCertificateFiles {
        try LocalCertificateAuthority.prepare(directory: folder, names: names, now: now)
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    private func certificates(_ name: String) throws -> [Certificate] {
        let ending = "-----END CERTIFICATE-----"
        return try text(name).components(separatedBy: ending).dropLast()
            .map { try Certificate(pemEncoded: $0 + ending) }
    }

    private func isTrusted(
        host: String? = nil, address: String? = nil, now: Int64 = now
    ) async throws -> Bool {
        let authority = try #require(try certificates("ca.pem").first)
        let server = try #require(try certificates("server.pem").first)
        let time = Date(timeIntervalSince1970: TimeInterval(now))
        var verifier = Verifier(rootCertificates: CertificateStore([authority])) {
            RFC5280Policy(fixedExpiryValidationTime: time)
            ServerIdentityPolicy(serverHostname: host, serverIP: address)
        }
        switch await verifier.validate(leaf: server, intermediates: CertificateStore()) {
        case .validCertificate: return true
        case .couldNotValidate: return false
        }
    }

    @Test func `the server is trusted under each of its names and no other`() async throws {
        try prepare()
        #expect(try await isTrusted(host: "localhost"))
        #expect(try await isTrusted(host: "exchange.example.com"))
        #expect(try await isTrusted(host: "any.example.org"))
        #expect(try await isTrusted(address: "127.0.0.1"))
        #expect(try await isTrusted(address: "::1"))
        #expect(try await !isTrusted(host: "elsewhere.example.com"))
        #expect(try await !isTrusted(address: "127.0.0.2"))
    }

    @Test func `the server is trusted from an hour before its issue to its end`() async throws {
        try prepare()
        for (offset, isGood) in [
            (-3600, true), (-3601, false), (820 * Self.day, true), (820 * Self.day + 1, false),
        ] {
            let isTrusted = try await isTrusted(host: "localhost", now: Self.now + offset)
            #expect(isTrusted == isGood, "offset \(offset)")
        }
    }

    @Test func `authority and server have the lifetimes and uses of their kind`() throws {
        try prepare()
        let authority = try #require(try certificates("ca.pem").first)
        let chain = try certificates("server.pem")
        try #require(chain.count == 2)
        #expect(chain[1] == authority)

        let constraints = try #require(try authority.extensions.basicConstraints)
        #expect(constraints == .isCertificateAuthority(maxPathLength: 0))
        #expect(try authority.extensions.keyUsage == KeyUsage(keyCertSign: true, cRLSign: true))
        let years = authority.notValidAfter.timeIntervalSince(authority.notValidBefore) / 31_557_600
        #expect((9.99...10.01).contains(years))

        let server = chain[0]
        #expect(try server.extensions.basicConstraints == .notCertificateAuthority)
        let usage = try #require(try server.extensions.extendedKeyUsage)
        #expect(Array(usage) == [.serverAuth])
        let validity = server.notValidAfter.timeIntervalSince(server.notValidBefore)
        #expect(validity <= TimeInterval(825 * Self.day))
        #expect(P256.Signing.PublicKey(server.publicKey) != nil)
        #expect(server.publicKey != authority.publicKey)
    }

    @Test func `keys have mode 0600 and certificates can be read by all`() throws {
        let files = try prepare()
        #expect(files.chainPath == folder.appendingPathComponent("server.pem").path)
        #expect(files.keyPath == folder.appendingPathComponent("server-key.pem").path)
        #expect(files.authorityPath == folder.appendingPathComponent("ca.pem").path)
        let modes = [
            "ca.pem": 0o644, "server.pem": 0o644, "ca-key.pem": 0o600,
            "server-key.pem": 0o600,
        ]
        let found = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(found.sorted() == modes.keys.sorted())
        for (name, mode) in modes {
            let path = folder.appendingPathComponent(name).path
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == mode, "\(name)")
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path)
        #expect(attributes[.posixPermissions] as? Int == 0o700)
    }

    @Test func `a second start changes nothing, even with fewer names in another order`() throws {
        try prepare()
        let before = try contents()
        try prepare(["::1", "LOCALHOST"], now: Self.now + 789 * Self.day)
        #expect(try contents() == before)
    }

    @Test func `a new name is covered under the same authority`() async throws {
        try prepare(["localhost"])
        let before = try contents()
        try prepare(["localhost", "10.0.0.7"])
        let after = try contents()
        #expect(after["ca.pem"] == before["ca.pem"])
        #expect(after["ca-key.pem"] == before["ca-key.pem"])
        #expect(after["server.pem"] != before["server.pem"])
        #expect(try await isTrusted(address: "10.0.0.7"))
    }

    @Test func `the server is issued anew 30 days before its end`() async throws {
        try prepare()
        let before = try contents()
        try prepare(now: Self.now + 790 * Self.day)
        #expect(try contents() == before)
        let late = Self.now + 790 * Self.day + 1
        try prepare(now: late)
        #expect(try text("ca.pem") == before["ca.pem"])
        #expect(try text("server.pem") != before["server.pem"])
        #expect(try await isTrusted(host: "localhost", now: late + 800 * Self.day))
    }

    @Test(arguments: ["server.pem", "server-key.pem"], ["", "garbage", nil])
    func `a missing or damaged server file is replaced`(name: String, damage: String?) async throws
    {
        try prepare()
        let authority = try text("ca.pem")
        let file = folder.appendingPathComponent(name)
        if let damage {
            try Data(damage.utf8).write(to: file)
        } else {
            try FileManager.default.removeItem(at: file)
        }
        try prepare()
        #expect(try text("ca.pem") == authority)
        #expect(try await isTrusted(host: "localhost"))
        let server = try #require(try certificates("server.pem").first)
        let key = try P256.Signing.PrivateKey(pemRepresentation: text("server-key.pem"))
        #expect(server.publicKey == Certificate.PublicKey(key.publicKey))
    }

    @Test func `a server key that others could read is replaced`() throws {
        try prepare()
        let before = try text("server-key.pem")
        let path = folder.appendingPathComponent("server-key.pem").path
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        try prepare()
        #expect(try text("server-key.pem") != before)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `a server key that is not the certificate's is replaced`() throws {
        try prepare()
        let foreign = P256.Signing.PrivateKey().pemRepresentation
        let file = folder.appendingPathComponent("server-key.pem")
        let handle = try FileHandle(forWritingTo: file)
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(foreign.utf8))
        try handle.close()
        try prepare()
        let key = try P256.Signing.PrivateKey(pemRepresentation: text("server-key.pem"))
        let server = try #require(try certificates("server.pem").first)
        #expect(server.publicKey == Certificate.PublicKey(key.publicKey))
    }

    @Test func `a certificate of another authority is replaced, even beside the right one`()
        async throws
    {
        try prepare()
        let old = try contents()
        let oldServer = try #require(try certificates("server.pem").first)
        for name in ["ca.pem", "ca-key.pem"] {
            try FileManager.default.removeItem(at: folder.appendingPathComponent(name))
        }
        try prepare()
        #expect(try text("ca.pem") != old["ca.pem"])
        #expect(try await isTrusted(host: "localhost"))

        let mixed = try oldServer.serializeAsPEM().pemString + "\n" + text("ca.pem")
        try Data(mixed.utf8).write(to: folder.appendingPathComponent("server.pem"))
        let key = folder.appendingPathComponent("server-key.pem")
        try Data(try #require(old["server-key.pem"]).utf8).write(to: key)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key.path)
        try prepare()
        #expect(try await isTrusted(host: "localhost"))
    }

    @Test func `the authority is renewed before its end with the same key and name`() async throws {
        try prepare()
        let before = try #require(try certificates("ca.pem").first)
        let late = Self.now + (3652 - 29) * Self.day
        try prepare(now: late)
        let after = try #require(try certificates("ca.pem").first)
        #expect(after != before)
        #expect(after.publicKey == before.publicKey)
        #expect(after.subject == before.subject)
        #expect(try await isTrusted(host: "localhost", now: late + 800 * Self.day))
    }

    @Test func `a lost certificate of the authority is made again for its key`() async throws {
        try prepare()
        let before = try #require(try certificates("ca.pem").first)
        try FileManager.default.removeItem(at: folder.appendingPathComponent("ca.pem"))
        try prepare()
        let after = try #require(try certificates("ca.pem").first)
        #expect(after.publicKey == before.publicKey)
        #expect(after.subject == before.subject)
        #expect(try certificates("server.pem").last == after)
        #expect(try await isTrusted(host: "localhost"))
    }

    @Test func `no server certificate outlives its authority`() throws {
        try prepare()
        try prepare(now: Self.now + 3500 * Self.day)
        let chain = try certificates("server.pem")
        #expect(chain[0].notValidAfter == chain[1].notValidAfter)
    }

    @Test func `without the authority's key the files serve until their end`() throws {
        try prepare()
        let path = folder.appendingPathComponent("ca-key.pem").path
        try FileManager.default.removeItem(atPath: path)
        try prepare(now: Self.now + 820 * Self.day)
        let missing = LocalCertificateError.authorityKeyMissing(path: path)
        #expect(throws: missing) { try prepare(now: Self.now + 820 * Self.day + 1) }
        #expect(throws: missing) { try prepare(["10.0.0.7"]) }
        #expect(throws: missing) { try prepare(now: Self.now + 3653 * Self.day) }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test(arguments: ["ca.pem", "ca-key.pem"])
    func `a damaged or foreign file of the authority is reported and kept`(name: String) throws {
        try prepare()
        let file = folder.appendingPathComponent(name)
        try Data("garbage".utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        let error = #expect(throws: LocalCertificateError.self) { try prepare() }
        #expect(error?.description.contains(file.path) == true)
        #expect(try text(name) == "garbage")

        let foreign = P256.Signing.PrivateKey().pemRepresentation
        if name == "ca-key.pem" {
            try Data(foreign.utf8).write(to: file)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o600], ofItemAtPath: file.path)
            #expect(throws: LocalCertificateError.self) { try prepare() }
            #expect(try text(name) == foreign)
        }
    }

    @Test func `an authority's key that others can read is refused`() throws {
        try prepare()
        let path = folder.appendingPathComponent("ca-key.pem").path
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        #expect(throws: LocalCertificateError.exposedKey(path: path, mode: 0o640)) {
            try prepare()
        }
    }

    @Test(arguments: [
        "", "-a.com", "a-.com", "a..com", ".com", "a.com.", "a b", "1.2.3", "1.2.3.256", "*", "a.*",
        "é.com", "https://a.com", "[::1]", "a_b.com", String(repeating: "a", count: 64),
        String(repeating: "a.", count: 126) + "aa",
    ])
    func `a name that is neither address nor DNS name is refused`(name: String) throws {
        #expect(throws: LocalCertificateError.invalidName(name)) { try prepare([name]) }
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }

    @Test func `1 to 100 names are accepted`() throws {
        let names = (0...100).map { "host\($0)" }
        #expect(throws: LocalCertificateError.nameCount(0)) { try prepare([]) }
        #expect(throws: LocalCertificateError.nameCount(101)) { try prepare(names) }
        try prepare(Array(names.dropLast()))
    }

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl"))
    )
    func `openssl trusts the chain by its strictest rules`() throws {
        let files = try prepare()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "verify", "-x509_strict", "-purpose", "sslserver", "-verify_ip", "127.0.0.1",
            "-attime", "\(Self.now)", "-CAfile", files.authorityPath, files.chainPath,
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
    }

    private func contents() throws -> [String: String] {
        var contents: [String: String] = [:]
        for name in ["ca.pem", "ca-key.pem", "server.pem", "server-key.pem"] {
            contents[name] = try text(name)
        }
        return contents
    }
}
