import ExchangeAuth
import ExchangeSequencer
import ExchangeTypes
import QFEXWire

/// Who the client is, and which account the session acts for. **Source** `protocol.md` §4.
extension TradeSession {
    mutating func authenticate(
        _ request: AuthRequest, _ environment: TradeEnvironment
    ) -> [TradeSessionAction] {
        let now = environment.now().nanoseconds / 1_000_000_000
        let result: Result<Principal, AuthenticationFailure>
        var publicKey: String?
        switch request.credential {
        case .hmac(let hmac):
            publicKey = hmac.publicKey
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
            let user = AuthenticatedUser(principal: principal, publicKey: publicKey)
            return enter(user, wanted: request.accountID, environment)
        }
    }

    mutating func fail(
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
    mutating func enter(
        _ authenticated: AuthenticatedUser, wanted: String?, _ environment: TradeEnvironment
    ) -> [TradeSessionAction] {
        let user = authenticated.identity
        let primary = environment.directory.account(user)
        // A user's own id names the primary account, also before there is one.
        if let wanted, UniqueID(wanted) != user {
            guard
                let identity = UniqueID(wanted),
                let account = environment.directory.account(identity), let primary,
                account.user == primary.account
            else { return fail(.foreignAccount, environment) }
            return open(account, authenticated)
        }
        if let primary { return open(primary, authenticated) }
        phase = .openingAccount(authenticated)
        return [submit(.command(.openAccount(OpenAccount(identity: user))), .openAccount)]
    }

    mutating func open(
        _ account: AccountOpened, _ authenticated: AuthenticatedUser
    ) -> [TradeSessionAction] {
        phase = .open(
            SessionAccount(
                id: account.account, identity: account.identity, user: authenticated.identity,
                permissions: authenticated.principal.permissions,
                publicKey: authenticated.publicKey))
        return [
            .join(account.account), .message { TradeResponseEncoder.authSucceeded(to: &$0) },
        ]
    }

    /// The engine has opened the account: welcomes a new user, then takes up what was held.
    mutating func opened(
        _ account: AccountOpened, _ environment: TradeEnvironment
    ) -> [TradeSessionAction] {
        guard case .openingAccount(let authenticated) = phase else { return [] }
        var actions: [TradeSessionAction] = []
        if account.isNew, let amount = environment.settings.welcomeDeposit {
            let deposit = Deposit(account: account.account, amount: amount)
            actions.append(submit(.command(.deposit(deposit)), nil))
        }
        actions += open(account, authenticated)
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
}

extension TradeSession.AuthenticatedUser {
    /// The user's own id, which is also that of the primary account.
    fileprivate var identity: UniqueID {
        guard let identity = UniqueID(principal.userID.text) else {
            preconditionFailure("a checked user id must be a UUID")
        }
        return identity
    }
}
