public import ExchangeTypes

/// What every implementation of the exchange's rules can do, so that two of them can be compared.
public protocol ExchangeModel {
    /// Carries out one command and appends what happened, in order.
    mutating func apply(_ command: SequencedCommand, into events: inout EventBuffer)
    /// Answers a question without changing anything.
    func report(_ query: Query) -> Report
    /// The hash of the whole state, the same in every implementation after the same commands.
    func stateHash() -> UInt64
}
