import ExchangeTypes
import Testing

/// The log is the exchange: what was written must be what is read, and garbage must say so.
@Suite struct CommandCodecTests {
    @Test("Commands come back from their bytes")
    func roundTrip() throws {
        var random = Noise(seed: 1)
        for _ in 0..<20_000 {
            let command = command(&random)
            let bytes = encode(command)
            #expect(try CommandCodec.decode(bytes[...]) == command)
        }
    }

    @Test("Every part of a command's bytes is too short, and every byte more too long")
    func truncation() {
        var random = Noise(seed: 2)
        for _ in 0..<300 {
            let bytes = encode(command(&random))
            for count in 0..<bytes.count {
                #expect(throws: CodecError.self) { try CommandCodec.decode(bytes[..<count]) }
            }
            #expect(throws: CodecError.trailingBytes(1)) {
                try CommandCodec.decode((bytes + [0])[...])
            }
        }
    }

    @Test("Any changed byte gives an error or a command of the same bytes")
    func garbage() {
        var random = Noise(seed: 3)
        for _ in 0..<400 {
            var bytes = encode(command(&random))
            for place in bytes.indices {
                let old = bytes[place]
                bytes[place] = UInt8(truncatingIfNeeded: random.next())
                if let command = try? CommandCodec.decode(bytes[...]) {
                    #expect(encode(command) == bytes)
                }
                bytes[place] = old
            }
        }
    }

    @Test("Random bytes never do worse than an error")
    func randomBytes() {
        var random = Noise(seed: 4)
        for _ in 0..<50_000 {
            var bytes = (0..<Int(random.next() % 120)).map { _ in
                UInt8(truncatingIfNeeded: random.next())
            }
            if !bytes.isEmpty { bytes[0] = UInt8(random.next() % 10) }
            if let command = try? CommandCodec.decode(bytes[...]) {
                #expect(encode(command) == bytes)
            }
        }
    }

    @Test("The bytes of a command never change their meaning")
    func golden() throws {
        let name = try #require(ClientOrderID("a1"))
        let order = Command.placeOrder(
            PlaceOrder(
                account: AccountID(7), instrument: .known(InstrumentID(3)), side: .sell,
                type: .addLiquidityOnly, timeInForce: .goodTillCancelled,
                quantity: WireDecimal(significand: 15, exponent: -1),
                price: WireDecimal(significand: 23_038, exponent: -2), clientOrderID: name))
        let expected: [UInt8] = [
            5, 7, 0, 0, 0, 0, 3, 0, 0, 0, 1, 3, 0,
            15, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff,
            0xfe, 0x59, 0, 0, 0, 0, 0, 0, 0xfe, 0xff, 2, 0x61, 0x31,
        ]
        #expect(encode(order) == expected)
    }

    private func encode(_ command: Command) -> [UInt8] {
        var writer = ByteWriter()
        CommandCodec.encode(command, to: &writer)
        return writer.bytes
    }

    private func command(_ random: inout Noise) -> Command {
        let account = AccountID(UInt32(truncatingIfNeeded: random.next()))
        switch random.next() % 8 {
        case 0: return .configureInstrument(instrument(&random))
        case 1:
            // The highest 32-bit number stands for no master; it is beyond all accounts.
            let master =
                random.next() % 2 == 0
                ? nil : AccountID(UInt32(random.next() % UInt64(UInt32.max)))
            return .openAccount(
                OpenAccount(
                    identity: UniqueID(high: random.next(), low: random.next()), master: master))
        case 2: return .deposit(Deposit(account: account, amount: Money(units: word(&random))))
        case 3:
            return .updateIndexPrice(
                UpdateIndexPrice(
                    instrument: InstrumentID(UInt32(truncatingIfNeeded: random.next())),
                    price: ReferencePrice(units: word(&random))))
        case 4:
            return .placeOrder(
                PlaceOrder(
                    account: account, instrument: reference(&random),
                    side: element(&random, Side.allCases),
                    type: element(&random, OrderType.allCases),
                    timeInForce: element(&random, TimeInForce.allCases),
                    quantity: decimal(&random), price: decimal(&random),
                    clientOrderID: text(&random)))
        case 5:
            return .modifyOrder(
                ModifyOrder(
                    account: account, instrument: reference(&random), order: order(&random),
                    side: element(&random, Side.allCases),
                    type: element(&random, OrderType.allCases),
                    quantity: random.next() % 2 == 0 ? nil : decimal(&random),
                    price: random.next() % 2 == 0 ? nil : decimal(&random)))
        case 6:
            return .cancelOrder(
                CancelOrder(
                    account: account, instrument: reference(&random), order: order(&random)))
        case _:
            return .cancelAllOrders(
                CancelAllOrders(
                    account: account,
                    instrument: random.next() % 2 == 0 ? nil : reference(&random)))
        }
    }

    private func instrument(_ random: inout Noise) -> Instrument {
        Instrument(
            id: InstrumentID(UInt32(truncatingIfNeeded: random.next())), symbol: text(&random),
            category: element(&random, ProductCategory.allCases),
            status: element(&random, InstrumentStatus.allCases),
            tickSize: Decimal8(units: word(&random)), lotSize: Decimal8(units: word(&random)),
            minimumQuantity: Quantity(lots: word(&random)),
            maximumQuantity: Quantity(lots: word(&random)),
            maximumLeverage: UInt16(truncatingIfNeeded: random.next()),
            makerFee: Rate(units: word(&random)), takerFee: Rate(units: word(&random)),
            bandWidth: Rate(units: word(&random)), maximumNotional: Money(units: word(&random)),
            minimumNotional: Money(units: word(&random)))
    }

    private func reference(_ random: inout Noise) -> InstrumentReference {
        random.next() % 2 == 0
            ? .known(InstrumentID(UInt32(truncatingIfNeeded: random.next())))
            : .unknown(text(&random))
    }

    private func order(_ random: inout Noise) -> OrderReference {
        switch random.next() % 3 {
        case 0: .orderID(OrderID(random.next()))
        case 1: .clientOrderID(text(&random))
        case _: .unrecognised(text(&random))
        }
    }

    private func decimal(_ random: inout Noise) -> WireDecimal {
        WireDecimal(
            significand: word(&random), exponent: Int16(truncatingIfNeeded: random.next()))
    }

    private func word(_ random: inout Noise) -> Int64 {
        Int64(bitPattern: random.next()) >> Int64(random.next() % 64)
    }

    private func text(_ random: inout Noise) -> InlineText {
        let bytes = (0..<Int(random.next() % 65)).map { _ in
            UInt8(truncatingIfNeeded: random.next())
        }
        return InlineText(utf8: bytes) ?? InlineText()
    }

    private func element<Element>(_ random: inout Noise, _ elements: [Element]) -> Element {
        elements[Int(random.next() % UInt64(elements.count))]
    }
}
