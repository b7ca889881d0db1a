import ExchangeTypes

/// The open orders of one account on one side of one contract, summed by price, nearest the market
/// first: which part of them would close a position is found without walking through them.
/// **Source** `rules.md` §4.3, X-04.
///
/// An AVL tree over an array. It is balanced by what it holds and not by chance, so no choice of
/// prices makes it deep: at most 14 levels for a thousand prices. What it answers depends on what it
/// holds only, never on the order in which that came in.
///
/// **Complexity** logarithmic in the number of prices, for all but the sums of all. Nothing is
/// allocated while there is a node to use again.
struct OfferLadder {
    /// One price, and the sums over it and everything below it in the tree.
    private struct Node {
        /// The distance from the best price there could be: ticks for sells, minus ticks for buys.
        var key: Int64 = 0
        var own: Int64 = 0
        var lots: Int64 = 0
        /// Ticks times lots: 128 bits, for a thousand orders at both limits pass 64.
        var value: Int128 = 0
        /// The nearer prices; in a free node the next free one.
        var near = OfferLadder.none
        var far = OfferLadder.none
        var height: Int8 = 0
    }

    /// The node that stands for no node; its sums and its height are zero.
    private static let none: Int32 = 0
    /// An empty ladder keeps no more memory than this, for each account has many.
    private static let keptNodes = 16

    /// Minus one for buys, whose nearest price is the highest.
    private let sign: Int64
    /// Places stay what they are, so nodes name each other by index. Empty until the first order.
    private var nodes: [Node] = []
    private var root = OfferLadder.none
    private var free = OfferLadder.none

    init(_ side: Side) { sign = side == .buy ? -1 : 1 }

    /// All lots.
    var lots: Int64 { isEmpty ? 0 : nodes[Int(root)].lots }

    /// The sum of ticks times lots of all.
    var value: Int128 { isEmpty ? 0 : nodes[Int(root)].value }

    var isEmpty: Bool { root == Self.none }

    /// The number of prices on the longest way down. For tests.
    var depth: Int { isEmpty ? 0 : Int(nodes[Int(root)].height) }

    /// Puts lots in at a price, or takes some out (negative). Taking out what is not there stops the
    /// process.
    mutating func add(_ price: Price, _ lots: Int64) {
        if lots == 0 { return }
        if nodes.isEmpty { nodes.append(Node()) }
        root = adding(lots, at: sign * price.ticks, below: root)
        if isEmpty && nodes.count > Self.keptNodes {
            nodes = []
            free = Self.none
        }
    }

    /// The lots at prices strictly nearer the market.
    func lots(nearerThan price: Price) -> Int64 {
        let key = sign * price.ticks
        var sum: Int64 = 0
        var index = root
        while index != Self.none {
            let node = nodes[Int(index)]
            if key <= node.key {
                index = node.near
            } else {
                sum += nodes[Int(node.near)].lots + node.own
                index = node.far
            }
        }
        return sum
    }

    /// The sum of ticks times lots of the lots nearest the market; of the last price in part.
    func value(ofNearest lots: Int64) -> Int128 {
        precondition(lots >= 0 && lots <= self.lots, "\(lots) of \(self.lots) lots")
        var sum: Int128 = 0
        var rest = lots
        var index = root
        while rest > 0 {
            let node = nodes[Int(index)]
            let near = nodes[Int(node.near)]
            if rest < near.lots {
                index = node.near
            } else {
                let part = min(rest - near.lots, node.own)
                sum += near.value + Int128(sign * node.key) * Int128(part)
                rest -= near.lots + part
                index = node.far
            }
        }
        return sum
    }

    // MARK: - The tree. Each function returns the top of what it was given, which may be another now.

    private mutating func adding(_ lots: Int64, at key: Int64, below top: Int32) -> Int32 {
        if top == Self.none { return newNode(key, lots) }
        let node = nodes[Int(top)]
        if key < node.key {
            nodes[Int(top)].near = adding(lots, at: key, below: node.near)
        } else if key > node.key {
            nodes[Int(top)].far = adding(lots, at: key, below: node.far)
        } else {
            precondition(node.own + lots >= 0, "\(-lots) of \(node.own) lots at \(sign * key)")
            nodes[Int(top)].own += lots
            if node.own + lots == 0 { return removing(top) }
        }
        return balanced(top)
    }

    private mutating func newNode(_ key: Int64, _ lots: Int64) -> Int32 {
        precondition(lots > 0, "\(-lots) of no lots at \(sign * key)")
        var index = free
        if index == Self.none {
            index = Int32(nodes.count)
            nodes.append(Node())
        } else {
            free = nodes[Int(index)].near
        }
        nodes[Int(index)] = Node(key: key, own: lots)
        refresh(index)
        return index
    }

    /// Frees a node and joins what was below it: under its neighbour, if there is a choice.
    private mutating func removing(_ top: Int32) -> Int32 {
        let node = nodes[Int(top)]
        nodes[Int(top)].near = free
        free = top
        if node.near == Self.none { return node.far }
        if node.far == Self.none { return node.near }
        let (first, others) = nearest(of: node.far)
        nodes[Int(first)].near = node.near
        nodes[Int(first)].far = others
        return balanced(first)
    }

    private mutating func nearest(of top: Int32) -> (first: Int32, others: Int32) {
        let near = nodes[Int(top)].near
        if near == Self.none { return (top, nodes[Int(top)].far) }
        let (first, others) = nearest(of: near)
        nodes[Int(top)].near = others
        return (first, balanced(top))
    }

    /// Makes the two sides of a node differ by one level at most, when they differ by two at most.
    private mutating func balanced(_ top: Int32) -> Int32 {
        let (near, far) = (nodes[Int(top)].near, nodes[Int(top)].far)
        let lean = height(near) - height(far)
        if lean > 1 {
            if height(nodes[Int(near)].near) < height(nodes[Int(near)].far) {
                nodes[Int(top)].near = turnedNear(near)
            }
            return turnedFar(top)
        }
        if lean < -1 {
            if height(nodes[Int(far)].far) < height(nodes[Int(far)].near) {
                nodes[Int(top)].far = turnedFar(far)
            }
            return turnedNear(top)
        }
        refresh(top)
        return top
    }

    private func height(_ index: Int32) -> Int8 { nodes[Int(index)].height }

    /// Puts the nearer child on top.
    private mutating func turnedFar(_ top: Int32) -> Int32 {
        let child = nodes[Int(top)].near
        nodes[Int(top)].near = nodes[Int(child)].far
        nodes[Int(child)].far = top
        refresh(top)
        refresh(child)
        return child
    }

    /// Puts the farther child on top.
    private mutating func turnedNear(_ top: Int32) -> Int32 {
        let child = nodes[Int(top)].far
        nodes[Int(top)].far = nodes[Int(child)].near
        nodes[Int(child)].near = top
        refresh(top)
        refresh(child)
        return child
    }

    /// Adds up a node and its two children.
    private mutating func refresh(_ index: Int32) {
        let node = nodes[Int(index)]
        let (near, far) = (nodes[Int(node.near)], nodes[Int(node.far)])
        nodes[Int(index)].lots = near.lots + node.own + far.lots
        nodes[Int(index)].value =
            near.value + Int128(sign * node.key) * Int128(node.own) + far.value
        nodes[Int(index)].height = max(near.height, far.height) + 1
    }
}
