import Foundation
import ServerTestKit

/// Valid commands with one to three small damages: the same ones for the same seed.
struct NearMisses {
    private var state: UInt64
    private let commands: [String]
    private static let values = [
        "null", "true", "0", "-1", "1", "1e400", "-0.0", "0.1", "99999999999999999999", "\"\"",
        "\"BUY\"", "[]", "{}", "[[[[]]]]", "\"\\u0000\"", "\"\\ud83d\\ude00\"", "1e-400", "\"7\"",
    ]
    private static let characters = Array("{}[]\":,\\ 0-9eE.+tfnué\u{1}\u{7f}😀/_")

    init(seed: UInt64, symbol: String) {
        state = seed
        commands = [
            #"{"type":"add_order","params":{"symbol":"\#(symbol)","side":"BUY","#
                + #""order_type":"LIMIT","order_time_in_force":"GTC","quantity":0.001,"#
                + #""price":55000,"reduce_only":false,"client_order_id":"n"}}"#,
            #"{"type":"add_order","params":{"symbol":"\#(symbol)","side":"SELL","#
                + #""order_type":"MARKET","order_time_in_force":"IOC","quantity":0.001}}"#,
            #"{"type":"cancel_order","params":{"symbol":"\#(symbol)","order_id":"n","#
                + #""cancel_order_id_type":"client_order_id"}}"#,
            #"{"type":"modify_order","params":{"symbol":"\#(symbol)","#
                + #""order_id":"11111111-2222-4333-8444-555555555555","side":"BUY","#
                + #""order_type":"LIMIT","price":55001,"quantity":0.002}}"#,
            #"{"type":"cancel_all_orders","params":{"symbols":["\#(symbol)"]}}"#,
            #"{"type":"get_order","params":{"symbol":"\#(symbol)","order_id":"n"}}"#,
            #"{"type":"get_user_orders","params":{"limit":10,"offset":0,"symbol":"\#(symbol)"}}"#,
            #"{"type":"subscribe","params":{"channels":["fills","order_responses"]}}"#,
            #"{"type":"unsubscribe","params":{"channels":["fills"]}}"#,
            #"{"type":"cancel_on_disconnect","params":{"cancel_on_disconnect":false}}"#,
            #"{"type":"auth","params":{"jwt":"eyJ","account_id":null}}"#,
            #"{"type":"close_position","params":{"symbol":"\#(symbol)"}}"#,
            #"{"type":"add_order","params":{"symbol":"\#(symbol)","side":"SELL","#
                + #""order_type":"STOP_LOSS","order_time_in_force":"GTC","quantity":0.001,"#
                + #""price":54000}}"#,
            #"{"type":"add_order","params":{"symbol":"\#(symbol)","side":"BUY","#
                + #""order_type":"MARKET","order_time_in_force":"IOC","quantity":0.001,"#
                + #""take_profit":58000,"stop_loss":54000,"reduce_only":1}}"#,
            #"{"type":"cancel_stop_order","params":{"stop_order_id":"#
                + #""11111111-2222-4333-8444-555555555555"}}"#,
            #"{"type":"modify_stop_order","params":{"stop_order_id":"#
                + #""11111111-2222-4333-8444-555555555555","symbol":"\#(symbol)","price":54000,"#
                + #""quantity":0.001,"side":"SELL","order_type":"STOP_LOSS"}}"#,
            #"{"type":"add_twap","params":{"symbol":"\#(symbol)","side":"BUY","total_quantity":0.01,"#
                + #""num_orders":2,"order_interval_secs":3600,"reduce_only":false,"#
                + #""client_twap_id":"n","start_time":4000000000,"worst_price":55000}}"#,
            #"{"type":"cancel_order","params":{"symbol":"\#(symbol)","order_id":"n","#
                + #""cancel_order_id_type":"client_twap_id"}}"#,
            #"{"type":"get_user_trades","params":{"limit":10,"offset":0,"order_id":"n","#
                + #""start_ts":0,"end_ts":4000000000}}"#,
            #"{"type":"get_user_leverage","params":{"limit":10,"offset":0}}"#,
            #"{"type":"get_available_leverage_levels","params":{"limit":3,"offset":7}}"#,
            #"{"type":"set_user_leverage","params":{"symbol":"\#(symbol)","leverage":5}}"#,
        ]
    }

    /// The next damaged message.
    mutating func next() -> String {
        var text = Array(commands[number(below: commands.count)])
        for _ in 0...number(below: 3) where !text.isEmpty {
            let place = number(below: text.count)
            switch number(below: 6) {
            case 0: text.remove(at: place)
            case 1: text.insert(Self.characters[number(below: Self.characters.count)], at: place)
            case 2: text[place] = Self.characters[number(below: Self.characters.count)]
            case 3: text.removeSubrange(place..<min(place + number(below: 12), text.count))
            case 4: text.insert(contentsOf: text[place..<min(place + 9, text.count)], at: place)
            case _: replaceValue(in: &text, near: place)
            }
        }
        return String(text)
    }

    /// Whether the protocol answers a message by no frame: channels, one frame for each of none.
    static func mayBeSilent(_ text: String) -> Bool {
        guard let message = try? JSONValue(parsing: text) else { return false }
        return ["subscribe", "unsubscribe"].contains(message["type"]?.string)
            && message["params"]?["channels"] == []
    }

    /// Puts any JSON value in the place of the value behind the next colon.
    private mutating func replaceValue(in text: inout [Character], near place: Int) {
        guard let colon = text[place...].firstIndex(of: ":") else { return }
        let start = colon + 1
        let end = text[start...].firstIndex { $0 == "," || $0 == "}" } ?? text.endIndex
        text.replaceSubrange(start..<end, with: Self.values[number(below: Self.values.count)])
    }

    private mutating func number(below bound: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((value ^ (value >> 31)) % UInt64(bound))
    }
}
