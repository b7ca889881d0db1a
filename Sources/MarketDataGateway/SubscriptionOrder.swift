import ExchangeTypes
import MarketDataViews
import QFEXWire

/// What a command of the public endpoint comes to: the parts that can be carried out, and what is
/// wrong with the others.
///
/// A command may repeat a word thousands of times, and topics are the product of three lists, so
/// each list is reduced to distinct words first.
struct SubscriptionOrder {
    /// The channels that are served, as given, repetitions included.
    private(set) var channels: [MarketDataChannel] = []
    /// The symbols that exist, as given, repetitions included.
    private(set) var symbols: [SymbolSelector] = []
    /// Each once, in the order of the command.
    private(set) var topics: [Topic] = []
    /// One for each kind of mistake, those that the decoder found included.
    private(set) var problems: [WireError]

    /// A client may have named thousands: the first ones tell enough.
    static let namedUnknownSymbols = 20

    /// Takes a command apart. **Source** `protocol.md` §3.1, §3.14.
    init(_ request: MarketDataRequest, _ view: MarketView) {
        problems = request.problems
        let feeds = takeChannels(request)
        let instruments = takeSymbols(request, view)
        for feed in feeds {
            for instrument in instruments {
                topics.append(Topic(feed: feed, instrument: instrument))
            }
        }
    }

    private mutating func takeChannels(_ request: MarketDataRequest) -> [Feed] {
        channels = request.channels.filter { !Feed.all(of: $0).isEmpty }
        let unserved = request.channels.filter { Feed.all(of: $0).isEmpty }.distinct
        if !unserved.isEmpty {
            let names = unserved.map { "\($0.wireName)" }.joined(separator: ", ")
            problems.append(WireError(.invalidParameter, "not available yet: \(names)"))
        }
        let figures = request.significantFigures.distinct
        return channels.distinct.flatMap { Feed.all(of: $0, figures) }
    }

    /// The contracts that were named; nil stands for the wildcard.
    private mutating func takeSymbols(
        _ request: MarketDataRequest, _ view: MarketView
    ) -> [InstrumentID?] {
        var instruments: [InstrumentID?] = []
        var unknown: [Symbol] = []
        for selector in request.symbols {
            let instrument = view.instrumentID(of: selector.symbol)
            if instrument != nil || selector.isWildcard {
                symbols.append(selector)
                instruments.append(instrument)
            } else {
                unknown.append(selector.symbol)
            }
        }
        if !unknown.isEmpty { problems.append(Self.refusal(unknown.distinct)) }
        return instruments.distinct
    }

    private static func refusal(_ unknown: [Symbol]) -> WireError {
        let names = unknown.prefix(namedUnknownSymbols).map(\.string).joined(separator: ", ")
        let others = unknown.count - namedUnknownSymbols
        let more = others > 0 ? " and \(others) more" : ""
        return WireError(.invalidParameter, "unknown symbols: \(names)\(more)")
    }
}

extension Array where Element: Hashable {
    /// Every element where it occurs first.
    fileprivate var distinct: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
