import Foundation
import Testing

/// Style that is not checked is an opinion: the rules of DESIGN §4 that a machine can check.
@Suite struct SourceRules {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Every Swift file below a folder, with its lines.
    static func files(_ folder: String) throws -> [(path: String, lines: [String])] {
        let base = root.appendingPathComponent(folder)
        guard let names = FileManager.default.enumerator(atPath: base.path) else { return [] }
        return try names.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted()
            .map { name in
                let text = try String(
                    contentsOf: base.appendingPathComponent(name), encoding: .utf8)
                return ("\(folder)/\(name)", text.components(separatedBy: "\n"))
            }
    }

    @Test("There is something to check")
    func findsSources() throws {
        #expect(try Self.files("Sources").count > 100)
    }

    @Test("No source file is longer than 500 lines")
    func filesAreShort() throws {
        for (path, lines) in try Self.files("Sources") {
            #expect(lines.count <= 500, "\(path) has \(lines.count) lines")
        }
    }

    @Test("The deterministic core has no clock, randomness, floating point, tasks or Foundation")
    func coreIsDeterministic() throws {
        let banned = [
            "import Foundation", "Double", "Float", "random(", "SystemRandom", "Date(",
            "ContinuousClock",
            "Task {", "async ", "await ", "clock_gettime", "ProcessInfo", " Hasher()",
        ]
        for target in ["ExchangeTypes", "ExchangeEngine", "MarketDataViews"] {
            for (path, lines) in try Self.files("Sources/\(target)") {
                for (number, line) in lines.enumerated() where !isComment(line) {
                    for word in banned where line.contains(word) {
                        Issue.record("\(path):\(number + 1) uses \(word)")
                    }
                }
            }
        }
    }

    @Test("No forced try, no forced cast, no silently dropped error in sources")
    func errorsAreHandled() throws {
        for (path, lines) in try Self.files("Sources") {
            for (number, line) in lines.enumerated() where !isComment(line) {
                for word in ["try!", "as!", " try? ", "fatalError(", "assert("]
                where line.contains(word) {
                    Issue.record("\(path):\(number + 1) uses \(word)")
                }
            }
        }
    }

    @Test("Every @unchecked Sendable and every unsafe pointer's file says why it is sound")
    func unsafeCodeIsArgued() throws {
        for (path, lines) in try Self.files("Sources") {
            let text = lines.joined(separator: "\n")
            let isUnsafe =
                text.contains("@unchecked Sendable") || text.contains("UnsafeMutablePointer<")
                || text.contains("UnsafeMutableRawPointer")
            guard isUnsafe else { continue }
            #expect(
                text.lowercased().contains("sound"),
                "\(path) is unsafe and does not say why it is sound")
        }
    }

    @Test("Outside the endpoint files, gateways do not touch the network library")
    func gatewaysAreSansIO() throws {
        let allowed = ["Endpoint.swift", "Shard.swift", "PulseTimer.swift"]
        for target in ["TradeGateway", "MarketDataGateway"] {
            for (path, lines) in try Self.files("Sources/\(target)")
            where !allowed.contains(where: path.hasSuffix) {
                for line in lines where line.contains("import NIO") {
                    Issue.record("\(path): \(line)")
                }
            }
        }
    }

    @Test("Every promise names a test that exists")
    func promisesNameTests() throws {
        let rows = try Self.rows(of: "docs/PROMISES.md").filter { !$0.hasPrefix("| promise") }
        #expect(rows.count >= 10)
        try expectNamedTestsExist(rows)
    }

    @Test("Every row of market data names a test that exists")
    func marketDataRowsNameTests() throws {
        let rows = try Self.rows(of: "docs/protocol.md").filter { $0.hasPrefix("| P-") }
        let ids = Set(rows.map { $0.dropFirst(2).prefix { $0 != " " } })
        // P-002 and P-003 are about the trade endpoint; there is no P-009.
        for number in [1] + Array(4...8) + Array(10...40) {
            let id = "P-0" + (number < 10 ? "0" : "") + "\(number)"
            #expect(ids.contains(id[...]), "no row of \(id)")
        }
        try expectNamedTestsExist(rows)
    }

    /// The rows of a document's tables, without those that only draw lines.
    private static func rows(of document: String) throws -> [String] {
        try String(contentsOf: root.appendingPathComponent(document), encoding: .utf8)
            .components(separatedBy: "\n").filter { $0.hasPrefix("| ") }
    }

    private func expectNamedTestsExist(_ rows: [String]) throws {
        let tests = try Self.files("Tests").map { $0.lines.joined(separator: "\n") }
            .joined(separator: "\n")
        for row in rows {
            let names = row.components(separatedBy: "`").enumerated()
                .filter { $0.offset % 2 == 1 }.map(\.element)
            #expect(!names.isEmpty, "no test in: \(row)")
            for name in names {
                let function = name.split(separator: ".").last.map(String.init) ?? name
                #expect(tests.contains("func \(function)("), "\(name) does not exist")
            }
        }
    }

    private func isComment(_ line: String) -> Bool {
        line.trimmingCharacters(in: .whitespaces).hasPrefix("//")
    }
}
