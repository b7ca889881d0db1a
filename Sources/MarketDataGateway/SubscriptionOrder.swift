import ExchangeTypes
import MarketDataViews
import QFEXWire

/// What a command of the public endpoint comes to: the parts that can be carried out, and what is
/// wrong with the others.
///
/// A command may repeat a word thousands of times, and topics are the product of three lists, so
/// each list is reduced to distinct words first.
struct SubscriptionOrder {
    /// The channels, as given, repetitions included.
    private(set) var channels: [MarketDataChannel] = []
    /// The symbols that exist, as given, repetitions included.
    private(set) var symbols: [SymbolSelector] = []
    /// Each once, in the order of the command.
    private(set) var topics: [Topic] = []
    /// One for each kind of mistake, those that the decoder found included.
    private(set) var problems: [WireError]

    /// Takes a command apart. **Source** `protocol.md` §3.1, §3.14.
    init(_ request: MarketDataRequest, _ view: MarketView) {
        problems = request.problems
        channels = request.channels
        let selections = takeSymbols(request, view)
        let figures = request.significantFigures.distinct
        let intervals = request.candleIntervals.distinct
        let common = Set(request.intervals)
        for channel in channels.distinct {
            for feed in Feed.all(of: channel, figures, intervals) {
                for selection in selections where selection.includes(feed, common) {
                    topics.append(Topic(feed: feed, instrument: selection.instrument))
                }
            }
        }
        topics = topics.distinct
    }

    /// What one symbol of a command means.
    private struct Selection: Hashable {
        /// Nil stands for the wildcard.
        let instrument: InstrumentID?
        /// The one that stood behind the symbol.
        let interval: CandleInterval?

        /// A symbol with an interval means that one, others mean those of the command; whatever is no
        /// candle has none. **Source** `protocol.md` C-28.
        func includes(_ feed: Feed, _ common: Set<CandleInterval>) -> Bool {
            guard case .candle(let wanted) = feed else { return true }
            return interval.map { $0 == wanted } ?? common.contains(wanted)
        }
    }

    /// The contracts that were named, each once.
    private mutating func takeSymbols(
        _ request: MarketDataRequest, _ view: MarketView
    ) -> [Selection] {
        var selections: [Selection] = []
        var unknown: [Symbol] = []
        for selector in request.symbols {
            let instrument = view.instrumentID(of: selector.symbol)
            if instrument != nil || selector.isWildcard {
                symbols.append(selector)
                selections.append(Selection(instrument: instrument, interval: selector.interval))
            } else {
                unknown.append(selector.symbol)
            }
        }
        if !unknown.isEmpty {
            problems.append(.unknown(.invalidParameter, "symbols", unknown))
        }
        return selections.distinct
    }
}

extension Array where Element: Hashable {
    /// Every element where it occurs first.
    fileprivate var distinct: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
