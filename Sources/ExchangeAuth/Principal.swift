/// What a key may do.
public struct Permissions: OptionSet, Sendable, Hashable {
    /// The bits of the set.
    public let rawValue: UInt8

    /// Makes a set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// May see the user's accounts.
    public static let read = Permissions(rawValue: 1)

    /// May enter, change and cancel orders.
    public static let trade = Permissions(rawValue: 2)

    /// The names of the members in fixed order, as the key file spells them.
    public var names: [String] { Self.members.filter { contains($0.set) }.map(\.name) }

    /// The set of the named members; nil when a name is unknown.
    public init?(names: [String]) {
        var permissions: Permissions = []
        for name in names {
            guard let member = Self.members.first(where: { $0.name == name }) else { return nil }
            permissions.insert(member.set)
        }
        self = permissions
    }

    private static let members: [(name: String, set: Permissions)] = [
        ("read", .read), ("trade", .trade),
    ]
}

/// Who a session or a request acts for, once it is authenticated.
public struct Principal: Sendable, Hashable {
    /// The user, whose primary account has the same UUID.
    public let userID: UserUUID

    /// What the key or token allows.
    public let permissions: Permissions

    /// The label of the key, for logs and listings; never a secret.
    public let label: String

    /// Puts a principal together.
    public init(userID: UserUUID, permissions: Permissions, label: String) {
        self.userID = userID
        self.permissions = permissions
        self.label = label
    }
}
