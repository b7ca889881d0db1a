/// Values that may be missing, and values within bounds.
extension ByteWriter {
    /// A presence byte, and the value if there is one.
    @inlinable public mutating func writeOptional(_ value: (some FixedWidthInteger)?) {
        write(value != nil)
        if let value { write(value) }
    }
}

extension ByteReader {
    /// Reads a value and refuses it outside of bounds.
    @inlinable public mutating func read<Value: FixedWidthInteger & BitwiseCopyable>(
        _ field: StaticDescription, within bounds: ClosedRange<Value>
    ) throws(CodecError) -> Value {
        let value: Value = try read()
        guard bounds.contains(value) else {
            throw .invalidValue(field: field, value: UInt64(truncatingIfNeeded: value))
        }
        return value
    }

    /// Reads what `writeOptional` wrote, within bounds.
    @inlinable public mutating func readOptional<Value: FixedWidthInteger & BitwiseCopyable>(
        _ field: StaticDescription, within bounds: ClosedRange<Value> = .min ... .max
    ) throws(CodecError) -> Value? {
        try readFlag(field) ? try read(field, within: bounds) : nil
    }
}
