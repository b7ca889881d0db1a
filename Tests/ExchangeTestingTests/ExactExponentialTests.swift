import BigInt
import Testing

@testable import ExchangeTesting

/// The series and the constants that the engine holds were found in different ways.
@Suite struct ExactExponentialTests {
    @Test("The series gives the powers of e that tables give")
    func series() {
        // e^(−1) = 0.36787944117144232159552377016146…
        let digits = BigInt(10).power(32)
        let decay = (ExactExponential.decay(1, over: 1) * digits) >> 320
        #expect(decay == BigInt("36787944117144232159552377016146"))
        // e^(−34) = 1.7139084315420129663027203425760e-15
        let small = (ExactExponential.decay(34, over: 1) * BigInt(10).power(46)) >> 320
        #expect(small == BigInt("17139084315420129663027203425760"))
    }

    @Test("R-012: a moving average over 150 seconds takes 0.006644493745 of each second's step")
    func basisGain() {
        #expect(ExactExponential.basisGain == 6_644_493_745)
    }

    @Test("The internal oracle's gain is that of an hour")
    func internalOracleGain() {
        #expect(ExactExponential.gain(seconds: 3_600) == 277_739_201)
    }

    @Test("R-092: each constant of decay is the square of the one before, to its last digits")
    func minuteDecays() {
        let decays = ExactExponential.minuteDecays
        #expect(decays.count == 12)
        for (decay, next) in zip(decays, decays.dropFirst()) {
            #expect((decay * decay - (next << 62)).magnitude < BigUInt(1) << 64)
        }
        // e^(−1/60) = 0.98347145382161748847…
        let first = (decays[0] * BigInt(10).power(16)) >> 62
        #expect(first == 9_834_714_538_216_174)
    }

    @Test("X-26: 200,000 decay to 121,306.13194253 in 30 seconds, and to nothing in 4,096")
    func decayed() {
        let amount = BigInt(20_000_000_000_000)
        #expect(ExactExponential.decayed(amount, seconds: 30) == 12_130_613_194_253)
        #expect(ExactExponential.decayed(amount, seconds: 0) == amount)
        let huge = BigInt(10).power(40)
        #expect(ExactExponential.decayed(huge, seconds: 2_047) > 0)
        #expect(ExactExponential.decayed(huge, seconds: 4_096) == 0)
    }
}
