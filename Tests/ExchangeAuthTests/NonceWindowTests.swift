import ExchangeAuth
import Testing

/// The window must neither forget early nor grow without bound.
@Suite struct NonceWindowTests {
    @Test func `P-053 a nonce belongs to its key`() {
        let window = NonceWindow()
        #expect(window.accept(publicKey: "a", nonce: "01", now: 0) == .accepted)
        #expect(window.accept(publicKey: "b", nonce: "01", now: 0) == .accepted)
        #expect(window.accept(publicKey: "a", nonce: "02", now: 0) == .accepted)
        #expect(window.accept(publicKey: "a", nonce: "01", now: 960) == .reused)
        #expect(window.accept(publicKey: "a", nonce: "01", now: 961) == .accepted)
    }

    @Test func `a key's limit refuses only that key, until old nonces lapse`() {
        let window = NonceWindow(maximumPerKey: 2, maximumTotal: 10)
        #expect(window.accept(publicKey: "a", nonce: "01", now: 0) == .accepted)
        #expect(window.accept(publicKey: "a", nonce: "02", now: 1) == .accepted)
        #expect(window.accept(publicKey: "a", nonce: "03", now: 960) == .full)
        #expect(window.accept(publicKey: "a", nonce: "01", now: 960) == .reused)
        #expect(window.accept(publicKey: "b", nonce: "03", now: 960) == .accepted)
        #expect(window.accept(publicKey: "a", nonce: "03", now: 961) == .accepted)
        #expect(window.accept(publicKey: "a", nonce: "04", now: 961) == .full)
    }

    @Test func `the total limit holds over all keys`() {
        let window = NonceWindow(maximumPerKey: 2, maximumTotal: 3)
        for key in ["a", "b", "c"] {
            #expect(window.accept(publicKey: key, nonce: "01", now: 0) == .accepted)
        }
        #expect(window.accept(publicKey: "d", nonce: "01", now: 960) == .full)
        #expect(window.count == 3)
        #expect(window.accept(publicKey: "d", nonce: "01", now: 961) == .accepted)
        #expect(window.count == 1)
    }

    @Test func `it agrees with a list that is searched from end to end`() {
        var generator = SplitMix(state: 42)
        let window = NonceWindow(lifetimeSeconds: 50, maximumPerKey: 40, maximumTotal: 100)
        var model: [(key: String, nonce: String, time: Int64)] = []
        var now: Int64 = 0
        var outcomes: Set<NonceWindow.Outcome> = []
        for _ in 0..<20_000 {
            now += Int64(generator.next() % 4) / 3
            let key = "\(generator.next() % 3)"
            let nonce = "\(generator.next() % 200)"
            model.removeAll { now - $0.time > 50 }
            let expected: NonceWindow.Outcome
            if model.contains(where: { $0.key == key && $0.nonce == nonce }) {
                expected = .reused
            } else if model.count == 100 || model.count(where: { $0.key == key }) == 40 {
                expected = .full
            } else {
                expected = .accepted
                model.append((key, nonce, now))
            }
            outcomes.insert(expected)
            #expect(window.accept(publicKey: key, nonce: nonce, now: now) == expected)
        }
        #expect(outcomes.count == 3)
        #expect(window.count == model.count)
    }

    @Test func `P-053 of many threads with one nonce exactly one wins`() async {
        let window = NonceWindow()
        let accepted = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<64 {
                group.addTask {
                    (0..<100).count {
                        window.accept(publicKey: "a", nonce: "\($0)", now: 0) == .accepted
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(accepted == 100)
    }
}

/// Fixed pseudo-random numbers, so that a failure repeats.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
