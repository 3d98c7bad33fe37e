/// The universal device inquiry of MIDI 1.0 (Non-Real Time SysEx 06 01, answered by 06 02), and what is matched in its answer.
public struct DeviceInquiry: Hashable, Sendable {
    /// One byte, or three that begin with 0.
    public var manufacturer: [UInt8]
    /// The two bytes of the family code, as sent.
    public var family: [UInt8]

    /// - Precondition: `manufacturer` has 1 or 3 bytes, `family` has 2.
    public init(manufacturer: [UInt8], family: [UInt8]) {
        precondition([1, 3].contains(manufacturer.count) && family.count == 2, "an inquiry's answer has other lengths")
        self.manufacturer = manufacturer
        self.family = family
    }

    /// What every device on a port is asked.
    public static let question: [UInt8] = [0xF0, 0x7E, 0x7F, 0x06, 0x01, 0xF7]

    /// Reads a device's answer: `F0 7E dd 06 02 manufacturer family(2) member(2) version(4) F7`; nil for any other message.
    public init?(answer bytes: [UInt8]) {
        guard bytes.count >= 10, bytes[0] == 0xF0, bytes[1] == 0x7E, bytes[3] == 0x06, bytes[4] == 0x02,
            bytes.last == 0xF7
        else { return nil }
        let size = bytes[5] == 0 ? 3 : 1
        guard bytes.count >= 5 + size + 3 else { return nil }
        self.init(manufacturer: Array(bytes[5..<(5 + size)]), family: Array(bytes[(5 + size)..<(7 + size)]))
    }
}
