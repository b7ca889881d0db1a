import ArgumentParser
import ExchangeAuth
import ExchangeServer
import Foundation

/// `qfex-server users`: who may trade.
struct UsersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users", abstract: "Say what keeps users from trading.",
        discussion: "A running exchange takes changes over within a second.",
        subcommands: [SetStatus.self, List.self])

    struct Folder: ParsableArguments {
        @Option(help: "Folder of the exchange.") var data = "data"
        func store() throws -> UserStatusStore { try DataDirectory(data).userStatusStore() }
    }

    struct SetStatus: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set what a user lacks; without a flag, the user may trade.")
        @OptionGroup var folder: Folder
        @Argument(help: "UUID of the user.") var user: String
        @Flag(help: "The identity check has not been passed.") var kycMissing = false
        @Flag(help: "The latest terms have not been accepted.") var termsMissing = false

        func run() throws {
            guard let user = UserUUID(user) else {
                throw ValidationError("the user must be a UUID")
            }
            let status = UserStatus(
                isIdentityCheckMissing: kycMissing, areTermsMissing: termsMissing)
            try folder.store().set(user, status)
            print("\(user)  \(status.text)")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List users who may not trade.")
        @OptionGroup var folder: Folder

        func run() throws {
            let statuses = try folder.store().load().statuses
            for (user, status) in statuses.sorted(by: { $0.key.text < $1.key.text }) {
                print("\(user)  \(status.text)")
            }
        }
    }
}

extension UserStatus {
    /// For people.
    fileprivate var text: String {
        var lacks: [String] = []
        if isIdentityCheckMissing { lacks.append("kyc missing") }
        if areTermsMissing { lacks.append("terms missing") }
        return lacks.isEmpty ? "may trade" : lacks.joined(separator: ", ")
    }
}
