import ExchangeTypes

/// Quotes both sides of one contract around its price, from an account of its own.
///
/// A state machine: it learns its orders and its position from events only, and never touches an order
/// whose last command is unanswered, so that slow answers make it slow but never wrong.
struct MarketMaker: Sendable {
    /// The holding, as far as events told: unknown, and taken for zero, until the first fill of a run.
    private(set) var position = SignedQuantity.zero
    /// By level, best first.
    private var bids = [Quote?](repeating: nil, count: QuoteLadder.levelCount)
    private var asks = [Quote?](repeating: nil, count: QuoteLadder.levelCount)
    /// What its ladder was widened by last.
    private var spread = Rate.one
    /// Rounds in which orders go exactly where the ladder has them, because it has changed.
    private var exactRounds = 0
    private var random: SplitMix64

    init(random: SplitMix64) { self.random = random }

    /// The largest position, in USDC, at which both sides are quoted: so far below the exchange's limit
    /// of the session that a whole side of resting orders does not lead beyond it.
    static func positionLimit(
        _ instrument: Instrument, in session: MarketSession, size: Rate = .one
    ) -> Money {
        let most = instrument.maximumNotional(in: session).money
        let side = QuotingRound.size(size, of: instrument, in: session)
            .of(QuotingRound.largestSide.units)
        // Larger bots come no nearer to the exchange's limit; smaller ones hold less.
        let share = min(size, .one)
        let withSide = min(share.of(most.units / 5 * 2), most.units - side)
        return Money(units: max(withSide, share.of(most.units / 5)))
    }

    /// Draws from another source from now on.
    mutating func reseed(_ random: SplitMix64) { self.random = random }

    /// Rounds until orders whose answers were awaited have found their new place, too.
    private static let roundsToAlign = 4

    /// Takes all orders out at once.
    mutating func withdraw(_ account: AccountID, _ instrument: InstrumentID) -> [Command] {
        for level in bids.indices {
            bids[level]?.isAwaited = true
            asks[level]?.isAwaited = true
        }
        return [
            .cancelAllOrders(CancelAllOrders(account: account, instrument: .known(instrument)))
        ]
    }

    /// Forgets its orders, which somebody else cancels.
    mutating func forgetOrders() {
        for level in bids.indices {
            bids[level] = nil
            asks[level] = nil
        }
    }

    /// What to send now; nothing when every order is near enough to where it should be.
    mutating func commands(
        _ context: TradingContext, names: inout ClientOrderNames
    ) -> [Command] {
        let limit = Self.positionLimit(
            context.instrument, in: context.session, size: context.size)
        let value = context.value(of: position)
        let ladder = QuoteLadder(context, position: value, limit: limit)
        exactRounds = context.spread == spread ? max(exactRounds - 1, 0) : Self.roundsToAlign
        spread = context.spread
        var round = QuotingRound(
            context, ladder, isExact: exactRounds > 0, names: names, random: random)
        for level in 0..<QuoteLadder.levelCount {
            if value < limit {
                round.requote(&bids[level], .buy, level)
            } else {
                round.withdraw(&bids[level])
            }
            if value > -limit {
                round.requote(&asks[level], .sell, level)
            } else {
                round.withdraw(&asks[level])
            }
        }
        names = round.names
        random = round.random
        return round.commands
    }

    /// Takes in an event of its own account. Events of orders it gave up are no news.
    mutating func observe(_ event: Event) {
        switch event {
        case .orderAccepted(let state), .orderAmended(let state):
            update(state.clientOrderID) { $0?.settle(state) }
        case .orderFilled(let fill):
            // A fill answers nothing: the order may still be on its way to another price.
            update(fill.order.clientOrderID) { quote in
                quote?.remaining = fill.order.remaining
                if fill.order.remaining == .zero { quote = nil }
            }
        case .orderCancelled(let state, _):
            update(state.clientOrderID) { $0 = nil }
        case .orderRejected(let rejection):
            update(rejection.order.clientOrderID) { $0 = nil }
        case .modifyRejected(let rejection):
            guard case .clientOrderID(let name) = rejection.request.order else { return }
            update(name) { quote in
                if let state = rejection.order { quote?.settle(state) } else { quote = nil }
            }
        case .cancelRejected(let request, _):
            guard case .clientOrderID(let name) = request.order else { return }
            update(name) { $0 = nil }
        case .positionChanged(let change):
            position = change.quantity
        case .instrumentConfigured, .accountOpened, .pricesChanged, .sessionChanged,
            .fundingRateChanged, .openInterestChanged, .tradeExecuted, .levelChanged,
            .balanceChanged, .fundingPaid, .leverageChanged, .liquidationChanged,
            .reserveChanged, .alertRaised, .commandRefused, .stopRequestRejected,
            .twapChanged, .twapCancelRejected, .userStatusChanged, .instrumentSplit, .disturbed:
            break
        }
    }

    private mutating func update(_ name: ClientOrderID, _ change: (inout Quote?) -> Void) {
        for level in bids.indices {
            if bids[level]?.name == name { return change(&bids[level]) }
            if asks[level]?.name == name { return change(&asks[level]) }
        }
    }
}
