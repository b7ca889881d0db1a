import ExchangeAuth
import ExchangeTypes
import Testing

@testable import ExchangeServer

/// What an operator wants of users reaches the engine, once. **Source** P-184.
@Suite struct UserStatusDeskTests {
    private let alice = UniqueID(high: 0, low: 1)
    private let bob = UniqueID(high: 0, low: 2)
    private let blocked = UserStatus(isIdentityCheckMissing: true, areTermsMissing: true)

    private func opened(_ account: UInt32, _ identity: UniqueID, user: UInt32) -> Event {
        .accountOpened(
            AccountOpened(
                account: AccountID(account), identity: identity, user: AccountID(user),
                isNew: true))
    }

    /// The commands of a desk, all of which are sent.
    private func send(_ desk: inout UserStatusDesk) -> [SetUserStatus] {
        let commands = desk.commands()
        for command in commands { desk.sent(command) }
        return commands
    }

    @Test("A user is blocked once, as soon as there is an account, and freed once")
    func blockAndFree() {
        var desk = UserStatusDesk()
        desk.wanted = [alice: blocked]
        #expect(send(&desk) == [])
        desk.observe(opened(0, bob, user: 0))
        desk.observe(opened(1, alice, user: 1))
        let command = SetUserStatus(
            user: AccountID(1), isIdentityCheckMissing: true, areTermsMissing: true)
        #expect(send(&desk) == [command])
        #expect(send(&desk) == [])
        desk.observe(.userStatusChanged(command))
        #expect(send(&desk) == [])
        desk.wanted = [:]
        let freed = SetUserStatus(
            user: AccountID(1), isIdentityCheckMissing: false, areTermsMissing: false)
        #expect(send(&desk) == [freed])
        desk.observe(.userStatusChanged(freed))
        #expect(send(&desk) == [])
    }

    @Test("What found no room is asked for again")
    func retried() {
        var desk = UserStatusDesk()
        desk.wanted = [alice: blocked]
        desk.observe(opened(0, alice, user: 0))
        let first = desk.commands()
        #expect(first.count == 1)
        #expect(desk.commands() == first)
    }

    @Test("After a restart the engine says who is blocked, and only differences are sent")
    func restart() {
        var desk = UserStatusDesk()
        desk.wanted = [alice: UserStatus(areTermsMissing: true), bob: blocked]
        desk.observe(opened(0, alice, user: 0))
        desk.observe(opened(1, bob, user: 1))
        for user in 0...1 as ClosedRange<UInt32> {
            desk.observe(
                .userStatusChanged(
                    SetUserStatus(
                        user: AccountID(user), isIdentityCheckMissing: true,
                        areTermsMissing: true)))
        }
        #expect(
            send(&desk) == [
                SetUserStatus(
                    user: AccountID(0), isIdentityCheckMissing: false, areTermsMissing: true)
            ])
    }

    @Test("A subaccount has no status of its own")
    func subaccounts() {
        var desk = UserStatusDesk()
        desk.wanted = [bob: blocked]
        desk.observe(opened(0, alice, user: 0))
        desk.observe(opened(1, bob, user: 0))
        #expect(send(&desk) == [])
    }
}
