import ExchangeTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import MarketDataGateway

@Suite struct PulseTests {
    @Test("P-021: level2 comes every 500 ms, also when the book did not change")
    func pulsesDepth() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(["level2"], ["NVDA-USD"]))
        _ = try client.socket.take()
        for second in 1...3 {
            for (wait, fraction) in [(499, nil), (1, ".5"), (499, nil), (1, "")] {
                rig.advance(milliseconds: Int64(wait))
                let time = fraction.map { text in
                    text.isEmpty
                        ? "2026-09-21T14:13:2\(second)Z" : "2026-09-21T14:13:2\(second - 1)\(text)Z"
                }
                let messages = try client.socket.take()
                #expect(messages.map(\.label) == (time == nil ? [] : ["level2 NVDA-USD 0"]))
                #expect(messages.first?.time == time)
            }
        }
    }

    @Test("P-023: each grouping is pulsed for those who want it")
    func pulsesGroupings() throws {
        let rig = try Rig()
        let both = rig.connect(subscribe(["level2"], ["NVDA-USD"], figures: [0, 2]))
        let one = rig.connect(subscribe(["level2"], ["*"], figures: [1]))
        _ = try (both.socket.take(), one.socket.take())
        rig.advance(milliseconds: 500)
        #expect(try both.labels() == ["level2 NVDA-USD 0", "level2 NVDA-USD 2"])
        #expect(try one.labels() == ["level2 NVDA-USD 1", "level2 TSLA-USD 1"])
    }

    @Test("Best prices come with the pulse after a change, and once a second without one")
    func pulsesBestPrices() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(["bbo"], ["NVDA-USD"]))
        rig.advance(milliseconds: 1_000)
        _ = try client.socket.take()
        var counts: [Int] = []
        for _ in 0..<4 {
            rig.advance(milliseconds: 500)
            counts.append(try client.socket.take().count)
        }
        #expect(counts.reduce(0, +) == 2 && counts[0] != counts[1])

        while counts.last == 0 {
            rig.advance(milliseconds: 500)
            counts.append(try client.socket.take().count)
        }
        try rig.run(try order(.buy, "1", at: "99.5"))
        #expect(client.socket.messages == [], "not before the pulse")
        rig.advance(milliseconds: 500)
        #expect(try client.socket.take().map(\.bid) == [[["99.5", "1"]]])
        try rig.run(try order(.buy, "1", at: "99.4"))
        rig.advance(milliseconds: 500)
        #expect(client.socket.messages == [], "a deeper level is no change")
    }

    @Test("Best prices carry the time of their last change, not of the pulse")
    func bestPricesKeepTheirTime() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(["bbo"], ["NVDA-USD"]))
        rig.advance(milliseconds: 700)
        try rig.run(try order(.buy, "1", at: "99.5"))
        _ = try client.socket.take()
        rig.advance(milliseconds: 2_300)
        #expect(Set(try client.socket.take().map(\.time)) == ["2026-09-21T14:13:20.7Z"])
    }

    @Test("P-026: with the book at rest, the best prices are the top of level2")
    func bestIsTopOfDepth() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(["bbo", "level2"], ["NVDA-USD"]))
        for price in ["99.1", "99.3", "99.2"] {
            _ = try client.socket.take()
            try rig.run(
                try order(.buy, "2", at: price), try order(.sell, "1", at: "100.5"))
            rig.advance(milliseconds: 500)
            let messages = try client.socket.take()
            let depth = try #require(messages.first { $0.type == "level2" })
            let best = try #require(messages.first { $0.type == "bbo" })
            #expect(best.bid == depth.bid.map { Array($0.prefix(1)) })
            #expect(best.ask == depth.ask.map { Array($0.prefix(1)) })
        }
    }

    @Test("A pulse encodes each contract and grouping once, for all who get it")
    func sharesPulses() throws {
        let rig = try Rig()
        let clients = (0..<4).map { index in
            rig.connect(
                subscribe(["level2", "bbo"], index < 2 ? ["*"] : ["NVDA-USD", "TSLA-USD"]))
        }
        let before = clients.map { $0.socket.bodyAddresses.count }
        rig.advance(milliseconds: 500)
        let addresses = zip(clients, before).map { client, count in
            Set(client.socket.bodyAddresses.dropFirst(count))
        }
        #expect(addresses.allSatisfy { $0 == addresses[0] && $0.count == 4 })
        #expect(clients.allSatisfy { $0.socket.flushes == 2 })
    }

    @Test("Snapshots between two pulses share their bytes until the book changes")
    func sharesSnapshots() throws {
        let rig = try Rig()
        let first = rig.connect(subscribe(["level2"], ["NVDA-USD"]))
        let second = rig.connect(subscribe(["level2"], ["NVDA-USD"]))
        #expect(first.socket.bodyAddresses == second.socket.bodyAddresses)
        try rig.run(try order(.buy, "1", at: "99.5"))
        let third = rig.connect(subscribe(["level2"], ["NVDA-USD"]))
        #expect(try third.socket.take().last?.bid == [["99.5", "1"]])
    }

    @Test("A client that is behind gets no states, but every trade; then the newest state")
    func conflates() throws {
        let rig = try Rig()
        let slow = rig.connect(subscribe(["bbo", "level2", "trade"], ["NVDA-USD"]))
        let quick = rig.connect(subscribe(["bbo"], ["NVDA-USD"]))
        rig.advance(milliseconds: 1_000)
        _ = try (slow.socket.take(), quick.socket.take())
        slow.socket.isStuck = true
        try rig.run(try order(.sell, "5", at: "100.1"))
        for _ in 0..<3 {
            try rig.run(try order(.buy, "1", at: "100.1", by: 1))
            rig.advance(milliseconds: 500)
        }
        let trade = "trade NVDA-USD"
        #expect(try slow.labels() == [trade, trade, trade])
        #expect(
            try quick.socket.take().map(\.ask) == [
                [["100.1", "4"]], [["100.1", "3"]], [["100.1", "2"]],
            ])

        slow.socket.isStuck = false
        rig.advance(milliseconds: 500)
        let messages = try slow.socket.take()
        #expect(messages.map(\.label) == ["level2 NVDA-USD 0", "bbo NVDA-USD"])
        #expect(messages.map(\.ask) == [[["100.1", "2"]], [["100.1", "2"]]])
        #expect(messages.compactMap(\.sequence) == [9, 10], "what was skipped took no number")
        #expect(quick.socket.messages == [], "nothing new for the others")
    }

    @Test("A client that is behind when it subscribes is shown the value with the next pulse")
    func conflatesSnapshots() throws {
        let rig = try Rig()
        let client = rig.connect()
        client.socket.isStuck = true
        client.say(subscribe(["bbo"], ["NVDA-USD"]))
        #expect(try client.labels() == ["subscribed"])
        client.socket.isStuck = false
        rig.advance(milliseconds: 500)
        #expect(try client.labels() == ["bbo NVDA-USD"])
    }

    @Test("Much at once is no congestion where the client takes it")
    func flushesToMakeRoom() throws {
        let rig = try Rig((0..<8).map { "S\($0)-USD" })
        let client = rig.connect()
        client.socket.roomUntilFlush = 3
        client.say(subscribe(["level2"], ["*"], figures: [0, 1]))
        #expect(try client.labels().count == 17)
        rig.advance(milliseconds: 500)
        #expect(try client.labels().count == 16)
        #expect(client.socket.unflushed == 0)
    }

    @Test("Times never go back, even when the clock does")
    func timesNeverGoBack() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(["level2", "bbo"], ["NVDA-USD"]))
        rig.advance(milliseconds: 1_000)
        rig.clock.offset -= 5_000_000_000
        try rig.run(try order(.buy, "1", at: "99.5"))
        rig.advance(milliseconds: 1_000)
        client.say(subscribe(["level2"], ["NVDA-USD"]))
        rig.clock.offset += 20_000_000_000
        rig.advance(milliseconds: 500)
        for type in ["level2", "bbo"] {
            let times = client.socket.messages.filter { $0.contains("\"type\":\"\(type)\"") }
                .compactMap { try? Message($0).time }
            // Of equal length but for the fraction, which the point and the Z keep in order.
            let keys = times.map { $0.replacing("Z", with: "") }
            #expect(keys.count > 2 && keys == keys.sorted())
        }
    }

    @Test("The pulse rests while nobody is connected")
    func restsWithoutConnections() throws {
        let rig = try Rig()
        let client = rig.connect(subscribe(["level2"], ["*"]))
        client.leave()
        rig.advance(milliseconds: 5_000)
        let next = rig.connect(subscribe(["level2"], ["NVDA-USD"]))
        _ = try next.socket.take()
        rig.advance(milliseconds: 499)
        #expect(next.socket.messages == [])
        rig.advance(milliseconds: 1)
        #expect(try next.labels() == ["level2 NVDA-USD 0"])
    }

    @Test("Another pulse length is kept, and unchanged best prices still come once a second")
    func keepsOtherPulse() throws {
        var settings = MarketDataSettings()
        settings.pulseMilliseconds = 100
        let rig = try Rig(settings: settings)
        let client = rig.connect(subscribe(["level2", "bbo"], ["NVDA-USD"]))
        rig.advance(milliseconds: 1_000)
        _ = try client.socket.take()
        rig.advance(milliseconds: 3_000)
        let labels = try client.labels()
        #expect(labels.count { $0 == "level2 NVDA-USD 0" } == 30)
        #expect(labels.count { $0 == "bbo NVDA-USD" } == 3)
    }
}

@Suite struct PulseTimerTests {
    @Test("A timer keeps its beat from its start to its stop")
    func keepsTheBeat() {
        let loop = EmbeddedEventLoop()
        var fired: [UInt64] = []
        let timer = PulseTimer(eventLoop: loop, interval: .milliseconds(500)) {
            fired.append(loop.now.uptimeNanoseconds / 1_000_000)
        }
        loop.advanceTime(by: .milliseconds(100))
        timer.start()
        timer.start()
        loop.advanceTime(by: .milliseconds(1_300))
        #expect(fired == [600, 1_100])
        timer.stop()
        loop.advanceTime(by: .milliseconds(5_000))
        #expect(fired == [600, 1_100])
        timer.start()
        loop.advanceTime(by: .milliseconds(500))
        #expect(fired == [600, 1_100, 6_900])
        timer.stop()
    }

    @Test("A timer may be stopped by what it calls")
    func stopsItself() {
        let loop = EmbeddedEventLoop()
        var fired = 0
        var timer: PulseTimer?
        timer = PulseTimer(eventLoop: loop, interval: .milliseconds(500)) {
            fired += 1
            timer?.stop()
        }
        timer?.start()
        loop.advanceTime(by: .milliseconds(5_000))
        #expect(fired == 1)
    }

    @Test(
        "A late pulse does not move the next; a loop that was held up skips what it missed",
        arguments: [
            (500, 1_000), (501, 1_000), (999, 1_000), (1_000, 1_500), (1_001, 1_500),
            (60_250, 60_500),
        ])
    func skipsMissedPulses(_ now: Int64, _ next: Int64) {
        func at(_ milliseconds: Int64) -> NIODeadline {
            .uptimeNanoseconds(0) + .milliseconds(milliseconds)
        }
        #expect(
            PulseTimer.deadline(after: at(500), every: .milliseconds(500), now: at(now)) == at(next)
        )
    }
}
