/// What is wrong with a scenario file, and where.
public struct ScenarioError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file; nil for a text without one.
    public var file: String?
    /// From one; nil where the whole file is meant.
    public let line: Int?
    /// The step's number, from one; nil outside the steps.
    public let step: Int?
    public let problem: String

    init(line: Int? = nil, step: Int? = nil, _ problem: String) {
        self.line = line
        self.step = step
        self.problem = problem
    }

    /// Such as `bad-day.yaml: line 12, step 3: "by" must be a percentage, such as -5%, not "5"`.
    public var description: String {
        var place: [String] = []
        if let line { place.append("line \(line)") }
        if let step { place.append("step \(step)") }
        var parts: [String] = []
        if let file { parts.append(file) }
        if !place.isEmpty { parts.append(place.joined(separator: ", ")) }
        return (parts + [problem]).joined(separator: ": ")
    }
}
