import ExchangeEngine
import ExchangeTesting
import ExchangeTypes
import Testing

/// A snapshot may be anything: what cannot be is refused with a typed error, and nothing is half restored.
@Suite struct SnapshotDamageTests {
    /// A small exchange with a little of everything, found by looking for it.
    private static func exchange() -> Exchange {
        var generator = OrderKindGenerator(seed: 3)
        let exchange = Exchange()
        for _ in 1...1_500 {
            var events = EventBuffer()
            exchange.apply(generator.next(), into: &events)
            generator.observe(events.events)
        }
        return exchange
    }

    /// Whether bytes are refused, or give a sound exchange that can be written down and read again.
    private func isHarmless(_ bytes: [UInt8]) -> Bool {
        do {
            let restored = try Blocks([bytes]).restore()
            restored.checkInvariants()
            return try Blocks(of: restored).restore().stateHash() == restored.stateHash()
        } catch {
            return error is SnapshotError || error is CodecError
        }
    }

    @Test("No byte can be changed into something that stops the process")
    func everyByte() throws {
        let exchange = Self.exchange()
        let snapshot = Blocks(of: exchange).blocks.flatMap { $0 }
        var harmful: [Int] = []
        for place in snapshot.indices {
            for change: UInt8 in [0x01, 0x80, 0xFF] {
                var bytes = snapshot
                bytes[place] ^= change
                if !isHarmless(bytes) { harmful.append(place) }
            }
        }
        #expect(harmful == [])
    }

    @Test("Bytes drawn at random do no harm either", arguments: 1...6)
    func noise(seed: Int) {
        let snapshot = Blocks(of: Self.exchange()).blocks.flatMap { $0 }
        var random = Xoshiro256(seed: UInt64(seed))
        var harmful: [Int] = []
        for round in 1...500 {
            var bytes = snapshot
            for _ in 0...random.below(6) {
                let place = random.below(bytes.count)
                for offset in 0..<min(1 + random.below(9), bytes.count - place) {
                    bytes[place + offset] =
                        random.oneIn(3)
                        ? [0, 0x7F, 0x80, 0xFF][random.below(4)] : UInt8(random.below(256))
                }
            }
            if !isHarmless(bytes) { harmful.append(round) }
        }
        #expect(harmful == [], "seed \(seed)")
    }

    @Test("A snapshot that was cut off anywhere is refused")
    func truncated() {
        let snapshot = Blocks(of: Self.exchange()).blocks.flatMap { $0 }
        for count in 0..<snapshot.count {
            #expect(throws: SnapshotError.unreadable(.truncated), "\(count) bytes") {
                _ = try Blocks([Array(snapshot[..<count])]).restore()
            }
        }
    }

    @Test("What follows a snapshot is refused by whoever expects nothing there")
    func trailing() {
        let blocks = Blocks(of: Self.exchange()).blocks
        #expect(throws: CodecError.trailingBytes(1)) { _ = try Blocks(blocks + [[0]]).restore() }
    }

    @Test("A later format is called that")
    func newer() {
        var snapshot = Blocks(of: Self.exchange()).blocks.flatMap { $0 }
        snapshot[0] = 2
        #expect(throws: SnapshotError.newerFormat(found: 2, newestKnown: 1)) {
            _ = try Blocks([snapshot]).restore()
        }
    }

    @Test("A snapshot without money behind it is refused, whatever its checksums say")
    func inconsistent() throws {
        let exchange = Exchange()
        var events = EventBuffer()
        let commands: [Command] = [
            .openAccount(OpenAccount(identity: UniqueID(high: 0, low: 1))),
            .deposit(Deposit(account: AccountID(0), amount: Money(5))),
        ]
        for (place, command) in commands.enumerated() {
            exchange.apply(
                SequencedCommand(
                    sequence: SequenceNumber(UInt64(place + 1)), timestamp: .zero,
                    command: command), into: &events)
        }
        var snapshot = Blocks(of: exchange).blocks.flatMap { $0 }
        let cash: [UInt8] = [0x00, 0x65, 0xCD, 0x1D]
        let places = snapshot.indices.dropLast(4).filter {
            Array(snapshot[$0..<$0 + 4]) == cash
        }
        // A parameter of the venue, cash, deposits; the house has minus as much.
        #expect(places.count == 3)
        snapshot[places[1]] = 1
        do {
            _ = try Blocks([snapshot]).restore()
            Issue.record("money out of nothing")
        } catch SnapshotError.inconsistent(let text) {
            #expect(text.contains("I-1"))
        }
    }
}
