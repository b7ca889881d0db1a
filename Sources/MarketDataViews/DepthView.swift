public import ExchangeTypes

/// The public book of one instrument, folded from `levelChanged` events.
///
/// It equals the engine's book after the last event of each command; between two events of one
/// command it may show a step that no client ever sees.
public struct DepthView: Hashable, Sendable {
    /// The most rows of a side that are published. **Source** `protocol.md` §3.3, P-020.
    public static let publishedRows = 20

    /// The buy side.
    public private(set) var bids = DepthSide(.buy)
    /// The sell side.
    public private(set) var asks = DepthSide(.sell)
    /// The top of both sides. **Source** P-026.
    public private(set) var bestBidOffer = BestBidOffer()
    /// Rises by one with each change of any level, so that a reader can tell whether what it last
    /// encoded still holds. An event that repeats a level's total is no change.
    public private(set) var version: UInt64 = 0
    /// Rises by one with each change of `bestBidOffer`.
    public private(set) var bestBidOfferVersion: UInt64 = 0

    /// An empty book.
    public init() {}

    /// Takes over a level's new total.
    ///
    /// **Complexity** that of `DepthSide.set`.
    public mutating func apply(_ change: LevelChanged, at time: Timestamp) {
        let isChange =
            switch change.side {
            case .buy: bids.set(change.price, to: change.quantity)
            case .sell: asks.set(change.price, to: change.quantity)
            }
        guard isChange else { return }
        version += 1
        if bids.best != bestBidOffer.bid || asks.best != bestBidOffer.ask {
            bestBidOffer = BestBidOffer(bid: bids.best, ask: asks.best, time: time)
            bestBidOfferVersion += 1
        }
    }

    /// Takes over since when the best prices are what they are.
    ///
    /// **Rejects** other prices (a programming error).
    mutating func adopt(_ best: BestBidOffer) {
        precondition(
            best.bid == bestBidOffer.bid && best.ask == bestBidOffer.ask,
            "the best prices are \(bestBidOffer), not \(best)")
        bestBidOffer = best
        bestBidOfferVersion += 1
    }

    /// The best rows of a side as they are published: best first, grouped, and then cut.
    ///
    /// **Complexity** that of `DepthSide.rows`.
    /// **Source** `protocol.md` §3.3, P-020, P-022 (no grouping unless asked), P-024, P-025.
    public func levels(
        _ side: Side, limit: Int = publishedRows, significantFigures: SignificantFigures = .tick
    ) -> [DepthRow] {
        switch side {
        case .buy: bids.rows(limit: limit, significantFigures: significantFigures)
        case .sell: asks.rows(limit: limit, significantFigures: significantFigures)
        }
    }
}
