import ExchangeTypes
import QFEXWire
import Testing

/// Valid messages with random damage: each is decoded or refused, and every refusal can be told to
/// the client in a valid frame.
@Suite struct MutationTests {
    private static let tradeMessages = [
        #"{"type":"add_order","params":{"symbol":"NVDA-USD","side":"BUY","order_type":"LIMIT","#
            + #""order_time_in_force":"GTC","quantity":0.5,"price":228.3,"reduce_only":false,"#
            + #""take_profit":240,"stop_loss":220e0,"client_order_id":"mm-\u0031\ud83d\ude007é"}}"#,
        #"{"type":"cancel_order","params":{"symbol":"A","order_id":"\#(orderUUID)","#
            + #""cancel_order_id_type":"order_id"}}"#,
        #"{"type":"modify_order","params":{"symbol":"A","order_id":"x","side":"SELL","#
            + #""order_type":"ALO","price":1e2,"quantity":-0.0}}"#,
        #"{"type":"cancel_all_orders","params":{"symbols":["A","B-USD"]}}"#,
        #"{"type":"subscribe","params":{"channels":["fills","positions"]}}"#,
        #"{"type":"get_user_orders","params":{"limit":10,"offset":3,"symbol":null}}"#,
        #"{"type":"add_twap","params":{"symbol":"A","side":"BUY","total_quantity":1e1,"#
            + #""num_orders":5,"order_interval_secs":30,"reduce_only":0,"client_twap_id":"t","#
            + #""start_time":1790000000.5,"worst_price":7}}"#,
        #"{"type":"modify_stop_order","params":{"stop_order_id":"\#(orderUUID)","symbol":"A","#
            + #""price":219.5,"quantity":0.5,"side":"SELL","order_type":"STOP_LOSS"}}"#,
        #"{"type":"get_user_trades","params":{"limit":10,"order_id":"x","start_ts":1,"#
            + #""end_ts":1790000000}}"#,
        #"{"type":"close_position","params":{"symbol":"A","client_order_id":"c"}}"#,
        #"{"type":"auth","params":{"hmac":{"public_key":"k","nonce":"00ff","unix_ts":17900,"#
            + #""signature":"ab"},"account_id":"u"}}"#,
    ]
    private static let marketDataMessages = [
        #"{"type":"subscribe","channels":["level2","candle","bbo"],"symbols":["*","A/1MIN"],"#
            + #""sig_figs":[0,1,2],"intervals":["1HOUR"]}"#,
        #"{"type":"unsubscribe","channels":["trade"],"symbols":["NVDA-USD"]}"#,
    ]

    private func damage(_ message: String, _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = Array(message.utf8)
        for _ in 0..<Int.random(in: 1...2, using: &random) {
            let place = Int.random(in: 0..<max(bytes.count, 1), using: &random)
            let other = Int.random(in: 0..<max(bytes.count, 1), using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                if place < bytes.count { bytes[place] = UInt8.random(in: 0...255, using: &random) }
            case 1: if place < bytes.count { bytes.remove(at: place) }
            case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            case 3: bytes.removeSubrange(min(place, other)..<min(max(place, other), bytes.count))
            case 4:
                bytes.insert(
                    contentsOf: bytes[min(place, other)..<min(max(place, other), bytes.count)],
                    at: place)
            default:
                bytes.insert(
                    contentsOf: Array("[{\"0123456789e99".utf8.shuffled(using: &random)), at: place)
            }
        }
        return bytes
    }

    private func isValidJSON(_ text: String) -> Bool {
        var reader = JSONReader()
        do { try reader.read(Array(text.utf8)) } catch { return false }
        return true
    }

    @Test func tradeMessages() {
        var random = SeededGenerator(seed: 11)
        var decoder = TradeRequestDecoder()
        var decoded = 0
        for round in 0..<8_000 {
            let message = damage(Self.tradeMessages[round % Self.tradeMessages.count], &random)
            do throws(WireError) {
                _ = try decoder.decode(message)
                decoded += 1
            } catch {
                let incoming = decoder.incomingMessage(isAuthenticated: round % 2 == 0)
                let frame = encoded { TradeResponseEncoder.error(error, incoming, to: &$0) }
                #expect(isValidJSON(frame), "\(frame)")
            }
        }
        #expect((200..<6_000).contains(decoded), "\(decoded)")
    }

    @Test func marketDataMessages() {
        var random = SeededGenerator(seed: 12)
        var decoder = MarketDataRequestDecoder()
        var decoded = 0
        for round in 0..<4_000 {
            let message = damage(
                Self.marketDataMessages[round % Self.marketDataMessages.count], &random)
            do throws(WireError) {
                let request = try decoder.decode(message)
                let frame = encoded { MarketDataEncoder.acknowledgement(request, to: &$0) }
                #expect(isValidJSON(frame), "\(frame)")
                decoded += 1
            } catch {
                let incoming = decoder.incomingMessage
                let frame = encoded { MarketDataEncoder.error(error, incoming, to: &$0) }
                #expect(isValidJSON(frame), "\(frame)")
            }
        }
        #expect((200..<3_000).contains(decoded), "\(decoded)")
    }

    @Test func everyPrefixOfAMessageIsRefused() {
        var decoder = TradeRequestDecoder()
        for message in Self.tradeMessages {
            let bytes = Array(message.utf8)
            for length in 0..<bytes.count {
                #expect(throws: WireError.self) { try decoder.decode(Array(bytes[..<length])) }
            }
        }
    }
}
