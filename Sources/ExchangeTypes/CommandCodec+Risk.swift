/// The commands that risk management added, from tag 11 on. **Source** as `CommandCodec`.
extension CommandCodec {
    static func encodeRisk(_ command: Command, to writer: inout ByteWriter) {
        switch command {
        case .configureVenue(let venue):
            writer.write(UInt8(11))
            encode(venue, to: &writer)
        case .withdraw(let withdraw):
            writer.write(UInt8(12))
            writer.write(withdraw.account.index)
            writer.write(withdraw.amount.units)
        case .transfer(let transfer):
            writer.write(UInt8(13))
            writer.write(transfer.source.index)
            writer.write(transfer.target.index)
            writer.write(transfer.amount.units)
        case .creditReward(let reward):
            writer.write(UInt8(14))
            writer.write(reward.account.index)
            writer.write(reward.amount.units)
        case .fundReserve(let amount):
            writer.write(UInt8(15))
            writer.write(amount.units)
        case .setProvider(let provider):
            writer.write(UInt8(16))
            writer.write(provider.account.index)
            writer.write(provider.instrument.index)
            writer.write(provider.maximumNotional.units)
        case .composeOracle(let oracle):
            writer.write(UInt8(17))
            writer.write(oracle.instrument.index)
            writer.write(oracle.frontWeight.units)
            writer.write(oracle.ratio.units)
        case .scheduleSession(let schedule):
            writer.write(UInt8(18))
            writer.write(schedule.instrument.index)
            writer.write(schedule.session.rawValue)
            writer.write(schedule.startsAt.nanoseconds)
        case .advanceTime:
            writer.write(UInt8(19))
        case .splitInstrument(let split):
            writer.write(UInt8(20))
            writer.write(split.instrument.index)
            writer.write(split.numerator)
            writer.write(split.denominator)
        case .setLeverage(let request):
            writer.write(UInt8(21))
            writer.write(request.account.index)
            encode(request.instrument, to: &writer)
            writer.write(request.leverage)
        case .configureInstrument, .openAccount, .deposit, .updateIndexPrice, .placeOrder,
            .modifyOrder, .cancelOrder, .cancelAllOrders, .closePosition, .modifyStopOrder,
            .cancelStopOrder, .placeTWAP, .cancelTWAP, .setUserStatus,
            .disturb:
            preconditionFailure("CommandCodec.encode writes this elsewhere")
        }
    }

    static func decodeRisk(
        _ tag: UInt8, _ reader: inout ByteReader
    ) throws(CodecError) -> Command {
        switch tag {
        case 11: return .configureVenue(try decodeVenue(&reader))
        case 12:
            return .withdraw(
                Withdraw(
                    account: AccountID(try reader.read()), amount: Money(units: try reader.read())))
        case 13:
            return .transfer(
                Transfer(
                    source: AccountID(try reader.read()), target: AccountID(try reader.read()),
                    amount: Money(units: try reader.read())))
        case 14:
            return .creditReward(
                Deposit(
                    account: AccountID(try reader.read()), amount: Money(units: try reader.read())))
        case 15: return .fundReserve(Money(units: try reader.read()))
        case 16:
            return .setProvider(
                SetProvider(
                    account: AccountID(try reader.read()),
                    instrument: InstrumentID(try reader.read()),
                    maximumNotional: Money(units: try reader.read())))
        case 17:
            return .composeOracle(
                ComposeOracle(
                    instrument: InstrumentID(try reader.read()),
                    frontWeight: Rate(units: try reader.read()),
                    ratio: Rate(units: try reader.read())))
        case 18:
            return .scheduleSession(
                ScheduleSession(
                    instrument: InstrumentID(try reader.read()),
                    session: try reader.readCase("session"),
                    startsAt: Timestamp(nanoseconds: try reader.read())))
        case 19: return .advanceTime
        case 20:
            return .splitInstrument(
                SplitInstrument(
                    instrument: InstrumentID(try reader.read()), numerator: try reader.read(),
                    denominator: try reader.read()))
        case 21:
            return .setLeverage(
                SetLeverage(
                    account: AccountID(try reader.read()),
                    instrument: try decodeInstrumentReference(&reader),
                    leverage: try reader.readDecimal()))
        case _: throw .invalidValue(field: "command tag", value: UInt64(tag))
        }
    }

    static func encode(_ risk: RiskParameters, to writer: inout ByteWriter) {
        writer.write(risk.closedBandWidth.units)
        writer.write(UInt8(risk.isActiveOvernight ? 1 : 0))
        writer.write(risk.overnightShare.units)
        writer.write(risk.weekendShare.units)
        writer.write(risk.openInterestCap.units)
        writer.write(risk.impactNotional.units)
        writer.write(risk.liquidationSpread.units)
        writer.write(risk.liquidationLimit.units)
        writer.write(risk.providerFee.units)
    }

    static func decodeRiskParameters(
        _ reader: inout ByteReader
    ) throws(CodecError) -> RiskParameters {
        var risk = RiskParameters()
        risk.closedBandWidth = Rate(units: try reader.read())
        risk.isActiveOvernight = try reader.readFlags("active overnight", below: 2) != 0
        risk.overnightShare = Rate(units: try reader.read())
        risk.weekendShare = Rate(units: try reader.read())
        risk.openInterestCap = Money(units: try reader.read())
        risk.impactNotional = Money(units: try reader.read())
        risk.liquidationSpread = Rate(units: try reader.read())
        risk.liquidationLimit = Money(units: try reader.read())
        risk.providerFee = Rate(units: try reader.read())
        return risk
    }

    private static func encode(_ venue: VenueParameters, to writer: inout ByteWriter) {
        writer.write(venue.maximumOpenOrders)
        writer.write(venue.maximumSubaccounts)
        writer.write(venue.totalOpenInterestCap.units)
        writer.write(venue.staleSeconds)
        writer.write(venue.refusedPricesBeforeTaken)
        writer.write(venue.markIntervalNanoseconds)
        writer.write(venue.premiumIntervalSeconds)
        writer.write(venue.fundingClamp.units)
        writer.write(venue.fundingCap.units)
        writer.write(venue.internalOracleGain.units)
        writer.write(venue.closeOutDivisor)
        writer.write(venue.speedBumpNanoseconds)
        writer.write(UInt8(venue.isLimitBumped ? 1 : 0) | UInt8(venue.isPostOnlyBumped ? 2 : 0))
        writer.write(venue.closePositionSpread.units)
        for place in 0..<4 { writer.write(venue.fees.thresholds[place]) }
        for place in 0..<4 { writer.write(venue.fees.percentages[place]) }
    }

    private static func decodeVenue(
        _ reader: inout ByteReader
    ) throws(CodecError) -> VenueParameters {
        var venue = VenueParameters()
        venue.maximumOpenOrders = try reader.read()
        venue.maximumSubaccounts = try reader.read()
        venue.totalOpenInterestCap = Money(units: try reader.read())
        venue.staleSeconds = try reader.read()
        venue.refusedPricesBeforeTaken = try reader.read()
        venue.markIntervalNanoseconds = try reader.read()
        venue.premiumIntervalSeconds = try reader.read()
        venue.fundingClamp = Rate(units: try reader.read())
        venue.fundingCap = Rate(units: try reader.read())
        venue.internalOracleGain = Rate(units: try reader.read())
        venue.closeOutDivisor = try reader.read()
        venue.speedBumpNanoseconds = try reader.read()
        let bumped = try reader.readFlags("bumped types", below: 4)
        venue.isLimitBumped = bumped & 1 != 0
        venue.isPostOnlyBumped = bumped & 2 != 0
        venue.closePositionSpread = Rate(units: try reader.read())
        for place in 0..<4 { venue.fees.thresholds[place] = try reader.read() }
        for place in 0..<4 { venue.fees.percentages[place] = try reader.read() }
        return venue
    }
}
