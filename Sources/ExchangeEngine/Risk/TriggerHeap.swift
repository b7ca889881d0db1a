import ExchangeTypes

/// The accounts to look at when a price of one contract goes far enough in one direction, each at a
/// rank. Those that a price has reached are found without looking at the others.
///
/// A heap in an array, in which every entry is at or above the rank of its parent. Four children to an
/// entry, because entries are moved up far more often than taken out, and four lie in one cache line.
struct TriggerHeap {
    /// Names an entry for as long as it is in the heap, wherever that puts it; used again afterwards.
    typealias Handle = Int32

    private struct Entry {
        var rank: Int64
        let account: AccountID
        let handle: Handle
    }

    private static let arity = 4
    /// No handle; also the end of the chain of free ones.
    static let none = Handle.max

    private var entries: [Entry] = []
    /// By handle: the place of its entry; for a free handle the complement of the next free one, which
    /// is negative.
    private var places: [Int32] = []
    private var free = TriggerHeap.none

    init() {}

    var count: Int { entries.count }

    /// Takes an account in. **Complexity** logarithmic.
    mutating func insert(_ account: AccountID, at rank: Int64) -> Handle {
        let handle = free == Self.none ? Handle(places.count) : free
        if free == Self.none { places.append(0) } else { free = ~places[Int(handle)] }
        entries.append(Entry(rank: rank, account: account, handle: handle))
        settle(entries.count - 1)
        return handle
    }

    /// Changes a rank. **Complexity** logarithmic.
    mutating func move(_ handle: Handle, to rank: Int64) {
        let place = place(of: handle)
        entries[place].rank = rank
        settle(place)
    }

    /// Takes an account out; its handle may name another from now on. **Complexity** logarithmic.
    mutating func remove(_ handle: Handle) {
        let place = place(of: handle)
        let last = entries.removeLast()
        if last.handle != handle {
            entries[place] = last
            settle(place)
        }
        places[Int(handle)] = ~free
        free = handle
    }

    func rank(of handle: Handle) -> Int64 { entries[place(of: handle)].rank }

    /// Appends the accounts at or below a rank, in no particular order, and leaves them in.
    ///
    /// **Complexity** linear in what is found, whatever else there is: below an entry beyond the limit
    /// there is nothing to find.
    func collect(upTo limit: Int64, into accounts: inout [AccountID]) {
        collect(upTo: limit, below: 0, into: &accounts)
    }

    private func collect(upTo limit: Int64, below place: Int, into accounts: inout [AccountID]) {
        guard place < entries.count, entries[place].rank <= limit else { return }
        accounts.append(entries[place].account)
        let first = Self.arity * place + 1
        for child in first..<first + Self.arity {
            collect(upTo: limit, below: child, into: &accounts)
        }
    }

    /// All accounts, in no particular order.
    func forEach(_ body: (AccountID) -> Void) {
        for entry in entries { body(entry.account) }
    }

    private func place(of handle: Handle) -> Int {
        let place = places[Int(handle)]
        precondition(place >= 0, "handle \(handle) is free")
        return Int(place)
    }

    /// Moves an entry up past greater ones, or down past smaller ones, to where it belongs.
    private mutating func settle(_ start: Int) {
        let entry = entries[start]
        var place = start
        while place > 0 {
            let parent = (place - 1) / Self.arity
            if entries[parent].rank <= entry.rank { break }
            put(entries[parent], at: place)
            place = parent
        }
        while let child = smallestChild(of: place), entries[child].rank < entry.rank {
            put(entries[child], at: place)
            place = child
        }
        put(entry, at: place)
    }

    private func smallestChild(of place: Int) -> Int? {
        let first = Self.arity * place + 1
        if first >= entries.count { return nil }
        var smallest = first
        for child in first..<min(first + Self.arity, entries.count)
        where entries[child].rank < entries[smallest].rank {
            smallest = child
        }
        return smallest
    }

    private mutating func put(_ entry: Entry, at place: Int) {
        entries[place] = entry
        places[Int(entry.handle)] = Int32(place)
    }
}
