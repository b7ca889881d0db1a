/// A number as the client wrote it: `significand × 10^exponent`, never a binary double.
///
/// The grid tests (`multiple(of:)`) are made on what was sent, so that a price off the tick is told
/// from a float's printing noise. Digits beyond the eighteenth are cut off; they are far below
/// every tolerance in use.
public struct WireDecimal: Hashable, Sendable {
    public var significand: Int64
    public var exponent: Int16

    @inlinable public init(significand: Int64, exponent: Int16) {
        self.significand = significand
        self.exponent = exponent
    }

    /// A value on the 1e-8 scale, exactly.
    @inlinable public init(_ value: some FixedPoint) {
        self.init(significand: value.units, exponent: -8)
    }

    @inlinable public static var zero: WireDecimal { WireDecimal(significand: 0, exponent: 0) }
    @inlinable public var isZero: Bool { significand == 0 }
    @inlinable public var isNegative: Bool { significand < 0 }

    /// Parses the whole of a JSON number (RFC 8259 grammar); nil for anything else.
    public init?(_ text: String) {
        let utf8 = Array(text.utf8)
        self.init(utf8: utf8[...])
    }

    /// Parses the whole of a JSON number from its bytes.
    ///
    /// An exponent too large to store saturates: such a number is out of every range anyway.
    /// **Complexity** linear in the number of bytes.
    public init?(utf8 bytes: ArraySlice<UInt8>) {
        var parser = DecimalParser()
        for byte in bytes {
            guard parser.accept(byte) else { return nil }
        }
        guard let value = parser.value else { return nil }
        self = value
    }

    /// The value in units of 1e-8 if it is exactly representable and fits; else nil.
    public var exactUnits: Int64? {
        if significand == 0 { return 0 }
        let shift = Int(exponent) + 8
        var value = significand
        if shift >= 0 {
            guard shift <= 18 else { return nil }
            for _ in 0..<shift {
                let (product, overflow) = value.multipliedReportingOverflow(by: 10)
                if overflow { return nil }
                value = product
            }
            return value
        }
        guard shift >= -18 else { return nil }
        for _ in 0..<(-shift) {
            let (quotient, remainder) = value.quotientAndRemainder(dividingBy: 10)
            if remainder != 0 { return nil }
            value = quotient
        }
        return value
    }
}

/// What a client's number is on a grid of steps.
public enum GridMatch: Hashable, Sendable {
    /// The number stands for this many steps.
    case multiple(Int64)
    /// The number stands for no multiple of the step.
    case offGrid
    /// The number is too large for any grid of ours.
    case outOfRange
}

extension WireDecimal {
    /// The largest magnitude that is looked at: one trillion.
    private static var largestMagnitude: Int128 { 1_000_000_000_000 }
    /// Numbers are compared in units of 1e-20, twelve decimals finer than any step.
    private static var comparisonDigits: Int { 20 }

    /// The number of steps this number stands for.
    ///
    /// **Tolerance** `|v − m·step| ≤ 1e-9·|v|` and `≤ step/1000`: the first forgives what binary
    /// floating point does to a decimal (`0.30000000000000004`), the second keeps a large number from
    /// forgiving a real part of a step. **Source** `protocol.md` §18.8.
    public func multiple(of step: Decimal8) -> GridMatch {
        precondition(step.units > 0, "step \(step.units) must be positive")
        if let units = exactUnits {
            let (steps, remainder) = units.quotientAndRemainder(dividingBy: step.units)
            if remainder == 0 { return .multiple(steps) }
        }
        guard let value = scaled(to: Self.comparisonDigits) else { return .outOfRange }
        // Too small to compare, but not nothing: zero itself was found exact above.
        if value == 0 { return .offGrid }
        let stepValue = Int128(step.units) * 1_000_000_000_000
        let steps = Rounding.halfEven(value, by: stepValue)
        let difference = Int128((value - steps * stepValue).magnitude)
        let isClose =
            difference * 1000 <= stepValue
            && difference * 1_000_000_000 <= Int128(value.magnitude)
        guard isClose else { return .offGrid }
        guard let count = Int64(exactly: steps) else { return .outOfRange }
        return .multiple(count)
    }

    /// The number of whole steps in this number, the rest cut off; nil beyond one trillion.
    ///
    /// For quantities that are scaled to a contract's precision rather than refused for exceeding it.
    /// **Source** `protocol.md` §8.
    public func wholeMultiples(of step: Decimal8) -> Int64? {
        if case .multiple(let count) = multiple(of: step) { return count }
        guard let value = scaled(to: Self.comparisonDigits) else { return nil }
        return Int64(exactly: value / (Int128(step.units) * 1_000_000_000_000))
    }

    /// The value in units of 10^-digits, finer digits cut off; nil beyond one trillion.
    private func scaled(to digits: Int) -> Int128? {
        if significand == 0 { return 0 }
        let shift = Int(exponent) + digits
        var value = Int128(significand)
        if shift < 0 {
            guard shift > -40 else { return 0 }
            for _ in 0..<(-shift) { value /= 10 }
            return value
        }
        guard shift <= 38 else { return nil }
        for _ in 0..<shift {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            value = product
        }
        var largest = Self.largestMagnitude
        for _ in 0..<digits { largest *= 10 }
        return value.magnitude <= largest.magnitude ? value : nil
    }
}

/// The JSON number grammar as a byte-at-a-time state machine.
struct DecimalParser {
    private enum State {
        case start, sign, zero, integer, point, fraction, e, exponentSign, exponent
    }
    private var state = State.start
    private var isNegative = false
    private var isExponentNegative = false
    private var magnitude: UInt64 = 0
    private var scale = 0
    private var exponent = 0

    /// Takes the next byte; false when it cannot follow.
    mutating func accept(_ byte: UInt8) -> Bool {
        switch (state, byte) {
        case (.start, UInt8(ascii: "-")):
            isNegative = true
            state = .sign
        case (.start, UInt8(ascii: "0")), (.sign, UInt8(ascii: "0")):
            state = .zero
        case (.start, 0x31...0x39), (.sign, 0x31...0x39), (.integer, 0x30...0x39):
            append(byte, isFraction: false)
            state = .integer
        case (.zero, UInt8(ascii: ".")), (.integer, UInt8(ascii: ".")):
            state = .point
        case (.point, 0x30...0x39), (.fraction, 0x30...0x39):
            append(byte, isFraction: true)
            state = .fraction
        case (.zero, UInt8(ascii: "e")), (.zero, UInt8(ascii: "E")),
            (.integer, UInt8(ascii: "e")), (.integer, UInt8(ascii: "E")),
            (.fraction, UInt8(ascii: "e")), (.fraction, UInt8(ascii: "E")):
            state = .e
        case (.e, UInt8(ascii: "+")):
            state = .exponentSign
        case (.e, UInt8(ascii: "-")):
            isExponentNegative = true
            state = .exponentSign
        case (.e, 0x30...0x39), (.exponentSign, 0x30...0x39), (.exponent, 0x30...0x39):
            exponent = min(exponent * 10 + Int(byte - 0x30), 9_999)
            state = .exponent
        case (_, _):
            return false
        }
        return true
    }

    private mutating func append(_ digit: UInt8, isFraction: Bool) {
        // Eighteen digits are kept; the nineteenth would overflow for some, and says nothing more.
        if magnitude < 100_000_000_000_000_000 {
            magnitude = magnitude * 10 + UInt64(digit - 0x30)
            if isFraction { scale -= 1 }
        } else if !isFraction {
            scale += 1
        }
    }

    /// The number, if the bytes so far are a whole one.
    var value: WireDecimal? {
        switch state {
        case .start, .sign, .point, .e, .exponentSign:
            return nil
        case .zero, .integer, .fraction, .exponent:
            var significand = Int64(magnitude)
            var power = scale + (isExponentNegative ? -exponent : exponent)
            if significand == 0 { return .zero }
            // One spelling for one value: 1.50 and 1.5 compare equal.
            while significand % 10 == 0 {
                significand /= 10
                power += 1
            }
            let bounded = Int16(clamping: power)
            return WireDecimal(
                significand: isNegative ? -significand : significand, exponent: bounded)
        }
    }
}
