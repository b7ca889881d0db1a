import ExchangeTypes
import Testing

/// Ids leave as opaque UUIDs and must come back to the very order, or to none.
@Suite struct UniqueIDTests {
    @Test("A UUID is read and written in its one form")
    func text() {
        let id = UniqueID(high: 0x0123_4567_89ab_4def, low: 0x8123_4567_89ab_cdef)
        #expect(id.string == "01234567-89ab-4def-8123-456789abcdef")
        #expect(UniqueID(id.string) == id)
        #expect(UniqueID(id.string.uppercased()) == id)
    }

    @Test(
        "What is no UUID is refused",
        arguments: [
            "", "0", "01234567-89ab-4def-8123-456789abcde",
            "01234567-89ab-4def-8123-456789abcdef0", "0123456789ab4def8123456789abcdef",
            "01234567-89ab-4def-8123_456789abcdef", "01234567-89ab-4def-8123-456789abcdeg",
            "{1234567-89ab-4def-8123-456789abcdef", "01234567-89ab-4def-8123-456789abcdef ",
            "012345678-9ab-4def-8123-456789abcdef", "01234567-89ab-4def-8123-456789abcdef-",
            "é1234567-89ab-4def-8123-456789abcde",
        ])
    func refused(_ text: String) {
        #expect(UniqueID(text) == nil)
    }

    @Test("Random UUIDs come back from their text")
    func roundTrip() {
        var random = Noise(seed: 2)
        for _ in 0..<5_000 {
            let id = UniqueID(high: random.next(), low: random.next())
            #expect(UniqueID(id.string) == id)
        }
    }

    @Test("A million orders have a million version-4 UUIDs, and each leads back")
    func bijection() {
        var seen: Set<UniqueID> = []
        var failures = 0
        for number in UInt64(1)...1_000_000 {
            let id = OrderIdentifierPermutation.uniqueID(of: OrderID(number))
            seen.insert(id)
            if OrderIdentifierPermutation.order(of: id) != OrderID(number) { failures += 1 }
            if id.high >> 12 & 15 != 4 || id.low >> 62 != 2 { failures += 1 }
        }
        #expect(failures == 0)
        #expect(seen.count == 1_000_000)
        for number: UInt64 in [0, .max, .max - 1, 1 << 63] {
            let id = OrderIdentifierPermutation.uniqueID(of: OrderID(number))
            #expect(OrderIdentifierPermutation.order(of: id) == OrderID(number))
        }
    }

    @Test("Foreign UUIDs, trades' UUIDs and any changed bit are unknown")
    func foreign() {
        var random = Noise(seed: 4)
        for number in UInt64(1)...2_000 {
            let made = UniqueID(
                high: random.next() & ~0xf000 | 0x4000, low: random.next() >> 2 | 1 << 63)
            #expect(OrderIdentifierPermutation.order(of: made) == nil)
            let trade = OrderIdentifierPermutation.uniqueID(of: TradeID(number))
            #expect(OrderIdentifierPermutation.order(of: trade) == nil)
        }
        let id = OrderIdentifierPermutation.uniqueID(of: OrderID(42))
        for bit in 0..<64 {
            var high = id
            high.high ^= 1 << UInt64(bit)
            #expect(OrderIdentifierPermutation.order(of: high) == nil)
            var low = id
            low.low ^= 1 << UInt64(bit)
            #expect(OrderIdentifierPermutation.order(of: low) == nil)
        }
    }
}
