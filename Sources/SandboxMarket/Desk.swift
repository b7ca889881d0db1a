import ExchangeTypes

/// One contract of the sandbox: its underlier and the bots that trade it.
struct Desk: Sendable {
    /// The contract as listed here or, once known, as the exchange lists it.
    private(set) var instrument: Instrument
    private(set) var isListed = false
    /// Whether an id was chosen for it, or seen.
    private var hasID = false
    /// Whether the exchange has an index price.
    private(set) var isPriced = false
    private(set) var walk: RandomWalk
    private(set) var maker: MarketMaker
    private(set) var noise: NoiseTrader

    init(_ listed: SandboxInstrument, random: SplitMix64) {
        instrument = listed.instrument
        walk = RandomWalk(listed, random: random.split(0))
        maker = MarketMaker(random: random.split(1))
        noise = NoiseTrader(random: random.split(2))
    }

    /// Draws from another source from now on.
    mutating func reseed(_ random: SplitMix64) {
        walk.reseed(random.split(0))
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
        if !isPriced { commands.append(indexPrice) }
        return commands
    }

    /// Takes over what the exchange lists under this symbol: its word counts, not the table's.
    mutating func observe(listed: Instrument) {
        instrument = listed
        isListed = true
        hasID = true
    }

    /// Takes note of a price; a price from before this run is where it goes on.
    mutating func observe(_ price: ReferencePrice, isFromBefore: Bool) {
        isPriced = true
        if isFromBefore { walk.resume(at: price) }
    }

    // MARK: Trading

    private var indexPrice: Command {
        .updateIndexPrice(UpdateIndexPrice(instrument: instrument.id, price: walk.price))
    }

    /// One second of the underlier: nothing when the price rounds to the same.
    ///
    /// Also before the exchange has told of a price: it says nothing of one that it had already.
    mutating func move() -> Command? {
        guard isListed else { return nil }
        let before = walk.price
        walk.step()
        return walk.price == before ? nil : indexPrice
    }

    /// The maker's orders first, so that the noise trader finds them.
    mutating func trade(
        maker makerAccount: AccountID, noise noiseAccount: AccountID,
        names: inout ClientOrderNames
    ) -> [Command] {
        guard isListed && isPriced && instrument.status == .active else { return [] }
        var commands = maker.commands(context(makerAccount), names: &names)
        if let order = noise.command(context(noiseAccount)) { commands.append(order) }
        return commands
    }

    private func context(_ account: AccountID) -> TradingContext {
        TradingContext(account: account, instrument: instrument, index: walk.price)
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
