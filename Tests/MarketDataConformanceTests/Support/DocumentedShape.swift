import Foundation
import ServerTestKit

/// What a member of a message may hold, as documented. **Source** `protocol.md` §2, §3.
enum DocumentedValue: Sendable {
    case symbol
    /// A listed symbol or `*`.
    case token
    /// RFC 3339, UTC, with `Z` (P-039).
    case time
    /// A plain decimal as a JSON string, more than zero, without trailing zeros.
    case positive
    /// The same, but zero is allowed.
    case size
    /// A decimal string with this many decimals, of either sign.
    case rate(decimals: Int)
    /// A JSON integer of at least this.
    case integer(from: Int)
    case uuid
    case word(Set<String>)
    /// `[price, size]` pairs of strings, at most this many; bids fall, asks rise.
    case bids(Int)
    case asks(Int)
    case rows([String: DocumentedValue])
}

/// The members of every message of the public endpoint: these, and no others.
enum DocumentedShape {
    static let intervals: Set<String> = [
        "1MIN", "5MINS", "15MINS", "30MINS", "1HOUR", "4HOURS", "1DAY",
    ]

    /// Every channel with the members of its messages, without `sequence` and `type`, which all have.
    static let channels: [String: [String: DocumentedValue]] = [
        "level2": [
            "time": .time, "symbol": .symbol, "bid": .bids(20), "ask": .asks(20),
            "sig_figs": .integer(from: 0),
        ],
        "bbo": ["time": .time, "symbol": .symbol, "bid": .bids(1), "ask": .asks(1)],
        "trade": [
            "trade_id": .uuid, "time": .time, "symbol": .symbol, "size": .positive,
            "price": .positive, "side": .word(["BUY", "SELL"]),
            "execution_type": .word(["T", "L", "D", "A"]),
        ],
        "candle": [
            "symbol": .symbol, "start": .time, "resolution": .word(intervals),
            "open": .positive, "high": .positive, "low": .positive, "close": .positive,
            "usdVolume": .integer(from: 0), "trades": .integer(from: 0),
        ],
        "underlier": [
            "time": .time, "symbol": .symbol, "price": .positive,
            "source": .word(["external", "internal"]),
        ],
        "mark_price": ["time": .time, "symbol": .symbol, "price": .positive],
        "funding": [
            "time": .time, "symbol": .symbol, "funding_rate": .rate(decimals: 5),
            "annualised_funding_rate": .rate(decimals: 4), "time_remaining": .integer(from: 0),
        ],
        "open_interest": ["symbol": .symbol, "open_interest": .size, "time": .time],
        "minmax_price": [
            "symbol": .symbol, "min_price": .positive, "max_price": .positive, "time": .time,
        ],
        "market_stats": [
            "time": .time, "symbol": .token,
            "bbos": .rows(["time": .time, "symbol": .symbol, "bid": .bids(1), "ask": .asks(1)]),
            "mark_prices": .rows(["time": .time, "symbol": .symbol, "price": .positive]),
            "open_interests": .rows(["time": .time, "symbol": .symbol, "open_interest": .size]),
            "daily_volumes": .rows(["symbol": .symbol, "volume": .size]),
        ],
    ]

    /// What is wrong with a frame of the server's; nothing when it is just as documented.
    static func faults(_ text: String) -> [String] {
        guard let message = try? JSONValue(parsing: text), case .object = message else {
            return ["not one JSON object (P-004)"]
        }
        switch message["type"]?.string {
        case "subscribed", "unsubscribed": return acknowledgement(message)
        case "error": return error(message)
        case let type?:
            guard let members = channels[type] else { return ["unknown type \(type)"] }
            return data(message, text, members)
        case nil: return ["no type"]
        }
    }

    /// P-010, P-011: what was asked for, and no `sequence`.
    private static func acknowledgement(_ message: JSONValue) -> [String] {
        let channels = (message["channels"]?.array ?? []).compactMap(\.string)
        var expected: Set<String> = ["type", "channels", "symbols"]
        if channels.contains("level2") { expected.insert("sig_figs") }
        if channels.contains("candle") { expected.insert("intervals") }
        var faults = difference(message.keys, expected)
        for key in ["channels", "symbols", "intervals"] where message[key] != nil {
            if message[key]?.array?.allSatisfy({ $0.string != nil }) != true {
                faults.append("\(key) is no list of strings")
            }
        }
        return faults
    }

    /// §3.14: one form for clients of both kinds, without `sequence`.
    private static func error(_ message: JSONValue) -> [String] {
        var faults = difference(message.keys, ["type", "err"])
        let err = message["err"] ?? .null
        faults += difference(err.keys, ["error_code", "message", "incoming_message"])
        if err["error_code"]?.string == nil { faults.append("error_code is no string") }
        if err["message"]?.string == nil { faults.append("message is no string") }
        return faults
    }

    private static func data(
        _ message: JSONValue, _ text: String, _ members: [String: DocumentedValue]
    ) -> [String] {
        let all = members.merging(["sequence": .integer(from: 1)]) { old, _ in old }
        var faults = difference(message.keys, Set(all.keys).union(["type"]))
        for (key, value) in all {
            guard let found = message[key] else { continue }
            if !value.allows(found) { faults.append("\(key) is \(found)") }
            // As written: a decimal would hide a fraction or an exponent.
            if case .integer = value, !isInteger(behind: key, in: text) {
                faults.append("\(key) is not written as an integer")
            }
        }
        return faults
    }

    private static func isInteger(behind key: String, in text: String) -> Bool {
        guard let name = text.range(of: "\"\(key)\":") else { return false }
        let behind = text[name.upperBound...].drop { $0.isNumber }
        return behind.startIndex > name.upperBound && (behind.first == "," || behind.first == "}")
    }

    static func difference(_ found: Set<String>, _ expected: Set<String>) -> [String] {
        expected.subtracting(found).sorted().map { "\($0) is missing" }
            + found.subtracting(expected).sorted().map { "\($0) is not documented" }
    }
}

extension DocumentedValue {
    /// Whether a value is of this kind.
    func allows(_ value: JSONValue) -> Bool {
        switch self {
        case .symbol: value.string?.wholeMatch(of: /[A-Z0-9.]+-[A-Z]{3}/) != nil
        case .token: value == "*" || Self.symbol.allows(value)
        case .time: isUTCTime(value)
        case .positive: Self.size.allows(value) && value != "0"
        case .size: value.string?.wholeMatch(of: /(0|[1-9]\d*)(\.\d*[1-9])?/) != nil
        case .rate(let decimals): Self.isRate(value.string, decimals)
        case .integer(let least): value.number.map { $0 >= Decimal(least) } == true
        case .uuid: isUUID(value.string)
        case .word(let words): value.string.map(words.contains) == true
        case .bids(let most): Self.isSide(value, most, isBetter: >)
        case .asks(let most): Self.isSide(value, most, isBetter: <)
        case .rows(let members): Self.areRows(value, members)
        }
    }

    private static func isRate(_ text: String?, _ decimals: Int) -> Bool {
        guard let match = text?.wholeMatch(of: /-?(?:0|[1-9]\d*)\.(\d+)/) else { return false }
        let isZero = text?.contains(where: { "123456789".contains($0) }) == false
        return match.1.count == decimals && !(isZero && text?.hasPrefix("-") == true)
    }

    private static func isSide(
        _ value: JSONValue, _ most: Int, isBetter: (Decimal, Decimal) -> Bool
    ) -> Bool {
        guard let rows = value.array, rows.count <= most else { return false }
        let arePairs = rows.allSatisfy { row in
            row.array?.count == 2 && row.array?.allSatisfy { Self.positive.allows($0) } == true
        }
        let prices = rows.compactMap { decimal($0[0]) }
        return arePairs && zip(prices, prices.dropFirst()).allSatisfy { isBetter($0, $1) }
    }

    private static func areRows(
        _ value: JSONValue, _ members: [String: DocumentedValue]
    ) -> Bool {
        guard let rows = value.array else { return false }
        let symbols = rows.compactMap { $0["symbol"]?.string }
        return Set(symbols).count == rows.count
            && rows.allSatisfy { row in
                row.keys == Set(members.keys)
                    && members.allSatisfy { key, value in row[key].map(value.allows) == true }
            }
    }
}

/// Whether a time is RFC 3339 in UTC with `Z` and at most nine digits of a second (P-039).
func isUTCTime(_ value: JSONValue?) -> Bool {
    guard let text = value?.string else { return false }
    return text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z/) != nil
}

/// Whether a text is a lower-case UUID of version 4.
func isUUID(_ text: String?) -> Bool {
    text?.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/)
        != nil
}

/// The number in a JSON string, or the JSON number.
func decimal(_ value: JSONValue?) -> Decimal? {
    value?.string.flatMap { Decimal(string: $0, locale: Locale(identifier: "en_US_POSIX")) }
        ?? value?.number
}

/// The instant of a time member, in nanoseconds since 1970.
func instant(_ value: JSONValue?) -> Int64? {
    guard isUTCTime(value), let text = value?.string else { return nil }
    let digits = text.split { !$0.isNumber }.map(String.init)
    var parts = DateComponents()
    parts.calendar = Calendar(identifier: .gregorian)
    parts.timeZone = TimeZone(secondsFromGMT: 0)
    let numbers = digits.prefix(6).compactMap { Int($0) }
    (parts.year, parts.month, parts.day) = (numbers[0], numbers[1], numbers[2])
    (parts.hour, parts.minute, parts.second) = (numbers[3], numbers[4], numbers[5])
    guard let date = parts.date else { return nil }
    let fraction = digits.count > 6 ? digits[6] : ""
    let padded = fraction + String(repeating: "0", count: 9 - fraction.count)
    return Int64(date.timeIntervalSince1970) * 1_000_000_000 + (Int64(padded) ?? 0)
}
