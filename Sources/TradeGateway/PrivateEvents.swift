import ExchangeTypes
import QFEXWire

/// A message that an engine event is to the owner of the order it concerns.
struct PrivateMessage {
    /// Whether the connection that caused it gets it without subscribing.
    enum Reply {
        case never
        /// Where the operator chose so.
        case optional
        case always
    }
    let channel: ChannelSet
    var reply = Reply.never
    let bytes: [UInt8]
}

/// From engine events to messages of the private channels.
struct PrivateEvents {
    let environment: TradeEnvironment
    let user: UniqueID
    let time: Timestamp

    /// The account whose order an event is about; nil for public events and for figures that are
    /// pulsed, not pushed.
    static func owner(of event: Event) -> AccountID? {
        switch event {
        case .orderAccepted(let order), .orderAmended(let order), .orderCancelled(let order, _):
            order.account
        case .orderRejected(let rejected): rejected.order.account
        case .cancelRejected(let cancel, _): cancel.account
        case .modifyRejected(let rejected): rejected.request.account
        case .stopRequestRejected(let rejected): rejected.request.account
        case .twapChanged(let twap): twap.account
        case .twapCancelRejected(let cancel, _): cancel.account
        case .orderFilled(let fill): fill.order.account
        case .instrumentConfigured, .accountOpened, .pricesChanged, .sessionChanged,
            .fundingRateChanged, .openInterestChanged, .tradeExecuted, .levelChanged,
            .positionChanged, .balanceChanged, .fundingPaid, .leverageChanged,
            .liquidationChanged, .userStatusChanged, .instrumentSplit, .disturbed, .reserveChanged,
            .alertRaised,
            .commandRefused:
            nil
        }
    }

    /// Reached through its owner: a copy would cost a copy of its contents with the next change.
    private var directory: AccountDirectory { environment.directory }

    /// What the owner of an order is told, in order; the directory is as it was before the event.
    func messages(for event: Event) -> [PrivateMessage] {
        switch event {
        case .orderAccepted(let order):
            return [response(.accepted(order, in: instrument(order), user: user, at: time))]
                + stop(order)
        case .orderAmended(let order):
            return [response(.amended(order, in: instrument(order), user: user, at: time))]
                + stop(order)
        case .orderCancelled(let order, let reason):
            return trigger(order)
                + [response(.cancelled(order, reason, in: instrument(order), user: user, at: time))]
                + stop(order, hasEnded: true)
        case .orderFilled(let fill):
            return trigger(fill.order) + fills(fill)
        case .orderRejected(let rejected):
            let named = directory.instrument(rejected.order.instrument)
            return [response(.rejected(rejected, in: named, user: user, at: time))]
        case .cancelRejected(let cancel, let reason):
            let named = directory.instrument(cancel.instrument)
            return [response(.cancelRejected(cancel, reason, in: named, user: user, at: time))]
        case .modifyRejected(let rejected):
            let named = directory.instrument(rejected.request.instrument)
            return [response(.modifyRejected(rejected, in: named, user: user, at: time))]
        case .stopRequestRejected(let rejected):
            let named = directory.instrument(of: rejected)
            return [response(.stopRequestRejected(rejected, in: named, user: user, at: time))]
        case .twapChanged(let twap):
            return changes(of: twap)
        case .twapCancelRejected(let cancel, let reason):
            let named = directory.instrument(cancel.instrument)
            return [response(.cancelRejected(cancel, reason, in: named, user: user, at: time))]
        case .instrumentConfigured, .accountOpened, .pricesChanged, .sessionChanged,
            .fundingRateChanged, .openInterestChanged, .tradeExecuted, .levelChanged,
            .positionChanged, .balanceChanged, .fundingPaid, .leverageChanged,
            .liquidationChanged, .userStatusChanged, .instrumentSplit, .disturbed, .reserveChanged,
            .alertRaised,
            .commandRefused:
            return []
        }
    }

    /// A fill is told twice, on `fills` first.
    private func fills(_ fill: Fill) -> [PrivateMessage] {
        let instrument = instrument(fill.order)
        let own = message(.fills) {
            TradeResponseEncoder.fillResponse(fill, in: instrument, user: user, at: time, to: &$0)
        }
        return [own, response(.filled(fill, in: instrument, user: user, at: time))]
    }

    /// The end of a sliced order before its time is also told as that of an order.
    private func changes(of twap: TWAPState) -> [PrivateMessage] {
        let instrument = directory.instrument(twap.instrument)
        let state = message(.orderResponses, reply: .always) {
            TradeResponseEncoder.twapResponse(twap, in: instrument, user: user, to: &$0)
        }
        switch twap.status {
        case .active, .completed: return [state]
        case .cancelled:
            return [response(.cancelled(twap, in: instrument, user: user, at: time)), state]
        }
    }

    // MARK: Stop orders

    /// What `stop_orders` says of a stop order that is there, or has ended.
    private func stop(_ order: OrderState, hasEnded: Bool = false) -> [PrivateMessage] {
        guard order.type.isStop else { return [] }
        let stop = StopOrderResponse(order)
        return [stopMessage(hasEnded ? stop.ended : stop, instrument(order))]
    }

    /// What `stop_orders` says when a stop order has become a market order: that it waits no more.
    private func trigger(_ order: OrderState) -> [PrivateMessage] {
        guard order.type == .stopMarket, let stop = directory.stop(order.id) else { return [] }
        return [stopMessage(stop.ended, instrument(order))]
    }

    private func stopMessage(
        _ stop: StopOrderResponse, _ instrument: Instrument
    ) -> PrivateMessage {
        message(.stopOrders) {
            TradeResponseEncoder.stopOrderResponse(
                stop, in: instrument, user: user, at: time, to: &$0)
        }
    }

    // MARK: Bytes

    private func instrument(_ order: OrderState) -> Instrument {
        directory.instrument(order.instrument)
    }

    private func response(_ response: OrderResponse) -> PrivateMessage {
        message(.orderResponses, reply: .optional) {
            TradeResponseEncoder.orderResponse(
                response, names: environment.settings.statusNames, to: &$0)
        }
    }

    private func message(
        _ channel: ChannelSet, reply: PrivateMessage.Reply = .never,
        _ write: (inout [UInt8]) -> Void
    ) -> PrivateMessage {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(512)
        write(&bytes)
        return PrivateMessage(channel: channel, reply: reply, bytes: bytes)
    }
}

extension StopRequestRejected.Request {
    /// Who asked.
    fileprivate var account: AccountID {
        switch self {
        case .modify(let request): request.account
        case .cancel(let request): request.account
        }
    }
}
