import ExchangeEngine
import ExchangeTypes
import SandboxMarket
import Testing

/// A later run on an exchange that remembers what the market has forgotten.
@Suite struct RestartTests {
    private let few = Array(SandboxInstruments.table.prefix(4))

    private func names(_ commands: [Command]) -> [ClientOrderID] {
        commands.compactMap { command in
            guard case .placeOrder(let place) = command, !place.clientOrderID.isEmpty else {
                return nil
            }
            return place.clientOrderID
        }
    }

    /// Where the noise traders sent their orders, in order.
    private func tradedInstruments(_ commands: [Command]) -> [InstrumentReference] {
        commands.compactMap { command in
            guard case .placeOrder(let place) = command, place.type == .market else { return nil }
            return place.instrument
        }
    }

    @Test func theNextRunTakesOverWithoutOrphansOrRefusals() throws {
        var first = Simulation(SandboxMarket(seed: 5, instruments: few))
        try first.start()
        try first.tick(times: 200)
        let pricesBefore = first.indexPrices
        let ordersBefore = Set(first.openOrders.map(\.id))
        #expect(!ordersBefore.isEmpty)

        var second = Simulation(SandboxMarket(seed: 5, instruments: few), after: first)
        try second.start()
        #expect(second.openOrders == [])
        #expect(second.indexPrices == pricesBefore)
        // The rules first; then every account's orders go.
        #expect(second.commands.first == .configureVenue(VenueParameters()))
        #expect(
            second.commands.dropFirst().allSatisfy { command in
                if case .cancelAllOrders = command { true } else { false }
            })

        try second.tick(times: 200)
        #expect(second.refusals.count == 0)
        let orders = second.openOrders
        #expect(ordersBefore.isDisjoint(with: orders.map(\.id)))
        // One order for each level and side of each maker, and not one more.
        #expect(orders.count == few.count * 16)
        #expect(Set(names(first.commands)).isDisjoint(with: names(second.commands)))
        // It does not play the first run again.
        #expect(tradedInstruments(first.commands) != tradedInstruments(second.commands))
        second.exchange.checkInvariants()
    }

    @Test func onlyWhatIsMissingIsListed() throws {
        var first = Simulation(
            SandboxMarket(seed: 5, instruments: Array(few.prefix(2)), mode: .quiet))
        try first.start()
        let more = Array(SandboxInstruments.table.prefix(4).reversed())
        var second = Simulation(SandboxMarket(seed: 5, instruments: more), after: first)
        try second.start()
        try second.tick(times: 4)
        #expect(second.refusals.count == 0)
        let listed = second.description.compactMap { event -> String? in
            guard case .instrumentConfigured(let instrument) = event else { return nil }
            return instrument.symbol.string
        }
        #expect(listed == ["NVDA-USD", "AAPL-USD", "MSFT-USD", "TSLA-USD"])
        for id in 0..<4 {
            let touch = second.touch(InstrumentID(UInt32(id)))
            #expect(touch.bid != nil && touch.ask != nil)
        }
    }

    /// The first run ended after its accounts were opened and before any money came in.
    @Test func accountsWithoutMoneyGetSome() throws {
        var first = Simulation(SandboxMarket(seed: 5, instruments: few))
        try first.start()
        var second = Simulation(SandboxMarket(seed: 5, instruments: few), after: first)
        try second.start()
        try second.tick(times: 4)
        for instrument in few {
            let touch = second.touch(instrument.instrument.id)
            #expect(touch.bid != nil && touch.ask != nil)
        }
        let refusals = second.refusals.count
        try second.tick(times: 40)
        #expect(second.refusals.count - refusals <= 1)
    }

    /// The runner begins again when events were lost: here, those of a newcomer who took everything
    /// that was offered.
    @Test func lostEventsAmidTheRunStartTheBooksAnew() throws {
        var simulation = Simulation(SandboxMarket(seed: 5, instruments: few))
        simulation.mailboxCapacity = 4
        try simulation.start()
        try simulation.tick(times: 50)
        let before = Set(simulation.openOrders.map(\.id))
        let sent = simulation.commands.count
        // What fills the mailbox, so that the sweep finds no room.
        for _ in 0..<4 { _ = try simulation.others(.advanceTime) }
        try sweepOffers(in: &simulation)
        try simulation.tick()
        let again = simulation.commands[sent...]
        #expect(again.count == few.count + 3 && again.first == .configureVenue(VenueParameters()))
        #expect(simulation.openOrders == [])
        try simulation.tick(times: 2)
        #expect(simulation.refusals.count == 0)
        #expect(simulation.openOrders.count == few.count * 16)
        #expect(before.isDisjoint(with: simulation.openOrders.map(\.id)))
    }

    private func sweepOffers(in simulation: inout Simulation) throws {
        let newcomer = AccountID(UInt32(few.count) + 2)
        _ = try simulation.others(.openAccount(OpenAccount(identity: UniqueID(high: 1, low: 1))))
        _ = try simulation.others(.deposit(Deposit(account: newcomer, amount: Money(1_000_000))))
        let nvidia = few[0].instrument
        let events = try simulation.others(
            .placeOrder(
                PlaceOrder(
                    account: newcomer, instrument: .known(nvidia.id), side: .buy, type: .market,
                    timeInForce: .immediateOrCancel,
                    quantity: WireDecimal(significand: 2_000, exponent: 0), price: .zero)))
        let isSwept = events.contains { event in
            if case .orderCancelled = event { true } else { false }
        }
        #expect(isSwept && simulation.touch(nvidia.id).ask == nil)
    }

    /// Whatever the price did before the restart, it goes on from there.
    @Test func thePriceGoesOnFromTheLastOne() throws {
        let nvidia = Array(few.prefix(1))
        var first = Simulation(SandboxMarket(seed: 5, instruments: nvidia))
        try first.start()
        let last = ReferencePrice(300)
        _ = try first.others(
            .updateIndexPrice(UpdateIndexPrice(instrument: InstrumentID(0), price: last)))
        var second = Simulation(SandboxMarket(seed: 5, instruments: nvidia), after: first)
        try second.start()
        try second.tick(times: 8)
        let price = try #require(second.indexPrices[InstrumentID(0)])
        #expect(price != last && abs(price.units - last.units) < last.units / 500)
    }

    @Test func aQuietRunSaysNoPriceThatTheExchangeHas() throws {
        var first = Simulation(SandboxMarket(seed: 5, instruments: few, mode: .quiet))
        try first.start()
        try first.tick(times: 20)
        var second = Simulation(
            SandboxMarket(seed: 5, instruments: few, mode: .quiet), after: first)
        try second.start()
        try second.tick(times: 20)
        var venue = VenueParameters()
        venue.staleSeconds = 0
        #expect(second.commands == [.configureVenue(venue)])
    }

    @Test func aQuietRunAfterAFullOneLeavesNoOrders() throws {
        var first = Simulation(SandboxMarket(seed: 5, instruments: few))
        try first.start()
        try first.tick(times: 20)
        var second = Simulation(
            SandboxMarket(seed: 5, instruments: few, mode: .quiet), after: first)
        try second.start()
        try second.tick(times: 20)
        #expect(second.openOrders == [])
    }
}
