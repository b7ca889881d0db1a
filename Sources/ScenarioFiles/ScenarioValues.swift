import ExchangeTypes
import SandboxMarket

/// Numbers with units, as a scenario file writes them.
extension ScenarioNode {
    /// A time such as `10s`, `1m30s`, `1h` or `250ms`, in milliseconds.
    func milliseconds() throws(ScenarioError) -> Int64 {
        let expected = "a time such as 10s, 1m30s, 1h or 250ms"
        let text = try text(expected)
        guard let milliseconds = Self.milliseconds(text) else { throw mustBe(expected) }
        guard milliseconds <= ScenarioLimits.maximumMilliseconds else {
            throw mustBe("at most 168h")
        }
        return milliseconds
    }

    /// A time in ticks of the market.
    func ticks() throws(ScenarioError) -> Int {
        let milliseconds = try milliseconds()
        let tick = Int64(1_000 / SandboxMarket.ticksPerSecond)
        guard milliseconds.isMultiple(of: tick) else {
            throw mustBe("a multiple of \(tick)ms, which is a step of the market")
        }
        return Int(milliseconds / tick)
    }

    /// A time that is not over at once.
    func duration() throws(ScenarioError) -> Int64 {
        let milliseconds = try milliseconds()
        guard milliseconds > 0 else { throw mustBe("longer than nothing") }
        return milliseconds
    }

    /// A duration in nanoseconds, within a bound that has a name.
    func nanoseconds(atMost limit: Int64, named name: String) throws(ScenarioError) -> Int64 {
        let nanoseconds = try duration() * 1_000_000
        guard nanoseconds <= limit else { throw mustBe("at most \(name)") }
        return nanoseconds
    }

    /// A duration of whole seconds.
    func seconds() throws(ScenarioError) -> Int64 {
        let milliseconds = try duration()
        guard milliseconds.isMultiple(of: 1_000) else { throw mustBe("a time in whole seconds") }
        return milliseconds / 1_000
    }

    /// A percentage such as `-5%` or `0.02%`.
    func percentage() throws(ScenarioError) -> Rate {
        let expected = "a percentage such as -5% or 0.02%"
        let text = try text(expected)
        guard text.last == "%", let number = Self.decimal(text.dropLast()) else {
            throw mustBe(expected)
        }
        return Rate(units: number.units * (Rate.unitsPerOne / unitsPerOne / 100))
    }

    /// A factor such as `3`, `1.5` or `3x`.
    func factor() throws(ScenarioError) -> Rate {
        let expected = "a factor such as 3, 1.5 or 3x"
        let text = try text(expected)
        guard let number = Self.decimal(text.last == "x" ? text.dropLast() : text[...]) else {
            throw mustBe(expected)
        }
        return Rate(units: number.units * (Rate.unitsPerOne / unitsPerOne))
    }

    /// A number within bounds, with or without an `x` behind it.
    func decimal(_ range: ClosedRange<Decimal8>) throws(ScenarioError) -> Decimal8 {
        let expected = "a number from \(range.lowerBound) to \(range.upperBound)"
        let text = try text(expected)
        let number = Decimal8(text.last == "x" ? String(text.dropLast()) : text)
        guard let number, range.contains(number) else { throw mustBe(expected) }
        return number
    }

    /// A whole number within bounds.
    func integer(_ range: ClosedRange<Int64>) throws(ScenarioError) -> Int64 {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard let number = Int64(try text(expected)), range.contains(number) else {
            throw mustBe(expected)
        }
        return number
    }

    /// `true` or `false`.
    func flag() throws(ScenarioError) -> Bool {
        switch try text("true or false") {
        case "true": return true
        case "false": return false
        case _: throw mustBe("true or false")
        }
    }

    /// A text of one line.
    func line(atMost bytes: Int) throws(ScenarioError) -> String {
        let expected = "a text of one line, at most \(bytes) bytes long"
        let text = try text(expected)
        let isOneLine = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard !text.isEmpty, text.utf8.count <= bytes, isOneLine else { throw mustBe(expected) }
        return text
    }

    /// One of the names of a table.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ type: Choice.Type = Choice.self
    ) throws(ScenarioError) -> Choice {
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        guard let choice = Choice(rawValue: try text("one of \(names)")) else {
            throw mustBe("one of \(names)")
        }
        return choice
    }

    /// Numbers with the units h, m, s, ms, each at most once and in this order.
    private static func milliseconds(_ text: String) -> Int64? {
        var rest = text[...]
        var sum: Int64 = 0
        var units: [(name: String, milliseconds: Int64)] = [
            ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
        ]
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { !("0"..."9").contains($0) }
            rest = rest.dropFirst(name.count)
            guard digits.count <= 9, let number = Int64(digits),
                let place = units.firstIndex(where: { $0.name == name })
            else { return nil }
            sum += number * units[place].milliseconds
            units.removeFirst(place + 1)
        }
        return text.isEmpty ? nil : sum
    }

    /// A decimal small enough that all rates of it fit.
    private static func decimal(_ text: Substring) -> Decimal8? {
        let unsigned = text.first == "+" ? text.dropFirst() : text
        let number = Decimal8(String(unsigned))
        return number.flatMap { abs($0.units) <= 100_000 * unitsPerOne ? $0 : nil }
    }
}
