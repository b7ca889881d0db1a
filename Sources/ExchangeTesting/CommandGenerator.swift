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
    /// Where orders of each contract gather, in units of 1e-8; wanders with the index.
    var indexes: [ReferencePrice]
    /// The contracts of this market, by id.
    let samples: [SampleInstruments.Sample]
    /// Accounts that are surely open; from 5 to 20.
    let accountCount: Int
    /// Open orders that the generator lets stand before it mostly cancels.
    let targetOrders: Int
    /// A contract that was closed for a while, as it was before.
    var closed: Instrument?
    private var opening: [Command] = []
    private var sequence = SequenceNumber(0)
    private var timestamp = Timestamp(nanoseconds: 1_790_000_000_000_000_000)

    /// - Parameter targetOrders: open orders, over all contracts, that the market keeps near to.
    public init(seed: UInt64, targetOrders: Int = 24) {
        random = Xoshiro256(seed: seed)
        self.targetOrders = targetOrders
        let first = random.below(SampleInstruments.all.count)
        let count = 2 + random.below(SampleInstruments.all.count - 1)
        samples = (0..<count).map { place in
            var sample = SampleInstruments.all[(first + place) % SampleInstruments.all.count]
            sample.instrument.id = InstrumentID(UInt32(place))
            return sample
        }
        indexes = samples.map(\.index)
        accountCount = 5 + random.below(16)
        // Handed out from the end.
        opening = openingCommands().reversed()
    }

    /// The next command.
    public mutating func next() -> SequencedCommand {
        sequence = sequence.next
        timestamp = timestamp.advanced(byNanoseconds: random.within(1...2_000_000))
        let command = opening.popLast() ?? nextCommand()
        return SequencedCommand(sequence: sequence, timestamp: timestamp, command: command)
    }

    /// Takes note of what the last command brought.
    public mutating func observe(_ events: [Event]) {
        for event in events { live.observe(event) }
    }

    private mutating func openingCommands() -> [Command] {
        var commands = samples.map { Command.configureInstrument($0.instrument) }
        for sample in samples {
            commands.append(
                .updateIndexPrice(
                    UpdateIndexPrice(instrument: sample.instrument.id, price: sample.index)))
        }
        for place in 0..<accountCount {
            // Every third account belongs to one of the masters before it.
            let master = place % 3 == 2 ? AccountID(UInt32(random.below(place / 3 + 1) * 3)) : nil
            commands.append(
                .openAccount(OpenAccount(identity: identity(place), master: master)))
            commands.append(
                .deposit(
                    Deposit(
                        account: AccountID(UInt32(place)),
                        amount: Money(random.within(50...1_500)))))
        }
        return commands
    }

    private mutating func nextCommand() -> Command {
        if let instrument = closed, random.oneIn(80) {
            closed = nil
            return .configureInstrument(instrument)
        }
        let isCrowded = live.orders.count > targetOrders
        return switch random.below(isCrowded ? 150 : 100) {
        case 0...1: updateIndex()
        case 2: deposit()
        case 3: random.oneIn(4) ? administration() : deposit()
        case 4: cancelAll()
        case 5..<18: .cancelOrder(cancelOrder())
        case 18..<36: .modifyOrder(modifyOrder())
        case 36..<100: .placeOrder(placeOrder())
        case _: .cancelOrder(cancelOrder())
        }
    }

    /// The outside identity of the account at a place.
    func identity(_ place: Int) -> UniqueID { UniqueID(high: 0xacc0, low: UInt64(place)) }

    /// Any contract, with its usual parameters.
    mutating func instrument() -> Instrument { samples[random.below(samples.count)].instrument }

    /// Any account, once in two hundred times one that does not exist.
    mutating func account() -> AccountID {
        AccountID(UInt32(random.oneIn(200) ? accountCount + 3 : random.below(accountCount)))
    }

    /// A reference to a contract, now and then to one that does not exist.
    mutating func reference(_ id: InstrumentID, rarity: Int = 300) -> InstrumentReference {
        switch random.below(rarity) {
        case 0: .unknown(Symbol("NOPE-USD") ?? Symbol())
        case 1: .known(InstrumentID(UInt32(samples.count)))
        case 2: .known(InstrumentID(.max))
        case _: .known(id)
        }
    }
}
