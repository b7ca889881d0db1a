import Yams

/// A value in the file, and where it is.
struct ScenarioNode {
    private let node: Node
    /// What it is called in messages: `"by"`.
    let name: String
    /// The number of the step it belongs to.
    let step: Int?

    init(_ node: Node, name: String, step: Int? = nil) {
        self.node = node
        self.name = name
        self.step = step
    }

    /// An error at this place.
    func error(_ problem: String) -> ScenarioError {
        ScenarioError(line: node.mark?.line, step: step, problem)
    }

    /// An error that says what was expected here.
    func mustBe(_ expected: String) -> ScenarioError {
        if case .scalar(let scalar) = node {
            return error("\(name) must be \(expected), not \"\(Self.shortened(scalar.string))\"")
        }
        return error("\(name) must be \(expected)")
    }

    /// A text or number, as written.
    func text(_ expected: String) throws(ScenarioError) -> String {
        guard case .scalar(let scalar) = node else { throw mustBe(expected) }
        return scalar.string
    }

    /// The elements of a list.
    func elements(_ expected: String) throws(ScenarioError) -> [ScenarioNode] {
        guard case .sequence(let sequence) = node else { throw mustBe(expected) }
        return sequence.map { ScenarioNode($0, name: name, step: step) }
    }

    /// The same as the step of a number, which its errors name from here on.
    func asStep(_ number: Int) -> ScenarioNode { ScenarioNode(node, name: "a step", step: number) }

    /// The fields of a mapping, in the order written.
    func pairs(_ expected: String) throws(ScenarioError) -> [(key: String, value: ScenarioNode)] {
        guard case .mapping(let mapping) = node else { throw mustBe(expected) }
        var pairs: [(key: String, value: ScenarioNode)] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                throw error("a field's name must be a text")
            }
            let name = "\"\(Self.shortened(scalar.string))\""
            pairs.append((scalar.string, ScenarioNode(value, name: name, step: step)))
        }
        return pairs
    }

    /// The fields of a mapping that has no others than these.
    func fields(_ known: [String]) throws(ScenarioError) -> ScenarioFields {
        var fields: [String: ScenarioNode] = [:]
        for (key, value) in try pairs("a mapping with the fields \(known.joined(separator: ", "))")
        {
            guard known.contains(key) else {
                throw value.error(
                    "unknown field \(value.name), known are \(known.joined(separator: ", "))")
            }
            fields[key] = value
        }
        return ScenarioFields(owner: self, fields: fields)
    }

    /// What a message repeats of a text.
    static func shortened(_ text: String) -> String {
        text.count <= 40 ? text : text.prefix(40) + "…"
    }
}

/// The fields of a mapping, all of them known.
struct ScenarioFields {
    fileprivate let owner: ScenarioNode
    fileprivate let fields: [String: ScenarioNode]

    /// A field, where it is given.
    subscript(name: String) -> ScenarioNode? { fields[name] }

    /// A field that must be there.
    func required(_ name: String) throws(ScenarioError) -> ScenarioNode {
        guard let field = fields[name] else {
            throw owner.error("\(owner.name) needs the field \"\(name)\"")
        }
        return field
    }

    /// An error that concerns the whole mapping.
    func error(_ problem: String) -> ScenarioError { owner.error(problem) }

    /// Refuses fields that mean nothing here.
    func allow(_ allowed: [String], for whom: String) throws(ScenarioError) {
        // In alphabetical order, so that the message does not depend on hashes.
        for name in fields.keys.sorted() where !allowed.contains(name) {
            throw try required(name).error(
                "\(whom) takes no \"\(name)\", only \(allowed.joined(separator: ", "))")
        }
    }
}
