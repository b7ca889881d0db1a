/// A tradable contract, by its dense place in the listing order.
public struct InstrumentID: Hashable, Comparable, Sendable {
    /// 32 bits: far more contracts than any venue lists, and half the space of a word in each order.
    public var index: UInt32
    @inlinable public init(_ index: UInt32) { self.index = index }
    @inlinable public static func < (left: InstrumentID, right: InstrumentID) -> Bool {
        left.index < right.index
    }
}

/// An account, by its dense place in the opening order.
public struct AccountID: Hashable, Comparable, Sendable {
    /// 32 bits: four billion accounts.
    public var index: UInt32
    @inlinable public init(_ index: UInt32) { self.index = index }
    @inlinable public static func < (left: AccountID, right: AccountID) -> Bool {
        left.index < right.index
    }
}

/// An order, by its dense place in the order of all orders ever sent, from 1. Never reused.
public struct OrderID: Hashable, Comparable, Sendable {
    public var value: UInt64
    @inlinable public init(_ value: UInt64) { self.value = value }
    @inlinable public static func < (left: OrderID, right: OrderID) -> Bool {
        left.value < right.value
    }
}

/// A match between two orders, by its dense place in the order of all matches, from 1.
public struct TradeID: Hashable, Comparable, Sendable {
    public var value: UInt64
    @inlinable public init(_ value: UInt64) { self.value = value }
    @inlinable public static func < (left: TradeID, right: TradeID) -> Bool {
        left.value < right.value
    }
}

/// A sliced order, by its dense place in the order of all of them, from 1.
public struct TWAPID: Hashable, Comparable, Sendable {
    public var value: UInt64
    @inlinable public init(_ value: UInt64) { self.value = value }
    @inlinable public static func < (left: TWAPID, right: TWAPID) -> Bool {
        left.value < right.value
    }
}

/// The client's own name for an order: 1 to 64 bytes; empty means that the exchange makes one.
public typealias ClientOrderID = InlineText

/// The name of a contract, such as `NVDA-USD`.
public typealias Symbol = InlineText
