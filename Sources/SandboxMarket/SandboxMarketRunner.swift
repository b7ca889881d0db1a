public import ExchangeSequencer
import ExchangeTypes

/// Runs a `SandboxMarket` against an exchange: a mailbox for its events, a timer for its ticks.
public final class SandboxMarketRunner: EventSubscriber, Sendable {
    private let market: SandboxMarket
    private let inbox: any CommandInbox
    private let clock: any Clock<Duration>
    private let mailbox: Mailbox

    /// A runner of a market that has not begun.
    ///
    /// `mailboxCapacity` is the number of batches that may wait for a tick.
    public init(
        market: SandboxMarket, inbox: any CommandInbox,
        clock: any Clock<Duration> = ContinuousClock(), mailboxCapacity: Int = 65_536
    ) {
        self.market = market
        self.inbox = inbox
        self.clock = clock
        mailbox = Mailbox(capacity: mailboxCapacity)
    }

    public func deliver(_ batch: EventBatch) { mailbox.put(batch) }

    /// Keeps the market going until the task is cancelled; to be called once.
    ///
    /// A quiet market also stays until then: a market that opens again asks for its price.
    public func run() async {
        var state = start()
        while !Task.isCancelled {
            beat(&state)
            do { try await clock.sleep(for: state.pause) } catch { break }
        }
        mailbox.close()
    }

    /// What lasts from one beat to the next.
    struct State {
        var market: SandboxMarket
        /// What the inbox had no room for yet, oldest first.
        var unsent: [Submission]
        /// Whether genesis was sent.
        var hasBegun = false

        /// The time until the next beat: the exchange describes itself within milliseconds, later beats
        /// are ticks.
        var pause: Duration {
            hasBegun ? .milliseconds(1_000 / SandboxMarket.ticksPerSecond) : .milliseconds(10)
        }
    }

    func start() -> State { State(market: market, unsent: [Submission(.subscribe(self))]) }

    /// Reads the mailbox, then lets a tick pass if everything before it was sent.
    func beat(_ state: inout State) {
        readMail(&state)
        if state.unsent.isEmpty && state.market.isDescribed {
            let commands = state.hasBegun ? state.market.tick() : state.market.genesis()
            state.hasBegun = true
            state.unsent = commands.map { Submission(.command($0)) }
        }
        var sent = 0
        while sent < state.unsent.count && inbox.enqueue(state.unsent[sent]) { sent += 1 }
        state.unsent.removeFirst(sent)
    }

    /// Lets the market know what has happened.
    func readMail(_ state: inout State) {
        let mail = mailbox.take()
        for batch in mail.batches { state.market.observe(batch) }
        if mail.hasLost {
            state.market.forgetSessions()
            state.hasBegun = false
        }
    }
}
