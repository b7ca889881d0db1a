import ExchangeEngine
import ExchangeJournal
import ExchangeSequencer
import ExchangeTesting
import ExchangeTypes
import MarketDataViews
import Synchronization
import Testing

/// What the public is shown does not depend on since when the one who shows it was there.
@Suite struct MarketHistoryTests {
    /// What must have happened for a comparison to mean something.
    private struct Coverage {
        var trades = 0
        var offBook = 0
        var splits = 0
        var closed = 0
        var volumes = 0

        mutating func add(_ events: [Event]) {
            for event in events {
                if case .instrumentSplit = event { splits += 1 }
                guard case .tradeExecuted(let trade) = event else { continue }
                trades += 1
                switch trade.executionType {
                case .providerTransfer, .autoDeleveraging: offBook += 1
                case .normal, .liquidation: continue
                }
            }
        }
    }

    @Test("P-032 P-038 Who joins later sees what one who was there from the beginning sees")
    func joinsLater() throws {
        var coverage = Coverage()
        for seed in 1...6 as ClosedRange<UInt64> {
            var generator = CommandGenerator(seed: seed)
            let clock = SettableClock(0)
            let sequencer = Sequencer(
                exchange: Exchange(), marketHistory: MarketHistory(dailyReset: .everyTenMinutes),
                log: MemoryLog(), clock: clock, invariantInterval: .max)
            let first = MarketFollower()
            try sequencer.runBatch([Submission(.subscribe(first))])
            var later: [MarketFollower] = []
            for step in 1...4_000 {
                let next = generator.next()
                let pause = Int64(step) * 700_000_000
                clock.nanoseconds.withLock { $0 = next.timestamp.nanoseconds + pause }
                var submissions = [Submission(.command(next.command))]
                if step.isMultiple(of: 500) {
                    let follower = MarketFollower()
                    later.append(follower)
                    // Before what happens at this instant, or after it.
                    let place = step.isMultiple(of: 1_000) ? 0 : 1
                    submissions.insert(Submission(.subscribe(follower)), at: place)
                }
                try sequencer.runBatch(submissions)
                let events = first.takeEvents()
                generator.observe(events)
                coverage.add(events)
                let closed = first.takeClosed()
                coverage.closed += closed.count
                for (place, follower) in later.enumerated() {
                    let joinedAfter = step == (place + 1) * 500 && step % 1_000 != 0
                    try #require(
                        follower.takeClosed() == (joinedAfter ? [] : closed),
                        "seed \(seed), step \(step)")
                }
                for follower in later where step.isMultiple(of: 25) {
                    try #require(
                        differences(follower, first) == [], "seed \(seed), step \(step)")
                }
            }
            coverage.volumes += first.everything.count { $0.dailyVolume > .zero }
        }
        #expect(coverage.trades > 1_000 && coverage.offBook > 5 && coverage.splits > 3)
        #expect(coverage.closed > 100 && coverage.volumes > 3)
    }

    @Test("P-032 P-038 After a restart everything public is as if there had been none")
    func restart() throws {
        let directory = try temporaryDirectory()
        let configuration = JournalConfiguration(
            exchangeID: 7, segmentByteCount: 64 << 10, preparesSegmentsAhead: false)
        var generator = CommandGenerator(seed: 21)
        let first = MarketFollower()
        var downtime: Int64 = 0
        var closedLate = 0
        for life in 0..<4 as Range<Int64> {
            let recovered = try RecoveredExchange.recover(
                storage: PosixStorage(directory: directory), configuration: configuration,
                dailyReset: .everyTenMinutes)
            let clock = SettableClock(recovered.lastTimestamp.nanoseconds)
            let sequencer = Sequencer(
                continuing: recovered, clock: clock, invariantInterval: .max)
            let second = MarketFollower()
            try sequencer.runBatch([first, second].map { Submission(.subscribe($0)) })
            #expect(differences(second, first) == [], "life \(life)")
            // A minute, then an hour, then days.
            downtime += life * life * life * 60_000_000_000 * 60
            for step in 1...250 {
                let next = (0..<5).map { _ in generator.next() }
                let time = next[4].timestamp.nanoseconds + downtime
                clock.nanoseconds.withLock { $0 = time }
                try sequencer.runBatch(next.map { Submission(.command($0.command)) })
                generator.observe(first.takeEvents())
                let closed = first.takeClosed()
                try #require(second.takeClosed() == closed, "life \(life), step \(step)")
                if step == 1 { closedLate += closed.count }
            }
            #expect(differences(second, first) == [], "life \(life)")
            try sequencer.close()
        }
        #expect(first.everything.contains { $0.candles.contains { ($0?.trades ?? 0) > 10 } })
        #expect(closedLate > 5)
    }
}

extension DailyReset {
    /// Short days, so that a test sees many.
    static let everyTenMinutes = DailyReset { instant in
        let length: Int64 = 600_000_000_000
        return Timestamp(nanoseconds: (instant.nanoseconds / length + 1) * length)
    }
}
