/// When the values of a feed are sent without being asked for. **Source** `protocol.md` §3.3 to §3.12.
struct Cadence: Equatable {
    /// What sets the times at which a value may be sent.
    enum Beat: Hashable, CaseIterable {
        /// Each pulse, whose length an operator chooses.
        case pulse
        /// Each second.
        case second
    }

    /// How soon a value that did not change is sent again.
    enum Repetition: Equatable {
        case eachBeat
        /// With the last beat within so long, but not before the next beat.
        case within(milliseconds: Int64)
        case never
    }

    let beat: Beat
    let repetition: Repetition

    /// The number of beats after which an unchanged value is sent again; nil for never.
    func quietBeats(beatMilliseconds: Int64) -> Int64? {
        switch repetition {
        case .eachBeat: 1
        case .within(let milliseconds): max(1, milliseconds / beatMilliseconds)
        case .never: nil
        }
    }
}

extension Feed {
    /// The table of cadences; nil for trades, which are sent as they happen.
    ///
    /// A changed value is sent with the next beat. `StateVersion` says what counts as a change: for
    /// funding it is the window, not the rate. A closed candle is no value but an event, like a trade.
    var cadence: Cadence? {
        switch self {
        case .level2: Cadence(beat: .pulse, repetition: .eachBeat)
        case .bestBidOffer: Cadence(beat: .pulse, repetition: .within(milliseconds: 1_000))
        case .underlier: Cadence(beat: .second, repetition: .eachBeat)
        case .markPrice: Cadence(beat: .second, repetition: .eachBeat)
        case .marketStatistics: Cadence(beat: .second, repetition: .eachBeat)
        case .funding: Cadence(beat: .second, repetition: .within(milliseconds: 60_000))
        case .priceBand: Cadence(beat: .second, repetition: .within(milliseconds: 60_000))
        case .openInterest: Cadence(beat: .second, repetition: .never)
        case .candle: Cadence(beat: .second, repetition: .never)
        case .trade: nil
        }
    }

    /// The feeds that a beat may send, in the order of the channels.
    static func all(on beat: Cadence.Beat) -> [Feed] { all.filter { $0.cadence?.beat == beat } }
}

/// Which version of each state went out last, and how many beats ago: the same for all subscribers,
/// so that what is due does not depend on who listens.
struct SentStates {
    private struct Sent {
        var version: StateVersion
        var beatsAgo: Int64
    }
    /// Looked up only, never iterated.
    private var sent: [Topic: Sent] = [:]

    /// Whether a state is to be sent with this beat, which is called once for each topic and beat.
    mutating func isDue(
        _ topic: Topic, _ version: StateVersion, _ cadence: Cadence, beatMilliseconds: Int64
    ) -> Bool {
        guard var last = sent[topic], last.version == version else {
            sent[topic] = Sent(version: version, beatsAgo: 0)
            return true
        }
        last.beatsAgo += 1
        let quietBeats = cadence.quietBeats(beatMilliseconds: beatMilliseconds)
        let isDue = quietBeats.map { last.beatsAgo >= $0 } ?? false
        if isDue { last.beatsAgo = 0 }
        sent[topic] = last
        return isDue
    }

    /// Somebody was shown a state between two beats. If it is not the one that all others have, the next
    /// beat sends it whatever it is then: by then it may be again what was sent last.
    mutating func shown(_ topic: Topic, _ version: StateVersion) {
        if let last = sent[topic], last.version != version { sent[topic] = nil }
    }
}
