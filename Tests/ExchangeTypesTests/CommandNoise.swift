import ExchangeTypes

/// Commands of all kinds with any content.
extension Noise {
    mutating func command() -> Command {
        switch next() % 26 {
        case 0: .configureInstrument(instrument())
        case 1:
            .openAccount(
                OpenAccount(
                    identity: UniqueID(high: next(), low: next()),
                    master: coin() ? nil : account()))
        case 2: .deposit(Deposit(account: account(), amount: money()))
        case 3:
            .updateIndexPrice(
                UpdateIndexPrice(
                    instrument: contract(), price: ReferencePrice(units: word()),
                    leg: element([.front, .next]),
                    observedAt: coin() ? nil : Timestamp(nanoseconds: word())))
        case 4: .placeOrder(placeOrder())
        case 5: .modifyOrder(modifyOrder())
        case 6:
            .cancelOrder(
                CancelOrder(account: account(), instrument: reference(), order: order()))
        case 7:
            .cancelAllOrders(
                CancelAllOrders(account: account(), instrument: coin() ? nil : reference()))
        case 8: .configureVenue(venue())
        case 9: .withdraw(Withdraw(account: account(), amount: money()))
        case 10: .transfer(Transfer(source: account(), target: account(), amount: money()))
        case 11: .creditReward(Deposit(account: account(), amount: money()))
        case 12: .fundReserve(money())
        case 13:
            .setProvider(
                SetProvider(account: account(), instrument: contract(), maximumNotional: money()))
        case 14:
            .composeOracle(
                ComposeOracle(instrument: contract(), frontWeight: rate(), ratio: rate()))
        case 15:
            .scheduleSession(
                ScheduleSession(
                    instrument: contract(), session: element(MarketSession.allCases),
                    startsAt: Timestamp(nanoseconds: word())))
        case 16: .advanceTime
        case 17:
            .splitInstrument(
                SplitInstrument(instrument: contract(), numerator: half(), denominator: half()))
        case 18:
            .setLeverage(
                SetLeverage(account: account(), instrument: reference(), leverage: decimal()))
        case 19:
            .closePosition(
                ClosePosition(account: account(), instrument: reference(), clientOrderID: text()))
        case 20: .modifyStopOrder(modifyStopOrder())
        case 21: .cancelStopOrder(CancelStopOrder(account: account(), order: order()))
        case 22: .placeTWAP(placeTWAP())
        case 23:
            .cancelTWAP(
                CancelTWAP(account: account(), instrument: reference(), twap: twap()))
        case 24: .disturb(disturbance())
        case _:
            .setUserStatus(
                SetUserStatus(
                    user: account(), isIdentityCheckMissing: coin(), areTermsMissing: coin()))
        }
    }

    private mutating func disturbance() -> Disturbance {
        let user = coin() ? nil : UniqueID(high: next(), low: next())
        let endpoints = element(DisturbedEndpoints.allCases)
        return switch next() % 4 {
        case 0: .note(text())
        case 1: .cutConnections(CutConnections(endpoints: endpoints, user: user))
        case 2: .limitRate(LimitRate(user: user, nanoseconds: word()))
        case _:
            .delayAnswers(
                DelayAnswers(
                    endpoints: endpoints, user: user, byNanoseconds: word(), nanoseconds: word()))
        }
    }

    private mutating func modifyStopOrder() -> ModifyStopOrder {
        ModifyStopOrder(
            account: account(), instrument: reference(), order: order(), price: decimal(),
            quantity: decimal(), side: coin() ? nil : element(Side.allCases),
            type: coin() ? nil : element(OrderType.allCases))
    }

    private mutating func placeTWAP() -> PlaceTWAP {
        PlaceTWAP(
            account: account(), instrument: reference(), side: element(Side.allCases),
            totalQuantity: decimal(), orderCount: word(), intervalSeconds: word(),
            isReduceOnly: coin(), clientTWAPID: text(),
            startsAt: coin() ? nil : Timestamp(nanoseconds: word()), worstPrice: decimal())
    }

    private mutating func twap() -> TWAPReference {
        switch next() % 3 {
        case 0: .twapID(TWAPID(next()))
        case 1: .clientTWAPID(text())
        case _: .unrecognised(text())
        }
    }

    private mutating func placeOrder() -> PlaceOrder {
        PlaceOrder(
            account: account(), instrument: reference(), side: element(Side.allCases),
            type: element(OrderType.allCases), timeInForce: element(TimeInForce.allCases),
            quantity: decimal(), price: decimal(), clientOrderID: text(), isReduceOnly: coin(),
            takeProfit: decimal(), stopLoss: decimal())
    }

    private mutating func modifyOrder() -> ModifyOrder {
        ModifyOrder(
            account: account(), instrument: reference(), order: order(),
            side: element(Side.allCases), type: element(OrderType.allCases),
            quantity: coin() ? nil : decimal(), price: coin() ? nil : decimal(),
            takeProfit: coin() ? nil : decimal(), stopLoss: coin() ? nil : decimal(),
            isReduceOnly: coin() ? nil : coin())
    }

    private mutating func instrument() -> Instrument {
        Instrument(
            id: contract(), symbol: text(), category: element(ProductCategory.allCases),
            status: element(InstrumentStatus.allCases), tickSize: Decimal8(units: word()),
            lotSize: Decimal8(units: word()), minimumQuantity: Quantity(lots: word()),
            maximumQuantity: Quantity(lots: word()),
            maximumLeverage: UInt16(truncatingIfNeeded: next()), makerFee: rate(),
            takerFee: rate(), bandWidth: rate(), maximumNotional: money(),
            minimumNotional: money(), risk: risk())
    }

    private mutating func risk() -> RiskParameters {
        var risk = RiskParameters()
        risk.closedBandWidth = rate()
        risk.isActiveOvernight = coin()
        risk.overnightShare = rate()
        risk.weekendShare = rate()
        risk.openInterestCap = money()
        risk.impactNotional = money()
        risk.liquidationSpread = rate()
        risk.liquidationLimit = money()
        risk.providerFee = rate()
        return risk
    }

    private mutating func venue() -> VenueParameters {
        var venue = VenueParameters()
        venue.maximumOpenOrders = half()
        venue.maximumSubaccounts = half()
        venue.totalOpenInterestCap = money()
        venue.staleSeconds = half()
        venue.refusedPricesBeforeTaken = half()
        venue.markIntervalNanoseconds = word()
        venue.premiumIntervalSeconds = half()
        venue.fundingClamp = rate()
        venue.fundingCap = rate()
        venue.internalOracleGain = rate()
        venue.closeOutDivisor = UInt16(truncatingIfNeeded: next())
        venue.speedBumpNanoseconds = word()
        venue.isLimitBumped = coin()
        venue.isPostOnlyBumped = coin()
        venue.closePositionSpread = rate()
        for place in 0..<4 {
            venue.fees.thresholds[place] = word()
            venue.fees.percentages[place] = word()
        }
        return venue
    }

    private mutating func reference() -> InstrumentReference {
        coin() ? .known(contract()) : .unknown(text())
    }

    private mutating func order() -> OrderReference {
        switch next() % 3 {
        case 0: .orderID(OrderID(next()))
        case 1: .clientOrderID(text())
        case _: .unrecognised(text())
        }
    }
}
