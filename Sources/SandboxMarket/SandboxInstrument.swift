public import ExchangeTypes

/// A contract of the sandbox and where its price begins.
public struct SandboxInstrument: Hashable, Sendable {
    /// The contract as it is listed on an empty exchange.
    public var instrument: Instrument
    /// The price the sandbox starts from and tends back to.
    public var referencePrice: ReferencePrice

    public init(instrument: Instrument, referencePrice: ReferencePrice) {
        self.instrument = instrument
        self.referencePrice = referencePrice
    }
}
