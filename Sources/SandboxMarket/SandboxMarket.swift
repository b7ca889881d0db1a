public import ExchangeTypes

/// A market to try the exchange in: prices that move, makers that quote, trades that print.
///
/// Pure: it does no I/O and reads no clock. The same seed and the same events in give the same commands
/// out. `observe` it what the exchange tells, send what `genesis` and `tick` return; the runner does
/// both.
///
/// It holds one account for each maker, so that the margin of an order is that of one contract, one for
/// all noise traders and one for all momentum traders.
public struct SandboxMarket: Sendable {
    /// How much of a market there is.
    public enum Mode: Hashable, Sendable {
        /// Contracts, moving prices and bots.
        case full
        /// Contracts with a price that stands still, for tests and benchmarks.
        case quiet
    }

    /// How much of a market there is.
    public let mode: Mode
    /// What it draws from.
    public let seed: UInt64
    /// What holds for the whole venue; prices that stand still by intent never count as stale.
    private let venue: VenueParameters
    var desks: [Desk]
    /// The maker of each desk, then the one of all noise traders, then that of all momentum traders.
    var participants: [Participant]
    var names = ClientOrderNames(run: SequenceNumber(0))
    /// Whether the exchange has told what it is.
    public internal(set) var isDescribed = false
    /// The number of contracts the exchange lists, ours or not.
    var listedCount: UInt32 = 0
    /// Whether the reserve fund got its money, which is the first that an empty exchange gets.
    var isReserveFunded = false
    private var tickCount = 0
    /// Tells what happens in this market, where it was given a story.
    var player: ScenarioPlayer?
    /// The time in the exchange's log, as far as it was told.
    var time = Timestamp.zero
    /// Looked up, never iterated.
    var desksBySymbol: [Symbol: Int] = [:]
    /// Looked up, never iterated.
    var desksByID: [InstrumentID: Int] = [:]
    /// Looked up, never iterated.
    var participantsByIdentity: [UniqueID: Int] = [:]
    /// Looked up, never iterated.
    var participantsByAccount: [AccountID: Int] = [:]

    /// A market of these contracts.
    ///
    /// A later run on the same exchange must have the same seed, to know its accounts again. Contracts
    /// that are in the replay follow it from its beginning, all others their models.
    ///
    /// - Precondition: the numbers of models and bots are within their bounds.
    public init(
        seed: UInt64, instruments: [SandboxInstrument] = SandboxInstruments.table,
        mode: Mode = .full, venue: VenueParameters = VenueParameters(),
        replay: PriceReplay? = nil, scenario: Scenario? = nil
    ) {
        Self.check(instruments)
        self.mode = mode
        var venue = venue
        if mode == .quiet { venue.staleSeconds = 0 }
        self.venue = venue
        self.seed = seed
        player = scenario.map(ScenarioPlayer.init)
        desks = instruments.enumerated().map { index, listed in
            Desk(
                listed, recording: replay?.prices(of: listed.instrument.symbol),
                random: Self.random(seed, run: 0, desk: index))
        }
        participants = (0..<instruments.count + 2).map { index in
            Participant(random: SplitMix64(seed: seed).split(1).split(UInt64(index)))
        }
        for (index, listed) in instruments.enumerated() {
            desksBySymbol[listed.instrument.symbol] = index
        }
        for (index, participant) in participants.enumerated() {
            participantsByIdentity[participant.identity] = index
        }
    }

    private static func check(_ instruments: [SandboxInstrument]) {
        do {
            for listed in instruments {
                try listed.model.validate()
                try listed.bots.validate()
            }
        } catch {
            preconditionFailure("\(error)")
        }
    }

    static func random(_ seed: UInt64, run: UInt64, desk: Int) -> SplitMix64 {
        SplitMix64(seed: seed).split(2).split(run).split(UInt64(desk))
    }

    private var noiseTrader: Int { desks.count }
    private var momentumTrader: Int { desks.count + 1 }

    /// What a participant is.
    func bot(_ participant: Int) -> Bot {
        if participant == noiseTrader { return .noise }
        return participant == momentumTrader ? .momentum : .maker
    }

    /// The accounts that trade a contract; nil until all are known.
    private func accounts(_ desk: Int) -> BotAccounts? {
        guard let maker = participants[desk].account,
            let noise = participants[noiseTrader].account,
            let momentum = participants[momentumTrader].account
        else { return nil }
        return BotAccounts(maker: maker, noise: noise, momentum: momentum)
    }

    // MARK: Commands

    /// What the reserve fund of an empty exchange gets. **Source** `rules.md` §11.
    public static let reserve = Money(1_000_000)

    /// What the exchange lacks of rules, contracts, prices and accounts: everything on an empty one.
    ///
    /// Accounts that exist may have orders left that nobody remembers, so all of them are cancelled. It
    /// therefore serves after any loss of memory: on an empty exchange, after a restart, and when events
    /// were lost.
    public mutating func genesis() -> [Command] {
        var commands: [Command] = [.configureVenue(venue)]
        if !isReserveFunded {
            commands.append(.fundReserve(Self.reserve))
            isReserveFunded = true
        }
        for index in desks.indices {
            commands += desks[index].listing(next: &listedCount)
            desks[index].forgetOrders()
        }
        for participant in participants {
            if let account = participant.account {
                commands.append(.cancelAllOrders(CancelAllOrders(account: account)))
            } else if mode == .full {
                commands.append(.openAccount(OpenAccount(identity: participant.identity)))
            }
        }
        return commands
    }

    /// Number of ticks in a simulated second, which is the step of a price.
    public static let ticksPerSecond = 4

    /// A quarter of a second passes.
    ///
    /// A quarter of the prices move in each, so that the load is even.
    public mutating func tick() -> [Command] {
        guard isDescribed else { return [] }
        tickCount += 1
        var commands = tellScenario()
        if mode == .full { commands += errands() }
        let second = UnderlierSecond(number: Int64(tickCount / Self.ticksPerSecond), time: time)
        for index in desks.indices {
            if (tickCount + index).isMultiple(of: Self.ticksPerSecond) {
                commands += desks[index].move(second, isStill: mode == .quiet)
            }
            if mode == .full, let accounts = accounts(index) {
                commands += desks[index].trade(accounts, names: &names)
            }
        }
        return commands
    }

    /// Money for those who lack it; and every maker takes over positions that the book cannot close,
    /// up to the position limit of its contract.
    private mutating func errands() -> [Command] {
        var commands: [Command] = []
        for index in participants.indices {
            guard let account = participants[index].account else { continue }
            if participants[index].needsFunds {
                participants[index].needsFunds = false
                commands.append(
                    .deposit(Deposit(account: account, amount: Limits.maximumDeposit)))
            }
            if bot(index) == .maker && desks[index].isListed && !participants[index].isProvider {
                participants[index].isProvider = true
                let instrument = desks[index].instrument
                commands.append(
                    .setProvider(
                        SetProvider(
                            account: account, instrument: instrument.id,
                            maximumNotional: instrument.maximumNotional)))
            }
        }
        return commands
    }
}
