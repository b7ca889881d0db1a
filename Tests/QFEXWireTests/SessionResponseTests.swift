import QFEXWire
import Testing

@Suite struct SessionResponseTests {
    @Test("P-050 one frame says that a session is authenticated")
    func authSucceeded() {
        #expect(
            encoded { TradeResponseEncoder.authSucceeded(to: &$0) }
                == #"{"authenticated":true,"type":"auth","result":"success"}"#)
    }

    @Test(
        "P-070 subscriptions are acknowledged by name",
        arguments: [
            (TradeChannel.orderResponses, "order_responses"), (.stopOrders, "stop_orders"),
            (.positions, "positions"), (.balances, "balances"), (.fills, "fills"),
        ])
    func subscriptions(channel: TradeChannel, name: String) {
        #expect(
            encoded { TradeResponseEncoder.subscribed(channel, to: &$0) }
                == #"{"subscribed":"\#(name)"}"#)
        #expect(
            encoded { TradeResponseEncoder.unsubscribed(channel, to: &$0) }
                == #"{"unsubscribed":"\#(name)"}"#)
    }

    @Test("P-166 an acknowledgement repeats the command in both forms")
    func ack() throws {
        let message = #"{"type":"cancel_on_disconnect","params":{"cancel_on_disconnect":true}}"#
        var decoder = TradeRequestDecoder()
        _ = try decoder.decode(Array(message.utf8))
        let incoming = decoder.incomingMessage(isAuthenticated: true)
        #expect(
            encoded { TradeResponseEncoder.ack(incoming, to: &$0) }
                == #"{"ack":{"incoming_message":\#(message)},"ack_response":true}"#)
    }

    @Test("P-183 the error codes are the ten of the documentation")
    func errorCodes() {
        #expect(
            WireErrorCode.allCases.map(\.wireName.description) == [
                "RateLimited", "InvalidJSONFormat", "AlreadyAuthenticated", "InvalidParameter",
                "PermissionDenied", "ServerError", "InvalidOrder", "KycRequired", "TncRequired",
                "AlreadySubscribedToLeaderboard",
            ])
    }

    @Test("P-183 an error frame has code, message and request")
    func error() {
        let error = WireError(.invalidParameter, "leverage \"7\"\n is not available")
        let incoming = IncomingMessage.json(Array(#"{"type":"x"}"#.utf8))
        #expect(
            encoded { TradeResponseEncoder.error(error, incoming, to: &$0) }
                == #"{"err":{"error_code":"InvalidParameter","#
                + #""message":"leverage \"7\"\n is not available","#
                + #""incoming_message":{"type":"x"}}}"#)
        #expect(
            encoded { TradeResponseEncoder.error(error, .withheld, to: &$0) }
                .hasSuffix(#""incoming_message":null}}"#))
    }

    @Test("P-194 a rate limit tells when to come back, in seconds")
    func retryAfter() {
        #expect(
            encoded {
                TradeResponseEncoder.error(
                    WireError(.rateLimited, "m"), .authentication,
                    retryAfterNanoseconds: 250_000_000, to: &$0)
            }
                == #"{"err":{"error_code":"RateLimited","message":"m","#
                + #""incoming_message":{"type":"auth","params":{}},"retry_after":0.25}}"#)
    }

    @Test func noTwoCasesShareASpelling() {
        func check<Value: WireSpelled>(_ type: Value.Type) {
            let names = Value.spellings.map(\.name.description)
            #expect(Set(names).count == names.count)
            for value in Value.allCases {
                #expect(Value.spellings.contains { $0.value == value })
            }
        }
        check(CommandName.self)
        check(TradeChannel.self)
        check(WireOrderType.self)
        check(CancelIdentifierKind.self)
        check(MarketDataChannel.self)
        check(MarketDataRequest.Action.self)
        check(CandleInterval.self)
        check(WireErrorCode.self)
    }

    @Test func theCommandsAreThoseOfTheDocumentation() {
        #expect(
            Set(CommandName.allCases.map(\.wireName.description)) == [
                "auth", "subscribe", "unsubscribe", "add_order", "cancel_order", "modify_order",
                "cancel_all_orders", "close_position", "cancel_stop_order", "modify_stop_order",
                "add_twap", "get_order", "get_user_orders", "get_user_trades",
                "get_user_leverage", "set_user_leverage", "get_available_leverage_levels",
                "cancel_on_disconnect",
            ])
    }
}
