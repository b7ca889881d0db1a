import ExchangeAuth
import Foundation
import Testing

/// A stolen or edited key file must be worth nothing without the master key.
@Suite struct APIKeyStoreTests {
    let folder: TemporaryFolder
    let store: APIKeyStore

    init() throws {
        folder = try TemporaryFolder()
        store = try APIKeyStore(directory: folder.url)
    }

    private func create(_ label: String = "bot") throws -> APIKey {
        try store.create(
            label: label, userID: user(), permissions: [.read, .trade], now: 1_790_000_000)
    }

    @Test func `a created key is found by another store of the same folder`() throws {
        let key = try create()
        let reopened = try APIKeyStore(directory: folder.url).load()
        let expected = Principal(userID: try user(), permissions: [.read, .trade], label: "bot")
        #expect(reopened.principal(for: key.publicKey) == expected)
        #expect(reopened.principal(for: "qfex_pub_unknown1") == nil)
        #expect(reopened.count == 1)
    }

    @Test func `both files have mode 0600 and no temporary file stays behind`() throws {
        _ = try create()
        #expect(try folder.mode("api-keys.json") == 0o600)
        #expect(try folder.mode("master.key") == 0o600)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        #expect(names.sorted() == ["api-keys.json", "api-keys.lock", "master.key"])
    }

    @Test func `the secret is sealed at rest`() throws {
        let secret = try create().secret.reveal()
        let contents = try Data(contentsOf: folder.file("api-keys.json"))
        for form in [secret, String(secret.dropFirst("qfex_secret_".count))] {
            #expect(contents.range(of: Data(form.utf8)) == nil)
            #expect(contents.range(of: Data(Data(form.utf8).base64EncodedString().utf8)) == nil)
        }
    }

    @Test(arguments: ["api-keys.json", "master.key"], [0o640, 0o604, 0o620, 0o601])
    func `a store refuses to open when others can reach a file`(name: String, mode: Int) throws {
        _ = try create()
        try folder.setMode(mode, name)
        let error = #expect(throws: APIKeyStoreError.self) {
            try APIKeyStore(directory: folder.url)
        }
        #expect(error == .exposedFile(path: folder.file(name).path, mode: UInt32(mode)))
        #expect(error?.description.contains("chmod 600") == true)
    }

    @Test(arguments: [
        ("\"user_id\" : \"1111", "\"user_id\" : \"2222"),
        ("\"permissions\" : [\n        \"read\"\n", "\"permissions\" : [\n        \"trade\"\n"),
        ("\"public_key\" : \"qfex_pub_demo0001\"", "\"public_key\" : \"qfex_pub_demo0002\""),
    ])
    func `an edit of what a key stands for breaks its seal`(old: String, new: String) throws {
        try store.add(demoKey(), label: "demo", userID: user(), permissions: .read, now: 0)
        try folder.replace(old, with: new, in: "api-keys.json")
        let error = #expect(throws: APIKeyStoreError.self) { try store.load() }
        let publicKey = new.contains("demo0002") ? "qfex_pub_demo0002" : "qfex_pub_demo0001"
        #expect(error == .sealBroken(publicKey: publicKey))
        #expect(error?.description.contains(publicKey) == true)
    }

    @Test func `a changed sealed box is refused, and its key can still be revoked`() throws {
        try store.add(demoKey(), label: "demo", userID: user(), permissions: .read, now: 0)
        let field = "\"sealed_secret\" : \""
        let text = try folder.text("api-keys.json")
        let start = try #require(text.range(of: field)).upperBound
        let sealed = String(text[start...].prefix { $0 != "\"" })
        var bytes = try #require(Data(base64Encoded: sealed))
        bytes[bytes.count / 2] ^= 1
        try folder.replace(sealed, with: bytes.base64EncodedString(), in: "api-keys.json")

        let broken = APIKeyStoreError.sealBroken(publicKey: "qfex_pub_demo0001")
        #expect(throws: broken) { try store.load() }
        #expect(throws: broken) { try create() }
        let reopened = try APIKeyStore(directory: folder.url)
        try reopened.revoke(publicKey: "qfex_pub_demo0001", now: 1)
        #expect(try reopened.load().count == 0)
    }

    @Test func `keys do not open under another master key`() throws {
        let key = try create()
        let other = try APIKeyStore(
            directory: folder.url, masterKey: MasterKey(bytes: Array(repeating: 7, count: 32)))
        #expect(throws: APIKeyStoreError.sealBroken(publicKey: key.publicKey)) { try other.load() }
    }

    @Test func `a lost master key is reported, not replaced`() throws {
        _ = try create()
        try FileManager.default.removeItem(at: folder.file("master.key"))
        let path = folder.file("master.key").path
        #expect(throws: APIKeyStoreError.masterKeyMissing(path: path)) {
            try APIKeyStore(directory: folder.url)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `a master key can be passed in, and then no file holds one`() throws {
        let folder = try TemporaryFolder()
        let master = try MasterKey(bytes: Array(repeating: 7, count: 32))
        let store = try APIKeyStore(directory: folder.url, masterKey: master)
        let key = try store.create(label: "bot", userID: user(), permissions: .read, now: 0)
        #expect(!FileManager.default.fileExists(atPath: folder.file("master.key").path))
        let reopened = try APIKeyStore(directory: folder.url, masterKey: master)
        #expect(try reopened.load().principal(for: key.publicKey)?.permissions == .read)
        #expect(throws: APIKeyStoreError.masterKeySize(bytes: 31)) {
            try MasterKey(bytes: Array(repeating: 7, count: 31))
        }
    }

    @Test func `a list shows every key and revocation, and no secret`() throws {
        let first = try create("first")
        let second = try create("second")
        try store.revoke(publicKey: first.publicKey, now: 1_790_000_500)
        try store.revoke(publicKey: first.publicKey, now: 1_790_000_900)
        let list = try store.list()
        #expect(list.map(\.label) == ["first", "second"])
        #expect(list.map(\.publicKey) == [first.publicKey, second.publicKey])
        #expect(list.map(\.revokedAt) == [1_790_000_500, nil])
        #expect(list.map(\.createdAt) == [1_790_000_000, 1_790_000_000])
        #expect(!String(reflecting: list).contains(second.secret.reveal()))
    }

    @Test func `a revoked key stays revoked when the mark is removed from the file`() throws {
        let key = try create()
        try store.revoke(publicKey: key.publicKey, now: 5)
        try folder.replace("\"revoked_at\" : 5,", with: "", in: "api-keys.json")
        #expect(throws: APIKeyStoreError.sealBroken(publicKey: key.publicKey)) { try store.load() }
    }

    @Test func `an unknown key cannot be revoked and a taken one not be added`() throws {
        try store.add(demoKey(), label: "demo", userID: user(), permissions: .read, now: 0)
        #expect(throws: APIKeyStoreError.unknownKey(publicKey: "qfex_pub_unknown1")) {
            try store.revoke(publicKey: "qfex_pub_unknown1", now: 0)
        }
        try store.revoke(publicKey: "qfex_pub_demo0001", now: 0)
        #expect(throws: APIKeyStoreError.duplicateKey(publicKey: "qfex_pub_demo0001")) {
            try store.add(demoKey(), label: "demo", userID: user(), permissions: .read, now: 0)
        }
    }

    @Test(arguments: ["", String(repeating: "x", count: 101), "line\nbreak"])
    func `a label is short and printable`(label: String) throws {
        #expect(throws: APIKeyStoreError.invalidLabel) { try create(label) }
    }

    @Test(arguments: ["{", "[]", "{\"version\":2,\"keys\":[]}", ""])
    func `a damaged key file is reported and left alone`(contents: String) throws {
        _ = try create()
        try folder.replace(try folder.text("api-keys.json"), with: contents, in: "api-keys.json")
        let error = #expect(throws: APIKeyStoreError.self) { try create() }
        guard case .malformedFile = error else {
            Issue.record("expected a malformed file, got \(String(describing: error))")
            return
        }
        #expect(try folder.text("api-keys.json") == contents)
    }

    @Test func `keys made at the same time by several writers are all kept`() async throws {
        let store = store
        let owner = try user()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask {
                    for index in 0..<25 {
                        _ = try store.create(
                            label: "\(writer).\(index)", userID: owner, permissions: .read, now: 0)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try store.load().count == 200)
    }
}

/// A key made or revoked by a subcommand must reach the running server.
@Suite struct LiveAPIKeyDirectoryTests {
    @Test func `a new key works and a revoked one stops after a reload`() throws {
        let folder = try TemporaryFolder()
        let live = try LiveAPIKeyDirectory(store: APIKeyStore(directory: folder.url))
        #expect(try live.reloadIfChanged() == false)
        #expect(live.current.count == 0)

        let subcommand = try APIKeyStore(directory: folder.url)
        let key = try subcommand.create(label: "bot", userID: user(), permissions: .read, now: 0)
        #expect(live.current.principal(for: key.publicKey) == nil)
        #expect(try live.reloadIfChanged())
        #expect(live.current.principal(for: key.publicKey) != nil)
        #expect(try live.reloadIfChanged() == false)

        try subcommand.revoke(publicKey: key.publicKey, now: 1)
        #expect(try live.reloadIfChanged())
        #expect(live.current.principal(for: key.publicKey) == nil)
    }

    @Test func `a file that cannot be used is reported and the keys before it keep working`() throws
    {
        let folder = try TemporaryFolder()
        let store = try APIKeyStore(directory: folder.url)
        let key = try store.create(label: "bot", userID: user(), permissions: .read, now: 0)
        let live = try LiveAPIKeyDirectory(store: store)
        try folder.replace("\"label\"", with: "\"lable\"", in: "api-keys.json")
        // The same size and perhaps the same instant: only a later time tells them apart.
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 2_000_000_000)],
            ofItemAtPath: folder.file("api-keys.json").path)
        for _ in 0..<2 {
            #expect(throws: APIKeyStoreError.self) { try live.reloadIfChanged() }
            #expect(live.current.principal(for: key.publicKey) != nil)
        }
    }
}
