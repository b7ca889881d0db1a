import ExchangeAuth
import ExchangeSequencer
import ExchangeTypes
import Logging
import ServiceLifecycle
import Synchronization

/// Takes over which users may not trade, within a second, and tells the engine. A user who is new to
/// the exchange is told of as soon as there is an account.
final class UserStatusService: Service, EventSubscriber {
    private let store: UserStatusStore
    private let inbox: any CommandInbox
    private let logger: Logger
    private let desk: Mutex<UserStatusDesk>
    private let contents: Mutex<UserStatusStore.Contents>

    /// Reads the store for the first time.
    init(
        store: UserStatusStore, inbox: any CommandInbox, logger: Logger
    ) throws(APIKeyStoreError) {
        self.store = store
        self.inbox = inbox
        self.logger = logger
        let contents = try store.load()
        var desk = UserStatusDesk()
        desk.wanted = contents.byIdentity
        self.desk = Mutex(desk)
        self.contents = Mutex(contents)
    }

    func deliver(_ batch: EventBatch) {
        desk.withLock { desk in
            for entry in batch.entries {
                switch entry.outcome {
                case .description(let range), .events(let range):
                    for event in batch.events[range] { desk.observe(event) }
                case .report: continue
                }
            }
            send(&desk)
        }
    }

    func run() async throws {
        var isBroken = false
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            do {
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(1)) }
            } catch is CancellationError {
                return
            }
            do throws(APIKeyStoreError) {
                try reload()
                isBroken = false
            } catch {
                // Said once: what was read before holds until the file is mended.
                if !isBroken {
                    logger.error("users cannot be reloaded", metadata: ["error": "\(error)"])
                }
                isBroken = true
            }
        }
    }

    private func reload() throws(APIKeyStoreError) {
        let before = contents.withLock { $0 }
        let changed = try store.loadIfChanged(since: before)
        if let changed {
            contents.withLock { $0 = changed }
            logger.info(
                "users reloaded", metadata: ["blocked": "\(changed.statuses.count)"])
        }
        desk.withLock { desk in
            if let changed { desk.wanted = changed.byIdentity }
            send(&desk)
        }
    }

    private func send(_ desk: inout UserStatusDesk) {
        for command in desk.commands()
        where inbox.enqueue(Submission(.command(.setUserStatus(command)))) {
            desk.sent(command)
        }
    }
}

/// Compares what the operator wants of users with what the engine knows. Pure.
struct UserStatusDesk {
    /// By the user's UUID; all others may trade.
    var wanted: [UniqueID: UserStatus] = [:] {
        didSet { isDirty = true }
    }
    private var accounts: [UniqueID: AccountID] = [:]
    private var identities: [AccountID: UniqueID] = [:]
    /// What the engine holds or was sent; nobody who may trade is in it.
    private var known: [UniqueID: UserStatus] = [:]
    /// Whether a user may differ: else there is nothing to compare.
    private var isDirty = false

    mutating func observe(_ event: Event) {
        switch event {
        case .accountOpened(let opened):
            guard opened.account == opened.user else { return }
            accounts[opened.identity] = opened.account
            identities[opened.account] = opened.identity
            if wanted[opened.identity] != nil { isDirty = true }
        case .userStatusChanged(let status):
            guard let identity = identities[status.user] else { return }
            note(UserStatus(status), of: identity)
            isDirty = true
        case .instrumentConfigured, .pricesChanged, .sessionChanged, .fundingRateChanged,
            .openInterestChanged, .orderAccepted, .orderAmended, .orderCancelled, .orderRejected,
            .cancelRejected, .modifyRejected, .stopRequestRejected, .twapChanged,
            .twapCancelRejected, .orderFilled, .tradeExecuted, .levelChanged, .positionChanged,
            .balanceChanged, .fundingPaid, .leverageChanged, .liquidationChanged,
            .instrumentSplit, .disturbed, .reserveChanged, .alertRaised, .commandRefused:
            return
        }
    }

    /// What the engine must be told, by account.
    mutating func commands() -> [SetUserStatus] {
        guard isDirty else { return [] }
        isDirty = false
        let users = Set(wanted.keys).union(known.keys)
        return users.compactMap { user in
            let status = wanted[user] ?? UserStatus()
            guard let account = accounts[user], known[user] ?? UserStatus() != status else {
                return nil
            }
            // Until it is sent, it is missing.
            isDirty = true
            return SetUserStatus(
                user: account, isIdentityCheckMissing: status.isIdentityCheckMissing,
                areTermsMissing: status.areTermsMissing)
        }
        .sorted { $0.user < $1.user }
    }

    /// A command is on its way.
    mutating func sent(_ command: SetUserStatus) {
        if let identity = identities[command.user] { note(UserStatus(command), of: identity) }
    }

    private mutating func note(_ status: UserStatus, of identity: UniqueID) {
        known[identity] = status.isClear ? nil : status
    }
}

extension UserStatus {
    fileprivate init(_ status: SetUserStatus) {
        self.init(
            isIdentityCheckMissing: status.isIdentityCheckMissing,
            areTermsMissing: status.areTermsMissing)
    }
}

extension UserStatusStore.Contents {
    /// The statuses under the identities that the engine knows.
    fileprivate var byIdentity: [UniqueID: UserStatus] {
        var result: [UniqueID: UserStatus] = [:]
        for (user, status) in statuses {
            guard let identity = UniqueID(user.text) else {
                preconditionFailure("a checked user id must be a UUID")
            }
            result[identity] = status
        }
        return result
    }
}
