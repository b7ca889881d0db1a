import ExchangeTesting
import ExchangeTypes
import Testing

/// Money that leaves an account or changes from one to another. **Source** `rules.md` §14, R-105, R-106,
///
@Suite struct TransferScenarios {
    private func withdrawal(_ trader: Trader, _ amount: Money) -> Command {
        .withdraw(Withdraw(account: trader.account, amount: amount))
    }

    private func transfer(_ source: AccountID, _ target: AccountID, _ amount: Money) -> Command {
        .transfer(Transfer(source: source, target: target, amount: amount))
    }

    private func balance(_ trader: Trader, _ cash: String) -> Event {
        .balanceChanged(BalanceChanged(account: trader.account, cash: decimal(cash)))
    }

    /// Amounts that no command takes.
    private let impossible = [
        Money.zero, Money(units: -1), Money(-100), Money(units: .min), Money(units: .max),
        Limits.maximumCash + Money(units: 1),
    ]

    // MARK: Withdrawals

    @Test(
        "Exactly what is free can be withdrawn, and a unit more cannot",
        arguments: Implementation.allCases)
    func withdraw(_ implementation: Implementation) {
        let market = Market(implementation)
        let alice = market.trader("100")
        market.expectRefusal(
            withdrawal(alice, decimal("100.00000001")), .insufficientBalance)
        alice.withdraw("40")
        #expect(market.events == [balance(alice, "60")])
        #expect(alice.balance.deposits == Money(60))
        // 1.5 × 101 / 10 is held back.
        alice.sell("1.5", at: "101")
        market.expectRefusal(
            withdrawal(alice, decimal("44.85000001")), .insufficientBalance)
        alice.withdraw("44.85")
        #expect(market.events == [balance(alice, "15.15")])
        #expect(alice.available == "0")
        alice.cancelAll()
        alice.withdraw("15.15")
        #expect(market.events == [balance(alice, "0")])
        market.expectRefusal(withdrawal(alice, Money(units: 1)), .insufficientBalance)
        #expect(alice.balance == BalanceReport(account: alice.account))
    }

    @Test(
        "R-025: unrealised profit can be withdrawn too, and leaves negative cash behind",
        arguments: Implementation.allCases)
    func withdrawUnrealised(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader("100"))
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        market.index("140")
        // 100 and 400 of profit, less 140 of margin.
        #expect(bob.available == "360")
        market.expectRefusal(
            withdrawal(bob, decimal("360.00000001")), .insufficientBalance)
        bob.withdraw("360")
        #expect(market.events == [balance(bob, "-260")])
        #expect(bob.balance.deposits == Money(-260))
        #expect(bob.balance.equity == Money(140))
        #expect(bob.available == "0")
        market.expectRefusal(withdrawal(bob, Money(units: 1)), .insufficientBalance)
        // A unit of loss, and the margin is short; the maintenance margin is not.
        market.index("139.99999999")
        #expect(bob.available == "-0.00000009")
        #expect(!bob.balance.isInLiquidation)
        // A part that is closed frees its margin.
        market.index("140")
        alice.buy("1", at: "140")
        bob.sell("1", at: "140")
        market.expectRefusal(
            withdrawal(bob, decimal("14.00000001")), .insufficientBalance)
        bob.withdraw("14")
        #expect(market.events == [balance(bob, "-234")])
        bob.expectIdentities()
        market.audit()
    }

    @Test(
        "Withdrawals are of masters, of possible amounts and not in liquidation, in this order",
        arguments: Implementation.allCases)
    func refusedWithdrawals(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader("120"))
        let desk = market.trader("100", of: alice)
        let stranger = Trader(market: market, account: AccountID(3))
        for amount in impossible {
            for trader in [alice, desk, stranger] {
                market.expectRefusal(withdrawal(trader, amount), .failedToProcess)
            }
        }
        market.expectRefusal(withdrawal(stranger, Money(1)), .failedToProcess)
        market.expectRefusal(withdrawal(alice, Limits.maximumCash), .insufficientBalance)
        for amount in [Money(units: 1), Money(100), Limits.maximumCash] {
            market.expectRefusal(withdrawal(desk, amount), .foreignAccount)
        }
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        market.index("94")
        for amount in [Money(units: 1), Money(1_000)] {
            market.expectRefusal(withdrawal(bob, amount), .inLiquidation)
        }
        market.expectRefusal(withdrawal(bob, .zero), .failedToProcess)
    }

    // MARK: Transfers

    @Test(
        "R-106: exactly what is free can be transferred, and changes both at once",
        arguments: Implementation.allCases)
    func transferFree(_ implementation: Implementation) {
        let market = Market(implementation)
        let alice = market.trader("100")
        let (first, second) = (market.trader("0", of: alice), market.trader("0", of: alice))
        alice.buy("2", at: "100")
        market.expectRefusal(
            transfer(alice.account, first.account, decimal("80.00000001")),
            .insufficientBalance)
        alice.transfer("80", to: first)
        #expect(market.events == [balance(alice, "20"), balance(first, "80")])
        #expect(alice.available == "0")
        #expect([alice, first].map(\.balance.deposits) == [Money(20), Money(80)])
        // From desk to desk, and back to the master; the source comes first whatever its number.
        first.transfer("79.99999999", to: second)
        #expect(
            market.events == [balance(first, "0.00000001"), balance(second, "79.99999999")])
        second.transfer("79.99999999", to: alice)
        #expect(market.events == [balance(second, "0"), balance(alice, "99.99999999")])
        market.expectRefusal(
            transfer(second.account, alice.account, Money(units: 1)), .insufficientBalance)
        for trader in [alice, first, second] { trader.expectIdentities() }
        market.audit()
    }

    @Test(
        "R-106, R-025: unrealised profit is free too, and leaves negative cash behind",
        arguments: Implementation.allCases)
    func transferUnrealised(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader("0"))
        let desk = market.trader("100", of: bob)
        alice.sell("10", at: "100")
        desk.buy("10", at: "100")
        market.index("140")
        market.expectRefusal(
            transfer(desk.account, bob.account, decimal("360.00000001")),
            .insufficientBalance)
        desk.transfer("360", to: bob)
        #expect(market.events == [balance(desk, "-260"), balance(bob, "360")])
        #expect(desk.balance.equity == Money(140))
        #expect(desk.available == "0")
        #expect(bob.available == "360")
        // A unit of loss, and the margin is short; the maintenance margin is not.
        market.index("139.99999999")
        #expect(desk.available == "-0.00000009")
        #expect(!desk.balance.isInLiquidation)
        market.expectRefusal(
            transfer(desk.account, bob.account, Money(units: 1)), .insufficientBalance)
        desk.expectIdentities()
        market.audit()
    }

    @Test(
        "R-108: somebody else's account is refused like one that does not exist",
        arguments: Implementation.allCases)
    func foreignAccounts(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader("100"), market.trader("100"))
        let (own, foreign) = (market.trader("100", of: alice), market.trader("100", of: bob))
        for other in [bob.account, foreign.account, AccountID(4), AccountID(.max)] {
            for amount in [Money(1), Money(101)] + impossible {
                for mine in [alice.account, own.account] {
                    market.expectRefusal(transfer(mine, other, amount), .foreignAccount)
                    market.expectRefusal(transfer(other, mine, amount), .foreignAccount)
                }
            }
        }
        let unknown = AccountID(4)
        market.expectRefusal(transfer(unknown, unknown, Money(1)), .foreignAccount)
        alice.transfer("100", to: own)
        #expect(market.refusal == nil)
    }

    @Test(
        "Transfers are of possible amounts between two accounts and not in liquidation, in this order",
        arguments: Implementation.allCases)
    func refusedTransfers(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader("120"))
        let desk = market.trader("50", of: bob)
        market.expectRefusal(transfer(bob.account, bob.account, Money(1)), .failedToProcess)
        for amount in impossible {
            market.expectRefusal(transfer(bob.account, desk.account, amount), .failedToProcess)
        }
        market.expectRefusal(
            transfer(bob.account, desk.account, Limits.maximumCash), .insufficientBalance)
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        market.index("94")
        #expect(bob.balance.isInLiquidation)
        for amount in [Money(units: 1), Money(1_000)] {
            market.expectRefusal(transfer(bob.account, desk.account, amount), .inLiquidation)
        }
        market.expectRefusal(transfer(bob.account, desk.account, .zero), .failedToProcess)
        // 60 of equity for 62.66666667 of maintenance: it takes more than 2.66666667 to be sound.
        desk.transfer("2.66666667", to: bob)
        #expect(market.events == [balance(desk, "47.33333333"), balance(bob, "122.66666667")])
        desk.transfer("0.00000001", to: bob)
        #expect(
            market.events == [
                balance(desk, "47.33333332"), balance(bob, "122.66666668"),
                .liquidationChanged(
                    LiquidationChanged(account: bob.account, isInLiquidation: false)),
            ])
    }

    @Test(
        "No transfer lifts an account above the highest cash",
        arguments: Implementation.allCases)
    func fullAccount(_ implementation: Implementation) {
        let market = Market(implementation)
        let alice = market.trader("1000000000")
        let desk = market.trader("1000000000", of: alice)
        for _ in 1..<10 { alice.deposit("1000000000") }
        market.expectRefusal(
            transfer(desk.account, alice.account, Money(units: 1)), .failedToProcess)
        // More than is free is said first.
        market.expectRefusal(
            transfer(desk.account, alice.account, Limits.maximumCash), .insufficientBalance)
        alice.withdraw("1000000000")
        desk.transfer("1000000000", to: alice)
        #expect(market.events == [balance(desk, "0"), balance(alice, "10000000000")])
    }

    // MARK: Subaccounts, rewards and the reserve fund

    @Test(
        "R-105: a subaccount's margin, orders and liquidation are its own",
        arguments: Implementation.allCases)
    func subaccounts(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader("1000"), market.trader())
        let desk = market.trader("120", of: alice)
        let order = alice.buy("1", at: "90")
        bob.sell("12", at: "100")
        desk.buy("10", at: "100")
        alice.buy("2", at: "100")
        #expect(alice.holding == "2")
        #expect(desk.holding == "10")
        #expect(alice.available == "971")
        #expect(desk.available == "20")
        market.index("94")
        #expect(desk.balance.isInLiquidation)
        #expect(!alice.balance.isInLiquidation)
        #expect(alice.orders.map(\.id) == [order])
        alice.sell("1", at: "95")
        #expect(market.refusal == nil)
        // 20 is not above 900 / 30; the master's 980 are far above 180 / 15.
        market.index("90")
        #expect(desk.holding == "0")
        #expect(desk.balance.equity == .zero)
        #expect(alice.holding == "2")
        #expect(alice.balance.equity == Money(980))
    }

    @Test(
        "A user has as many subaccounts as the venue allows, and no more",
        arguments: Implementation.allCases)
    func subaccountCap(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader("0"), market.trader("0"))
        var identity: UInt64 = 100
        func open(of master: Trader) -> RejectReason? {
            identity += 1
            market.send(
                .openAccount(
                    OpenAccount(
                        identity: UniqueID(high: 9, low: identity), master: master.account)))
            return market.refusal
        }
        for _ in 0..<20 { #expect(open(of: alice) == nil) }
        #expect(open(of: alice) == .failedToProcess)
        #expect(open(of: bob) == nil)
        // One that exists is told all the same.
        market.send(
            .openAccount(
                OpenAccount(identity: UniqueID(high: 9, low: 120), master: alice.account)))
        #expect(
            market.events == [
                .accountOpened(
                    AccountOpened(
                        account: AccountID(21), identity: UniqueID(high: 9, low: 120),
                        user: alice.account, isNew: false))
            ])
        market.configureVenue { $0.maximumSubaccounts = 21 }
        #expect(open(of: alice) == nil)
        #expect(open(of: alice) == .failedToProcess)
        market.configureVenue { $0.maximumSubaccounts = 1 }
        #expect(open(of: bob) == .failedToProcess)
        market.configureVenue { $0.maximumSubaccounts = 0 }
        let carol = market.trader("10")
        #expect(open(of: carol) == .failedToProcess)
        #expect(carol.balance.deposits == Money(10))
    }

    @Test(
        "Rewards come out of the house's fees and are deposits of their own kind",
        arguments: Implementation.allCases)
    func rewards(_ implementation: Implementation) {
        let market = Market(implementation)
        let (alice, bob) = (market.trader(), market.trader("120"))
        let desk = market.trader("0", of: alice)
        desk.reward("3.25")
        #expect(market.events == [balance(desk, "3.25")])
        #expect(desk.balance.rewards == decimal("3.25"))
        #expect(desk.balance.deposits == decimal("3.25"))
        #expect(desk.balance.fees == .zero)
        #expect(desk.balance.realisedPnL == .zero)
        desk.transfer("3.25", to: alice)
        #expect(desk.balance.rewards == decimal("3.25"))
        #expect(desk.balance.deposits == .zero)
        #expect(alice.balance.rewards == .zero)
        // A reward can be what saves an account.
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        market.index("94")
        bob.reward("3")
        #expect(
            market.events == [
                balance(bob, "123"),
                .liquidationChanged(
                    LiquidationChanged(account: bob.account, isInLiquidation: false)),
            ])
        market.audit()
    }

    @Test("Rewards are bounded like deposits", arguments: Implementation.allCases)
    func refusedRewards(_ implementation: Implementation) {
        let market = Market(implementation)
        let alice = market.trader("0")
        func reward(_ account: AccountID, _ amount: Money) -> Command {
            .creditReward(Deposit(account: account, amount: amount))
        }
        for amount in impossible + [Limits.maximumDeposit + Money(units: 1)] {
            market.expectRefusal(reward(alice.account, amount), .failedToProcess)
        }
        market.expectRefusal(reward(AccountID(1), Money(1)), .failedToProcess)
        for _ in 0..<10 {
            market.send(reward(alice.account, Limits.maximumDeposit))
            #expect(market.refusal == nil)
        }
        market.expectRefusal(reward(alice.account, Money(units: 1)), .failedToProcess)
        #expect(alice.balance.rewards == Limits.maximumCash)
        market.audit()
    }

    @Test("The reserve fund takes possible amounts", arguments: Implementation.allCases)
    func fundReserve(_ implementation: Implementation) {
        let market = Market(implementation)
        for amount in impossible + [Limits.maximumDeposit + Money(units: 1)] {
            market.expectRefusal(.fundReserve(amount), .failedToProcess)
        }
        market.send(.fundReserve(Money(units: 1)))
        #expect(market.events == [.reserveChanged(Money(units: 1))])
        market.send(.fundReserve(Limits.maximumDeposit))
        #expect(market.events == [.reserveChanged(decimal("1000000000.00000001"))])
        market.audit()
    }
}
