import ExchangeTypes

/// A session that begins later. Kept sorted by instant, one for each.
struct ScheduledSession {
    let session: MarketSession
    let startsAt: Timestamp
}

/// Trading hours reach the engine as commands with absolute times, so that no replay depends on a
/// machine's time-zone files. **Source** R-102, RISK.md §2.2.
extension Exchange {
    func scheduleSession(_ request: ScheduleSession) {
        guard let index = tradable(request.instrument) else { return refuse() }
        let count = schedules[index].count
        let place = schedules[index].firstIndex { $0.startsAt >= request.startsAt } ?? count
        let replaces = place < count && schedules[index][place].startsAt == request.startsAt
        guard replaces || count < Limits.maximumScheduledSessions else { return refuse() }
        if request.startsAt <= now { return begin(request.session, of: index) }
        let scheduled = ScheduledSession(session: request.session, startsAt: request.startsAt)
        if replaces {
            schedules[index][place] = scheduled
        } else {
            schedules[index].insert(scheduled, at: place)
        }
    }

    /// Begins every session that is due.
    func beginDueSessions(of index: Int) {
        while let first = schedules[index].first, first.startsAt <= now {
            schedules[index].removeFirst()
            begin(first.session, of: index)
        }
    }

    private func begin(_ session: MarketSession, of index: Int) {
        guard listings[index].session != session else { return }
        listings[index].session = session
        let id = listings[index].instrument.id
        events.append(.sessionChanged(SessionChanged(instrument: id, session: session)))
        guard listings[index].oracle != nil else { return }
        decideSource(of: index)
        sayPrices(of: index)
        sayFundingRate(of: index)
    }
}
