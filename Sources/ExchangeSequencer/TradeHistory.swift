public import ExchangeTypes

/// What accounts traded and which of their orders ended, folded from the engine's events: the newest of
/// it, so that it stays in memory.
///
/// It is not part of the exchange's state: a replay of the log gives it again.
public struct TradeHistory: Sendable {
    /// Fills kept of each account.
    public static let fillsPerAccount = 5_000
    /// Ended orders kept of each account.
    public static let ordersPerAccount = 1_000

    struct AccountHistory {
        var fills = NewestEntries<TimedFill>(capacity: TradeHistory.fillsPerAccount)
        var orders = NewestEntries<ClosedOrder>(capacity: TradeHistory.ordersPerAccount)
    }

    /// Dense by `AccountID`, as far as accounts have traded.
    var accounts: [AccountHistory] = []

    public init() {}

    /// Takes in what happened at an instant.
    public mutating func record(_ events: some Sequence<Event>, at time: Timestamp) {
        for event in events {
            switch event {
            case .orderFilled(let fill):
                change(fill.order.account) { history in
                    history.fills.append(TimedFill(fill: fill, time: time))
                    guard fill.order.remaining == .zero else { return }
                    history.orders.append(
                        ClosedOrder(
                            order: fill.order, end: .filled(fill.trade, at: fill.price),
                            time: time))
                }
            case .orderCancelled(let order, let reason):
                change(order.account) { history in
                    history.orders.append(
                        ClosedOrder(order: order, end: .cancelled(reason), time: time))
                }
            case .instrumentConfigured, .accountOpened, .pricesChanged, .sessionChanged,
                .fundingRateChanged, .openInterestChanged, .orderAccepted, .orderAmended,
                .orderRejected, .cancelRejected, .modifyRejected, .stopRequestRejected,
                .twapChanged, .twapCancelRejected, .tradeExecuted, .levelChanged,
                .positionChanged, .balanceChanged, .fundingPaid, .leverageChanged,
                .liquidationChanged, .userStatusChanged, .instrumentSplit, .disturbed,
                .reserveChanged,
                .alertRaised,
                .commandRefused:
                continue
            }
        }
    }

    /// A page of an account's fills, newest first, and how many there are on all pages.
    ///
    /// **Complexity** linear in the fills kept of the account. **Source** `protocol.md` §9.
    func trades(of account: AccountID, _ filter: TradeFilter) -> Report {
        guard let history = history(of: account) else { return .trades([], count: 0) }
        var page: [TimedFill] = []
        var count = 0
        for place in 0..<history.fills.count {
            let row = history.fills[newest: place]
            guard filter.accepts(row) else { continue }
            if count >= filter.offset && page.count < filter.limit { page.append(row) }
            count += 1
        }
        return .trades(page, count: count)
    }

    /// The order that ended last of those that a reference means; nil when none is remembered.
    func closedOrder(_ reference: OrderReference, of account: AccountID) -> ClosedOrder? {
        guard let history = history(of: account) else { return nil }
        for place in 0..<history.orders.count {
            let closed = history.orders[newest: place]
            if reference.means(closed.order) { return closed }
        }
        return nil
    }

    private func history(of account: AccountID) -> AccountHistory? {
        let index = Int(account.index)
        return index < accounts.count ? accounts[index] : nil
    }

    private mutating func change(_ account: AccountID, _ body: (inout AccountHistory) -> Void) {
        let index = Int(account.index)
        while accounts.count <= index { accounts.append(AccountHistory()) }
        body(&accounts[index])
    }
}

/// The newest entries of a list without end.
struct NewestEntries<Entry: Sendable>: Sendable {
    private let capacity: Int
    private var entries: [Entry] = []
    /// The place of the oldest entry, once the oldest ones give way.
    private var oldest = 0

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { entries.count }

    /// Adds an entry; the oldest one gives way when there is no room.
    mutating func append(_ entry: Entry) {
        if entries.count < capacity {
            entries.append(entry)
        } else {
            entries[oldest] = entry
            oldest = (oldest + 1) % capacity
        }
    }

    /// The entry with so many newer ones before it.
    subscript(newest place: Int) -> Entry {
        precondition(place >= 0 && place < entries.count, "entry \(place) of \(entries.count)")
        return entries[(oldest + entries.count - 1 - place) % entries.count]
    }
}

extension TradeFilter {
    func accepts(_ row: TimedFill) -> Bool {
        if let from, row.time < from { return false }
        if let through, through < row.time { return false }
        return order?.means(row.fill.order) ?? true
    }
}

extension OrderReference {
    func means(_ order: OrderState) -> Bool {
        switch self {
        case .orderID(let id): order.id == id
        case .clientOrderID(let text): order.clientOrderID == text
        case .unrecognised: false
        }
    }
}
