public import ExchangeTypes
public import MarketCalendar

/// A contract of the sandbox and what its underlier does.
public struct SandboxInstrument: Hashable, Sendable {
    /// The contract as it is listed on an empty exchange.
    public var instrument: Instrument
    /// The price the sandbox starts from and tends back to.
    public var referencePrice: ReferencePrice
    /// When the underlier's market is open, where the exchange is told.
    public var calendar: UnderlierCalendar
    /// How its price moves.
    public var model: UnderlierModel
    /// Who trades it.
    public var bots: BotMix

    /// Without a model, the underlier does what is usual for its class and hours.
    public init(
        instrument: Instrument, referencePrice: ReferencePrice,
        calendar: UnderlierCalendar = UnderlierCalendar(hours: .alwaysOpen),
        model: UnderlierModel? = nil, bots: BotMix = BotMix()
    ) {
        self.instrument = instrument
        self.referencePrice = referencePrice
        self.calendar = calendar
        self.model = model ?? UnderlierModel(instrument.category, hours: calendar.hours)
        self.bots = bots
    }
}
