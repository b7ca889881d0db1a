import ArgumentParser
import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
import ExchangeServer
import Foundation

/// `qfex-server journal`: looking at a log without a running exchange.
struct JournalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal", abstract: "Look at the log of commands.",
        subcommands: [Hash.self])

    /// Replays the whole log and prints where it leads. Writes nothing, takes no lock.
    struct Hash: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Replay the log and print the number of commands and the state hash.")
        @Option(help: "Folder of the exchange.") var data = "data"

        func run() throws {
            let directory = DataDirectory(data)
            let reader = try JournalReader(
                storage: PosixStorage(directory: directory.journal.path),
                exchangeID: try directory.exchangeID())
            let (exchange, sequence) = try RecoveredExchange.replay(reader)
            exchange.checkInvariants()
            print("sequence    \(sequence)")
            print("state hash  \(hex(exchange.stateHash()))")
        }
    }
}
