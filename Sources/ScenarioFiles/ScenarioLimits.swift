/// The bounds of a scenario file.
public enum ScenarioLimits {
    /// Bytes of the file.
    public static let maximumBytes = 256 * 1_024
    /// Steps as written.
    public static let maximumSteps = 1_000
    /// Bytes of the name.
    public static let maximumNameBytes = 64
    /// Bytes of a note: with `step 1000: ` before them they fit the log's 64.
    public static let maximumNoteBytes = 50
    /// The latest step and the longest repetition: a week. **Units** milliseconds.
    public static let maximumMilliseconds: Int64 = 7 * 86_400_000
    /// Tellings of a story that ends.
    public static let maximumTellings: Int64 = 1_000_000
}
