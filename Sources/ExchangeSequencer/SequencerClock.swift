public import ExchangeTypes

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where the sequencer's time comes from: the only clock that state can depend on, through the
/// timestamps of the log.
public protocol SequencerClock {
    func now() -> Timestamp
}

/// The machine's wall clock. It may jump; the sequencer never lets the log's time go back.
public struct SystemClock: SequencerClock, Sendable {
    public init() {}
    public func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(
            nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
