extension FixedWidthInteger {
    /// The number's bytes, the lowest first.
    var bytes: [UInt8] { withUnsafeBytes(of: littleEndian, Array.init) }

    /// Reads a number from its bytes, the lowest first; as many as the type has.
    init(bytes: some Collection<UInt8>) {
        precondition(bytes.count == Self.bitWidth / 8)
        self = bytes.reversed().reduce(0) { $0 << 8 | Self($1) }
    }
}
