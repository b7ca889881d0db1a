public import ExchangeTypes

/// The memory of the `OrderPool`: a block of orders and an index of their ids.
///
/// Freed slots are used again last-in first-out. The index is a table with one chain of orders for
/// each value of the low bits of an id; ids are dense, so these spread them better than any hash
/// would, and orders of one time lie side by side. It has at least twice as many chains as orders,
/// so nearly all chains have one order, and a lookup touches little but the order itself.
///
/// **Soundness** `orders` is valid until `insert` grows it, so no pointer into it is kept across an
/// insertion; every slot handed out is below `used`.
@usableFromInline
struct OrderStorage {
    @usableFromInline var orders: UnsafeMutablePointer<RestingOrder>
    @usableFromInline var capacity: Int
    /// Slots ever used; slot 0 stands for none.
    @usableFromInline var used = 1
    @usableFromInline var freeList = OrderSlot.none
    /// The newest order of each chain; the others follow through `namesake`.
    @usableFromInline var chains: UnsafeMutablePointer<OrderSlot>
    @usableFromInline var chainMask: Int
    @usableFromInline var count = 0

    init(capacity: Int) {
        self.capacity = capacity
        orders = .allocate(capacity: capacity)
        (chains, chainMask) = Self.makeChains(capacity)
    }

    func deallocate() {
        orders.deallocate()
        chains.deallocate()
    }

    @inlinable @inline(__always)
    func slot(of id: OrderID) -> OrderSlot {
        var slot = chains[chain(of: id)]
        while slot != .none && orders[Int(slot.index)].id != id {
            slot = orders[Int(slot.index)].namesake
        }
        return slot
    }

    @inlinable @inline(__always)
    mutating func insert(_ order: RestingOrder) -> OrderSlot {
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
        link(slot)
        count += 1
        return slot
    }

    @inlinable @inline(__always)
    mutating func remove(_ slot: OrderSlot) {
        let order = orders + Int(slot.index)
        let chain = chain(of: order.pointee.id)
        if chains[chain] == slot {
            chains[chain] = order.pointee.namesake
        } else {
            var newer = chains[chain]
            while newer != .none && orders[Int(newer.index)].namesake != slot {
                newer = orders[Int(newer.index)].namesake
            }
            precondition(newer != .none, "order \(order.pointee.id) is not indexed")
            orders[Int(newer.index)].namesake = order.pointee.namesake
        }
        order.pointee.next = freeList
        freeList = slot
        count -= 1
    }

    @inlinable @inline(__always)
    func chain(of id: OrderID) -> Int { Int(truncatingIfNeeded: id.value) & chainMask }

    @inlinable @inline(__always)
    func link(_ slot: OrderSlot) {
        let order = orders + Int(slot.index)
        let chain = chain(of: order.pointee.id)
        order.pointee.namesake = chains[chain]
        chains[chain] = slot
    }

    @usableFromInline
    mutating func grow() {
        let larger = UnsafeMutablePointer<RestingOrder>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: orders, count: used)
        orders.deallocate()
        orders = larger
        capacity *= 2
        let old = chains
        let oldCount = chainMask + 1
        (chains, chainMask) = Self.makeChains(capacity)
        for index in 0..<oldCount {
            var slot = old[index]
            while slot != .none {
                let next = orders[Int(slot.index)].namesake
                link(slot)
                slot = next
            }
        }
        old.deallocate()
    }

    private static func makeChains(_ capacity: Int) -> (UnsafeMutablePointer<OrderSlot>, Int) {
        var size = 64
        while size < capacity * 2 { size *= 2 }
        let chains = UnsafeMutablePointer<OrderSlot>.allocate(capacity: size)
        chains.initialize(repeating: .none, count: size)
        return (chains, size - 1)
    }
}
