public import ExchangeTypes

/// Endless commands from a seed: a small, crowded market in which every rule is met often, from both
/// sides of its boundary.
///
/// Tell it the events of each command (`observe`), so that cancels and changes mostly name live
/// orders. The same seed and the same events give the same commands.
public struct CommandGenerator {
    /// The only source of chance.
    var random: Xoshiro256
    /// What the events so far say is open.
    var live = LiveOrders()
    /// The contracts of this market, by id.
    var contracts: [GeneratedContract]
    /// Accounts that are surely open; from 5 to 20.
    let accountCount: Int
    /// What cash accounts were last told to have.
    private(set) var cash: [AccountID: Money] = [:]
    /// The users of accounts, as told.
    private(set) var users: [AccountID: AccountID] = [:]
    /// Open orders that the generator lets stand before it mostly cancels.
    let targetOrders: Int
    /// What the venue was last told.
    var venue = VenueParameters()
    /// Commands that undo an earlier one after a while.
    var later: [Command] = []
    /// Commands to be sent soon, the next one last.
    var script: [Command] = []
    /// The split that was just asked for.
    var asked: SplitInstrument?
    /// The instant of the last command.
    private(set) var timestamp: Timestamp
    /// The accounts that were told to be in liquidation, in order of their entry.
    private var inLiquidation: [AccountID] = []
    private var opening: [Command] = []
    private var sequence = SequenceNumber(0)

    /// - Parameter targetOrders: open orders, over all contracts, that the market keeps near to.
    public init(seed: UInt64, targetOrders: Int = 24) {
        random = Xoshiro256(seed: seed)
        self.targetOrders = targetOrders
        // A quarter of an hour at most before a UTC day begins.
        let midnight: Int64 = 1_790_035_200_000_000_000
        timestamp = Timestamp(nanoseconds: midnight - random.within(0...900_000_000_000))
        let first = random.below(SampleInstruments.all.count)
        let count = 2 + random.below(SampleInstruments.all.count - 1)
        contracts = (0..<count).map { place in
            let sample = SampleInstruments.all[(first + place) % SampleInstruments.all.count]
            return GeneratedContract(sample, id: InstrumentID(UInt32(place)))
        }
        accountCount = 5 + random.below(16)
        for place in contracts.indices {
            contracts[place].instrument.risk = smallRisk(of: place)
            if random.oneIn(2) { contracts[place].instrument.maximumLeverage = 50 }
        }
        venue = smallVenue()
        // Handed out from the end.
        opening = openingCommands().reversed()
    }

    /// The next command.
    public mutating func next() -> SequencedCommand {
        sequence = sequence.next
        timestamp = timestamp.advanced(byNanoseconds: opening.isEmpty ? step() : 1_000)
        let command = opening.popLast() ?? nextCommand()
        if case .splitInstrument(let request) = command { asked = request }
        return SequencedCommand(sequence: sequence, timestamp: timestamp, command: command)
    }

    /// Takes note of what the last command brought.
    public mutating func observe(_ events: [Event]) {
        if let asked, !events.contains(.commandRefused(.failedToProcess)) {
            contracts[Int(asked.instrument.index)].split(asked)
        }
        asked = nil
        for event in events {
            live.observe(event)
            if case .accountOpened(let opened) = event { users[opened.account] = opened.user }
            if case .balanceChanged(let change) = event { cash[change.account] = change.cash }
            if case .pricesChanged(let prices) = event {
                contracts[Int(prices.instrument.index)].observe(prices)
            }
            if case .liquidationChanged(let change) = event {
                inLiquidation.removeAll { $0 == change.account }
                if change.isInLiquidation { inLiquidation.append(change.account) }
            }
        }
    }

    private mutating func openingCommands() -> [Command] {
        var commands: [Command] = [.configureVenue(venue)]
        commands += contracts.map { .configureInstrument($0.instrument) }
        for contract in contracts {
            commands.append(
                .updateIndexPrice(
                    UpdateIndexPrice(instrument: contract.instrument.id, price: contract.mark)))
        }
        for place in 0..<accountCount {
            // Every third account belongs to one of the masters before it.
            let master = place % 3 == 2 ? AccountID(UInt32(random.below(place / 3 + 1) * 3)) : nil
            commands.append(
                .openAccount(OpenAccount(identity: identity(place), master: master)))
            commands.append(
                .deposit(
                    Deposit(
                        account: AccountID(UInt32(place)), amount: Money(random.within(30...300)))))
            if random.oneIn(3) { commands.append(.setProvider(setProvider())) }
            if random.oneIn(2) { commands.append(.setLeverage(setLeverage())) }
        }
        return commands
    }

    private mutating func nextCommand() -> Command {
        for place in contracts.indices where contracts[place].silence > 0 {
            contracts[place].silence -= 1
        }
        if random.oneIn(3), let command = script.popLast() { return command }
        if random.oneIn(80), let command = later.popLast() { return command }
        let isCrowded = live.orders.count > targetOrders
        return switch random.below(isCrowded ? 1_500 : 1_000) {
        case 0..<60: updateIndex()
        case 60..<75: market()
        case 75..<160: money()
        case 160..<180: administration()
        case 180..<187: cancelAll()
        case 187..<280: .cancelOrder(cancelOrder())
        case 280..<430: .modifyOrder(modifyOrder())
        case 430..<1_000: .placeOrder(placeOrder())
        case _: .cancelOrder(cancelOrder())
        }
    }

    /// The outside identity of the account at a place.
    func identity(_ place: Int) -> UniqueID { UniqueID(high: 0xacc0, low: UInt64(place)) }

    /// The place of any contract, seldom of one that was taken off the list.
    mutating func place() -> Int {
        let listed = contracts.indices.filter { !contracts[$0].isGone }
        if random.oneIn(100) { return random.below(contracts.count) }
        return random.element(of: listed) ?? 0
    }

    /// Any contract, with its usual parameters.
    mutating func instrument() -> Instrument { contracts[place()].instrument }

    /// Any account, once in two hundred times one that does not exist, and more often one that is in
    /// liquidation.
    mutating func account() -> AccountID {
        if random.oneIn(25), let account = random.element(of: inLiquidation) { return account }
        return AccountID(
            UInt32(random.oneIn(200) ? accountCount + 3_000 : random.below(accountCount)))
    }

    /// A reference to a contract, now and then to one that does not exist.
    mutating func reference(_ id: InstrumentID, rarity: Int = 300) -> InstrumentReference {
        switch random.below(rarity) {
        case 0: .unknown(Symbol("NOPE-USD") ?? Symbol())
        case 1: .known(InstrumentID(UInt32(contracts.count)))
        case 2: .known(InstrumentID(.max))
        case _: .known(id)
        }
    }
}
