import ExchangeAuth
import ExchangeSequencer
import ExchangeTypes
import QFEXWire

/// One client of the trade endpoint: a state machine from messages and answers to actions, without
/// sockets, clocks or threads.
///
/// ```
/// awaitingAuthentication ──auth──▶ openingAccount ──accountOpened──▶ open
///            └───────── auth of an account that exists ──────────────▶
/// ```
/// **Source** `protocol.md` §4–§11.
struct TradeSession {
    private enum Phase {
        case awaitingAuthentication
        /// The user is good, the engine is being asked to open the account; messages wait.
        case openingAccount(Principal)
        case open(SessionAccount)
        case ended
    }

    /// Whom an open session acts for.
    struct SessionAccount {
        let id: AccountID
        let identity: UniqueID
        let permissions: Permissions
    }

    /// A question under way.
    private enum Pending {
        case openAccount
        /// Answered once this many commands have been applied.
        case cancelAll(IncomingMessage, commands: Int, refusal: RejectReason?)
        case order(symbol: Symbol, OrderReference)
        case openOrders(GetUserOrdersRequest)
        case balance
        case positions
    }

    private var phase = Phase.awaitingAuthentication
    private(set) var channels: ChannelSet = []
    private var cancelsOnDisconnect = false
    private var held: [[UInt8]] = []
    private var nextRequest: UInt64 = 1
    private var pending: [UInt64: Pending] = [:]
    /// Contracts last pushed with a position or open orders: a zero row follows when they end.
    private var shownPositions: Set<InstrumentID> = []

    /// The account of an open session.
    var account: SessionAccount? {
        if case .open(let account) = phase { account } else { nil }
    }

    // MARK: - messages

    /// Takes one message of the client.
    mutating func receive(
        _ message: UnsafeRawBufferPointer, _ environment: TradeEnvironment
    ) -> [TradeSessionAction] {
        switch phase {
        case .awaitingAuthentication, .open:
            let request: TradeRequest
            do throws(WireError) {
                request = try environment.decoder.decode(message)
            } catch {
                return [refuse(error, environment)]
            }
            return handle(request, environment)
        case .openingAccount:
            guard held.count < environment.settings.maximumHeldMessages else {
                phase = .ended
                return [.close(.tooManyHeldMessages)]
            }
            held.append(Array(message))
            return []
        case .ended:
            return []
        }
    }

    private mutating func handle(
        _ request: TradeRequest, _ environment: TradeEnvironment
    ) -> [TradeSessionAction] {
        if case .authenticate(let auth) = request {
            guard case .awaitingAuthentication = phase else {
                let error = WireError(.alreadyAuthenticated, "this session is authenticated")
                return [refuse(error, environment)]
            }
            return authenticate(auth, environment)
        }
        guard case .open(let account) = phase else {
            return [refuse(WireError(.permissionDenied, "not authenticated"), environment)]
        }
        do throws(WireError) {
            return try carryOut(request, account, environment)
        } catch {
            return [refuse(error, environment)]
        }
    }

    private func refuse(
        _ error: WireError, _ environment: TradeEnvironment
    ) -> TradeSessionAction {
        let isAuthenticated = account != nil
        let incoming = environment.decoder.incomingMessage(isAuthenticated: isAuthenticated)
        return .message { TradeResponseEncoder.error(error, incoming, to: &$0) }
    }

    // MARK: - authentication

    private mutating func authenticate(
        _ request: AuthRequest, _ environment: TradeEnvironment
    ) -> [TradeSessionAction] {
        let now = environment.now().nanoseconds / 1_000_000_000
        let result: Result<Principal, AuthenticationFailure>
        switch request.credential {
        case .hmac(let hmac):
            result = environment.authenticator.authenticate(
                HMACCredentials(
                    publicKey: hmac.publicKey, nonce: hmac.nonce, unixTimestamp: hmac.unixSeconds,
                    signature: Secret(hmac.signature)),
                now: now)
        case .jwt(let token):
            result = environment.authenticator.authenticate(token: Secret(token), now: now)
        }
        switch result {
        case .failure(let failure): return fail(failure, environment)
        case .success(let principal):
            return enter(principal, wanted: request.accountID, environment)
        }
    }

    private mutating func fail(
        _ failure: AuthenticationFailure, _ environment: TradeEnvironment
    ) -> [TradeSessionAction] {
        let code: WireErrorCode =
            switch failure.code {
            case .invalidParameter: .invalidParameter
            case .denied: .permissionDenied
            }
        let answer = refuse(WireError(code, failure.message), environment)
        switch failure.code {
        case .invalidParameter: return [answer]
        case .denied:
            phase = .ended
            return [answer, .close(.authenticationFailed)]
        }
    }

    /// Finds the account that an authenticated user wants; a new user's primary account is opened.
    private mutating func enter(
        _ principal: Principal, wanted: String?, _ environment: TradeEnvironment
    ) -> [TradeSessionAction] {
        guard let user = UniqueID(principal.userID.text) else {
            preconditionFailure("a checked user id must be a UUID")
        }
        let primary = environment.directory.account(user)
        // A user's own id names the primary account, also before there is one.
        if let wanted, UniqueID(wanted) != user {
            guard
                let identity = UniqueID(wanted),
                let account = environment.directory.account(identity), let primary,
                account.user == primary.account
            else { return fail(.foreignAccount, environment) }
            return open(account, principal)
        }
        if let primary { return open(primary, principal) }
        phase = .openingAccount(principal)
        return [submit(.command(.openAccount(OpenAccount(identity: user))), .openAccount)]
    }

    private mutating func open(
        _ account: AccountOpened, _ principal: Principal
    ) -> [TradeSessionAction] {
        phase = .open(
            SessionAccount(
                id: account.account, identity: account.identity,
                permissions: principal.permissions))
        return [
            .join(account.account), .message { TradeResponseEncoder.authSucceeded(to: &$0) },
        ]
    }

    /// The engine has opened the account: welcomes a new user, then takes up what was held.
    private mutating func opened(
        _ account: AccountOpened, _ environment: TradeEnvironment
    ) -> [TradeSessionAction] {
        guard case .openingAccount(let principal) = phase else { return [] }
        var actions: [TradeSessionAction] = []
        if account.isNew, let amount = environment.settings.welcomeDeposit {
            let deposit = Deposit(account: account.account, amount: amount)
            actions.append(submit(.command(.deposit(deposit)), nil))
        }
        actions += open(account, principal)
        let messages = held
        held = []
        for message in messages {
            actions += message.withUnsafeBytes { receive($0, environment) }
        }
        return actions
    }

    /// The time to authenticate is over.
    mutating func authenticationDeadlinePassed() -> [TradeSessionAction] {
        switch phase {
        case .awaitingAuthentication, .openingAccount:
            phase = .ended
            return [.close(.authenticationTimedOut)]
        case .open, .ended:
            return []
        }
    }

    // MARK: - commands

    private mutating func carryOut(
        _ request: TradeRequest, _ account: SessionAccount, _ environment: TradeEnvironment
    ) throws(WireError) -> [TradeSessionAction] {
        let directory = environment.directory
        switch request {
        case .authenticate: return []
        case .subscribe(let wanted): return subscribe(wanted, account)
        case .unsubscribe(let wanted): return unsubscribe(wanted)
        case .addOrder(let order):
            try requireTrading(account)
            return [
                submit(
                    .command(
                        try CommandTranslator.placeOrder(order, account: account.id, directory)),
                    nil)
            ]
        case .cancelOrder(let cancel):
            try requireTrading(account)
            return [
                submit(
                    .command(
                        try CommandTranslator.cancelOrder(cancel, account: account.id, directory)),
                    nil)
            ]
        case .modifyOrder(let modify):
            try requireTrading(account)
            return [
                submit(
                    .command(
                        try CommandTranslator.modifyOrder(modify, account: account.id, directory)),
                    nil)
            ]
        case .cancelAllOrders(let symbols):
            try requireTrading(account)
            return try cancelAll(symbols, account, environment)
        case .getOrder(let order):
            try requireRoom(environment)
            let reference = CommandTranslator.order(order)
            return [
                submit(
                    .query(.order(account.id, reference)),
                    .order(symbol: order.symbol, reference))
            ]
        case .getUserOrders(let page):
            return [try openOrders(page, account, environment)]
        case .cancelOnDisconnect(let flag):
            try requireTrading(account)
            cancelsOnDisconnect = flag
            let incoming = environment.decoder.incomingMessage(isAuthenticated: true)
            return [.message { TradeResponseEncoder.ack(incoming, to: &$0) }]
        case .unsupported:
            throw WireError(.invalidParameter, "this command is not available yet")
        }
    }

    private func requireTrading(_ account: SessionAccount) throws(WireError) {
        guard account.permissions.contains(.trade) else {
            throw WireError(.permissionDenied, "this key may not trade")
        }
    }

    private func requireRoom(_ environment: TradeEnvironment) throws(WireError) {
        guard pending.count < environment.settings.maximumPendingRequests else {
            throw WireError(.serverError, "too many requests under way")
        }
    }

    private mutating func cancelAll(
        _ symbols: [Symbol]?, _ account: SessionAccount, _ environment: TradeEnvironment
    ) throws(WireError) -> [TradeSessionAction] {
        try requireRoom(environment)
        let incoming = environment.decoder.incomingMessage(isAuthenticated: true)
        guard let symbols else {
            let command = CancelAllOrders(account: account.id)
            return [
                submit(
                    .command(.cancelAllOrders(command)),
                    .cancelAll(incoming, commands: 1, refusal: nil))
            ]
        }
        if symbols.isEmpty { return [.message { TradeResponseEncoder.ack(incoming, to: &$0) }] }
        let request = nextRequest
        nextRequest += 1
        pending[request] = .cancelAll(incoming, commands: symbols.count, refusal: nil)
        return symbols.map { symbol in
            let command = CancelAllOrders(
                account: account.id, instrument: environment.directory.reference(symbol))
            return .submit(.command(.cancelAllOrders(command)), request: request)
        }
    }

    private mutating func openOrders(
        _ page: GetUserOrdersRequest, _ account: SessionAccount, _ environment: TradeEnvironment
    ) throws(WireError) -> TradeSessionAction {
        try requireRoom(environment)
        var instrument: InstrumentID?
        if let symbol = page.symbol {
            guard case .known(let id) = environment.directory.reference(symbol) else {
                throw WireError(.invalidParameter, "unknown symbol \(symbol)")
            }
            instrument = id
        }
        return submit(.query(.openOrders(account.id, instrument: instrument)), .openOrders(page))
    }

    // MARK: - subscriptions

    private mutating func subscribe(
        _ wanted: [TradeChannel], _ account: SessionAccount
    ) -> [TradeSessionAction] {
        var actions: [TradeSessionAction] = []
        for channel in wanted {
            actions.append(.message { TradeResponseEncoder.subscribed(channel, to: &$0) })
            channels.insert(ChannelSet(channel))
        }
        if wanted.contains(.positions) { actions.append(askPositions(account)) }
        if wanted.contains(.balances) { actions.append(askBalance(account)) }
        return actions
    }

    private mutating func unsubscribe(_ wanted: [TradeChannel]) -> [TradeSessionAction] {
        var actions: [TradeSessionAction] = []
        for channel in wanted {
            channels.remove(ChannelSet(channel))
            actions.append(.message { TradeResponseEncoder.unsubscribed(channel, to: &$0) })
        }
        return actions
    }

    /// The pulse of the state channels.
    mutating func pulse() -> [TradeSessionAction] {
        guard case .open(let account) = phase else { return [] }
        var actions: [TradeSessionAction] = []
        if channels.contains(.positions) { actions.append(askPositions(account)) }
        if channels.contains(.balances) { actions.append(askBalance(account)) }
        return actions
    }

    private mutating func askPositions(_ account: SessionAccount) -> TradeSessionAction {
        submit(.query(.positions(account.id)), .positions)
    }

    private mutating func askBalance(_ account: SessionAccount) -> TradeSessionAction {
        submit(.query(.balance(account.id)), .balance)
    }

    private mutating func submit(_ request: Request, _ question: Pending?) -> TradeSessionAction {
        let number = nextRequest
        nextRequest += 1
        if let question { pending[number] = question }
        return .submit(request, request: number)
    }

    // MARK: - answers

    /// The exchange took no more requests: says so at once, nothing was done.
    mutating func submissionRefused(
        _ request: UInt64, _ environment: TradeEnvironment
    ) -> [TradeSessionAction] {
        let question = pending.removeValue(forKey: request)
        switch question {
        case .balance, .positions: return []  // The next pulse asks again.
        case .openAccount:
            phase = .awaitingAuthentication
            held = []
        case .cancelAll, .order, .openOrders, nil: break
        }
        return [busy(.withheld)]
    }

    private func busy(_ incoming: IncomingMessage) -> TradeSessionAction {
        let error = WireError(.serverError, "the exchange is busy, try again")
        return .message { TradeResponseEncoder.error(error, incoming, to: &$0) }
    }

    /// A command of this session was applied; order events have been sent already.
    mutating func applied(
        _ request: UInt64, _ events: ArraySlice<Event>, _ environment: TradeEnvironment
    ) -> [TradeSessionAction] {
        var refusal: RejectReason?
        for event in events {
            if case .commandRefused(let reason) = event { refusal = reason }
        }
        switch pending.removeValue(forKey: request) {
        case .openAccount:
            for event in events {
                if case .accountOpened(let account) = event { return opened(account, environment) }
            }
            phase = .awaitingAuthentication
            held = []
            return [busy(.withheld)]
        case .cancelAll(let incoming, let commands, let earlierRefusal):
            let worst = earlierRefusal ?? refusal
            if commands > 1 {
                pending[request] = .cancelAll(incoming, commands: commands - 1, refusal: worst)
                return []
            }
            guard worst != nil else {
                return [.message { TradeResponseEncoder.ack(incoming, to: &$0) }]
            }
            let error = WireError(.invalidParameter, "unknown symbol")
            return [.message { TradeResponseEncoder.error(error, incoming, to: &$0) }]
        case .order, .openOrders, .balance, .positions:
            preconditionFailure("request \(request) was a question, not a command")
        case nil:
            return refusal == nil ? [] : [busy(.withheld)]
        }
    }

    /// A question of this session was answered.
    mutating func reported(
        _ request: UInt64, _ report: Report, at time: Timestamp, _ environment: TradeEnvironment
    ) -> [TradeSessionAction] {
        guard let question = pending.removeValue(forKey: request), let account else { return [] }
        let user = account.identity
        let directory = environment.directory
        switch (question, report) {
        case (.balance, .balance(let balance)):
            guard channels.contains(.balances) else { return [] }
            return [
                .message { TradeResponseEncoder.balanceResponse(balance, user: user, to: &$0) }
            ]
        case (.positions, .positions(let rows)):
            return channels.contains(.positions) ? show(rows, user, directory) : []
        case (.order(let symbol, let reference), .order(let state)):
            let response =
                state.map {
                    OrderResponse.open($0, in: directory.instrument($0.instrument), user: user)
                } ?? .noSuchOrder(reference, symbol: symbol, user: user, at: time)
            return [.message { TradeResponseEncoder.orderResponse(response, to: &$0) }]
        case (.openOrders(let page), .openOrders(let states)):
            let rows = states.dropFirst(page.offset).prefix(page.limit)
            return [
                .message {
                    TradeResponseEncoder.allOrdersResponse(
                        rows, user: user, instrument: { directory.instrument($0) }, to: &$0)
                }
            ]
        case (_, _):
            preconditionFailure("request \(request) was answered with another kind of report")
        }
    }

    /// One frame for each contract with a position or open orders, and a last one when both ended.
    private mutating func show(
        _ rows: [PositionReport], _ user: UniqueID, _ directory: AccountDirectory
    ) -> [TradeSessionAction] {
        var actions: [TradeSessionAction] = []
        // The exchange has nothing to say about a contract that was never traded once the last
        // order is gone, but whoever saw the order must hear of its end.
        let reported = Set(rows.map(\.instrument))
        let vanished = shownPositions.subtracting(reported).sorted { $0.index < $1.index }.map {
            var row = PositionReport(instrument: $0)
            row.leverage = directory.instrument($0).maximumLeverage
            return row
        }
        for row in rows + vanished {
            let isLive = row.quantity.lots != 0 || row.openOrders > 0
            guard isLive || shownPositions.contains(row.instrument) else { continue }
            if isLive {
                shownPositions.insert(row.instrument)
            } else {
                shownPositions.remove(row.instrument)
            }
            let instrument = directory.instrument(row.instrument)
            actions.append(
                .message {
                    TradeResponseEncoder.positionResponse(
                        row, in: instrument, user: user, to: &$0)
                })
        }
        return actions
    }

    /// The connection is gone. **Source** `protocol.md` §11, P-170, P-173.
    mutating func closed() -> [TradeSessionAction] {
        let account = account
        phase = .ended
        guard let account, cancelsOnDisconnect else { return [] }
        return [
            submit(.command(.cancelAllOrders(CancelAllOrders(account: account.id))), nil)
        ]
    }
}
