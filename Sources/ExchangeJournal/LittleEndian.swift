/// Fixed-width little-endian fields, the only way in which this module writes and reads integers.
extension UnsafeMutableRawBufferPointer {
    /// Stores `value` in little-endian order at byte `offset`; the field must lie in the buffer.
    func store<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
        precondition(offset >= 0 && offset + MemoryLayout<Value>.size <= count)
        storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self)
    }
}

extension UnsafeRawBufferPointer {
    /// Loads a little-endian field from byte `offset`; the field must lie in the buffer.
    func load<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type, at offset: Int
    ) -> Value {
        precondition(offset >= 0 && offset + MemoryLayout<Value>.size <= count)
        return Value(littleEndian: loadUnaligned(fromByteOffset: offset, as: Value.self))
    }

    /// The bytes of `range` as a buffer of its own, with offsets from zero.
    func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[range])
    }
}
