import ExchangeTypes

/// One contract of the sandbox: its underlier and the bots that trade it.
struct Desk: Sendable {
    /// The contract as listed here or, once known, as the exchange lists it.
    private(set) var instrument: Instrument
    private(set) var isListed = false
    /// Whether an id was chosen for it, or seen.
    private var hasID = false
    /// What the exchange said of its prices last; nil while it has none.
    private(set) var prices: PricesChanged?
    /// What the underlier's market is doing, by the exchange's word.
    private(set) var session = MarketSession.open
    private(set) var feed: UnderlierFeed
    private var basis: Basis
    /// Whether its prices come from a file.
    private let isRecorded: Bool
    private let bots: BotMix
    private(set) var maker: MarketMaker
    private(set) var noise: NoiseTrader
    private(set) var momentum: MomentumTrader
    /// Whether outside prices are held back.
    private var isSilent = false
    /// Whether the maker has left.
    private var isWithdrawn = false
    private var spread = Spell()

    init(_ listed: SandboxInstrument, recording: (any Underlier)? = nil, random: SplitMix64) {
        instrument = listed.instrument
        isRecorded = recording != nil
        bots = listed.bots
        feed = UnderlierFeed(listed, recording: recording, random: random.split(0))
        maker = MarketMaker(random: random.split(1))
        noise = NoiseTrader(random: random.split(2))
        momentum = MomentumTrader(random: random.split(3))
        basis = Basis(listed.instrument.category, random: random.split(4))
    }

    /// Draws from another source from now on.
    mutating func reseed(_ random: SplitMix64) {
        feed.reseed(random.split(0))
        maker.reseed(random.split(1))
        noise.reseed(random.split(2))
        momentum.reseed(random.split(3))
        basis.reseed(random.split(4))
    }

    // MARK: Listing

    /// What the exchange lacks of this contract; `next` is the next free id.
    mutating func listing(next: inout UInt32) -> [Command] {
        var commands: [Command] = []
        if !hasID {
            instrument.id = InstrumentID(next)
            next += 1
            hasID = true
        }
        if !isListed { commands.append(.configureInstrument(instrument)) }
        if prices == nil { commands += feed.prices(of: instrument.id) }
        return commands
    }

    /// Takes over what the exchange lists under this symbol: its word counts, not the table's.
    mutating func observe(listed: Instrument) {
        instrument = listed
        isListed = true
        hasID = true
    }

    /// Takes note of prices; those from before this run are where the underlier goes on.
    mutating func observe(_ prices: PricesChanged, isFromBefore: Bool) {
        self.prices = prices
        guard isFromBefore else { return }
        feed.resume(at: prices.oracle)
        basis.resume(at: prices.mark, over: prices.oracle)
    }

    /// Takes note of what the underlier's market does.
    mutating func observe(_ session: MarketSession) { self.session = session }

    // MARK: The underlier

    /// Whether outside prices have a place to go to: a market that is closed has none.
    private var takesPrices: Bool {
        isListed && instrument.status != .delisted && instrument.isActive(in: session)
    }

    /// One second of the underlier; gives what its feed sends.
    ///
    /// `isStill` is an underlier whose price never moves by itself, unless it is recorded: it is sent when
    /// the exchange misses it. So is one that the exchange has not told of: it says nothing of a price
    /// that it had already.
    mutating func move(_ second: UnderlierSecond, isStill: Bool) -> [Command] {
        spread.passSecond()
        basis.step()
        guard takesPrices else {
            feed.skip()
            return []
        }
        let isStill = isStill && !isRecorded
        feed.step(second, isStill: isStill)
        if isSilent { return [] }
        let isMissed = prices?.source != .external
        return feed.news(of: instrument.id, isMissed: isMissed, isStill: isStill)
    }

    // MARK: Trading

    /// Whether the exchange takes orders in this contract.
    private var takesOrders: Bool { isListed && prices != nil && instrument.status == .active }

    /// What it is worth: the outside price and its basis, or the oracle while the exchange has to do
    /// without, or does not believe it.
    private func worth(_ prices: PricesChanged) -> ReferencePrice {
        let (price, oracle) = (feed.price.units, prices.oracle.units)
        let isBelieved = 2 * price >= oracle && 2 * price <= 3 * oracle
        let isKnown = prices.source == .external && !isSilent && isBelieved
        return isKnown ? basis.price(over: feed.price) : prices.oracle
    }

    private func context(_ account: AccountID, _ prices: PricesChanged) -> TradingContext {
        TradingContext(
            account: account, instrument: instrument, session: session, price: worth(prices),
            band: prices.band, size: bots.size, spread: spread.factor)
    }

    /// The maker's orders first, so that the others find them.
    mutating func trade(_ accounts: BotAccounts, names: inout ClientOrderNames) -> [Command] {
        guard takesOrders, let prices else { return [] }
        var commands: [Command] = []
        if bots.hasMaker && !isWithdrawn {
            commands += maker.commands(context(accounts.maker, prices), names: &names)
        }
        if bots.hasNoise, let order = noise.command(context(accounts.noise, prices)) {
            commands.append(order)
        }
        if bots.hasMomentum, let order = momentum.command(context(accounts.momentum, prices)) {
            commands.append(order)
        }
        return commands
    }

    /// Forgets the bots' orders, which somebody else cancels.
    mutating func forgetOrders() {
        maker.forgetOrders()
        noise.forgetOrders()
        momentum.forgetOrders()
    }

    /// Takes in an event of the account of one of its bots.
    mutating func observe(_ event: Event, of bot: Bot) {
        switch bot {
        case .maker: maker.observe(event)
        case .noise: noise.observe(event)
        case .momentum: momentum.observe(event)
        }
    }

    // MARK: Steps

    /// Lets a step happen to this contract; `maker` is nil while there is no such account.
    mutating func apply(_ step: MarketStep, maker account: AccountID?) -> [Command] {
        switch step {
        case .gap(_, let fraction):
            feed.jump(by: fraction)
            let isSent = takesPrices && !isSilent
            return isSent ? feed.prices(of: instrument.id) : []
        case .drift(_, let fraction, let seconds):
            feed.drift(by: fraction, seconds: seconds)
        case .volatility(_, let factor, let seconds):
            feed.change(volatility: factor, seconds: seconds)
        case .halt:
            return configuration(.inactive)
        case .resume:
            return configuration(.active)
        case .widenSpreads(_, let factor, let seconds):
            spread = Spell(factor, seconds: seconds)
        case .withdrawMakers:
            isWithdrawn = true
            guard isListed, let account else { return [] }
            return maker.withdraw(account, instrument.id)
        case .returnMakers:
            isWithdrawn = false
        case .silenceFeed:
            isSilent = true
        case .restoreFeed:
            isSilent = false
        }
        return []
    }

    /// The contract as it is, with another status; a delisted one has only the one.
    private func configuration(_ status: InstrumentStatus) -> [Command] {
        guard isListed, instrument.status != .delisted else { return [] }
        var changed = instrument
        changed.status = status
        return [.configureInstrument(changed)]
    }
}
