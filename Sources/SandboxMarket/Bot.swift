import ExchangeTypes

/// A kind of bot.
enum Bot: Sendable {
    case maker
    case noise
    case momentum
}

/// The accounts that trade a contract.
struct BotAccounts {
    let maker: AccountID
    let noise: AccountID
    let momentum: AccountID
}
