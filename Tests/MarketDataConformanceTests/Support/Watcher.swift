import Foundation
import ServerTestKit
import Synchronization
import Testing

/// A connection to the public endpoint that checks every message it is sent: exactly the documented
/// members (P-004, P-039), numbered from 1 without a gap (P-013), times of a channel and contract
/// never going back.
final class Watcher: Sendable {
    let client: WebSocketTestClient
    fileprivate struct State {
        var sequence = 0
        /// The newest time of each channel and contract.
        var times: [String: String] = [:]
    }
    private let state = Mutex(State())

    init(_ client: WebSocketTestClient) { self.client = client }

    static func connect(_ url: String) async throws -> Watcher {
        Watcher(try await WebSocketTestClient.connect(url))
    }

    // MARK: - commands

    /// Subscribes, or unsubscribes; returns the acknowledgement. What comes before it is checked and
    /// left out.
    @discardableResult
    func subscribe(
        _ channels: [String], _ symbols: [String] = ["AAPL-USD"], figures: [Int]? = nil,
        intervals: [String]? = nil, type: String = "subscribe"
    ) async throws -> JSONValue {
        var command: [String: JSONValue] = [
            "type": .string(type), "channels": .array(channels.map { .string($0) }),
            "symbols": .array(symbols.map { .string($0) }),
        ]
        if let figures { command["sig_figs"] = .array(figures.map { .number(Decimal($0)) }) }
        if let intervals { command["intervals"] = .array(intervals.map { .string($0) }) }
        try await client.send(.object(command))
        return try await next { $0["type"]?.string == type + "d" }
    }

    @discardableResult
    func unsubscribe(_ channels: [String], _ symbols: [String] = ["AAPL-USD"]) async throws
        -> JSONValue
    {
        try await subscribe(channels, symbols, type: "unsubscribe")
    }

    // MARK: - what comes

    /// The next message that fits; all others that come before it are checked and left out.
    ///
    /// Gives up after long, which only a server that does not work makes it do.
    func next(
        within seconds: Int = 90, where fits: (JSONValue) -> Bool = { _ in true }
    ) async throws -> JSONValue {
        let deadline = ContinuousClock.now.advanced(by: .seconds(seconds))
        while ContinuousClock.now < deadline {
            switch try await client.next() {
            case .text(let text):
                let message = check(text)
                if fits(message) { return message }
            case .closed(let code, let reason):
                throw WebSocketTestClient.Timeout("closed \(code ?? 0) \(reason)")
            }
        }
        throw WebSocketTestClient.Timeout("nothing fitting came within \(seconds) s")
    }

    /// The next data message of a channel, of one contract where it is named.
    func data(_ channel: String, _ symbol: String? = nil) async throws -> JSONValue {
        try await next {
            $0["type"]?.string == channel && (symbol == nil || $0["symbol"]?.string == symbol)
        }
    }

    /// Everything up to the message that makes it enough, which is the last one.
    func messages(
        within seconds: Int = 90, until isEnough: (JSONValue) -> Bool
    ) async throws -> [JSONValue] {
        var messages: [JSONValue] = []
        _ = try await next(within: seconds) {
            messages.append($0)
            return isEnough($0)
        }
        return messages
    }

    /// Everything while a contract's depth, which must be subscribed raw, is pulsed a few times: a
    /// clock of half seconds that stands still when the server does.
    func messages(
        pulses: Int, of symbol: String = "AAPL-USD", within seconds: Int = 90
    ) async throws -> [JSONValue] {
        var left = pulses
        return try await messages(within: seconds) { message in
            if message["type"] == "level2" && message["symbol"]?.string == symbol { left -= 1 }
            return left <= 0
        }
    }

    /// The next message that fits, which must come within so many pulses of a contract's depth.
    func data(
        pulses: Int, of symbol: String = "AAPL-USD", where fits: (JSONValue) -> Bool
    ) async throws -> JSONValue {
        var left = pulses
        let message = try await next { message in
            if message["type"] == "level2" && message["symbol"]?.string == symbol { left -= 1 }
            return left < 0 || fits(message)
        }
        try #require(fits(message), "nothing fitting within \(pulses) pulses")
        return message
    }

    /// Everything that was on its way when it was called.
    func fence() async throws -> [JSONValue] {
        try await client.send(["type": "unsubscribe", "channels": [], "symbols": []])
        var messages = try await messages {
            $0["type"] == "unsubscribed" && $0["channels"] == [] && $0["symbols"] == []
        }
        messages.removeLast()
        return messages
    }

    /// The number of data messages so far.
    var sequence: Int { state.withLock { $0.sequence } }

    private func check(_ text: String) -> JSONValue {
        let message = (try? JSONValue(parsing: text)) ?? .null
        if message["pong"] != nil { return message }
        let faults = DocumentedShape.faults(text) + state.withLock { $0.faults(message) }
        for fault in faults { Issue.record("\(fault): \(text.prefix(400))") }
        return message
    }
}

extension Watcher.State {
    /// What is wrong with a message's place among the others of its connection.
    fileprivate mutating func faults(_ message: JSONValue) -> [String] {
        let type = message["type"]?.string ?? ""
        guard DocumentedShape.channels[type] != nil else { return [] }
        sequence += 1
        var faults: [String] = []
        if message["sequence"]?.number != Decimal(sequence) {
            faults.append("not number \(sequence) (P-013)")
        }
        guard let time = message["time"] ?? message["start"] else { return faults }
        let kind = message["resolution"]?.string ?? ""
        let topic = "\(type) \(message["symbol"]?.string ?? "") \(kind)"
        let comparable = sortable(time)
        if let earlier = times[topic], comparable < earlier { faults.append("before \(earlier)") }
        times[topic] = comparable
        return faults
    }

    /// A time that can be compared as a text.
    private func sortable(_ time: JSONValue) -> String {
        let digits = time.string?.filter(\.isNumber) ?? ""
        return digits + String(repeating: "0", count: max(0, 23 - digits.count))
    }
}
