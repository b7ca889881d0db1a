import Foundation
import QFEXWire
import Testing

/// A JSON value as both readers see it; numbers as doubles, which is all that Foundation gives.
private indirect enum Value: Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([Value])
    case object([String: Value])
}

extension Value {
    static let keys: [StaticString] = ["a", "symbol", "é", "", "😀", "q\"k"]

    init(_ reader: JSONReader, _ node: JSONNode) {
        switch reader.kind(of: node) {
        case .null: self = .null
        case .true: self = .bool(true)
        case .false: self = .bool(false)
        case .number:
            let text = String(decoding: reader.rawBytes(of: node), as: UTF8.self)
            self = .number(Double(text) ?? .nan)
        case .string:
            self = .string(reader.string(node) ?? "no string")
        case .array:
            var elements: [Value] = []
            reader.forEachElement(of: node) { elements.append(Value(reader, $0)) }
            self = .array(elements)
        case .object:
            var members: [String: Value] = [:]
            for key in Self.keys {
                guard let value = reader.member(key, of: node) else { continue }
                members[key.description] = Value(reader, value)
            }
            self = .object(members)
        }
    }

    init(foundation value: Any) {
        switch value {
        case is NSNull: self = .null
        case let number as NSNumber:
            let isFlag = String(cString: number.objCType) == "c"
            self = isFlag ? .bool(number.boolValue) : .number(number.doubleValue)
        case let text as String: self = .string(text)
        case let list as [Any]: self = .array(list.map(Value.init(foundation:)))
        case let members as [String: Any]:
            self = .object(members.mapValues(Value.init(foundation:)))
        default: self = .string("unknown: \(value)")
        }
    }
}

/// Writes random JSON with random white space, escapes and number forms.
private struct JSONGenerator {
    var random: SeededGenerator

    mutating func value(depth: Int = 0) -> String {
        let space = [" ", "\n", "\t\r", "", "", ""].randomElement(using: &random) ?? ""
        return space + bareValue(depth: depth) + space
    }

    private mutating func bareValue(depth: Int) -> String {
        switch Int.random(in: 0..<(depth > 5 ? 5 : 9), using: &random) {
        case 0: return "null"
        case 1: return "true"
        case 2: return "false"
        case 3: return number()
        case 4: return string()
        case 5, 6:
            let elements = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                value(depth: depth + 1)
            }
            return "[" + (elements.isEmpty ? " " : elements.joined(separator: ",")) + "]"
        default:
            // Foundation keeps the first of several equal names; here each is used once.
            let keys = Value.keys.shuffled(using: &random)
                .prefix(Int.random(in: 0...4, using: &random))
            let members = keys.map { key in
                "\"\(key.description.map { escaped($0) }.joined())\" :" + value(depth: depth + 1)
            }
            return "{" + members.joined(separator: ",") + "}"
        }
    }

    private mutating func number() -> String {
        let whole = Int.random(in: -99_999...99_999, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return "\(whole)"
        case 1: return "\(whole).\(Int.random(in: 0...999_999, using: &random))"
        case 2: return "\(whole)e\(Int.random(in: -20...20, using: &random))"
        default: return "\(whole).5E+\(Int.random(in: 0...20, using: &random))"
        }
    }

    private mutating func string() -> String {
        let alphabet: [Character] = ["a", "Z", "\"", "\\", "/", "\n", "\u{1}", "é", "€", "😀", " "]
        let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in
            escaped(alphabet.randomElement(using: &random) ?? "a")
        }
        return "\"" + text.joined() + "\""
    }

    private mutating func escaped(_ character: Character) -> String {
        let mustEscape = character == "\"" || character == "\\" || character < " "
        guard mustEscape || Int.random(in: 0..<4, using: &random) == 0 else {
            return String(character)
        }
        return String(character).utf16.map { unit in
            let digits = String(unit, radix: 16, uppercase: Bool.random(using: &random))
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }
}

@Suite struct JSONAgreementTests {
    private func own(_ bytes: [UInt8]) -> Value? {
        var reader = JSONReader()
        do { try reader.read(bytes) } catch { return nil }
        return reader.root.map { Value(reader, $0) }
    }

    private func foundation(_ bytes: [UInt8]) -> Value? {
        do {
            return Value(
                foundation: try JSONSerialization.jsonObject(
                    with: Data(bytes), options: [.fragmentsAllowed]))
        } catch {
            return nil
        }
    }

    @Test func randomMessagesMeanTheSameToFoundation() {
        var generator = JSONGenerator(random: SeededGenerator(seed: 1))
        for _ in 0..<3_000 {
            let text = generator.value()
            let value = own(Array(text.utf8))
            #expect(value != nil && value == foundation(Array(text.utf8)), "\(text)")
        }
    }

    @Test func whatMutationsLeaveValidMeansTheSameToFoundation() {
        var generator = JSONGenerator(random: SeededGenerator(seed: 2))
        var random = SeededGenerator(seed: 3)
        let replacements = Array("{}[]:,\"\\0123.eE+-tfn u".utf8) + [0x80, 0xc3, 0xff, 0]
        var accepted = 0
        for _ in 0..<5_000 {
            var bytes = Array(generator.value().utf8)
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[place] = replacements.randomElement(using: &random) ?? 0
            case 1: bytes.remove(at: place)
            default: bytes.insert(replacements.randomElement(using: &random) ?? 0, at: place)
            }
            guard let value = own(bytes) else { continue }
            accepted += 1
            // Foundation has no numbers beyond a double's range. A mutated name in an object may be
            // unknown here or equal to a neighbour's, so that only arrays can be compared.
            guard let theirs = foundation(bytes), !bytes.contains(UInt8(ascii: "{")) else {
                continue
            }
            #expect(value == theirs, "\(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(accepted > 500)
    }

    @Test func whatFoundationRefusesIsRefused() {
        var generator = JSONGenerator(random: SeededGenerator(seed: 4))
        var random = SeededGenerator(seed: 5)
        var refused = 0
        for _ in 0..<5_000 {
            var bytes = Array(generator.value().utf8)
            bytes.remove(at: Int.random(in: 0..<bytes.count, using: &random))
            guard foundation(bytes) == nil else { continue }
            refused += 1
            #expect(own(bytes) == nil, "\(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(refused > 500)
    }
}
