public import ExchangeTypes

/// All resting orders of all books, in one block of memory, found by id in constant time.
///
/// Freed slots are used again last-in first-out. The lookup is an open-addressing table of slots with
/// linear probing; ids are dense, so their low bits spread them better than any hash would. It is kept
/// at most a quarter full.
///
/// **Soundness** Owned and used by one thread. `orders` is valid until `insert` grows the pool, so no
/// pointer into it is kept across an insertion; every slot handed out is below `used`.
public final class OrderPool {
    @usableFromInline private(set) var orders: UnsafeMutablePointer<RestingOrder>
    private var capacity: Int
    /// Slots ever used; slot 0 stands for none.
    private var used = 1
    private var freeList = OrderSlot.none
    private var table: UnsafeMutablePointer<Int32>
    private var tableMask: Int
    /// The number of resting orders.
    public private(set) var count = 0

    public init(capacity: Int = 1024) {
        precondition(capacity > 1, "capacity \(capacity) must leave room for an order")
        self.capacity = capacity
        orders = .allocate(capacity: capacity)
        (table, tableMask) = Self.makeTable(capacity)
    }

    deinit {
        orders.deallocate()
        table.deallocate()
    }

    /// Reads a resting order.
    @inlinable public subscript(slot: OrderSlot) -> RestingOrder {
        @inline(__always) get { orders[Int(slot.index)] }
    }

    /// Changes what is left of an order (the book keeps the level's total).
    @inlinable @inline(__always)
    func setRemaining(_ remaining: Quantity, at slot: OrderSlot) {
        orders[Int(slot.index)].remaining = remaining
    }

    /// The slot of a resting order; `.none` when there is none with this id.
    public func slot(of id: OrderID) -> OrderSlot {
        var place = Int(truncatingIfNeeded: id.value) & tableMask
        while true {
            let slot = table[place]
            if slot == 0 { return .none }
            if orders[Int(slot)].id == id { return OrderSlot(slot) }
            place = (place + 1) & tableMask
        }
    }

    /// The highest slot index in use or on the free list, for arrays kept beside the pool.
    public var slotLimit: Int { used }

    func insert(_ order: RestingOrder) -> OrderSlot {
        let slot: OrderSlot
        if freeList != .none {
            slot = freeList
            freeList = orders[Int(slot.index)].next
        } else {
            if used == capacity { grow() }
            slot = OrderSlot(Int32(used))
            used += 1
        }
        (orders + Int(slot.index)).initialize(to: order)
        count += 1
        place(slot.index, order.id)
        return slot
    }

    @usableFromInline
    func remove(_ slot: OrderSlot) {
        unplace(orders[Int(slot.index)].id)
        orders[Int(slot.index)].next = freeList
        freeList = slot
        count -= 1
    }

    private func grow() {
        let larger = UnsafeMutablePointer<RestingOrder>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: orders, count: used)
        orders.deallocate()
        orders = larger
        capacity *= 2
        let old = table
        let oldCount = tableMask + 1
        (table, tableMask) = Self.makeTable(capacity)
        for index in 0..<oldCount where old[index] != 0 {
            place(old[index], orders[Int(old[index])].id)
        }
        old.deallocate()
    }

    private static func makeTable(_ capacity: Int) -> (UnsafeMutablePointer<Int32>, Int) {
        var size = 64
        while size < capacity * 4 { size *= 2 }
        let table = UnsafeMutablePointer<Int32>.allocate(capacity: size)
        table.initialize(repeating: 0, count: size)
        return (table, size - 1)
    }

    private func place(_ slot: Int32, _ id: OrderID) {
        var place = Int(truncatingIfNeeded: id.value) & tableMask
        while table[place] != 0 { place = (place + 1) & tableMask }
        table[place] = slot
    }

    /// Takes an id out and moves later entries of the same run back, so that no tombstones are needed.
    private func unplace(_ id: OrderID) {
        var hole = Int(truncatingIfNeeded: id.value) & tableMask
        while orders[Int(table[hole])].id != id { hole = (hole + 1) & tableMask }
        var place = hole
        while true {
            place = (place + 1) & tableMask
            let slot = table[place]
            if slot == 0 { break }
            let home = Int(truncatingIfNeeded: orders[Int(slot)].id.value) & tableMask
            // An entry may fill the hole unless its home lies behind the hole.
            if (place - home) & tableMask >= (place - hole) & tableMask {
                table[hole] = slot
                hole = place
            }
        }
        table[hole] = 0
    }
}
