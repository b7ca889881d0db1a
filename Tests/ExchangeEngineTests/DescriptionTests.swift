import ExchangeEngine
import ExchangeTesting
import ExchangeTypes
import Testing

/// New listeners are told all that is, between two commands and without a trace: a replay of the log
/// knows nothing of them.
@Suite struct DescriptionTests {
    @Test("A description changes nothing, so what happens next is the same without it")
    func leavesNoTrace() throws {
        let (told, untold) = (Market(.engine), Market(.engine))
        for market in [told, untold] {
            market.trader().buy("1", at: "101")
            market.trader().sell("1", at: "103")
            market.wait(untilSecond: 1)
            market.jump(to: second(1, plus: 500_000_000))
        }
        let exchange = try #require(told.exchange as? Exchange)
        let before = exchange.stateHash()
        var description = EventBuffer()
        exchange.describe(into: &description)
        #expect(description.events.count > 2)
        #expect(exchange.stateHash() == before)
        // A book that seemed to have moved would have a new mark now, and none 50 ms later.
        for market in [told, untold] {
            market.send(.advanceTime)
            market.jump(to: second(1, plus: 550_000_000))
            Trader(market: market, account: AccountID(1)).cancelAll()
            #expect(market.prices()?.mark == ReferencePrice(101))
        }
        #expect(told.events == untold.events)
        #expect(exchange.stateHash() == untold.exchange.stateHash())
    }
}
