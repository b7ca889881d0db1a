import ExchangeTesting
import ExchangeTypes
import Testing

@testable import ExchangeEngine

/// A `TriggerHeap` and a dictionary that says what it should hold.
private struct HeapPair {
    var heap = TriggerHeap()
    var model: [TriggerHeap.Handle: (account: AccountID, rank: Int64)] = [:]
    /// In the order of insertion: a dictionary's order is not the same in every process.
    var handles: [TriggerHeap.Handle] = []

    mutating func insert(_ account: AccountID, at rank: Int64) {
        let handle = heap.insert(account, at: rank)
        #expect(model[handle] == nil, "handle \(handle) is used twice")
        model[handle] = (account, rank)
        handles.append(handle)
    }

    mutating func move(_ handle: TriggerHeap.Handle, to rank: Int64) {
        heap.move(handle, to: rank)
        model[handle]?.rank = rank
    }

    mutating func remove(_ handle: TriggerHeap.Handle) {
        heap.remove(handle)
        model[handle] = nil
        handles.removeAll { $0 == handle }
    }

    func expectSame(upTo limit: Int64) {
        var found: [AccountID] = []
        heap.collect(upTo: limit, into: &found)
        let expected = model.values.filter { $0.rank <= limit }.map(\.account)
        #expect(found.sorted() == expected.sorted())
        #expect(heap.count == model.count)
        var all: [AccountID] = []
        heap.forEach { all.append($0) }
        #expect(all.sorted() == model.values.map(\.account).sorted())
        #expect(handles.allSatisfy { heap.rank(of: $0) == model[$0]?.rank })
    }
}

/// Which accounts a price has reached. **Source** `rules.md` §11: each mark change is looked at.
@Suite struct TriggerHeapTests {
    @Test("R-089: after any changes it finds exactly the accounts at or below a rank")
    func agreesWithModel() {
        for seed in UInt64(1)...20 {
            var random = Xoshiro256(seed: seed)
            var pair = HeapPair()
            // Few ranks, so that many are equal, or any at all.
            let highest: Int64 = seed.isMultiple(of: 2) ? 10 : 1 << 61
            let ranks = -highest...highest
            for step in 0..<1_000 {
                // Grows, then shrinks, so that handles are used again.
                let grows = step % 400 < 250
                if grows && random.oneIn(2) || pair.handles.isEmpty {
                    pair.insert(AccountID(UInt32(step)), at: random.within(ranks))
                } else if let handle = random.element(of: pair.handles) {
                    if grows || random.oneIn(4) {
                        pair.move(handle, to: random.within(ranks))
                    } else {
                        pair.remove(handle)
                    }
                }
                if step % 20 == 0 { pair.expectSame(upTo: random.within(ranks)) }
            }
            pair.expectSame(upTo: .max)
            pair.expectSame(upTo: .min)
            for handle in pair.handles { pair.remove(handle) }
            pair.expectSame(upTo: .max)
        }
    }

    @Test("Ranks that rise, fall or are all the same are kept in order", arguments: [1, -1, 0])
    func adversarialOrders(_ slope: Int64) {
        var pair = HeapPair()
        for step in Int64(0)..<500 { pair.insert(AccountID(UInt32(step)), at: slope * step) }
        for limit in [Int64(-500), -250, -1, 0, 1, 250, 500] { pair.expectSame(upTo: limit) }
        // Turned round: every entry changes its place.
        for (step, handle) in pair.handles.enumerated() {
            pair.move(handle, to: -slope * Int64(step))
        }
        for limit in [Int64(-500), -250, -1, 0, 1, 250, 500] { pair.expectSame(upTo: limit) }
    }

    @Test("The lowest and the highest rank there are can be held and found")
    func extremes() {
        var pair = HeapPair()
        pair.insert(AccountID(1), at: .max)
        pair.insert(AccountID(2), at: .min)
        pair.expectSame(upTo: .max)
        pair.expectSame(upTo: .max - 1)
        pair.expectSame(upTo: .min)
    }

    @Test("A handle that was freed names nothing until it is given out again")
    func freedHandle() async {
        var heap = TriggerHeap()
        let first = heap.insert(AccountID(1), at: 5)
        let second = heap.insert(AccountID(2), at: 4)
        heap.remove(first)
        #expect(heap.rank(of: second) == 4)
        #expect(heap.insert(AccountID(3), at: 3) == first)
        #expect(heap.rank(of: first) == 3)
        await #expect(processExitsWith: .failure) {
            var heap = TriggerHeap()
            let handle = heap.insert(AccountID(1), at: 5)
            heap.remove(handle)
            heap.move(handle, to: 6)
        }
    }
}
