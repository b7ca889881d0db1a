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
    enum Phase {
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
    enum Pending {
        case openAccount
        /// Answered once this many commands have been applied.
        case cancelAll(IncomingMessage, commands: Int, refusal: RejectReason?)
        case order(symbol: Symbol, OrderReference)
        case openOrders(Page)
        case leverages(Page)
        case setLeverage(IncomingMessage, InstrumentReference)
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

    mutating func handle(
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
        _ error: WireError, _ environment: TradeEnvironment
    ) -> TradeSessionAction {
        let isAuthenticated = account != nil
        let incoming = environment.decoder.incomingMessage(isAuthenticated: isAuthenticated)
        return .message { TradeResponseEncoder.error(error, incoming, to: &$0) }
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
