import ExchangeTypes

extension Array where Element: Comparable {
    /// Takes an element out of an array that is sorted and holds none twice; does nothing if it is not
    /// in there.
    ///
    /// **Complexity** logarithmic to find it; what lies behind it moves up in one piece.
    mutating func removeSorted(_ element: Element) {
        let index = partitionPoint(where: { $0 < element })
        if index < count && self[index] == element { remove(at: index) }
    }
}
