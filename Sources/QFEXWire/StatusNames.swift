/// How much the names of order statuses tell. **Source** spec README item 4.
public enum StatusNames: String, Hashable, Sendable, CaseIterable {
    /// The names of QFEX's AsyncAPI document, which every client knows.
    case current
    /// Also names that only third-party code knows so far, where they tell more.
    case newer
}
