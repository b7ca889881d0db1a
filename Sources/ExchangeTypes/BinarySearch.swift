extension RandomAccessCollection where Index == Int {
    /// The first index of a sorted collection that does not come before what is looked for; the end
    /// where all do.
    ///
    /// `isBefore` must hold for a beginning of the collection and for nothing behind it.
    /// **Complexity** O(log count) questions.
    @inlinable public func partitionPoint(where isBefore: (Element) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
