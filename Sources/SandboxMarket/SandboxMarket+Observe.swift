public import ExchangeSequencer
import ExchangeTypes

extension SandboxMarket {
    /// Takes in what happened, everybody's doings included; all batches, in order.
    public mutating func observe(_ batch: EventBatch) {
        for entry in batch.entries {
            time = max(time, entry.timestamp)
            switch entry.outcome {
            case .description(let range):
                begin(at: entry.sequence)
                for event in batch.events[range] { observe(event, isDescription: true) }
            case .events(let range):
                for event in batch.events[range] { observe(event, isDescription: false) }
            case .report:
                break
            }
        }
    }

    /// A run begins here. It draws other numbers than the one before, or the market would repeat itself.
    private mutating func begin(at sequence: SequenceNumber) {
        isDescribed = true
        names = ClientOrderNames(run: sequence)
        for index in desks.indices {
            desks[index].reseed(Self.random(seed, run: sequence.value, desk: index))
        }
    }

    private mutating func observe(_ event: Event, isDescription: Bool) {
        switch event {
        case .instrumentConfigured(let instrument):
            observe(instrument)
        case .accountOpened(let opened):
            observe(opened, isDescription: isDescription)
        case .pricesChanged(let change):
            guard let desk = desksByID[change.instrument] else { return }
            desks[desk].observe(change, isFromBefore: isDescription)
        case .orderAccepted, .orderAmended, .orderCancelled, .orderRejected, .cancelRejected,
            .modifyRejected, .orderFilled, .positionChanged:
            observeTrading(event)
        case .sessionChanged(let change):
            guard let desk = desksByID[change.instrument] else { return }
            desks[desk].observe(change.session)
        case .reserveChanged:
            isReserveFunded = true
        case .fundingRateChanged, .openInterestChanged, .tradeExecuted, .levelChanged,
            .balanceChanged, .fundingPaid, .leverageChanged, .liquidationChanged, .alertRaised,
            .commandRefused, .stopRequestRejected, .twapChanged, .twapCancelRejected,
            .userStatusChanged, .instrumentSplit, .disturbed:
            break
        }
    }

    /// Takes every market for open, because events were lost: an outside price too many does no harm,
    /// one that never comes does.
    mutating func forgetSessions() {
        for index in desks.indices { desks[index].observe(.open) }
    }

    private mutating func observe(_ instrument: Instrument) {
        isReserveFunded = true
        listedCount = max(listedCount, instrument.id.index + 1)
        guard let desk = desksBySymbol[instrument.symbol] else { return }
        desksByID[instrument.id] = desk
        desks[desk].observe(listed: instrument)
    }

    private mutating func observe(_ opened: AccountOpened, isDescription: Bool) {
        guard let index = participantsByIdentity[opened.identity] else { return }
        participants[index].account = opened.account
        participantsByAccount[opened.account] = index
        if opened.isNew && !isDescription { participants[index].needsFunds = true }
    }

    private mutating func observeTrading(_ event: Event) {
        guard let subject = event.subject,
            let participant = participantsByAccount[subject.account]
        else { return }
        if event.isForWantOfMoney { participants[participant].needsFunds = true }
        guard let desk = desksByID[subject.instrument] else { return }
        desks[desk].observe(event, of: bot(participant))
    }
}

extension Event {
    /// Whose order or holding it is about, and in which contract; nil for other events.
    fileprivate var subject: (account: AccountID, instrument: InstrumentID)? {
        switch self {
        case .orderAccepted(let state), .orderAmended(let state), .orderCancelled(let state, _):
            return (state.account, state.instrument)
        case .orderFilled(let fill):
            return (fill.order.account, fill.order.instrument)
        case .positionChanged(let change):
            return (change.account, change.instrument)
        case .orderRejected(let rejection):
            return Self.subject(rejection.order.account, rejection.order.instrument)
        case .modifyRejected(let rejection):
            return Self.subject(rejection.request.account, rejection.request.instrument)
        case .cancelRejected(let request, _):
            return Self.subject(request.account, request.instrument)
        case .instrumentConfigured, .accountOpened, .pricesChanged, .sessionChanged,
            .fundingRateChanged, .openInterestChanged, .tradeExecuted, .levelChanged,
            .balanceChanged, .fundingPaid, .leverageChanged, .liquidationChanged,
            .reserveChanged, .alertRaised, .commandRefused, .stopRequestRejected,
            .twapChanged, .twapCancelRejected, .userStatusChanged, .instrumentSplit, .disturbed:
            return nil
        }
    }

    private static func subject(
        _ account: AccountID, _ instrument: InstrumentReference
    ) -> (account: AccountID, instrument: InstrumentID)? {
        guard case .known(let id) = instrument else { return nil }
        return (account, id)
    }

    /// Whether an order was refused because its account cannot pay for it, or is being liquidated: also
    /// the sign of a run that ended between opening an account and its first deposit.
    fileprivate var isForWantOfMoney: Bool {
        switch self {
        case .orderRejected(let rejection): rejection.reason.isForWantOfMoney
        case .modifyRejected(let rejection): rejection.reason.isForWantOfMoney
        case .instrumentConfigured, .accountOpened, .pricesChanged, .sessionChanged,
            .fundingRateChanged, .openInterestChanged, .orderAccepted, .orderAmended,
            .orderCancelled, .cancelRejected, .orderFilled, .tradeExecuted, .levelChanged,
            .positionChanged, .balanceChanged, .fundingPaid, .leverageChanged,
            .liquidationChanged, .reserveChanged, .alertRaised, .commandRefused,
            .stopRequestRejected, .twapChanged, .twapCancelRejected, .userStatusChanged,
            .instrumentSplit, .disturbed:
            false
        }
    }
}

extension RejectReason {
    /// Whether money helps.
    fileprivate var isForWantOfMoney: Bool { self == .insufficientMargin || self == .inLiquidation }
}
