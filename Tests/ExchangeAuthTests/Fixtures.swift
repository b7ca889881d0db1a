import ExchangeAuth
import Foundation
import Testing

/// A folder of its own for each test, removed with the value.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("exchange-auth-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        // A leftover in the system's temporary folder harms nobody.
        try? FileManager.default.removeItem(at: url)
    }

    func file(_ name: String) -> URL { url.appendingPathComponent(name) }

    func mode(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: file(name).path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    func setMode(_ mode: Int, _ name: String) throws {
        try FileManager.default.setAttributes(
            [.posixPermissions: mode], ofItemAtPath: file(name).path)
    }

    func text(_ name: String) throws -> String {
        try String(contentsOf: file(name), encoding: .utf8)
    }

    /// Edits a file in place, keeping its mode.
    func replace(_ old: String, with new: String, in name: String) throws {
        let before = try text(name)
        try #require(before.contains(old))
        let handle = try FileHandle(forWritingTo: file(name))
        try handle.truncate(atOffset: 0)
        try handle.write(contentsOf: Data(before.replacingOccurrences(of: old, with: new).utf8))
        try handle.close()
    }
}

let userText = "11111111-2222-4333-8444-555555555555"

func user(_ text: String = userText) throws -> UserUUID { try #require(UserUUID(text)) }

/// The key of the first test vector of protocol.md §4.2.
func demoKey() throws -> APIKey {
    try #require(
        APIKey(publicKey: "qfex_pub_demo0001", secret: Secret("qfex_secret_demo_0001")))
}

func failure<Value>(
    _ result: Result<Value, AuthenticationFailure>
) -> AuthenticationFailure? {
    switch result {
    case .success: nil
    case .failure(let failure): failure
    }
}
