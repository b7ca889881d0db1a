/// Something done to the clients' connections, so that they can rehearse a bad day.
///
/// It changes nothing that the engine keeps: it is logged, told to everybody and obeyed by the
/// gateways. After a restart nothing of it lasts, as no connection does.
public enum Disturbance: Hashable, Sendable {
    /// Names what comes next in the log, or says what happened; nobody obeys it.
    case note(InlineText)
    case cutConnections(CutConnections)
    case limitRate(LimitRate)
    case delayAnswers(DelayAnswers)

    /// Whether it says something that can be obeyed.
    public var isValid: Bool {
        switch self {
        case .note(let text): !text.isEmpty
        case .cutConnections(let cut): cut.endpoints.canBe(of: cut.user)
        case .limitRate(let limit): Self.isDuration(limit.nanoseconds)
        case .delayAnswers(let delay):
            delay.endpoints.canBe(of: delay.user) && Self.isDuration(delay.nanoseconds)
                && (1...Limits.maximumAnswerDelayNanoseconds).contains(delay.byNanoseconds)
        }
    }

    private static func isDuration(_ nanoseconds: Int64) -> Bool {
        (1...Limits.maximumDisturbanceNanoseconds).contains(nanoseconds)
    }
}

/// Which connections are meant.
public enum DisturbedEndpoints: UInt8, Hashable, Sendable, CaseIterable {
    case marketData = 1
    case trade = 2
    case both = 3

    /// Whether market data is meant.
    public var includeMarketData: Bool { rawValue & 1 != 0 }
    /// Whether trading is meant.
    public var includeTrade: Bool { rawValue & 2 != 0 }

    /// Whether such connections can be somebody's: those of market data are nobody's.
    fileprivate func canBe(of user: UniqueID?) -> Bool { user == nil || self == .trade }
}

/// Ends connections without a word, as a broken line does.
public struct CutConnections: Hashable, Sendable {
    public var endpoints: DisturbedEndpoints
    /// The outside identity of a user, for all accounts, or of one account; nil for everybody.
    public var user: UniqueID?
    public init(endpoints: DisturbedEndpoints, user: UniqueID? = nil) {
        self.endpoints = endpoints
        self.user = user
    }
}

/// Refuses all that is said on the trade endpoint for a while, as if too much had been said.
public struct LimitRate: Hashable, Sendable {
    /// The outside identity of a user, for all accounts, or of one account; nil for everybody.
    public var user: UniqueID?
    /// For how long.
    public var nanoseconds: Int64
    public init(user: UniqueID? = nil, nanoseconds: Int64) {
        self.user = user
        self.nanoseconds = nanoseconds
    }
}

/// Holds all that is sent to clients for a while.
public struct DelayAnswers: Hashable, Sendable {
    public var endpoints: DisturbedEndpoints
    /// The outside identity of a user, for all accounts, or of one account; nil for everybody.
    public var user: UniqueID?
    /// How much later each message leaves.
    public var byNanoseconds: Int64
    /// For how long.
    public var nanoseconds: Int64
    public init(
        endpoints: DisturbedEndpoints = .trade, user: UniqueID? = nil, byNanoseconds: Int64,
        nanoseconds: Int64
    ) {
        self.endpoints = endpoints
        self.user = user
        self.byNanoseconds = byNanoseconds
        self.nanoseconds = nanoseconds
    }
}
