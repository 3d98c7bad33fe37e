/// Joins USB-MIDI event packets to complete MIDI messages, each port for itself.
package struct USBMIDIDecoder: Sendable {
    private var systemExclusive = [[UInt8]](repeating: [], count: 16)

    package init() {}

    /// Takes one packet and returns the message that it completes.
    ///
    /// - Returns: nil inside a SysEx message, for a packet of zeros (filling), and for reserved code indices. A real-time
    ///   message that arrives inside a SysEx message is returned at once and does not disturb it.
    package mutating func message(completedBy packet: USBMIDIEventPacket) -> [UInt8]? {
        switch packet.codeIndex {
        case 0x0, 0x1:
            return nil
        case 0x5 where packet.payload != [0xF7]:
            return packet.payload
        case 0x4...0x7:
            if packet.payload.first == 0xF0 { systemExclusive[packet.cable] = [] }
            systemExclusive[packet.cable] += packet.payload
            if packet.codeIndex == 0x4 { return nil }
            defer { systemExclusive[packet.cable] = [] }
            return systemExclusive[packet.cable]
        default:
            return packet.payload
        }
    }
}
