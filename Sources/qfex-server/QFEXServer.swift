import ArgumentParser

/// The command line of the exchange.
@main
struct QFEXServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "qfex-server",
        abstract: "An open exchange for perpetual futures that speaks QFEX's protocol.",
        discussion: """
            Without any option, "qfex-server" starts a sandbox exchange on this machine: 29 contracts
            with moving prices and liquidity bots, a market-data port, a trade port, and an API key
            that is printed.
            """,
        subcommands: [
            RunCommand.self, DryRunCommand.self, KeysCommand.self, UsersCommand.self,
            JournalCommand.self,
        ],
        defaultSubcommand: RunCommand.self)
}
