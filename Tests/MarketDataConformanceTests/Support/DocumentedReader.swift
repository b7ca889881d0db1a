import Foundation
import ServerTestKit

/// A client of the public endpoint, written to the rules of `docs/MARKET_DATA.md` and to nothing else.
///
/// It keeps the newest state of each contract, and throws what breaks a rule.
struct DocumentedReader {
    /// What it knows of one contract; nil until told on this connection.
    struct Contract {
        var bids: [[String]]?
        var asks: [[String]] = []
        var bestBid: [String]?
        var bestAsk: [String]?
        var hasBest = false
        var openInterest: Decimal?
        /// The newest candle of each interval.
        var candles: [String: JSONValue] = [:]
        /// Ids in order: nothing of before the connection, nothing left out since.
        var trades: [String] = []
    }

    /// The connection ended.
    struct Closed: Error {}

    struct BrokenRule: Error, CustomStringConvertible {
        let description: String
    }

    private(set) var contracts: [String: Contract] = [:]
    private var sequence = 0

    /// Every data message so far, over all connections.
    private(set) var messages = 0

    /// A new connection: no subscription is left, numbers start again, and nothing known is to be
    /// trusted until it is told again.
    mutating func connected() {
        contracts = [:]
        sequence = 0
    }

    /// Takes one message.
    mutating func receive(_ text: String) throws {
        let message = try JSONValue(parsing: text)
        // Acknowledgements and errors have no number.
        guard let number = message["sequence"]?.number else { return }
        sequence += 1
        messages += 1
        guard number == Decimal(sequence) else {
            throw BrokenRule(description: "a gap: \(number) is not \(sequence)")
        }
        guard let symbol = message["symbol"]?.string else { return }
        try take(message, into: &contracts[symbol, default: Contract()])
    }

    private func take(_ message: JSONValue, into contract: inout Contract) throws {
        switch message["type"] {
        case "level2":
            guard message["sig_figs"] == 0 else { return }
            contract.bids = Self.levels(message["bid"])
            contract.asks = Self.levels(message["ask"])
        case "bbo":
            contract.hasBest = true
            contract.bestBid = Self.levels(message["bid"]).first
            contract.bestAsk = Self.levels(message["ask"]).first
        case "trade":
            contract.trades.append(message["trade_id"]?.string ?? "")
        case "open_interest":
            contract.openInterest = decimal(message["open_interest"])
        case "candle":
            let interval = message["resolution"]?.string ?? ""
            if let last = instant(contract.candles[interval]?["start"]),
                let next = instant(message["start"]), next < last
            {
                throw BrokenRule(description: "a candle of before: \(message)")
            }
            contract.candles[interval] = message
        default: break
        }
    }

    private static func levels(_ side: JSONValue?) -> [[String]] {
        (side?.array ?? []).map { ($0.array ?? []).compactMap(\.string) }
    }
}
