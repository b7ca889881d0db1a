import ExchangeTypes

/// What the underlier's market is doing. **Source** `docs/RISK.md` §2.2; `rules.md` §12.
extension NaiveExchange {
    /// Begins a session, now or later. **Source** R-102.
    mutating func scheduleSession(_ request: ScheduleSession) {
        let id = request.instrument
        guard isTradable(id) else { return refuse() }
        let place = self[id].scheduled.firstIndex { $0.startsAt == request.startsAt }
        guard place != nil || self[id].scheduled.count < Limits.maximumScheduledSessions else {
            return refuse()
        }
        if request.startsAt <= now { return begin(request.session, id) }
        if let place {
            self[id].scheduled[place].session = request.session
        } else {
            self[id].scheduled.append(
                NaiveSessionChange(session: request.session, startsAt: request.startsAt))
            self[id].scheduled.sort { $0.startsAt < $1.startsAt }
        }
    }

    /// Begins a session, with what follows at once from it.
    mutating func begin(_ session: MarketSession, _ id: InstrumentID) {
        guard session != self[id].session else { return }
        self[id].session = session
        emit(.sessionChanged(SessionChanged(instrument: id, session: session)))
        decideSource(id)
        sayPrices(id)
        sayRate(id, hourEnd: nextHour)
    }
}
