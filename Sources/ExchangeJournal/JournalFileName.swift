/// Names of the files in a journal's directory.
///
/// `journal-00000000000000000001.log`, `snapshot-00000000000001000000.snap`: twenty digits hold any
/// `UInt64`, so that the order of names is the order of sequences.
enum JournalFileName {
    /// Held under an exclusive lock by the process that writes the journal; contains its id.
    static let lock = "journal.lock"
    /// A zeroed file that will become the next segment; worthless after a restart.
    static let prepared = "journal.prepared"
    /// A snapshot that is being written; worthless after a restart.
    static let unfinishedSnapshot = "snapshot.unfinished"

    private static let segmentForm = (prefix: "journal-", suffix: ".log")
    private static let snapshotForm = (prefix: "snapshot-", suffix: ".snap")
    private static let digitCount = 20

    /// The name of the segment that begins with a sequence.
    static func segment(firstSequence: UInt64) -> String { name(segmentForm, firstSequence) }

    /// The first sequence in a segment's name; nil for any other name.
    static func firstSequence(of name: String) -> UInt64? { number(in: name, segmentForm) }

    /// The name of the snapshot after a sequence.
    static func snapshot(sequence: UInt64) -> String { name(snapshotForm, sequence) }

    /// The sequence in a snapshot's name; nil for any other name.
    static func snapshotSequence(of name: String) -> UInt64? { number(in: name, snapshotForm) }

    private static func name(_ form: (prefix: String, suffix: String), _ number: UInt64) -> String {
        let digits = String(number)
        let zeros = String(repeating: "0", count: digitCount - digits.utf8.count)
        return form.prefix + zeros + digits + form.suffix
    }

    private static func number(
        in name: String, _ form: (prefix: String, suffix: String)
    ) -> UInt64? {
        guard name.hasPrefix(form.prefix), name.hasSuffix(form.suffix) else { return nil }
        let digits = name.utf8.dropFirst(form.prefix.utf8.count)
            .dropLast(form.suffix.utf8.count)
        guard digits.count == digitCount, digits.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return UInt64(String(Substring(digits)))
    }
}
