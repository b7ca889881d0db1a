import ExchangeTypes
import Testing

@testable import MarketDataGateway

@Suite struct CadenceTests {
    @Test(
        "§3.3 to §3.12: the table of cadences",
        arguments: [
            (.level2(.tick), .pulse, .eachBeat), (.level2(.tenTicks), .pulse, .eachBeat),
            (.level2(.hundredTicks), .pulse, .eachBeat),
            (.bestBidOffer, .pulse, .within(milliseconds: 1_000)),
            (.underlier, .second, .eachBeat), (.markPrice, .second, .eachBeat),
            (.marketStatistics, .second, .eachBeat),
            (.funding, .second, .within(milliseconds: 60_000)),
            (.priceBand, .second, .within(milliseconds: 60_000)),
            (.openInterest, .second, .never), (.candle(.oneMinute), .second, .never),
            (.candle(.oneDay), .second, .never),
        ] as [(Feed, Cadence.Beat, Cadence.Repetition)])
    func table(feed: Feed, beat: Cadence.Beat, repetition: Cadence.Repetition) {
        #expect(feed.cadence == Cadence(beat: beat, repetition: repetition))
    }

    @Test("Every feed but trades, which are sent as they happen, has one beat")
    func everyFeedHasOneBeat() {
        #expect(Feed.trade.cadence == nil)
        let beaten = Cadence.Beat.allCases.flatMap { Feed.all(on: $0) }
        #expect(Set(beaten) == Set(Feed.all).subtracting([.trade]))
        #expect(beaten.count == Feed.all.count - 1)
    }

    @Test(
        "An unchanged value is repeated in time whatever the pulse, or with each where that is slower",
        arguments: [(500, 2), (300, 3), (1_000, 1), (10, 100), (10_000, 1)] as [(Int64, Int64)])
    func repetition(pulse: Int64, beats: Int64) {
        let cadence = Cadence(beat: .pulse, repetition: .within(milliseconds: 1_000))
        #expect(cadence.quietBeats(beatMilliseconds: pulse) == beats)
        let always = Cadence(beat: .pulse, repetition: .eachBeat)
        #expect(always.quietBeats(beatMilliseconds: pulse) == 1)
        let never = Cadence(beat: .pulse, repetition: .never)
        #expect(never.quietBeats(beatMilliseconds: pulse) == nil)
    }

    private let topic = Topic(feed: .priceBand, instrument: InstrumentID(0))

    /// Whether a state with these versions is due, beat by beat.
    private func due(_ versions: [Int64], _ repetition: Cadence.Repetition) -> [Bool] {
        var states = SentStates()
        let cadence = Cadence(beat: .second, repetition: repetition)
        return versions.map { version in
            states.isDue(topic, StateVersion(0, version), cadence, beatMilliseconds: 1_000)
        }
    }

    @Test("A changed state is due with the next beat; an unchanged one when it was silent for long")
    func dueStates() {
        #expect(
            due([1, 1, 1, 2, 2, 1], .never) == [true, false, false, true, false, true])
        #expect(
            due([1, 1, 1, 1, 2, 2, 2, 2], .within(milliseconds: 3_000))
                == [true, false, false, true, true, false, false, true])
        #expect(due([1, 1, 2], .eachBeat) == [true, true, true])
    }

    @Test("Each topic is counted by itself")
    func countsTopics() {
        var states = SentStates()
        let cadence = Cadence(beat: .second, repetition: .never)
        for index in 0..<3 {
            let topic = Topic(feed: .priceBand, instrument: InstrumentID(UInt32(index)))
            let due = (0..<2).map { _ in
                states.isDue(topic, StateVersion(1), cadence, beatMilliseconds: 1_000)
            }
            #expect(due == [true, false])
        }
    }
}
