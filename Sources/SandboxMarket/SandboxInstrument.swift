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

    public init(
        instrument: Instrument, referencePrice: ReferencePrice,
        calendar: UnderlierCalendar = UnderlierCalendar(hours: .alwaysOpen)
    ) {
        self.instrument = instrument
        self.referencePrice = referencePrice
        self.calendar = calendar
    }
}
