import Testing

/// What one user knows of its resting orders: which must be open, which must not, which may be.
struct OrderBookModel: Sendable {
    /// Acknowledged, and no cancel was sent.
    private(set) var open: Set<String> = []
    /// Sent, and nothing heard.
    private(set) var unheard: Set<String> = []
    /// Acknowledged, a cancel was sent, and nothing heard of it.
    private(set) var leaving: Set<String> = []
    private(set) var gone: Set<String> = []
    private(set) var acknowledged = 0
    private(set) var nextNumber = 0

    /// A cancel of all orders is about to be sent.
    func leavingAll() -> OrderBookModel {
        var model = self
        model.leaving.formUnion(open.union(unheard))
        model.open = []
        model.unheard = []
        return model
    }

    /// All earlier orders were cancelled, and that was heard.
    func freshRound() -> OrderBookModel {
        var model = self
        model.gone.formUnion(open.union(unheard).union(leaving))
        model.open = []
        model.unheard = []
        model.leaving = []
        return model
    }

    /// A new order's name.
    mutating func send() -> String {
        nextNumber += 1
        let name = "carol-\(nextNumber)"
        unheard.insert(name)
        return name
    }

    mutating func sendCancel(_ name: String) {
        open.remove(name)
        leaving.insert(name)
    }

    mutating func hear(_ name: String, _ status: String) {
        switch status {
        case "ACK":
            unheard.remove(name)
            open.insert(name)
            acknowledged += 1
        case "CANCELLED":
            leaving.remove(name)
            gone.insert(name)
        default:
            Issue.record("\(name) was answered with \(status)")
        }
    }

    /// Compares with what the exchange says is open.
    func check(_ found: Set<String>, round: Int) {
        #expect(open.isSubset(of: found), "round \(round) lost \(open.subtracting(found))")
        #expect(gone.isDisjoint(with: found), "round \(round) revived \(gone.intersection(found))")
        let possible = open.union(unheard).union(leaving)
        #expect(
            found.isSubset(of: possible), "round \(round) invented \(found.subtracting(possible))")
    }
}
