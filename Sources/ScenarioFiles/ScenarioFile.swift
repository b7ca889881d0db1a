public import ExchangeTypes
import Foundation
public import SandboxMarket
import Yams

/// What a scenario file says. **Source** SCENARIOS.md.
///
/// YAML 1.2 and with it JSON; everything in it is checked before anything of it happens.
public struct ScenarioFile: Hashable, Sendable {
    /// Prices of an underlier that were real once.
    public struct Prices: Hashable, Sendable {
        /// The file; a relative path is from the folder of the scenario file.
        public var path: String
        /// How many seconds of the file pass in one of the market.
        public var speed = Decimal8(1)
        /// Whether it begins anew after its end; else its last prices hold.
        public var loops = false
    }

    /// The seed of the market; nil where the operator's counts.
    public var seed: UInt64?
    /// How underliers move, where they do not move as usual.
    public var underliers = PerContract<UnderlierModel>()
    /// Who trades, where not all bots do.
    public var bots = PerContract<BotMix>()
    public var prices: Prices?
    public var scenario: Scenario

    /// What a file has to be read against.
    public struct Context {
        let symbols: Set<Symbol>
        let user: (String) -> UniqueID?

        /// Contracts that there are, and the user behind a public key, nil for an unknown key.
        public init(symbols: [Symbol], user: @escaping (String) -> UniqueID?) {
            self.symbols = Set(symbols)
            self.user = user
        }
    }

    /// Reads a file.
    public static func read(
        path: String, _ context: Context
    ) throws(ScenarioError) -> ScenarioFile {
        do throws(ScenarioError) {
            var file = try ScenarioFile(text: try load(path), context)
            if let prices = file.prices {
                let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
                file.prices?.path = URL(fileURLWithPath: prices.path, relativeTo: folder).path
            }
            return file
        } catch {
            var error = error
            error.file = path
            throw error
        }
    }

    /// Reads the text of a file.
    public init(text: String, _ context: Context) throws(ScenarioError) {
        guard text.utf8.count <= ScenarioLimits.maximumBytes else { throw Self.tooLarge }
        try Self.refuseAliases(in: text)
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw ScenarioError(syntax: error)
        }
        guard let node else { throw ScenarioError("there is nothing in it") }
        let reader = ScenarioReader(context: context)
        self = try reader.file(ScenarioNode(node, name: "a scenario"))
    }

    init(scenario: Scenario) { self.scenario = scenario }

    private static func load(_ path: String) throws(ScenarioError) -> String {
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { handle.closeFile() }
            // One byte more than allowed is enough to know.
            data = try handle.read(upToCount: ScenarioLimits.maximumBytes + 1) ?? Data()
        } catch {
            throw ScenarioError("cannot be read: \(error.localizedDescription)")
        }
        guard data.count <= ScenarioLimits.maximumBytes else { throw tooLarge }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ScenarioError("is not valid UTF-8")
        }
        return text
    }

    /// A few aliases of YAML stand for more than memory holds, and nobody needs one here.
    ///
    /// No parser is asked: `*name` is refused wherever it stands but in a line of comment.
    private static func refuseAliases(in text: String) throws(ScenarioError) {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.enumerated() {
            if line.drop(while: \.isWhitespace).first == "#" { continue }
            var isAfterStar = false
            for byte in line.utf8 {
                if isAfterStar && isAliasName(byte) {
                    throw ScenarioError(
                        line: index + 1, "aliases (*name) are not understood: write it out")
                }
                isAfterStar = byte == UInt8(ascii: "*")
            }
        }
    }

    private static func isAliasName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        case _: byte >= 0x80
        }
    }

    private static var tooLarge: ScenarioError {
        ScenarioError("is larger than \(ScenarioLimits.maximumBytes / 1_024) KiB")
    }
}

/// Something for each contract: what is said of it, else what is said of all, else nothing.
public struct PerContract<Value: Hashable & Sendable>: Hashable, Sendable {
    /// What is said of all others.
    public var others: Value?
    public var named: [Symbol: Value] = [:]

    init() {}

    /// What is said of a contract.
    public subscript(symbol: Symbol) -> Value? { named[symbol] ?? others }
}

extension ScenarioError {
    /// What the parser says, in one line.
    fileprivate init(syntax error: any Error) {
        switch error {
        case YamlError.scanner(_, let problem, let mark, _),
            YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            self.init(line: mark.line, "\(problem) (column \(mark.column))")
        case YamlError.duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map(ScenarioNode.shortened).joined(separator: ", ")
            self.init(line: context.mark.line, "given twice: \(names)")
        case YamlError.reader(let problem, _, _, _): self.init(problem)
        case _: self.init("cannot be read as YAML or JSON")
        }
    }
}
