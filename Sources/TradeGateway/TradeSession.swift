import ExchangeAuth
import ExchangeSequencer
import ExchangeTypes
import QFEXWire

/// One connection of the trade endpoint: a state machine from messages and answers to actions, without
/// sockets, clocks or threads.
///
/// ```
/// awaitingAuthentication ──auth──▶ openingAccount ──accountOpened──▶ open
///            └───────── auth of an account that exists ──────────────▶
/// ```
/// **Source** `protocol.md` §4–§11.
struct TradeSession {
    enum Phase {
        case awaitingAuthentication
        /// The user is good, the engine is being asked to open the account; messages wait.
        case openingAccount(AuthenticatedUser)
        case open(SessionAccount)
        case ended
    }

    /// Who proved to be who, and with what.
    struct AuthenticatedUser {
        let principal: Principal
        /// Nil for a token.
        let publicKey: String?
    }

    /// Whom an open session acts for.
    struct SessionAccount {
        let id: AccountID
        let identity: UniqueID
        /// The master account's identity: limits are the user's, over all accounts and connections.
        let user: UniqueID
        let permissions: Permissions
        /// The key that must still work; nil for a token.
        let publicKey: String?

        /// Whether this is what a disturbance means by a user's or an account's identity.
        func isMeant(by name: UniqueID?) -> Bool { name == nil || name == user || name == identity }
    }

    /// A request under way.
    enum Pending {
        case openAccount
        /// Answered once this many commands have been applied.
        case cancelAll(IncomingMessage, commands: Int, refusal: RejectReason?)
        /// An order or a change of one by a user whom the engine will most probably not let trade.
        case blockedEntry(IncomingMessage)
        case closePosition(IncomingMessage, InstrumentReference)
        case stopRequest(IncomingMessage)
        case addTWAP(IncomingMessage, InstrumentReference)
        case setLeverage(IncomingMessage, InstrumentReference)
        case order(symbol: Symbol, OrderReference)
        /// The orders, once they are there, wait for the sliced orders.
        case openOrders(Page, [OrderState]?)
        case trades
        case leverages(Page)
        case balance
        case positions
    }

    var phase = Phase.awaitingAuthentication
    var channels: ChannelSet = []
    var cancelsOnDisconnect = false
    var held: [[UInt8]] = []
    var nextRequest: UInt64 = 1
    var pending: [UInt64: Pending] = [:]
    /// Contracts last pushed with a position or open orders, and the leverage in them: a zero row
    /// follows when they end.
    var shownPositions: [InstrumentID: UInt16] = [:]

    /// The account of an open session.
    var account: SessionAccount? {
        if case .open(let account) = phase { account } else { nil }
    }

    /// Takes one message of the client.
    mutating func receive(
        _ message: UnsafeRawBufferPointer, _ environment: TradeEnvironment
    ) -> [TradeSessionAction] {
        switch phase {
        case .awaitingAuthentication, .open:
            let request: Result<TradeRequest, WireError>
            do throws(WireError) {
                request = .success(try environment.decoder.decode(message))
            } catch {
                request = .failure(error)
            }
            if let answer = turnAway(environment) { return answer }
            switch request {
            case .success(let request): return handle(request, environment)
            case .failure(let error): return [refuse(error, environment)]
            }
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

    /// The answer to an authenticated client that is not heard, whatever it says: its key was revoked,
    /// or it says too much. **Source** `protocol.md` §15, §18.13.
    private mutating func turnAway(_ environment: TradeEnvironment) -> [TradeSessionAction]? {
        guard let account else { return nil }
        if let key = account.publicKey, !environment.authenticator.isWorking(key) {
            let answer = refuse(WireError(.permissionDenied, "this key was revoked"), environment)
            return [answer] + closed() + [.close(.keyRevoked)]
        }
        let wait = environment.limiter.admit(
            account.user, account: account.identity, environment.decoder.command,
            at: environment.uptime())
        guard let wait else { return nil }
        let seconds = Decimal8(units: wait / 10)
        let error = WireError(.rateLimited, "too many requests, retry after \(seconds)s")
        return [refuse(error, environment, retryAfterNanoseconds: wait)]
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

    func refuse(
        _ error: WireError, _ environment: TradeEnvironment, retryAfterNanoseconds: Int64? = nil
    ) -> TradeSessionAction {
        let isAuthenticated = account != nil
        let incoming = environment.decoder.incomingMessage(isAuthenticated: isAuthenticated)
        return .message {
            TradeResponseEncoder.error(
                error, incoming, retryAfterNanoseconds: retryAfterNanoseconds, to: &$0)
        }
    }

    mutating func submit(_ request: Request, _ question: Pending?) -> TradeSessionAction {
        let number = nextRequest
        nextRequest += 1
        if let question { pending[number] = question }
        return .submit(request, request: number)
    }

    /// The connection is gone or will be. **Source** `protocol.md` §11, P-170, P-173.
    mutating func closed() -> [TradeSessionAction] {
        let account = account
        phase = .ended
        guard let account, cancelsOnDisconnect else { return [] }
        return [.submitSurely(.command(.cancelAllOrders(CancelAllOrders(account: account.id))))]
    }
}
