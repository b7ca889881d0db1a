import ExchangeTesting
import ExchangeTypes
import Testing

/// What is done to connections goes through the engine without a trace. **Source** SCENARIOS.md.
@Suite struct DisturbanceScenarios {
    private static let user = UniqueID(high: 1, low: 2)

    /// Disturbances at the limits.
    private static let obeyed: [Disturbance] = [
        .note(Symbol("gap") ?? Symbol()),
        .cutConnections(CutConnections(endpoints: .both)),
        .cutConnections(CutConnections(endpoints: .marketData)),
        .cutConnections(CutConnections(endpoints: .trade, user: user)),
        .limitRate(LimitRate(nanoseconds: 1)),
        .limitRate(LimitRate(user: user, nanoseconds: Limits.maximumDisturbanceNanoseconds)),
        .delayAnswers(DelayAnswers(byNanoseconds: 1, nanoseconds: 1)),
        .delayAnswers(
            DelayAnswers(
                endpoints: .both, byNanoseconds: Limits.maximumAnswerDelayNanoseconds,
                nanoseconds: Limits.maximumDisturbanceNanoseconds)),
    ]

    /// One beyond the limits, or without a meaning.
    private static let refused: [Disturbance] = [
        .note(InlineText()),
        .cutConnections(CutConnections(endpoints: .both, user: user)),
        .cutConnections(CutConnections(endpoints: .marketData, user: user)),
        .limitRate(LimitRate(nanoseconds: 0)),
        .limitRate(LimitRate(nanoseconds: Limits.maximumDisturbanceNanoseconds + 1)),
        .delayAnswers(DelayAnswers(byNanoseconds: 0, nanoseconds: 1)),
        .delayAnswers(DelayAnswers(byNanoseconds: 1, nanoseconds: 0)),
        .delayAnswers(
            DelayAnswers(
                byNanoseconds: Limits.maximumAnswerDelayNanoseconds + 1, nanoseconds: 1)),
        .delayAnswers(
            DelayAnswers(
                byNanoseconds: 1, nanoseconds: Limits.maximumDisturbanceNanoseconds + 1)),
        .delayAnswers(
            DelayAnswers(endpoints: .both, user: user, byNanoseconds: 1, nanoseconds: 1)),
    ]

    @Test(
        "A disturbance becomes its event and changes no state", arguments: Implementation.allCases)
    func passes(_ implementation: Implementation) {
        let market = Market(implementation)
        for disturbance in Self.obeyed {
            let before = market.exchange.stateHash()
            market.send(.disturb(disturbance))
            #expect(market.events == [.disturbed(disturbance)])
            #expect(market.exchange.stateHash() == before)
        }
    }

    @Test("One that says nothing or too much is refused", arguments: Implementation.allCases)
    func refuses(_ implementation: Implementation) {
        let market = Market(implementation)
        for disturbance in Self.refused {
            market.send(.disturb(disturbance))
            #expect(market.events == [.commandRefused(.failedToProcess)], "\(disturbance)")
        }
    }
}
