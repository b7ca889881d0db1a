import ExchangeEngine
import ExchangeTesting
import ExchangeTypes
import Testing

/// Scenarios show what was thought of. Here thousands of commands of all kinds of orders meet each other,
/// and what must always hold is checked after each. A failure names its seed.
@Suite struct OrderKindPropertyTests {
    private static let commands = 4_000

    @Test(
        "R-068, I-10, O-3: nothing breaks, nothing that may only reduce does more, a replay is the same",
        arguments: 1...10)
    func holds(seed: Int) {
        var generator = OrderKindGenerator(seed: UInt64(seed))
        let exchange = Exchange()
        var log: [SequencedCommand] = []
        var told: [[Event]] = []
        var reductions = ObservedReductions()
        var slices = ObservedSlices()
        for _ in 1...Self.commands {
            let command = generator.next()
            var events = EventBuffer()
            exchange.apply(command, into: &events)
            exchange.checkInvariants()
            generator.observe(events.events)
            for event in events.events {
                reductions.observe(event)
                slices.observe(event)
            }
            log.append(command)
            told.append(events.events)
        }
        #expect(reductions.violations == [], "seed \(seed)")
        #expect(slices.violations == [], "seed \(seed)")
        replay(log, told, hash: exchange.stateHash(), seed: seed)
    }

    private func replay(
        _ log: [SequencedCommand], _ told: [[Event]], hash: UInt64, seed: Int
    ) {
        let exchange = Exchange()
        for (command, expected) in zip(log, told) {
            var events = EventBuffer()
            exchange.apply(command, into: &events)
            guard events.events == expected else {
                Issue.record("seed \(seed), command \(command.sequence.value): another story")
                return
            }
        }
        #expect(exchange.stateHash() == hash, "seed \(seed)")
    }

    @Test("The commands meet every rule that they are there for, again and again")
    func reach() {
        var counts: [String: Int] = [:]
        for seed: UInt64 in 1...6 {
            var generator = OrderKindGenerator(seed: seed)
            let exchange = Exchange()
            for _ in 1...Self.commands {
                let command = generator.next()
                var events = EventBuffer()
                exchange.apply(command, into: &events)
                generator.observe(events.events)
                for event in events.events {
                    for name in names(event, command) { counts[name, default: 0] += 1 }
                }
            }
        }
        for name in Self.expected { #expect(counts[name, default: 0] >= 5, "\(name)") }
    }

    private static let expected = [
        "stop accepted", "stop filled", "stop amended", "leg accepted", "reduce-only filled",
        "reduce-only amended", "cancelled requested", "cancelled selfTradePrevention",
        "cancelled unfilledRemainder", "cancelled liquidation", "cancelled oneCancelsOther",
        "cancelled nothingToReduce", "cancelled corporateAction", "late accepted", "late rejected",
        "late change refused", "late change", "late child", "twap active", "twap completed",
        "twap cancelled", "liquidation", "liquidation over", "off the book",
        "rejected nothingToReduce",
        "rejected invalidTakeProfitPrice", "rejected invalidStopLossPrice",
        "rejected duplicateClientOrderID", "rejected tooManyOpenOrders", "rejected inLiquidation",
        "rejected identityCheckRequired", "rejected termsRequired", "rejected insufficientMargin",
        "rejected marketClosed", "stop refused cannotModifyNoSuchOrder", "stop refused noSuchOrder",
        "stop refused nothingToReduce", "refused noPosition", "refused twapInterval",
        "refused twapOrderCount", "refused duplicateClientOrderID", "refused leverageLocked",
        "closed by command",
    ]

    private func names(_ event: Event, _ command: SequencedCommand) -> [String] {
        switch event {
        case .orderAccepted(let order): acceptedNames(order, command)
        case .orderAmended(let order):
            [order.type.isStop ? "stop amended" : order.isReduceOnly ? "reduce-only amended" : ""]
                + (order.updatedAt < command.timestamp && order.isAmended ? ["late change"] : [])
        case .orderCancelled(_, let reason): ["cancelled \(reason)"]
        case .orderRejected(let rejected):
            ["rejected \(rejected.reason)"]
                + (command.command == .placeOrder(rejected.order) ? [] : lateName(command))
        case .modifyRejected: command.command.isModification ? [] : ["late change refused"]
        case .stopRequestRejected(let rejected): ["stop refused \(rejected.reason)"]
        case .twapChanged(let twap): ["twap \(twap.status)"]
        case .orderFilled(let fill):
            [
                fill.executionType == .normal || fill.executionType == .liquidation
                    ? "" : "off the book",
                fill.order.type == .stopMarket ? "stop filled" : "",
                fill.order.isReduceOnly ? "reduce-only filled" : "",
            ]
        case .liquidationChanged(let change):
            [change.isInLiquidation ? "liquidation" : "liquidation over"]
        case .commandRefused(let reason): ["refused \(reason)"]
        case _: []
        }
    }

    private func acceptedNames(_ order: OrderState, _ command: SequencedCommand) -> [String] {
        var names: [String] = []
        if order.type.isStop {
            if case .placeOrder(let request) = command.command, request.type == order.type {
                names.append("stop accepted")
            } else {
                names.append("leg accepted")
            }
        } else if order.updatedAt < command.timestamp {
            names.append(order.type == .market ? "late child" : "late accepted")
        }
        if case .closePosition = command.command, order.updatedAt == command.timestamp {
            names.append("closed by command")
        }
        return names
    }

    /// A new order that was refused while another command was carried out.
    private func lateName(_ command: SequencedCommand) -> [String] {
        switch command.command {
        case .placeOrder, .closePosition: []
        case _: ["late rejected"]
        }
    }
}

extension Command {
    fileprivate var isModification: Bool {
        guard case .modifyOrder = self else { return false }
        return true
    }
}

/// Follows positions from events, and says where an order that may only reduce did more.
struct ObservedReductions {
    private struct Owner: Hashable {
        let account: AccountID
        let instrument: InstrumentID
    }
    private(set) var violations: [String] = []
    private var positions: [Owner: Int64] = [:]

    mutating func observe(_ event: Event) {
        switch event {
        case .positionChanged(let change):
            let holding = Owner(
                account: change.account, instrument: change.instrument)
            positions[holding] = change.quantity.lots
        case .orderFilled(let fill) where fill.order.isReduceOnly:
            let order = fill.order
            let holding = Owner(account: order.account, instrument: order.instrument)
            let lots = positions[holding, default: 0]
            let closable = order.side == .sell ? lots : -lots
            if fill.quantity.lots > closable {
                violations.append(
                    "order \(order.id.value) fills \(fill.quantity.lots) of \(closable)")
            }
        case _: break
        }
    }
}

/// Follows sliced orders from events: they grow, stay within their total, and end once.
struct ObservedSlices {
    private(set) var violations: [String] = []
    private var last: [TWAPID: TWAPState] = [:]

    mutating func observe(_ event: Event) {
        guard case .twapChanged(let twap) = event else { return }
        let before = last[twap.id]
        if let before, before.status != .active || before.filled > twap.filled {
            violations.append("twap \(twap.id.value) was \(before.status) with \(before.filled)")
        }
        if before == nil && (twap.status != .active || twap.filled != .zero) {
            violations.append("twap \(twap.id.value) begins with \(twap.filled)")
        }
        if twap.filled > twap.total { violations.append("twap \(twap.id.value) trades too much") }
        last[twap.id] = twap
    }
}
