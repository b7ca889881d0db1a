import ArgumentParser
import Configuration

/// What a market can be asked to be, the same for a server and for a dry run.
struct MarketOptions: ParsableArguments {
    @Option(help: "The sandbox market: full or quiet, that is without bots (default: full).")
    var market: String?
    @Option(
        help: "Seed of the sandbox market: one seed, one market (default: the scenario's, or 1).")
    var seed: Int?
    @Option(help: "A file of what happens to the market and to connections (docs/SCENARIOS.md).")
    var scenario: String?
    @Option(help: "CSV of prices replayed as underliers: time,symbol,price (default: none).")
    var marketPrices: String?
    @Option(help: "Seconds of that file in a second, such as 0.5 or 60 (default: 1).")
    var marketPricesSpeed: String?
    @Flag(help: "Begin that file anew after its end; else its last prices hold.")
    var marketPricesLoop = false
    @Option(help: "Milliseconds that limit orders wait before the book (default: 100; 0: none).")
    var speedBumpMilliseconds: Int?
    @Option(help: "Market hours: always-open, or calendar for real ones (default: always-open).")
    var sessions: String?

    /// The options given, under the keys of `ServerConfiguration`.
    var flags: [String: ConfigValue] {
        var flags: [String: ConfigValue] = [:]
        func set(_ key: String, _ value: ConfigValue?) { if let value { flags[key] = value } }
        set("market.kind", market.map { ConfigValue(stringLiteral: $0) })
        set("market.seed", seed.map { ConfigValue(integerLiteral: $0) })
        set("scenario", scenario.map { ConfigValue(stringLiteral: $0) })
        set("market.prices.file", marketPrices.map { ConfigValue(stringLiteral: $0) })
        set("market.prices.speed", marketPricesSpeed.map { ConfigValue(stringLiteral: $0) })
        if marketPricesLoop { flags["market.prices.loop"] = true }
        set(
            "speed.bump.milliseconds",
            speedBumpMilliseconds.map { ConfigValue(integerLiteral: $0) })
        set("sessions", sessions.map { ConfigValue(stringLiteral: $0) })
        return flags
    }
}
