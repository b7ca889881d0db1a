import ExchangeTypes
import SandboxMarket

/// Makes one step of a file into what happens: for most steps that is one thing, for those with an end
/// two.
struct StepReader {
    let context: ScenarioFile.Context
    /// The step's place in the file, from one.
    let number: Int

    /// What a step can do.
    private enum Action: String, CaseIterable {
        case gap, drift, volatility, halt, resume
        case widenSpreads = "widen-spreads"
        case withdrawMakers = "withdraw-makers"
        case returnMakers = "return-makers"
        case silenceFeed = "silence-feed"
        case restoreFeed = "restore-feed"
        case cutConnections = "cut-connections"
        case limitRate = "limit-rate"
        case delayAnswers = "delay-answers"
        case note

        /// What it takes beside `at`, `do` and `note`.
        var fields: [String] {
            switch self {
            case .gap: ["symbols", "by"]
            case .drift: ["symbols", "by", "for"]
            case .volatility, .widenSpreads: ["symbols", "times", "for"]
            case .halt, .withdrawMakers, .silenceFeed: ["symbols", "for"]
            case .resume, .returnMakers, .restoreFeed: ["symbols"]
            case .cutConnections: ["endpoint", "key", "user"]
            case .limitRate: ["for", "key", "user"]
            case .delayAnswers: ["by", "for", "endpoint", "key", "user"]
            case .note: []
            }
        }
    }

    private enum Endpoint: String, CaseIterable {
        case marketData = "market-data"
        case trade, both

        var disturbed: DisturbedEndpoints {
            switch self {
            case .marketData: .marketData
            case .trade: .trade
            case .both: .both
            }
        }
    }

    /// What a step makes happen.
    func steps(_ node: ScenarioNode) throws(ScenarioError) -> [Scenario.Step] {
        let node = node.asStep(number)
        let fields = try node.fields([
            "at", "do", "symbols", "by", "times", "for", "endpoint", "key", "user", "note",
        ])
        let tick = try fields.required("at").ticks()
        let name: Action = try fields.required("do").choice()
        try fields.allow(["at", "do", "note"] + name.fields, for: name.rawValue)
        let action = try action(name, fields)
        let words = try words(name, fields)
        var steps = [Scenario.Step(tick: tick, note: note(words), action: action)]
        if let end = try end(of: name, fields), let duration = fields["for"] {
            let ticks = try duration.ticks()
            guard ticks > 0 else { throw duration.mustBe("longer than nothing") }
            steps.append(
                Scenario.Step(
                    tick: tick + ticks, note: note("end of \(words)"), action: .market(end)))
        }
        return steps
    }

    // MARK: Actions

    private func action(
        _ name: Action, _ fields: ScenarioFields
    ) throws(ScenarioError) -> Scenario.Action? {
        switch name {
        case .gap, .drift, .volatility, .halt, .resume, .widenSpreads, .withdrawMakers,
            .returnMakers, .silenceFeed, .restoreFeed:
            let step = try marketStep(name, fields)
            do { try step.validate() } catch { throw fields.error(error.description) }
            return .market(step)
        case .cutConnections, .limitRate, .delayAnswers:
            let disturbance = try disturbance(name, fields)
            // The numbers are within their bounds: what is left is whose connections are meant.
            guard disturbance.isValid else {
                throw fields.error(
                    "market data is nobody's: with a key or a user, the endpoint must be trade")
            }
            return .disturb(disturbance)
        case .note: return nil
        }
    }

    private func marketStep(
        _ name: Action, _ fields: ScenarioFields
    ) throws(ScenarioError) -> MarketStep {
        let scope = try scope(fields["symbols"])
        switch name {
        case .gap: return .gap(scope, try fields.required("by").percentage())
        case .drift:
            return .drift(
                scope, try fields.required("by").percentage(),
                seconds: try fields.required("for").seconds())
        case .volatility:
            return .volatility(
                scope, times: try fields.required("times").factor(),
                seconds: try fields.required("for").seconds())
        case .widenSpreads:
            return .widenSpreads(
                scope, times: try fields.required("times").factor(),
                seconds: try fields.required("for").seconds())
        case .halt: return .halt(scope)
        case .resume: return .resume(scope)
        case .withdrawMakers: return .withdrawMakers(scope)
        case .returnMakers: return .returnMakers(scope)
        case .silenceFeed: return .silenceFeed(scope)
        case .restoreFeed: return .restoreFeed(scope)
        case .cutConnections, .limitRate, .delayAnswers, .note:
            preconditionFailure("\(name.rawValue) is nothing of the market's")
        }
    }

    /// What ends a step that has a duration and no end of its own.
    private func end(
        of name: Action, _ fields: ScenarioFields
    ) throws(ScenarioError) -> MarketStep? {
        let scope = try scope(fields["symbols"])
        switch name {
        case .halt: return .resume(scope)
        case .withdrawMakers: return .returnMakers(scope)
        case .silenceFeed: return .restoreFeed(scope)
        case .gap, .drift, .volatility, .resume, .widenSpreads, .returnMakers, .restoreFeed,
            .cutConnections, .limitRate, .delayAnswers, .note:
            return nil
        }
    }

    private func disturbance(
        _ name: Action, _ fields: ScenarioFields
    ) throws(ScenarioError) -> Disturbance {
        let user = try user(fields)
        let endpoint: Endpoint? = try fields["endpoint"]?.choice()
        if name == .cutConnections {
            let usual: Endpoint = user == nil ? .both : .trade
            return .cutConnections(
                CutConnections(endpoints: (endpoint ?? usual).disturbed, user: user))
        }
        let nanoseconds = try fields.required("for").nanoseconds(
            atMost: Limits.maximumDisturbanceNanoseconds, named: "24h")
        if name == .limitRate {
            return .limitRate(LimitRate(user: user, nanoseconds: nanoseconds))
        }
        return .delayAnswers(
            DelayAnswers(
                endpoints: (endpoint ?? .trade).disturbed, user: user,
                byNanoseconds: try fields.required("by").nanoseconds(
                    atMost: Limits.maximumAnswerDelayNanoseconds, named: "1m"),
                nanoseconds: nanoseconds))
    }

    /// Whom a step is about: the user behind a public key, or a user or account by its id; nil for
    /// everybody. No key is ever logged, only whose it is.
    private func user(_ fields: ScenarioFields) throws(ScenarioError) -> UniqueID? {
        if fields["key"] != nil, let second = fields["user"] {
            throw second.error("\"key\" and \"user\" are two names of one thing: give one")
        }
        if let key = fields["key"] {
            let text = try key.text("a public key, or \"*\" for everybody")
            if text == "*" { return nil }
            guard let user = context.user(text) else {
                throw key.mustBe("a public key of this exchange, or \"*\" for everybody")
            }
            return user
        }
        guard let user = fields["user"] else { return nil }
        let text = try user.text("a user's id, or \"*\" for everybody")
        if text == "*" { return nil }
        guard let identity = UniqueID(text) else {
            throw user.mustBe("a user's id (a UUID), or \"*\" for everybody")
        }
        return identity
    }

    private func scope(_ node: ScenarioNode?) throws(ScenarioError) -> MarketStep.Scope {
        guard let node else { return .all }
        let expected = "a list of symbols"
        let elements = try node.elements(expected)
        guard !elements.isEmpty else {
            throw node.error("symbols is empty: leave it out to mean all")
        }
        guard elements.count <= context.symbols.count else {
            throw node.error("more symbols than there are contracts")
        }
        var symbols: [Symbol] = []
        for element in elements {
            let text = try element.text(expected)
            guard let symbol = Symbol(text), context.symbols.contains(symbol) else {
                throw element.error("unknown symbol \"\(ScenarioNode.shortened(text))\"")
            }
            symbols.append(symbol)
        }
        return .symbols(symbols)
    }

    // MARK: Words

    /// What the log says: the step's own words, or its fields without whom they name.
    private func words(
        _ name: Action, _ fields: ScenarioFields
    ) throws(ScenarioError) -> String {
        if let note = fields["note"] {
            return try note.line(atMost: ScenarioLimits.maximumNoteBytes)
        }
        if name == .note { throw fields.error("a note needs the field \"note\"") }
        var words = [name.rawValue]
        for field in ["by", "times", "for", "endpoint"] {
            if let value = fields[field] { words.append(try value.text("a text")) }
        }
        for symbol in try fields["symbols"]?.elements("a list of symbols") ?? [] {
            words.append(try symbol.text("a symbol"))
        }
        return words.joined(separator: " ")
    }

    /// `step 3: ` and as many of the words as fit.
    private func note(_ words: String) -> InlineText {
        var text = "step \(number): \(words)"
        while text.utf8.count > InlineText.capacity { text.removeLast() }
        guard let note = InlineText(text) else {
            preconditionFailure("a text that was cut to fit must fit")
        }
        return note
    }
}
