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
            abstract: "Replay the log and print the number of commands and the state hash.",
            discussion: """
                From the first command on, whatever snapshots say. If segments were removed, from the
                newest good snapshot on.
                """)
        @Option(help: "Folder of the exchange.") var data = "data"

        func run() throws {
            let directory = DataDirectory(data)
            let storage = PosixStorage(directory: directory.journal.path)
            let id = try directory.exchangeID()
            let isWhole = try JournalReader.firstSequence(in: storage) ?? 1 == 1
            let (exchange, sequence) =
                try isWhole
                ? RecoveredExchange.replay(JournalReader(storage: storage, exchangeID: id))
                : RecoveredExchange.replay(
                    storage: storage, configuration: JournalConfiguration(exchangeID: id))
            exchange.checkInvariants()
            print("sequence    \(sequence)")
            print("state hash  \(hex(exchange.stateHash()))")
        }
    }
}
