import Crypto
import ExchangeAuth
import Foundation
import ServerTestKit
import Synchronization
import Testing

/// All conformance tests of the trade endpoint: over real sockets, against one real server whose
/// contracts have prices but no bots. **Source** `protocol.md` §20.
@Suite(.sharedExchange) struct TradeConformance {}

/// Somebody with a key of their own, whom no other test uses.
struct TestUser: Sendable {
    let id: String
    let publicKey: String
    let secretKey: String
}

/// The server that the tests share, with users made before it started.
final class SharedExchange: Sendable {
    @TaskLocal static var running: SharedExchange?

    let server: ServerProcess
    let data: String
    let tokens: TokenSigner
    private let users: Mutex<[TestUser]>

    /// The server of the running suite.
    static var current: SharedExchange {
        get throws { try #require(running, "no server: the suite lacks .sharedExchange") }
    }

    init(server: ServerProcess, data: String, tokens: TokenSigner, users: [TestUser]) {
        self.server = server
        self.data = data
        self.tokens = tokens
        self.users = Mutex(users)
    }

    /// A user whom the exchange has never seen.
    func newUser() throws -> TestUser {
        try #require(users.withLock { $0.popLast() }, "more users are needed in SharedExchange")
    }

    static func makeUsers(_ count: Int, data: String) throws -> [TestUser] {
        let folder = URL(fileURLWithPath: data, isDirectory: true).appendingPathComponent("keys")
        let store = try APIKeyStore(directory: folder)
        let now = Int64(Date().timeIntervalSince1970)
        return try (0..<count).map { number in
            let id = UUID().uuidString.lowercased()
            let key = try store.create(
                label: "user \(number)", userID: try #require(UserUUID(id)),
                permissions: [.read, .trade], now: now)
            return TestUser(id: id, publicKey: key.publicKey, secretKey: key.secret.reveal())
        }
    }
}

/// Starts the server before a suite's first test; after the last one it must still run and end well.
struct SharedExchangeTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withExchange(users: 800, function)
    }
}

/// Runs tests against a server of their own, without bots and, unless asked for, without a speed bump.
func withExchange(
    _ options: [String] = [], environment: [String: String] = [:], users: Int = 5,
    _ body: () async throws -> Void
) async throws {
    try await withTemporaryDirectory { data in
        let tokens = TokenSigner()
        let tokenKeys = data + "/token-keys.pem"
        try Data(tokens.publicKeys.utf8).write(to: URL(fileURLWithPath: tokenKeys))
        let users = try SharedExchange.makeUsers(users, data: data)
        let server = try await ServerProcess.start(
            data: data, quietServer + ["--auth-token-keys", tokenKeys] + options,
            environment: environment)
        let exchange = SharedExchange(server: server, data: data, tokens: tokens, users: users)
        try await SharedExchange.$running.withValue(exchange) { try await body() }
        let status = await server.stop()
        #expect(status == 0, "the server must live to the end and stop gently: \(server.log)")
    }
}

extension Trait where Self == SharedExchangeTrait {
    static var sharedExchange: Self { SharedExchangeTrait() }
}

/// Signs JWTs with keys that the shared server trusts.
struct TokenSigner: Sendable {
    private let ecdsa = P256.Signing.PrivateKey()
    private let eddsa = Curve25519.Signing.PrivateKey()

    /// Both public keys, PEM.
    var publicKeys: String {
        // The fixed head of an Ed25519 SubjectPublicKeyInfo (RFC 8410), then the key.
        let head: [UInt8] = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0]
        let body = (Data(head) + eddsa.publicKey.rawRepresentation).base64EncodedString()
        let pem = "-----BEGIN PUBLIC KEY-----\n\(body)\n-----END PUBLIC KEY-----\n"
        return ecdsa.publicKey.pemRepresentation + "\n" + pem
    }

    /// A token of a user that is valid for some seconds from now.
    func token(user: String, algorithm: String = "ES256", seconds: Int64 = 600) throws -> String {
        let expiry = Int64(Date().timeIntervalSince1970) + seconds
        let header = Self.base64URL(Data(#"{"alg":"\#(algorithm)","typ":"JWT"}"#.utf8))
        let claims = Self.base64URL(Data(#"{"sub":"\#(user)","exp":\#(expiry)}"#.utf8))
        let signed = Data("\(header).\(claims)".utf8)
        let signature =
            algorithm == "ES256"
            ? try ecdsa.signature(for: signed).rawRepresentation : try eddsa.signature(for: signed)
        return "\(header).\(claims).\(Self.base64URL(signature))"
    }

    private static func base64URL(_ data: Data) -> String {
        data.base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }
}
