import ExchangeTypes

extension Exchange {
    /// Notes what keeps a user from trading, or that nothing does. **Source** P-184.
    func setUserStatus(_ request: SetUserStatus) {
        guard isOpen(request.user), accounts[Int(request.user.index)].isMaster else {
            return refuse()
        }
        accounts[Int(request.user.index)].isIdentityCheckMissing = request.isIdentityCheckMissing
        accounts[Int(request.user.index)].areTermsMissing = request.areTermsMissing
        events.append(.userStatusChanged(request))
    }
}
