/// The connections that subscribed to one topic, oldest connection first.
///
/// A sorted array, because it is walked for every message and changed rarely; and because the order
/// in which clients are served must not depend on a hash.
struct Audience {
    /// Each once, ordered by number.
    private(set) var connections: [MarketDataConnection] = []

    /// Adds a connection; it must not be there.
    ///
    /// **Complexity** O(log connections) to find the place, and one move for each newer connection.
    mutating func insert(_ connection: MarketDataConnection) {
        connections.insert(connection, at: place(of: connection))
    }

    /// Takes a connection out, if it is there. **Complexity** that of `insert`.
    mutating func remove(_ connection: MarketDataConnection) {
        let place = place(of: connection)
        guard place < connections.count, connections[place] === connection else { return }
        connections.remove(at: place)
    }

    /// The index of the first connection that is not older.
    private func place(of connection: MarketDataConnection) -> Int {
        var low = 0
        var high = connections.count
        while low < high {
            let middle = (low + high) / 2
            if connections[middle].number < connection.number {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
