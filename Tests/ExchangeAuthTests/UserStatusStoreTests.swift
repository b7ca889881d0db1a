import Foundation
import Testing

@testable import ExchangeAuth

/// Who may not trade, on disk.
@Suite struct UserStatusStoreTests {
    private let directory: URL
    private let file: URL
    private let store: UserStatusStore
    private let user: UserUUID

    init() throws {
        directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("qfex-users-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        file = directory.appendingPathComponent("users.json")
        store = UserStatusStore(file: file)
        user = try #require(UserUUID("11111111-2222-4333-8444-555555555555"))
    }

    @Test("Without a file everybody may trade; a status is kept until it is cleared")
    func statuses() throws {
        #expect(try store.load().statuses.isEmpty)
        let status = UserStatus(isIdentityCheckMissing: true, areTermsMissing: false)
        try store.set(user, status)
        #expect(try UserStatusStore(file: file).load().statuses == [user: status])
        let other = try #require(UserUUID("99999999-2222-4333-8444-555555555555"))
        try store.set(other, UserStatus(areTermsMissing: true))
        try store.set(user, UserStatus())
        #expect(try store.load().statuses == [other: UserStatus(areTermsMissing: true)])
    }

    @Test("Only the owner can reach the file, and one that others can reach is refused")
    func privacy() throws {
        try store.set(user, UserStatus(areTermsMissing: true))
        let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
        #expect(throws: APIKeyStoreError.exposedFile(path: file.path, mode: 0o644)) {
            try store.load()
        }
    }

    @Test("A change is noticed, and nothing else is")
    func changes() throws {
        let empty = try store.load()
        #expect(try store.loadIfChanged(since: empty) == nil)
        try store.set(user, UserStatus(areTermsMissing: true))
        let changed = try #require(try store.loadIfChanged(since: empty))
        #expect(changed.statuses.count == 1)
        #expect(try store.loadIfChanged(since: changed) == nil)
    }

    @Test(
        "What this code did not write is refused",
        arguments: [
            "", "[]", #"{"version":2,"users":{}}"#, #"{"version":1,"users":{"me":{}}}"#,
            #"{"version":1,"users":{"me":{"kyc_missing":true,"terms_missing":false}}}"#,
        ])
    func damage(text: String) throws {
        #expect(
            FileManager.default.createFile(
                atPath: file.path, contents: Data(text.utf8),
                attributes: [.posixPermissions: 0o600]))
        let error = #expect(throws: APIKeyStoreError.self) { try store.load() }
        guard case .malformedFile = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
