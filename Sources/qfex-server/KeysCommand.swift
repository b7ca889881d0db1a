import ArgumentParser
import ExchangeAuth
import ExchangeServer
import Foundation

/// `qfex-server keys`: who may connect.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Create, list and revoke API keys.",
        discussion: "A running exchange takes changes over within a second.",
        subcommands: [Create.self, List.self, Revoke.self])

    struct Folder: ParsableArguments {
        @Option(help: "Folder of the exchange.") var data = "data"
        func store() throws -> APIKeyStore {
            try APIKeyStore(directory: DataDirectory(data).keys)
        }
    }

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key and print it; the secret is shown this once.")
        @OptionGroup var folder: Folder
        @Option(help: "What the key is for.") var label: String
        @Option(help: "UUID of the user; a new one when left out.") var user: String?
        @Flag(help: "The key may look, but not trade.") var readOnly = false

        func run() throws {
            guard let user = UserUUID(user ?? UUID().uuidString) else {
                throw ValidationError("--user must be a UUID")
            }
            let key = try folder.store().create(
                label: label, userID: user, permissions: readOnly ? [.read] : [.read, .trade],
                now: Int64(Date().timeIntervalSince1970))
            print("user        \(user)")
            print("public key  \(key.publicKey)")
            print("secret key  \(key.secret.reveal())")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List keys, without secrets.")
        @OptionGroup var folder: Folder

        func run() throws {
            for key in try folder.store().list() {
                let state = key.revokedAt == nil ? "works" : "revoked"
                let may = key.permissions.names.joined(separator: "+")
                print("\(key.publicKey)  \(key.userID)  \(may)  \(state)  \(key.label)")
            }
        }
    }

    struct Revoke: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Withdraw a key for good.")
        @OptionGroup var folder: Folder
        @Argument(help: "The public key.") var publicKey: String

        func run() throws {
            try folder.store().revoke(
                publicKey: publicKey, now: Int64(Date().timeIntervalSince1970))
            print("revoked \(publicKey)")
        }
    }
}
