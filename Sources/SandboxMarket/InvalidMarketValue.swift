/// A value of the sandbox market that is out of its bounds; says which and what they are.
public struct InvalidMarketValue: Error, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
