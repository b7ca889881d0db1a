import ExchangeTypes

/// Accounts that wait to be assessed, smallest id first: a binary heap, because an avalanche may queue
/// thousands while others join.
struct AccountQueue {
    private var heap: [AccountID] = []

    var isEmpty: Bool { heap.isEmpty }

    /// **Complexity** logarithmic in the accounts that wait.
    mutating func insert(_ account: AccountID) {
        heap.append(account)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if heap[parent] < heap[child] { break }
            heap.swapAt(parent, child)
            child = parent
        }
    }

    /// **Complexity** logarithmic in the accounts that wait.
    mutating func popFirst() -> AccountID? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        if heap.isEmpty { return first }
        heap[0] = last
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < heap.count else { break }
            let right = left + 1
            let child = right < heap.count && heap[right] < heap[left] ? right : left
            if heap[parent] < heap[child] { break }
            heap.swapAt(parent, child)
            parent = child
        }
        return first
    }
}
