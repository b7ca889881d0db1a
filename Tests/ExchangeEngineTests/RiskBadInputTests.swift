import ExchangeTesting
import ExchangeTypes
import Testing

/// What no client or operator should send: each is refused for the documented reason, and leaves nothing
/// behind. Commands of one second, so that no passing time can hide a change.
@Suite struct RiskBadInputTests {
    /// A contract that trades, one that is halted, one that ended, and one without prices; accounts with
    /// positions and orders, a subaccount, a provider, a reserve fund.
    private func populated(_ implementation: Implementation) -> Market {
        let market = Market(implementation)
        for (symbol, index) in [("HALT-USD", "100"), ("GONE-USD", "100"), ("MUTE-USD", nil)] {
            var instrument = Market.plain
            instrument.symbol = text(symbol)
            market.list(instrument, index: index)
        }
        market.reconfigure(1) { $0.status = .inactive }
        market.reconfigure(2) { $0.status = .delisted }
        let (alice, bob) = (market.trader(), market.trader())
        let desk = market.trader("1000", of: alice)
        alice.sell("10", at: "100")
        bob.buy("10", at: "100")
        alice.buy("1", at: "99", name: "resting")
        desk.sell("1", at: "101")
        market.send(.fundReserve(Money(1_000)))
        market.send(
            .setProvider(
                SetProvider(
                    account: bob.account, instrument: InstrumentID(0),
                    maximumNotional: Money(1_000))))
        market.send(
            .updateIndexPrice(
                UpdateIndexPrice(
                    instrument: InstrumentID(0), price: decimal("100"),
                    observedAt: Timestamp(nanoseconds: 500))))
        // From here on no mark is left to compute.
        market.wait(seconds: 1)
        return market
    }

    private let strangers = [AccountID(3), AccountID(.max)]
    private let unknown = [InstrumentID(4), InstrumentID(.max)]

    private func order(_ account: AccountID, _ instrument: InstrumentReference) -> PlaceOrder {
        PlaceOrder(
            account: account, instrument: instrument, side: .buy, type: .limit,
            timeInForce: .goodTillCancelled, quantity: wire("1"), price: wire("99"),
            clientOrderID: text("mine"))
    }

    private func change(_ account: AccountID, _ instrument: InstrumentReference) -> ModifyOrder {
        ModifyOrder(
            account: account, instrument: instrument, order: .clientOrderID(text("resting")),
            side: .buy, type: .limit, quantity: wire("2"), price: nil)
    }

    @Test("An unknown account, in every command", arguments: Implementation.allCases)
    func unknownAccounts(_ implementation: Implementation) {
        let market = populated(implementation)
        let first = InstrumentReference.known(InstrumentID(0))
        for account in strangers {
            let commands: [Command] = [
                .openAccount(
                    OpenAccount(identity: UniqueID(high: 5, low: 5), master: account)),
                .deposit(Deposit(account: account, amount: Money(1))),
                .creditReward(Deposit(account: account, amount: Money(1))),
                .withdraw(Withdraw(account: account, amount: Money(1))),
                .setProvider(
                    SetProvider(
                        account: account, instrument: InstrumentID(0), maximumNotional: Money(1))),
                .setProvider(
                    SetProvider(
                        account: account, instrument: InstrumentID(0), maximumNotional: .zero)),
                .setLeverage(
                    SetLeverage(account: account, instrument: first, leverage: wire("2"))),
                .placeOrder(order(account, first)),
                .modifyOrder(change(account, first)),
                .cancelOrder(
                    CancelOrder(
                        account: account, instrument: first,
                        order: .clientOrderID(text("resting")))),
                .cancelAllOrders(CancelAllOrders(account: account)),
            ]
            for command in commands { market.expectRefusal(command, .failedToProcess) }
            for (source, target) in [(account, AccountID(0)), (AccountID(0), account)] {
                market.expectRefusal(
                    .transfer(Transfer(source: source, target: target, amount: Money(1))),
                    .foreignAccount)
            }
        }
        market.audit()
    }

    @Test("An unknown contract, in every command", arguments: Implementation.allCases)
    func unknownContracts(_ implementation: Implementation) {
        let market = populated(implementation)
        let alice = AccountID(0)
        for id in unknown {
            var far = Market.plain
            far.id = InstrumentID(id.index == .max ? .max : id.index + 1)
            far.symbol = text("FAR-USD")
            let commands: [Command] = [
                .configureInstrument(far),
                .updateIndexPrice(UpdateIndexPrice(instrument: id, price: decimal("100"))),
                .composeOracle(ComposeOracle(instrument: id)),
                .scheduleSession(
                    ScheduleSession(instrument: id, session: .weekend, startsAt: .zero)),
                .splitInstrument(
                    SplitInstrument(instrument: id, numerator: 2, denominator: 1)),
                .setProvider(
                    SetProvider(account: alice, instrument: id, maximumNotional: Money(1))),
            ]
            for command in commands { market.expectRefusal(command, .failedToProcess) }
        }
        let names = unknown.map(InstrumentReference.known) + [.unknown(text("NOPE-USD"))]
        for name in names {
            market.expectRefusal(
                .setLeverage(
                    SetLeverage(account: alice, instrument: name, leverage: wire("2"))),
                .unknownSymbol)
            market.expectRefusal(
                .cancelAllOrders(CancelAllOrders(account: alice, instrument: name)),
                .unknownSymbol)
            expectRejection(market, order(alice, name), .unknownSymbol)
            expectRejection(market, change(alice, name), .unknownSymbol)
            let hash = market.exchange.stateHash()
            let cancel = CancelOrder(
                account: alice, instrument: name, order: .clientOrderID(text("resting")))
            market.send(.cancelOrder(cancel))
            #expect(market.events == [.cancelRejected(cancel, .unknownSymbol)])
            #expect(market.exchange.stateHash() == hash)
        }
        market.audit()
    }

    /// Everything of an exchange that can be asked about some accounts.
    private func reports(_ market: Market) -> [Report] {
        (0..<4 as Range<UInt32>).map(AccountID.init).flatMap { account in
            [
                Query.balance(account), .positions(account), .leverages(account), .fees(account),
                .openOrders(account, instrument: nil),
            ].map(market.exchange.report)
        }
    }

    /// An order that is refused uses a number up, so the state differs in that; nothing else may.
    private func expectRejection(
        _ market: Market, _ order: PlaceOrder, _ reason: RejectReason,
        _ location: SourceLocation = #_sourceLocation
    ) {
        let before = reports(market)
        market.send(.placeOrder(order))
        #expect(
            market.events == [.orderRejected(OrderRejected(order: order, reason: reason))],
            "\(order)", sourceLocation: location)
        #expect(reports(market) == before, "\(order)", sourceLocation: location)
    }

    private func expectRejection(
        _ market: Market, _ request: ModifyOrder, _ reason: RejectReason,
        _ location: SourceLocation = #_sourceLocation
    ) {
        let hash = market.exchange.stateHash()
        market.send(.modifyOrder(request))
        #expect(market.refusal == reason, "\(request)", sourceLocation: location)
        #expect(market.events.count == 1, sourceLocation: location)
        #expect(market.exchange.stateHash() == hash, "\(request)", sourceLocation: location)
    }

    // MARK: Numbers

    /// What is wrong with a quantity or a price, for a contract at 100.
    private let quantities: [(String, RejectReason)] = [
        ("0", .quantityTooSmall), ("-0", .quantityTooSmall), ("-1", .quantityTooSmall),
        ("-1e300", .quantityTooSmall), ("0.0005", .quantityPrecision),
        ("1e-300", .quantityPrecision), ("1.0000001", .quantityPrecision),
        ("10000000.001", .quantityTooLarge), ("1e9", .quantityTooLarge),
        ("1e12", .quantityTooLarge), ("1e13", .quantityTooLarge), ("1e300", .quantityTooLarge),
        ("9223372036854775807", .quantityTooLarge), ("92233720368.54775807", .quantityPrecision),
        ("18446744073709551616", .quantityTooLarge), ("1e7", .maximumNotional),
    ]
    private let prices: [(String, RejectReason)] = [
        ("0", .priceTooLow), ("-1", .priceTooLow), ("-1e300", .priceTooLow),
        ("0.005", .pricePrecision), ("1e-300", .pricePrecision), ("99.0000001", .pricePrecision),
        ("105.01", .priceTooHigh), ("1000.01", .priceTooHigh), ("1342177.29", .priceTooHigh),
        ("1e12", .priceTooHigh), ("1e13", .priceTooHigh), ("1e300", .priceTooHigh),
        ("9223372036854775807", .priceTooHigh), ("18446744073709551616", .priceTooHigh),
    ]

    @Test(
        "Quantities and prices that overflow, of new orders and of changed ones",
        arguments: Implementation.allCases)
    func numbers(_ implementation: Implementation) {
        let market = populated(implementation)
        let first = InstrumentReference.known(InstrumentID(0))
        let alice = AccountID(0)
        for (number, reason) in quantities {
            for type in [OrderType.limit, .addLiquidityOnly] {
                var bad = order(alice, first)
                bad.type = type
                bad.quantity = wire(number)
                expectRejection(market, bad, reason)
            }
            var bad = order(alice, first)
            (bad.type, bad.timeInForce) = (.market, .immediateOrCancel)
            for side in Side.allCases {
                bad.side = side
                bad.quantity = wire(number)
                expectRejection(market, bad, reason)
            }
            var worse = change(alice, first)
            worse.quantity = wire(number)
            expectRejection(market, worse, reason)
        }
        for (number, reason) in prices {
            var bad = order(alice, first)
            bad.price = wire(number)
            expectRejection(market, bad, reason)
            var worse = change(alice, first)
            (worse.quantity, worse.price) = (nil, wire(number))
            expectRejection(market, worse, reason)
            // The quantity is looked at first.
            for (count, first) in quantities where first != .maximumNotional {
                bad.quantity = wire(count)
                expectRejection(market, bad, first)
                worse.quantity = wire(count)
                expectRejection(market, worse, first)
            }
        }
        market.audit()
    }

    @Test(
        "The highest price, size, leverage and limits together: whatever is sent, nothing overflows",
        arguments: Implementation.allCases,
        [
            // Tick, lot, index: the largest of each that go together.
            (Decimal8(1_000_000), Decimal8(units: 1), "100000000"),
            (Decimal8(1_000_000), Decimal8(1_000_000), "100000000"),
            (Decimal8(units: 1), Decimal8(1_000_000), "0.00000001"),
            (Decimal8(units: 1), Decimal8(1), "1.34217728"),
            (Decimal8(1), Decimal8(units: 1_000), "100000000"),
        ])
    func widest(_ implementation: Implementation, _ grid: (Decimal8, Decimal8, String)) {
        var widest = Market.plain
        (widest.tickSize, widest.lotSize) = (grid.0, grid.1)
        let most =
            Int128(Limits.maximumWholeQuantity) * Int128(unitsPerOne) / Int128(grid.1.units)
        widest.maximumQuantity = Quantity(
            lots: Int64(min(Int128(Limits.maximumQuantityLots), most)))
        widest.maximumNotional = Limits.maximumPositionNotional
        widest.minimumNotional = .zero
        widest.maximumLeverage = .max
        widest.makerFee = Rate(units: -99_999_999_999)
        widest.takerFee = Rate(units: 99_999_999_999)
        widest.bandWidth = Rate(units: 999_999_999_999)
        widest.risk.closedBandWidth = widest.bandWidth
        widest.risk.liquidationSpread = widest.bandWidth
        widest.risk.providerFee = widest.bandWidth
        widest.risk.openInterestCap = Limits.maximumOpenInterest
        widest.risk.liquidationLimit = Limits.maximumOpenInterest
        widest.risk.impactNotional = Limits.maximumImpactNotional
        let market = Market(implementation, widest, index: grid.2)
        #expect(market.prices()?.oracle == decimal(grid.2))
        market.configureVenue {
            $0.totalOpenInterestCap = Limits.maximumOpenInterest
            $0.internalOracleGain = Rate(percent: 100)
            ($0.fundingClamp, $0.fundingCap) = (.zero, Rate(percent: 100))
        }
        let traders = [market.trader("1000000000"), market.trader("1000000000")]
        for trader in traders { for _ in 1..<10 { trader.deposit("1000000000") } }
        let numbers = [
            "1e-8", "0.00001", "1", "99", "1000000", "99999999", "100000000", "199999999",
            "1000000000", "999999999999", "1e12", "1e13", "9223372036854775807", "1e300",
        ]
        for (place, quantity) in numbers.enumerated() {
            for price in numbers {
                for (trader, side) in zip(traders, [Side.buy, .sell]) {
                    trader.place(
                        PlaceOrder(
                            account: trader.account, instrument: .known(InstrumentID(0)),
                            side: side, type: .limit, timeInForce: .goodTillCancelled,
                            quantity: wire(quantity), price: wire(price)))
                    if let order = trader.orders.first {
                        trader.modify(order.id, side, quantity: quantity, price: numbers[place])
                        trader.modify(order.id, side, quantity: price, price: quantity)
                    }
                }
            }
            for trader in traders {
                trader.buyAtMarket(quantity)
                trader.sellAtMarket(quantity)
                trader.expectIdentities()
            }
            market.wait(seconds: 7)
            market.audit()
        }
        market.wait(untilSecond: 3_600)
        market.audit()
    }
}
