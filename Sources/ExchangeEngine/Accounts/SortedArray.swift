extension Array where Element: Comparable {
    /// Takes an element out of an array that is sorted and holds none twice; does nothing if it is not
    /// in there.
    ///
    /// **Complexity** logarithmic to find it; what lies behind it moves up in one piece.
    mutating func removeSorted(_ element: Element) {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < element { low = middle + 1 } else { high = middle }
        }
        if low < count && self[low] == element { remove(at: low) }
    }
}
