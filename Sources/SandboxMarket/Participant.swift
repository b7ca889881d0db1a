import ExchangeTypes

/// A bot's account on the exchange.
struct Participant: Sendable {
    /// The same for the same seed, so that a later run finds its accounts.
    let identity: UniqueID
    /// Nil until the exchange has told.
    var account: AccountID?
    /// Whether it is new, or was refused for want of money.
    var needsFunds = false
    /// Whether the exchange was told in this run that it takes over what the book cannot close.
    var isProvider = false

    init(random: SplitMix64) {
        var random = random
        // Version and variant bits of a random UUID (RFC 9562, version 4).
        identity = UniqueID(
            high: random.next() & ~0xf000 | 0x4000, low: random.next() >> 2 | 1 << 63)
    }
}
