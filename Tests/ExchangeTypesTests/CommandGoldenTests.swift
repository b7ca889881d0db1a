import ExchangeTypes
import Testing

/// The bytes of a command never change their meaning: these were in logs once.
@Suite struct CommandGoldenTests {
    /// An instant in 2027.
    private static let instant = Timestamp(nanoseconds: 1_800_000_000_000_000_000)

    private static func instrument() throws -> Instrument {
        Instrument(
            id: InstrumentID(3), symbol: try #require(Symbol("NVDA-USD")), category: .equity,
            status: .inactive, tickSize: Decimal8(units: 1_000_000),
            lotSize: Decimal8(units: 100_000), minimumQuantity: Quantity(lots: 100),
            maximumQuantity: Quantity(lots: 50_000), maximumLeverage: 10,
            makerFee: Rate(tenthBasisPoints: -50), takerFee: Rate(tenthBasisPoints: 100),
            bandWidth: Rate(percent: 5), maximumNotional: Money(4_000), minimumNotional: Money(10))
    }

    /// The same, with risk parameters that tell their places.
    private static func numbered() throws -> Instrument {
        var instrument = try instrument()
        instrument.risk.closedBandWidth = Rate(units: 1)
        instrument.risk.isActiveOvernight = false
        instrument.risk.overnightShare = Rate(units: 2)
        instrument.risk.weekendShare = Rate(units: 3)
        instrument.risk.openInterestCap = Money(units: 4)
        instrument.risk.impactNotional = Money(units: 5)
        instrument.risk.liquidationSpread = Rate(units: 6)
        instrument.risk.liquidationLimit = Money(units: 7)
        instrument.risk.providerFee = Rate(units: 8)
        return instrument
    }

    private static let instrumentBytes =
        "03000000084e5644412d555344000140420f0000000000a086010000000000640000000000000050c3000000"
        + "0000000a00009b32e2ffffffff00ca9a3b0000000000743ba40b00000000a0db215d00000000ca9a3b00000000"

    private static func order() throws -> PlaceOrder {
        PlaceOrder(
            account: AccountID(7), instrument: .known(InstrumentID(3)), side: .sell,
            type: .addLiquidityOnly, timeInForce: .goodTillCancelled,
            quantity: WireDecimal(significand: 15, exponent: -1),
            price: WireDecimal(significand: 23_038, exponent: -2),
            clientOrderID: try #require(ClientOrderID("a1")))
    }

    /// The order above, without its tag and without what later forms add.
    private static let orderBytes =
        "0700000000030000000103000f00000000000000fffffe59000000000000feff026131"

    /// Commands and their bytes in hexadecimal.
    private static func samples() throws -> [(Command, String)] {
        let (account, contract) = (AccountID(7), InstrumentID(3))
        let deposit = Deposit(account: account, amount: Money(5))
        let unknown = InstrumentReference.unknown(try #require(Symbol("NOPE")))
        let level = WireDecimal(significand: 25, exponent: -1)
        let user = UniqueID(high: 1, low: 2)
        return [
            (
                .configureInstrument(try numbered()),
                "09" + instrumentBytes
                    + "01000000000000000002000000000000000300000000000000040000000000000005000000"
                    + "00000000060000000000000007000000000000000800000000000000"
            ),
            (
                .placeOrder(try order()),
                "16" + Self.orderBytes + "000000000000000000000000000000000000000000"
            ),
            (
                .setUserStatus(
                    SetUserStatus(
                        user: account, isIdentityCheckMissing: true, areTermsMissing: false)),
                "1d0700000001"
            ),
            (.disturb(.note(try #require(InlineText("a1")))), "1e00026131"),
            (.disturb(.cutConnections(CutConnections(endpoints: .both))), "1e010300"),
            (
                .disturb(.limitRate(LimitRate(user: user, nanoseconds: 5))),
                "1e0201010000000000000002000000000000000500000000000000"
            ),
            (
                .disturb(
                    .delayAnswers(
                        DelayAnswers(
                            endpoints: .trade, user: user, byNanoseconds: 6, nanoseconds: 5))),
                "1e030201010000000000000002000000000000000600000000000000"
                    + "0500000000000000"
            ),
            (
                .cancelTWAP(
                    CancelTWAP(
                        account: account, instrument: .known(contract),
                        twap: .twapID(TWAPID(9)))),
                "1c070000000003000000000900000000000000"
            ),
            (
                .cancelStopOrder(
                    CancelStopOrder(account: account, order: .orderID(OrderID(9)))),
                "1a07000000000900000000000000"
            ),
            (
                .closePosition(
                    ClosePosition(account: account, instrument: .known(contract))),
                "1807000000000300000000"
            ),
            (
                .updateIndexPrice(
                    UpdateIndexPrice(
                        instrument: contract, price: ReferencePrice(units: 23_038_000_000),
                        leg: .next, observedAt: instant)),
                "0a0300000080fb2b5d0500000001010000b49376e2fa18"
            ),
            (
                .updateIndexPrice(
                    UpdateIndexPrice(
                        instrument: contract, price: ReferencePrice(units: 23_038_000_000))),
                "0a0300000080fb2b5d050000000000"
            ),
            (
                .configureVenue(VenueParameters()),
                "0be803000014000000000014bbf08ac6020a0000000a00000000e1f50500000000050000000065cd1d"
                    + "0000000000e8764817000000c1f68d1000000000030000000000000000000300e40b540200000080841e0000000000809698000000000080"
                    + "f0fa020000000080b2e60e000000005a0000000000000050000000000000004100000000000000"
                    + "3200000000000000"
            ),
            (
                .withdraw(Withdraw(account: account, amount: Money(5))),
                "0c070000000065cd1d00000000"
            ),
            (
                .transfer(Transfer(source: account, target: AccountID(8), amount: Money(5))),
                "0d07000000080000000065cd1d00000000"
            ),
            (.creditReward(deposit), "0e070000000065cd1d00000000"),
            (.fundReserve(Money(5)), "0f0065cd1d00000000"),
            (
                .setProvider(
                    SetProvider(
                        account: account, instrument: contract, maximumNotional: Money(5))),
                "1007000000030000000065cd1d00000000"
            ),
            (
                .composeOracle(
                    ComposeOracle(
                        instrument: contract, frontWeight: Rate(percent: 70),
                        ratio: Rate(units: 992_782_966_495))),
                "1103000000005840fba2000000dfde7926e7000000"
            ),
            (
                .scheduleSession(
                    ScheduleSession(instrument: contract, session: .weekend, startsAt: instant)),
                "1203000000050000b49376e2fa18"
            ),
            (.advanceTime, "13"),
            (
                .splitInstrument(
                    SplitInstrument(instrument: contract, numerator: 10, denominator: 1)),
                "14030000000a00000001000000"
            ),
            (
                .setLeverage(
                    SetLeverage(account: account, instrument: .known(contract), leverage: level)),
                "150700000000030000001900000000000000ffff"
            ),
            (
                .setLeverage(SetLeverage(account: account, instrument: unknown, leverage: level)),
                "150700000001044e4f50451900000000000000ffff"
            ),
        ]
    }

    @Test("What is written and read has these bytes")
    func forms() throws {
        for (command, text) in try Self.samples() {
            var writer = ByteWriter()
            CommandCodec.encode(command, to: &writer)
            #expect(hexadecimal(writer.bytes) == text)
            #expect(try CommandCodec.decode(bytes(text)[...]) == command)
        }
    }

    @Test("A contract of the first form has the risk parameters of a single stock")
    func firstContracts() throws {
        let written = bytes("01" + Self.instrumentBytes)
        #expect(
            try CommandCodec.decode(written[...]) == .configureInstrument(Self.instrument()))
    }

    @Test("A price of the first form is of the front leg and has no time")
    func firstPrices() throws {
        let written = bytes("040300000080fb2b5d05000000")
        let update = UpdateIndexPrice(
            instrument: InstrumentID(3), price: ReferencePrice(units: 23_038_000_000),
            leg: .front, observedAt: nil)
        #expect(try CommandCodec.decode(written[...]) == .updateIndexPrice(update))
    }

    @Test("An order of the first form may open positions and has no legs")
    func firstOrders() throws {
        let written = bytes("05" + Self.orderBytes)
        #expect(try CommandCodec.decode(written[...]) == .placeOrder(Self.order()))
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private func bytes(_ text: String) -> [UInt8] {
        let digits = text.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }
}
