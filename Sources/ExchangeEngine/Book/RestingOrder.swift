public import ExchangeTypes

/// What matching must know of an order that rests in a book, in 48 bytes.
public struct RestingOrder {
    public var id: OrderID
    public var remaining: Quantity
    public var account: AccountID
    /// The owner of the account: orders of one user never trade with each other.
    public var user: AccountID
    /// The price; 32 bits hold `Limits.maximumPriceTicks`.
    @usableFromInline var ticks: Int32
    /// Neighbours in the queue of the level; on the free list only `next` has a meaning.
    @usableFromInline var next: OrderSlot
    @usableFromInline var previous: OrderSlot
    /// The next order whose id has the same low bits, for the pool's lookup.
    @usableFromInline var namesake: OrderSlot
    public var instrument: InstrumentID
    public var side: Side
    /// Whether it may only reduce its account's position.
    public var isReduceOnly: Bool

    @inlinable
    public init(
        id: OrderID, remaining: Quantity, account: AccountID, user: AccountID, price: Price,
        instrument: InstrumentID, side: Side, isReduceOnly: Bool = false
    ) {
        self.id = id
        self.remaining = remaining
        self.account = account
        self.user = user
        self.ticks = Int32(truncatingIfNeeded: price.ticks)
        self.next = .none
        self.previous = .none
        self.namesake = .none
        self.instrument = instrument
        self.side = side
        self.isReduceOnly = isReduceOnly
    }

    @inlinable public var price: Price { Price(ticks: Int64(ticks)) }
}

/// A place in the `OrderPool`; stable as long as the order rests.
public struct OrderSlot: Hashable, Sendable {
    /// 32 bits: two billion resting orders, and half the space of a pointer in each link.
    @usableFromInline var index: Int32
    @inlinable init(_ index: Int32) { self.index = index }
    /// No order.
    @inlinable public static var none: OrderSlot { OrderSlot(0) }
}
