import ExchangeTesting
import ExchangeTypes
import Testing

/// What keeps a user from trading, and what it does not touch. **Source** P-184, ORDERS.md §2, §7.
@Suite struct UserStatusScenarios {
    @Test(
        "P-184: who has not passed the identity check or accepted the terms places nothing",
        arguments: Implementation.withOrders,
        [RejectReason.identityCheckRequired, .termsRequired])
    func blocks(_ implementation: Implementation, _ reason: RejectReason) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader())
        alice.take(.buy, "10", from: bob)
        let resting = alice.buy("1", at: "96")
        let stop = alice.stop(.sell, .stopLoss, "5", at: "95")
        alice.setStatus(
            isIdentityCheckMissing: reason == .identityCheckRequired,
            areTermsMissing: reason == .termsRequired)
        #expect(
            market.events == [
                .userStatusChanged(
                    SetUserStatus(
                        user: alice.account,
                        isIdentityCheckMissing: reason == .identityCheckRequired,
                        areTermsMissing: reason == .termsRequired))
            ])
        alice.buy("1", at: "96")
        #expect(market.story == ["reject \(reason)"])
        alice.sellAtMarket("1")
        #expect(market.story == ["reject \(reason)"])
        alice.reduce(.sell, "1", at: "104")
        #expect(market.story == ["reject \(reason)"])
        alice.stop(.sell, .stopLoss, "1", at: "95")
        #expect(market.story == ["reject \(reason)"])
        alice.modify(resting, .buy, price: "97")
        #expect(market.story == ["modify refused \(reason)"])
        alice.twap(.buy, "2", in: 2)
        #expect(market.story == ["refused \(reason)"])
        alice.closePosition()
        #expect(market.story == ["refused \(reason)"])
        // Nobody is kept from having less at stake.
        alice.modifyStop(.orderID(stop), "6", at: "96")
        #expect(market.refusal == nil)
        alice.cancelStop(.orderID(stop))
        #expect(market.refusal == nil)
        alice.cancel(resting)
        #expect(market.refusal == nil)
        alice.setStatus()
        alice.buy("1", at: "96")
        #expect(market.refusal == nil)
    }

    @Test(
        "P-184: it comes after the account's state and before the order's kind, identity first",
        arguments: Implementation.withOrders)
    func order(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader("101"), market.trader())
        alice.take(.buy, "10", from: bob)
        alice.setStatus(isIdentityCheckMissing: true, areTermsMissing: true)
        alice.buy("0", at: "0", .immediateOrCancel, .addLiquidityOnly)
        #expect(market.refusal == .identityCheckRequired)
        alice.setStatus(areTermsMissing: true)
        alice.buy("0", at: "0", .immediateOrCancel, .stopMarket)
        #expect(market.refusal == .termsRequired)
        alice.buy("0", at: "0", in: 7)
        #expect(market.refusal == .unknownSymbol)
        alice.setStatus()
        alice.buy("0", at: "0", .fillOrKill, .stopMarket)
        #expect(market.refusal == .invalidOrderType)
        alice.buy("0", at: "0", .immediateOrCancel, .addLiquidityOnly)
        #expect(market.refusal == .invalidTimeInForce)
        alice.setStatus(isIdentityCheckMissing: true)
        market.index("96")
        alice.buy("0", at: "0")
        #expect(market.refusal == .inLiquidation)
    }

    @Test(
        "P-184: it is the user's, for all accounts, and only the master's to have",
        arguments: Implementation.withOrders)
    func accounts(_ implementation: Implementation) {
        let market = Market(implementation)
        let alice = market.trader()
        let (desk, bob) = (market.trader(of: alice), market.trader())
        desk.setStatus(areTermsMissing: true)
        #expect(market.story == ["refused failedToProcess"])
        Trader(market: market, account: AccountID(99)).setStatus()
        #expect(market.story == ["refused failedToProcess"])
        desk.buy("1", at: "99")
        #expect(market.refusal == nil)
        alice.setStatus(areTermsMissing: true)
        desk.buy("1", at: "99")
        #expect(market.refusal == .termsRequired)
        bob.buy("1", at: "99")
        #expect(market.refusal == nil)
        #expect(desk.orders.count == 1)
    }

    @Test(
        "P-184: what was placed before goes on: resting orders trade, stop orders protect",
        arguments: Implementation.withOrders)
    func goesOn(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob, carol) = (market.trader(), market.trader(), market.trader())
        alice.enter(.buy, "4", at: "99", stopLoss: "97")
        alice.setStatus(isIdentityCheckMissing: true, areTermsMissing: true)
        let id = bob.sell("4", at: "99").value
        #expect(
            market.story.suffix(2) == [
                "trade 4 @ 99", "accept #\(id + 1) sell stopLoss 4 @ 97",
            ])
        carol.buy("20", at: "96")
        market.index("97")
        #expect(market.story == ["trade 4 @ 96"])
    }
}
