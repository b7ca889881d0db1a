import ExchangeTypes

/// All accounts with a position in a contract, by the mark at which each must be looked at again.
///
/// A mark that falls endangers longs, one that rises shorts. Longs are ranked by minus their trigger,
/// shorts by their trigger, so that in both the first are the first in danger.
struct Holders {
    var longs = TriggerHeap()
    var shorts = TriggerHeap()
}

/// How a mark change finds the accounts to liquidate without visiting the others.
///
/// An account's cushion is its equity above maintenance. It depends on the marks of all its contracts,
/// so no single price says when it is gone. Instead the cushion is shared out evenly among its
/// positions: each trigger is the mark at which that position alone would have used up its share. As
/// long as no trigger is reached, no more than the whole cushion is used up, so the account is sound;
/// when one is, the account is assessed and the cushion shared out anew. With one position the trigger
/// is the liquidation price itself. Triggers are rounded towards the mark: an assessment too early finds
/// nothing, one too late would be wrong.
extension Exchange {
    /// Queues the accounts that a contract's new mark has reached, and those in liquidation.
    ///
    /// **Complexity** linear in the accounts found, whatever the number of positions.
    func queueEndangered(by mark: ReferencePrice, of index: Int) {
        endangered.removeAll(keepingCapacity: true)
        holders[index].longs.collect(upTo: -mark.units, into: &endangered)
        holders[index].shorts.collect(upTo: mark.units, into: &endangered)
        for account in endangered { queue(account) }
        queueLiquidating()
    }

    /// Shares the cushion of a sound account out among its positions.
    func shareOutCushion(_ account: AccountID, _ figures: AccountFigures) {
        // Each position's value and margin are rounded: a unit each, and one for the division.
        let count = Int128(figures.positionCount)
        let share = max(0, figures.equity - figures.maintenance - 4 * count) / count
        for holding in accounts[Int(account.index)].holdings where holding.position.lots != 0 {
            let place = Int(holding.instrument.index)
            guard let mark = listings[place].mark else { continue }
            let isLong = holding.position.lots > 0
            let thirds = 3 * Int128(holding.leverage(in: listings[place].instrument))
            let lotSize = Int128(listings[place].instrument.lotSize.units)
            let size = Int128(holding.position.magnitude.lots) * lotSize
            // A long loses q·(1 − 2/3L) for each unit that the mark falls, a short q·(1 + 2/3L).
            let distance =
                share * Int128(unitsPerOne) * thirds
                / (size * (isLong ? thirds - 2 : thirds + 2))
            let reach = Int64(min(distance, Int128(Int64.max / 4)))
            if isLong {
                holders[place].longs.move(holding.trigger, to: reach - mark.units)
            } else {
                holders[place].shorts.move(holding.trigger, to: mark.units + reach)
            }
        }
    }

    /// Keeps the contract's holders true after a change of an account's position.
    func updateHolder(_ account: AccountID, _ instrument: InstrumentID) {
        let place = Int(instrument.index)
        let holding = accounts[Int(account.index)].holding(of: instrument)
        let isLong = holding.position.lots > 0
        let isHeld = holding.trigger != TriggerHeap.none
        if isHeld && (holding.position.lots == 0 || holding.isLongTrigger != isLong) {
            if holding.isLongTrigger {
                holders[place].longs.remove(holding.trigger)
            } else {
                holders[place].shorts.remove(holding.trigger)
            }
            setTrigger(TriggerHeap.none, isLong, account, instrument)
        } else if isHeld {
            return
        }
        guard holding.position.lots != 0 else { return }
        // The account is assessed before the command ends, which gives the trigger its place.
        let handle =
            isLong
            ? holders[place].longs.insert(account, at: .max)
            : holders[place].shorts.insert(account, at: .max)
        setTrigger(handle, isLong, account, instrument)
    }

    private func setTrigger(
        _ handle: TriggerHeap.Handle, _ isLong: Bool, _ account: AccountID,
        _ instrument: InstrumentID
    ) {
        accounts[Int(account.index)].withHolding(of: instrument) { holding in
            holding.trigger = handle
            holding.isLongTrigger = isLong
        }
    }

    /// Every account with a position in a contract, by id.
    func sortedHolders(of index: Int) -> [AccountID] {
        var all: [AccountID] = []
        holders[index].longs.forEach { all.append($0) }
        holders[index].shorts.forEach { all.append($0) }
        return all.sorted()
    }
}
