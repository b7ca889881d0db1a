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
    private(set) var maker: MarketMaker
    private(set) var noise: NoiseTrader

    init(_ listed: SandboxInstrument, random: SplitMix64) {
        instrument = listed.instrument
        feed = UnderlierFeed(listed, random: random.split(0))
        maker = MarketMaker(random: random.split(1))
        noise = NoiseTrader(random: random.split(2))
    }

    /// Draws from another source from now on.
    mutating func reseed(_ random: SplitMix64) {
        feed.reseed(random.split(0))
        maker.reseed(random.split(1))
        noise.reseed(random.split(2))
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
        if isFromBefore { feed.resume(at: prices.oracle) }
    }

    /// Takes note of what the underlier's market does.
    mutating func observe(_ session: MarketSession) { self.session = session }

    // MARK: Trading

    /// One second of the underlier; a market that is closed has no prices.
    ///
    /// `isStill` is an underlier whose price never moves: it is sent when the exchange misses it. So is
    /// one that the exchange has not told of: it says nothing of a price that it had already.
    mutating func move(isStill: Bool) -> [Command] {
        guard isListed, instrument.status != .delisted, instrument.isActive(in: session) else {
            return []
        }
        let isMissed = prices?.source != .external
        if isStill { return isMissed ? feed.prices(of: instrument.id) : [] }
        return feed.step(instrument.id, isMissed: isMissed)
    }

    /// The maker's orders first, so that the noise trader finds them.
    mutating func trade(
        maker makerAccount: AccountID, noise noiseAccount: AccountID,
        names: inout ClientOrderNames
    ) -> [Command] {
        guard isListed, let prices, instrument.status == .active else { return [] }
        func context(_ account: AccountID) -> TradingContext {
            TradingContext(
                account: account, instrument: instrument, session: session,
                price: prices.source == .external ? feed.price : prices.oracle,
                band: prices.band)
        }
        var commands = maker.commands(context(makerAccount), names: &names)
        if let order = noise.command(context(noiseAccount)) { commands.append(order) }
        return commands
    }

    /// Forgets the maker's orders, which somebody else cancels.
    mutating func forgetOrders() { maker.forgetOrders() }

    /// Takes in an event of the maker's account.
    mutating func observeMaker(_ event: Event) { maker.observe(event) }

    /// Takes in an event of the noise trader's account.
    mutating func observeNoise(_ event: Event) {
        guard case .positionChanged(let change) = event else { return }
        noise.observe(change)
    }
}
