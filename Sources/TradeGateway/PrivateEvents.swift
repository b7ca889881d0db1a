import ExchangeTypes
import QFEXWire

/// A message that an engine event is to the owner of the order it concerns.
struct PrivateMessage {
    let channel: ChannelSet
    let bytes: [UInt8]
}

/// From engine events to messages of the private channels.
enum PrivateEvents {
    /// The account whose order an event is about; nil for public events and for figures that are
    /// pulsed, not pushed.
    static func owner(of event: Event) -> AccountID? {
        switch event {
        case .orderAccepted(let order), .orderAmended(let order), .orderCancelled(let order, _):
            order.account
        case .orderRejected(let rejected): rejected.order.account
        case .cancelRejected(let cancel, _): cancel.account
        case .modifyRejected(let rejected): rejected.request.account
        case .orderFilled(let fill): fill.order.account
        case .instrumentConfigured, .accountOpened, .pricesChanged, .sessionChanged,
            .fundingRateChanged, .openInterestChanged, .tradeExecuted, .levelChanged,
            .positionChanged, .balanceChanged, .fundingPaid, .leverageChanged,
            .liquidationChanged, .reserveChanged, .alertRaised, .commandRefused:
            nil
        }
    }

    /// What the owner of an order is told; a fill is told twice, on `fills` first.
    static func messages(
        for event: Event, user: UniqueID, at time: Timestamp, names: StatusNames,
        _ directory: AccountDirectory
    ) -> [PrivateMessage] {
        switch event {
        case .orderAccepted(let order):
            return [response(.accepted(order, in: instrument(order), user: user, at: time))]
        case .orderAmended(let order):
            return [response(.amended(order, in: instrument(order), user: user, at: time))]
        case .orderCancelled(let order, let reason):
            return [
                response(.cancelled(order, reason, in: instrument(order), user: user, at: time))
            ]
        case .orderRejected(let rejected):
            let named = directory.instrument(rejected.order.instrument)
            return [response(.rejected(rejected, in: named, user: user, at: time))]
        case .cancelRejected(let cancel, let reason):
            let named = directory.instrument(cancel.instrument)
            return [response(.cancelRejected(cancel, reason, in: named, user: user, at: time))]
        case .modifyRejected(let rejected):
            let named = directory.instrument(rejected.request.instrument)
            return [response(.modifyRejected(rejected, in: named, user: user, at: time))]
        case .orderFilled(let fill):
            var bytes: [UInt8] = []
            TradeResponseEncoder.fillResponse(
                fill, in: instrument(fill.order), user: user, at: time, to: &bytes)
            return [
                PrivateMessage(channel: .fills, bytes: bytes),
                response(.filled(fill, in: instrument(fill.order), user: user, at: time)),
            ]
        case .instrumentConfigured, .accountOpened, .pricesChanged, .sessionChanged,
            .fundingRateChanged, .openInterestChanged, .tradeExecuted, .levelChanged,
            .positionChanged, .balanceChanged, .fundingPaid, .leverageChanged,
            .liquidationChanged, .reserveChanged, .alertRaised, .commandRefused:
            return []
        }

        func instrument(_ order: OrderState) -> Instrument {
            directory.instrument(order.instrument)
        }

        func response(_ response: OrderResponse) -> PrivateMessage {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(512)
            TradeResponseEncoder.orderResponse(response, names: names, to: &bytes)
            return PrivateMessage(channel: .orderResponses, bytes: bytes)
        }
    }
}
