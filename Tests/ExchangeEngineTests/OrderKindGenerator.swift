import ExchangeTesting
import ExchangeTypes

/// Endless commands from a seed for a market of few accounts that stop, slice, reduce and close, with
/// little money, wild prices and an exchange that is sometimes down.
struct OrderKindGenerator {
    var random: Xoshiro256
    private var sequence = SequenceNumber(0)
    var timestamp = Timestamp(nanoseconds: 1_790_000_000_000_000_000)
    private var opening: [Command]
    private var venue = VenueParameters()
    private var instruments: [Instrument]
    var indexes = [Int64](repeating: 10_000, count: 2)
    /// Orders that were accepted lately; they may be gone.
    private var known: [OrderState] = []
    var twaps: [TWAPState] = []
    /// Positions in lots, by account and contract.
    private var positions = [[Int64]](repeating: [0, 0], count: 4)
    /// The account with enough money to make the market; the third one is a subaccount of the first.
    let maker = AccountID(3)

    init(seed: UInt64) {
        random = Xoshiro256(seed: seed)
        var first = Market.plain
        first.makerFee = Rate(tenthBasisPoints: 20)
        first.takerFee = Rate(tenthBasisPoints: 50)
        first.risk.liquidationLimit = Money(2_000)
        var second = first
        second.id = InstrumentID(1)
        second.symbol = text("AAPL-USD")
        second.maximumLeverage = 50
        second.minimumQuantity = Quantity(lots: 100)
        instruments = [first, second]
        venue.staleSeconds = 0
        venue.maximumOpenOrders = 12
        opening = []
        opening = openingCommands().reversed()
    }

    private func openingCommands() -> [Command] {
        var commands = instruments.map { Command.configureInstrument($0) }
        commands.append(.configureVenue(venue))
        commands += instruments.map {
            .updateIndexPrice(UpdateIndexPrice(instrument: $0.id, price: ReferencePrice(100)))
        }
        for place: UInt32 in 0..<4 {
            let identity = UniqueID(high: 7, low: UInt64(place))
            let master = place == 2 ? AccountID(0) : nil
            commands.append(.openAccount(OpenAccount(identity: identity, master: master)))
            let money = place == 3 ? Money(1_000_000) : Money(90)
            commands.append(.deposit(Deposit(account: AccountID(place), amount: money)))
        }
        commands.append(.fundReserve(Money(500)))
        commands.append(
            .setProvider(
                SetProvider(
                    account: maker, instrument: InstrumentID(0), maximumNotional: Money(3_000))))
        return commands
    }

    /// The next command.
    mutating func next() -> SequencedCommand {
        sequence = sequence.next
        timestamp = timestamp.advanced(byNanoseconds: pause())
        let command = opening.popLast() ?? nextCommand()
        return SequencedCommand(sequence: sequence, timestamp: timestamp, command: command)
    }

    /// Takes note of what the last command brought.
    mutating func observe(_ events: [Event]) {
        for event in events {
            if case .orderAccepted(let order) = event { known.append(order) }
            if case .twapChanged(let twap) = event { twaps.append(twap) }
            if case .positionChanged(let change) = event {
                let account = Int(change.account.index)
                positions[account][Int(change.instrument.index)] = change.quantity.lots
            }
        }
        if known.count > 80 { known.removeFirst(40) }
        if twaps.count > 20 { twaps.removeFirst(10) }
    }

    private mutating func pause() -> Int64 {
        switch random.below(1_000) {
        case 0..<700: random.within(0...4_000_000)
        case 700..<950: random.within(0...200_000_000)
        case 950..<990: random.within(0...3_000_000_000)
        case 990..<998: random.within(0...40_000_000_000)
        case _: random.within(50_000_000_000...300_000_000_000)
        }
    }

    private mutating func nextCommand() -> Command {
        let isHalted = instruments.contains { $0.status == .inactive }
        if isHalted && random.oneIn(20) { return configureInstrument(isReopening: true) }
        return switch random.below(200) {
        case 0..<24: updateIndex()
        case 24..<44: quote()
        case 44..<98: .placeOrder(placeOrder())
        case 98..<114: .placeOrder(placeStop())
        case 114..<132: .modifyOrder(modifyOrder())
        case 132..<140: .modifyStopOrder(modifyStop())
        case 140..<152: cancel()
        case 152..<155: cancelAll()
        case 155..<164: .placeTWAP(placeTWAP())
        case 164..<167: cancelTWAP()
        case 167..<171: closePosition()
        case 171..<178: money()
        case 178..<180: configureVenue()
        case 180..<183: configureInstrument()
        case 183: split()
        case 184: setStatus()
        case 185..<188: setLeverage()
        case _: .advanceTime
        }
    }

    // MARK: Parts

    mutating func trader() -> AccountID { AccountID(UInt32(random.below(3))) }
    mutating func account() -> AccountID { AccountID(UInt32(random.below(4))) }
    mutating func place() -> Int { random.below(2) }

    func reference(_ place: Int) -> InstrumentReference {
        .known(InstrumentID(UInt32(place)))
    }

    func decimal(ticks: Int64) -> WireDecimal {
        WireDecimal(Decimal8(units: ticks * 1_000_000))
    }
    func decimal(lots: Int64) -> WireDecimal {
        WireDecimal(Decimal8(units: lots * 100_000))
    }

    /// Near the index, now and then far from it.
    mutating func ticks(_ place: Int) -> WireDecimal {
        let far = random.oneIn(12) ? random.within(-600...600) : 0
        return decimal(ticks: max(0, indexes[place] + far + random.within(-40...40)))
    }

    mutating func lots() -> WireDecimal {
        decimal(lots: random.oneIn(30) ? random.within(-1...200) : random.within(1...100) * 100)
    }

    /// The side that closes what an account holds; any where it holds nothing.
    mutating func closingSide(_ account: AccountID, _ place: Int) -> Side {
        let held = positions[Int(account.index)][place]
        if held == 0 || random.oneIn(12) { return random.oneIn(2) ? .buy : .sell }
        return held > 0 ? .sell : .buy
    }

    /// A size of about what an account holds, mostly less.
    mutating func closingLots(_ account: AccountID, _ place: Int) -> WireDecimal {
        let held = abs(positions[Int(account.index)][place])
        return held == 0 ? lots() : decimal(lots: random.within(1...held + held / 8 + 1))
    }

    mutating func name() -> ClientOrderID {
        random.oneIn(3) ? text("n\(random.below(8))") : ClientOrderID()
    }

    /// Some order of late, or one that there may not be; mostly a stop order, where one is wanted.
    mutating func order(
        isStop: Bool = false
    ) -> (owner: AccountID, place: Int, OrderReference, OrderState?) {
        let late = random.oneIn(5) ? known : known.suffix(20)
        let fitting = isStop ? known.filter(\.type.isStop) : Array(late)
        guard !random.oneIn(15), let order = random.element(of: fitting) else {
            // A waiting order has no event yet; its number can be guessed, and its name be known.
            let newest = known.last?.id.value ?? 1
            let guess = OrderID(newest &+ UInt64(random.below(4)))
            let reference: OrderReference =
                random.oneIn(2) ? .orderID(guess) : .clientOrderID(text("n\(random.below(8))"))
            return (trader(), place(), reference, nil)
        }
        let reference: OrderReference =
            random.oneIn(2) ? .orderID(order.id) : .clientOrderID(order.clientOrderID)
        return (order.account, Int(order.instrument.index), reference, order)
    }

    // MARK: Everything else

    private mutating func updateIndex() -> Command {
        let place = place()
        var step = random.within(-30...30) + (10_000 - indexes[place]) / 16
        if random.oneIn(8) { step += random.within(-350...350) }
        if random.oneIn(60) { step += random.within(-900...900) }
        indexes[place] += step
        return .updateIndexPrice(
            UpdateIndexPrice(
                instrument: InstrumentID(UInt32(place)),
                price: ReferencePrice(units: indexes[place] * 1_000_000)))
    }

    /// Money comes and goes, so that there is seldom more than positions need.
    private mutating func money() -> Command {
        switch random.below(6) {
        case 0:
            .transfer(
                Transfer(
                    source: AccountID(2), target: AccountID(0),
                    amount: Money(random.within(5...60))))
        case 1...4:
            .withdraw(Withdraw(account: trader(), amount: Money(random.within(5...60))))
        case _: deposit()
        }
    }

    private mutating func deposit() -> Command {
        .deposit(Deposit(account: trader(), amount: Money(random.within(1...40))))
    }

    private mutating func configureVenue() -> Command {
        let bumps: [Int64] = [0, 20_000_000, 100_000_000, 2_000_000_000]
        venue.speedBumpNanoseconds = random.element(of: bumps) ?? 0
        venue.isPostOnlyBumped = random.oneIn(2)
        venue.isLimitBumped = !random.oneIn(4)
        return .configureVenue(venue)
    }

    /// A halt, or the end of one, and now and then another maximum leverage.
    private mutating func configureInstrument(isReopening: Bool = false) -> Command {
        let halted = instruments.firstIndex { $0.status == .inactive }
        let place = isReopening ? halted ?? 0 : place()
        let isHalted = instruments[place].status == .inactive
        instruments[place].status = isHalted || !random.oneIn(3) ? .active : .inactive
        if random.oneIn(6) { instruments[place].maximumLeverage = UInt16(random.within(10...50)) }
        return .configureInstrument(instruments[place])
    }

    /// Refused but in a halt; the index stays near 100, so a split takes everybody's profit or loss.
    private mutating func split() -> Command {
        .splitInstrument(
            SplitInstrument(
                instrument: InstrumentID(UInt32(place())), numerator: random.oneIn(2) ? 3 : 2,
                denominator: random.oneIn(2) ? 3 : 2))
    }

    private mutating func setStatus() -> Command {
        .setUserStatus(
            SetUserStatus(
                user: trader(), isIdentityCheckMissing: random.oneIn(12),
                areTermsMissing: random.oneIn(12)))
    }

    private mutating func setLeverage() -> Command {
        .setLeverage(
            SetLeverage(
                account: trader(), instrument: reference(place()),
                leverage: WireDecimal(Decimal8(random.within(1...50)))))
    }
}
