import ExchangeTypes

/// What the underlier's market is doing. **Source** `docs/RISK.md` §2.2; `rules.md` §12.
extension NaiveExchange {
    /// Begins a session, now or later. **Source** R-102.
    mutating func scheduleSession(_ request: ScheduleSession) {
        let id = request.instrument
        guard isTradable(id) else { return refuse() }
        let place = listings[id.place].scheduled.firstIndex { $0.startsAt == request.startsAt }
        guard place != nil || listings[id.place].scheduled.count < Limits.maximumScheduledSessions
        else {
            return refuse()
        }
        if request.startsAt <= now { return begin(request.session, id) }
        if let place {
            listings[id.place].scheduled[place].session = request.session
        } else {
            listings[id.place].scheduled.append(
                NaiveSessionChange(session: request.session, startsAt: request.startsAt))
            listings[id.place].scheduled.sort { $0.startsAt < $1.startsAt }
        }
    }

    /// Begins a session, with what follows at once from it.
    mutating func begin(_ session: MarketSession, _ id: InstrumentID) {
        guard session != listings[id.place].session else { return }
        listings[id.place].session = session
        emit(.sessionChanged(SessionChanged(instrument: id, session: session)))
        decideSource(id)
        sayPrices(id)
        sayRate(id, hourEnd: nextHour)
    }
}
