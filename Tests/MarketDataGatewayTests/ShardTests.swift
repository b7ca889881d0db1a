import ExchangeTypes
import Testing

@testable import MarketDataGateway

@Suite struct ShardTests {
    @Test("P-010, P-027: the value of now follows the acknowledgement at once")
    func showsValueOfNow() throws {
        let rig = try Rig()
        try rig.run(
            try order(.buy, "40", at: "99.5"), try order(.buy, "1.25", at: "99.4"),
            try order(.sell, "3", at: "100.1"))
        rig.advance(milliseconds: 250)
        let client = rig.connect(subscribe(["bbo", "level2", "trade"], ["NVDA-USD"]))
        #expect(
            client.socket.messages == [
                #"{"type":"subscribed","channels":["bbo","level2","trade"],"symbols":["NVDA-USD"],"#
                    + #""sig_figs":[0]}"#,
                #"{"sequence":1,"type":"bbo","time":"2026-09-21T14:13:20Z","symbol":"NVDA-USD","#
                    + #""bid":[["99.5","40"]],"ask":[["100.1","3"]]}"#,
                #"{"sequence":2,"type":"level2","time":"2026-09-21T14:13:20.25Z","#
                    + #""symbol":"NVDA-USD","bid":[["99.5","40"],["99.4","1.25"]],"#
                    + #""ask":[["100.1","3"]],"sig_figs":0}"#,
            ])
        #expect(client.socket.unflushed == 0)
        #expect(client.socket.flushes == 1)
    }

    @Test("P-025: an empty book is shown with empty sides, at the time of its listing")
    func showsEmptyBook() throws {
        let rig = try Rig()
        rig.advance(milliseconds: 1_000)
        let client = rig.connect(subscribe(["bbo", "level2"], ["TSLA-USD"]))
        let messages = try client.socket.take()
        #expect(messages.dropFirst().map(\.bid) == [[], []])
        #expect(messages.dropFirst().map(\.ask) == [[], []])
        #expect(
            messages.dropFirst().map(\.time) == ["2026-09-21T14:13:20Z", "2026-09-21T14:13:21Z"])
    }

    @Test("P-020: 20 levels a side, best first, whatever the book holds")
    func cutsDepth() throws {
        let rig = try Rig()
        for tick in 0..<25 {
            try rig.run(
                try order(.buy, "1", at: "\(99 - tick / 10).\(9 - tick % 10)"),
                try order(.sell, "1", at: "\(101 + tick / 10).\(tick % 10)"))
        }
        let message = try #require(
            try rig.connect(subscribe(["level2"], ["NVDA-USD"])).socket.take().last)
        let bids = try #require(message.bid).compactMap { Decimal8($0[0]) }
        let asks = try #require(message.ask).compactMap { Decimal8($0[0]) }
        #expect(bids.count == 20 && asks.count == 20)
        #expect(bids == bids.sorted(by: >) && bids.first == Decimal8("99.9"))
        #expect(asks == asks.sorted() && asks.first == Decimal8("101"))
    }

    @Test("P-022, P-023, P-024: each grouping is its own message, tagged, rounded and summed")
    func groups() throws {
        let rig = try Rig()
        try rig.run(
            try order(.buy, "1", at: "99.58"), try order(.buy, "2", at: "99.51"),
            try order(.sell, "4", at: "100.12"), try order(.sell, "8", at: "100.91"))
        let client = rig.connect(subscribe(["level2"], ["NVDA-USD"], figures: [0, 2]))
        let messages = try client.socket.take().dropFirst()
        #expect(messages.map(\.sig_figs) == [.one(0), .one(2)])
        #expect(messages.last?.bid == [["99", "3"]])
        #expect(messages.last?.ask == [["101", "12"]])
    }

    @Test("P-028: each execution is one message, at once, with the aggressor's side")
    func tellsTrades() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(["trade"], ["NVDA-USD"]))
        _ = try client.socket.take()
        rig.advance(milliseconds: 102)
        try rig.run(
            try order(.sell, "1", at: "100.1"), try order(.sell, "2", at: "100.2"),
            try order(.buy, "2.5", at: "100.2", by: 1))
        let trades = try client.socket.take()
        #expect(trades.map(\.label) == ["trade NVDA-USD", "trade NVDA-USD"])
        #expect(trades.map(\.sequence) == [1, 2])
        #expect(trades.map(\.price) == ["100.1", "100.2"])
        #expect(trades.map(\.size) == ["1", "1.5"])
        #expect(trades.map(\.side) == ["BUY", "BUY"])
        #expect(trades.map(\.execution_type) == ["T", "T"])
        #expect(trades.map(\.time) == Array(repeating: "2026-09-21T14:13:20.102Z", count: 2))
        let first = OrderIdentifierPermutation.uniqueID(of: TradeID(1)).string
        #expect(trades.first?.trade_id == first)
    }

    @Test("A trade carries the time of its command, however late it is heard of")
    func tradesKeepTheirTime() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(["trade"], ["NVDA-USD"]))
        _ = try client.socket.take()
        try rig.run(
            try order(.sell, "1", at: "100.1"), try order(.buy, "1", at: "100.1", by: 1),
            heardAfterMilliseconds: 700)
        #expect(try client.socket.take().map(\.time) == ["2026-09-21T14:13:20Z"])
    }

    @Test("P-029: trades from before the subscription are not told")
    func tellsNoHistory() throws {
        let rig = try Rig()
        try rig.run(
            try order(.sell, "1", at: "100.1"), try order(.buy, "1", at: "100.1", by: 1))
        let client = rig.connect(subscribe(["trade"], ["*"]))
        rig.advance(milliseconds: 2_000)
        #expect(try client.labels() == ["subscribed"])
    }

    @Test("P-013, P-014: numbers rise by one over all channels, each connection by itself")
    func numbersEachConnection() throws {
        let rig = try Rig()
        let early = rig.connect(subscribe(["bbo", "level2", "trade"], ["*"], figures: [0, 1]))
        rig.advance(milliseconds: 1_700)
        let late = rig.connect(subscribe(["trade", "bbo"], ["NVDA-USD"]))
        try rig.run(
            try order(.sell, "1", at: "100.1"), try order(.buy, "1", at: "100.1", by: 1))
        rig.advance(milliseconds: 1_000)
        early.say("nonsense")
        late.say(unsubscribe(["bbo"], ["NVDA-USD"]))
        rig.advance(milliseconds: 1_000)
        for client in [early, late] {
            let numbers = try client.socket.take().compactMap(\.sequence)
            #expect(numbers.count >= 3)
            #expect(numbers == Array(1...UInt64(numbers.count)))
        }
        let again = rig.connect(subscribe(["bbo"], ["NVDA-USD"]))
        #expect(try again.socket.take().compactMap(\.sequence) == [1])
    }

    @Test("P-015: * brings every contract, those listed later included")
    func wildcardCoversLaterListings() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(["bbo", "level2", "trade"], ["*"]))
        #expect(
            try client.labels() == [
                "subscribed", "bbo NVDA-USD", "bbo TSLA-USD", "level2 NVDA-USD 0",
                "level2 TSLA-USD 0",
            ])
        try rig.list(2, "AAPL-USD")
        try rig.run(
            try order(.sell, "1", at: "100.1", in: 2),
            try order(.buy, "1", at: "100.1", by: 1, in: 2))
        #expect(try client.labels() == ["trade AAPL-USD"])
        rig.advance(milliseconds: 500)
        let labels = try client.labels()
        #expect(labels.contains("bbo AAPL-USD") && labels.contains("level2 AAPL-USD 0"))
    }

    @Test(
        "P-016: a contract that is subscribed by name and by * arrives once",
        arguments: [["*", "NVDA-USD"], ["NVDA-USD", "*"], ["NVDA-USD", "NVDA-USD", "*", "*"]])
    func deliversOnce(_ symbols: [String]) throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(["bbo", "level2", "trade"], symbols))
        let states = ["bbo NVDA-USD", "bbo TSLA-USD", "level2 NVDA-USD 0", "level2 TSLA-USD 0"]
        #expect(try client.labels().dropFirst().sorted() == states)
        rig.advance(milliseconds: 500)
        #expect(try client.labels().sorted() == states)
        try rig.run(
            try order(.sell, "1", at: "100.1"), try order(.buy, "1", at: "100.1", by: 1))
        #expect(try client.labels() == ["trade NVDA-USD"])
    }

    @Test("P-016, §18.16: after unsubscribing * the names go on, and the other way round")
    func nameAndWildcardAreApart() throws {
        let rig = try Rig()
        let named = rig.connect(subscribe(["level2"], ["*", "NVDA-USD"]))
        let everything = rig.connect(subscribe(["level2"], ["*", "NVDA-USD"]))
        named.say(unsubscribe(["level2"], ["*"]))
        everything.say(unsubscribe(["level2"], ["NVDA-USD"]))
        _ = try (named.labels(), everything.labels())
        rig.advance(milliseconds: 500)
        #expect(try named.labels() == ["level2 NVDA-USD 0"])
        #expect(try everything.labels() == ["level2 NVDA-USD 0", "level2 TSLA-USD 0"])
    }

    @Test("P-012: after the acknowledgement of an unsubscribe nothing more comes")
    func unsubscribes() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(["bbo", "level2", "trade"], ["NVDA-USD"]))
        client.say(unsubscribe(["bbo", "level2", "trade"], ["NVDA-USD"]))
        #expect(try client.labels().last == "unsubscribed")
        try rig.run(
            try order(.sell, "1", at: "100.1"), try order(.buy, "1", at: "100.1", by: 1))
        rig.advance(milliseconds: 3_000)
        #expect(client.socket.messages == [])
    }

    @Test("P-012: what is subscribed and unsubscribed in one read is not shown")
    func showsNothingUnsubscribed() throws {
        let rig = try Rig()
        let client = rig.connect()
        client.say(
            subscribe(["bbo"], ["NVDA-USD"]), unsubscribe(["bbo"], ["NVDA-USD"]))
        #expect(try client.labels() == ["subscribed", "unsubscribed"])
    }

    @Test("P-018: subscribing again shows the value again and doubles nothing")
    func resubscribes() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(["level2"], ["NVDA-USD"]))
        client.say(subscribe(["level2"], ["NVDA-USD"]))
        let twice = ["subscribed", "level2 NVDA-USD 0"]
        #expect(try client.labels() == twice + twice)
        rig.advance(milliseconds: 500)
        #expect(try client.labels() == ["level2 NVDA-USD 0"])
    }

    @Test("Many commands of one read are shown each value once, behind all acknowledgements")
    func showsOncePerRead() throws {
        let rig = try Rig()
        let client = rig.connect()
        let everything = subscribe(["level2"], ["*"])
        client.say(everything, everything, subscribe(["level2"], ["NVDA-USD"]), everything)
        #expect(
            try client.labels() == Array(repeating: "subscribed", count: 4) + [
                "level2 NVDA-USD 0", "level2 TSLA-USD 0",
            ])
        #expect(client.socket.flushes == 1)
    }

    @Test("P-008: a connection that is gone leaves nothing behind")
    func forgetsConnections() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(["bbo", "level2", "trade"], ["*", "NVDA-USD"]))
        let other = rig.connect(subscribe(["trade"], ["*"]))
        _ = try client.socket.take()
        client.leave()
        try rig.run(
            try order(.sell, "1", at: "100.1"), try order(.buy, "1", at: "100.1", by: 1))
        rig.advance(milliseconds: 1_000)
        #expect(client.socket.messages == [])
        #expect(try other.labels() == ["subscribed", "trade NVDA-USD"])
    }

    @Test("A trade is encoded once, and its bytes shared by all who get it")
    func sharesTrades() throws {
        let rig = try Rig()
        let clients =
            (0..<3).map { _ in rig.connect(subscribe(["trade"], ["*"])) }
            + (0..<3).map { _ in rig.connect(subscribe(["trade"], ["NVDA-USD"])) }
        try rig.run(
            try order(.sell, "1", at: "100.1"), try order(.buy, "1", at: "100.1", by: 1))
        #expect(clients.allSatisfy { $0.socket.bodyAddresses.count == 1 })
        #expect(Set(clients.flatMap(\.socket.bodyAddresses)).count == 1)
        #expect(clients.allSatisfy { $0.socket.unflushed == 0 && $0.socket.flushes == 2 })
    }

    @Test("A batch with many events costs each socket one flush")
    func flushesOncePerBatch() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(["trade"], ["*"]))
        let before = client.socket.flushes
        try rig.run(
            try order(.sell, "1", at: "100.1"), try order(.buy, "1", at: "100.1", by: 1),
            try order(.sell, "1", at: "100.1"), try order(.buy, "1", at: "100.1", by: 1))
        #expect(client.socket.bodyAddresses.count == 2)
        #expect(client.socket.flushes == before + 1)
    }

    @Test("Batches that came while the loop was busy cost each socket one flush together")
    func flushesOnceForAllThatWaits() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(["trade"], ["*"]))
        let before = client.socket.flushes
        try rig.runWhileBusy(
            try order(.sell, "1", at: "100.1"), try order(.buy, "1", at: "100.1", by: 1),
            try order(.sell, "1", at: "100.1"), try order(.buy, "1", at: "100.1", by: 1))
        #expect(client.socket.bodyAddresses.count == 2)
        #expect(client.socket.flushes == before + 1)
        #expect(client.socket.unflushed == 0)
    }

    @Test("P-040: an error answers, and the connection goes on")
    func survivesNonsense() throws {
        let rig = try Rig()
        let client = rig.connect("nonsense", subscribe(["bbo"], ["NVDA-USD"]))
        #expect(try client.labels() == ["error", "subscribed", "bbo NVDA-USD"])
    }

    @Test("A connection may end in the middle of a delivery")
    func survivesEndDuringFlush() throws {
        let rig = try Rig()
        let clients = (0..<4).map { _ in
            rig.connect(subscribe(["trade", "level2", "bbo"], ["*", "NVDA-USD"]))
        }
        let doomed = clients[1]
        doomed.socket.roomUntilFlush = 0
        doomed.socket.onFlush = {
            doomed.socket.onFlush = {}
            doomed.leave()
        }
        for client in clients { _ = try client.socket.take() }
        try rig.run(
            try order(.sell, "1", at: "100.1"), try order(.buy, "1", at: "100.1", by: 1))
        rig.advance(milliseconds: 500)
        for client in [clients[0], clients[2], clients[3]] {
            #expect(
                try client.labels() == [
                    "trade NVDA-USD", "level2 NVDA-USD 0", "bbo NVDA-USD", "level2 TSLA-USD 0",
                    "bbo TSLA-USD",
                ])
        }
    }
}
