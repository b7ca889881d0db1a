import ExchangeTypes

extension Exchange {
    /// Opens an account for an outside identity; a repetition answers with the one that exists.
    func openAccount(_ open: OpenAccount) {
        if let existing = accountsByIdentity[open.identity] {
            return emitOpened(existing, isNew: false)
        }
        guard accounts.count < Int(Limits.maximumAccounts) else { return refuse() }
        let id = AccountID(UInt32(accounts.count))
        if let master = open.master {
            guard
                isOpen(master), accounts[Int(master.index)].isMaster,
                accounts[Int(master.index)].subaccountCount < venue.maximumSubaccounts
            else { return refuse() }
            accounts[Int(master.index)].subaccountCount += 1
        }
        accounts.append(Account(id: id, identity: open.identity, user: open.master ?? id))
        accountsByIdentity[open.identity] = id
        emitOpened(id, isNew: true)
    }

    func emitOpened(_ id: AccountID, isNew: Bool) {
        let account = accounts[Int(id.index)]
        events.append(
            .accountOpened(
                AccountOpened(
                    account: id, identity: account.identity, user: account.user, isNew: isNew)))
    }
}
