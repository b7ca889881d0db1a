public import ExchangeTypes

/// All resting orders of all books, in one block of memory, found by id in constant time.
///
/// **Soundness** Owned and used by one thread. The storage lives behind a pointer, because the
/// language checks every access to a variable of a class for overlaps at run time, which took a
/// third of the book's time. There is nothing to find: no access to the storage lasts longer than
/// one statement or one call of its own functions, and none of these calls anybody else.
public final class OrderPool {
    @usableFromInline let storage: UnsafeMutablePointer<OrderStorage>

    public init(capacity: Int = 1024) {
        precondition(capacity > 1, "capacity \(capacity) must leave room for an order")
        storage = .allocate(capacity: 1)
        storage.initialize(to: OrderStorage(capacity: capacity))
    }

    deinit {
        storage.pointee.deallocate()
        storage.deallocate()
    }

    /// Reads a resting order.
    @inlinable public subscript(slot: OrderSlot) -> RestingOrder {
        @inline(__always) get { storage.pointee.orders[Int(slot.index)] }
    }

    /// The slot of a resting order; `.none` when there is none with this id.
    @inlinable public func slot(of id: OrderID) -> OrderSlot { storage.pointee.slot(of: id) }

    /// The number of resting orders.
    public var count: Int { storage.pointee.count }

    /// The highest slot index in use or on the free list, for arrays kept beside the pool.
    public var slotLimit: Int { storage.pointee.used }
}
