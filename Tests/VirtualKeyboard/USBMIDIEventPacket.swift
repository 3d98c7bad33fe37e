/// A USB-MIDI event packet: four bytes that carry one MIDI message, or a piece of a SysEx message, of one port.
///
/// Source: Universal Serial Bus Device Class Definition for MIDI Devices 1.0, section 4.
package struct USBMIDIEventPacket: Equatable, Sendable {
    /// The number of bytes in one packet.
    package static let size = 4

    /// The port ("cable" in the standard), 0...15.
    package var cable: Int

    /// The code index number, 0...15: what kind of message the packet carries and how many of its bytes count.
    package var codeIndex: UInt8

    /// The MIDI bytes, without the zeros that fill the packet: 1...3, or none for the reserved code indices 0 and 1.
    package var payload: [UInt8]

    package init(cable: Int, codeIndex: UInt8, payload: [UInt8]) {
        precondition((0...15).contains(cable), "a USB-MIDI interface has the cables 0...15")
        precondition(codeIndex < 16 && payload.count == Self.payloadSizes[Int(codeIndex)])
        self.cable = cable
        self.codeIndex = codeIndex
        self.payload = payload
    }

    /// Reads a packet of four bytes, which may be any.
    package init(rawBytes: some Collection<UInt8>) {
        precondition(rawBytes.count == Self.size)
        let bytes = Array(rawBytes)
        codeIndex = bytes[0] & 0x0F
        cable = Int(bytes[0] >> 4)
        payload = Array(bytes[1...].prefix(Self.payloadSizes[Int(codeIndex)]))
    }

    /// The four bytes as they travel.
    package var rawBytes: [UInt8] {
        let filling = [UInt8](repeating: 0, count: Self.size - 1 - payload.count)
        return [UInt8(cable) << 4 | codeIndex] + payload + filling
    }

    /// Splits a complete MIDI message into event packets: one, or for SysEx one for each three bytes.
    ///
    /// - Parameter message: begins with its status byte; a SysEx message has its F0 and its F7.
    package static func packets(for message: [UInt8], cable: Int = 0) -> [USBMIDIEventPacket] {
        guard let status = message.first, status >= 0x80 else {
            preconditionFailure("a MIDI message begins with a status byte: \(message)")
        }
        if status == 0xF0 { return systemExclusivePackets(for: message, cable: cable) }
        let codeIndex: UInt8 =
            switch status {
            case 0xF1, 0xF3: 0x2
            case 0xF2: 0x3
            case 0xF6: 0x5
            case 0xF8...: 0xF
            default: status >> 4
            }
        return [USBMIDIEventPacket(cable: cable, codeIndex: codeIndex, payload: message)]
    }

    private static func systemExclusivePackets(for message: [UInt8], cable: Int) -> [USBMIDIEventPacket] {
        precondition(message.count >= 2 && message.last == 0xF7, "a SysEx message ends with F7")
        return stride(from: 0, to: message.count, by: 3).map { start in
            let piece = Array(message[start..<min(start + 3, message.count)])
            let isLast = start + piece.count == message.count
            return USBMIDIEventPacket(cable: cable, codeIndex: isLast ? 4 + UInt8(piece.count) : 0x4, payload: piece)
        }
    }

    /// How many MIDI bytes a packet of each code index carries (table 4-1 of the standard).
    private static let payloadSizes = [0, 0, 2, 3, 3, 1, 2, 3, 3, 3, 3, 3, 2, 2, 3, 1]
}
