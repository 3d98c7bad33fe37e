import Testing
import VirtualKeyboard

struct USBMIDIEventPacketTests {
    /// One message for each code index of table 4-1 that carries whole messages, with the packet that the table gives.
    static let messages: [(message: [UInt8], packet: [UInt8])] = [
        ([0xF1, 0x35], [0x02, 0xF1, 0x35, 0]),
        ([0xF3, 0x05], [0x02, 0xF3, 0x05, 0]),
        ([0xF2, 0x10, 0x20], [0x03, 0xF2, 0x10, 0x20]),
        ([0xF6], [0x05, 0xF6, 0, 0]),
        ([0x80, 60, 0], [0x08, 0x80, 60, 0]),
        ([0x90, 60, 100], [0x09, 0x90, 60, 100]),
        ([0xA3, 60, 1], [0x0A, 0xA3, 60, 1]),
        ([0xBF, 123, 0], [0x0B, 0xBF, 123, 0]),
        ([0xC0, 5], [0x0C, 0xC0, 5, 0]),
        ([0xD1, 99], [0x0D, 0xD1, 99, 0]),
        ([0xE2, 0, 0x40], [0x0E, 0xE2, 0, 0x40]),
        ([0xF8], [0x0F, 0xF8, 0, 0]),
        ([0xFA], [0x0F, 0xFA, 0, 0]),
        ([0xFF], [0x0F, 0xFF, 0, 0]),
    ]

    @Test(arguments: messages)
    func shortMessagesAreOnePacket(message: [UInt8], packet: [UInt8]) {
        #expect(USBMIDIEventPacket.packets(for: message).map(\.rawBytes) == [packet])
    }

    @Test(arguments: messages)
    func packetsAreReadBack(message: [UInt8], packet: [UInt8]) {
        var decoder = USBMIDIDecoder()
        #expect(decoder.message(completedBy: USBMIDIEventPacket(rawBytes: packet)) == message)
    }

    /// SysEx messages that end with one, two and three bytes in their last packet.
    static let systemExclusives: [(message: [UInt8], packets: [[UInt8]])] = [
        ([0xF0, 0xF7], [[0x06, 0xF0, 0xF7, 0]]),
        ([0xF0, 1, 0xF7], [[0x07, 0xF0, 1, 0xF7]]),
        ([0xF0, 1, 2, 0xF7], [[0x04, 0xF0, 1, 2], [0x05, 0xF7, 0, 0]]),
        ([0xF0, 1, 2, 3, 0xF7], [[0x04, 0xF0, 1, 2], [0x06, 3, 0xF7, 0]]),
        ([0xF0, 1, 2, 3, 4, 0xF7], [[0x04, 0xF0, 1, 2], [0x07, 3, 4, 0xF7]]),
    ]

    @Test(arguments: systemExclusives)
    func systemExclusiveIsSplit(message: [UInt8], packets: [[UInt8]]) {
        #expect(USBMIDIEventPacket.packets(for: message).map(\.rawBytes) == packets)
    }

    @Test(arguments: systemExclusives)
    func systemExclusiveIsJoined(message: [UInt8], packets: [[UInt8]]) {
        var decoder = USBMIDIDecoder()
        let found = packets.map { decoder.message(completedBy: USBMIDIEventPacket(rawBytes: $0)) }

        #expect(found.dropLast().allSatisfy { $0 == nil })
        #expect(found.last == message)
    }

    @Test func theCableIsTheHighHalfOfTheFirstByte() {
        let packet = USBMIDIEventPacket.packets(for: [0x90, 60, 100], cable: 15)[0]

        #expect(packet.rawBytes == [0xF9, 0x90, 60, 100])
        #expect(USBMIDIEventPacket(rawBytes: packet.rawBytes) == packet)
    }

    @Test(arguments: [[0, 0, 0, 0], [0x01, 1, 2, 3]] as [[UInt8]])
    func fillingAndReservedPacketsAreNoMessages(packet: [UInt8]) {
        var decoder = USBMIDIDecoder()
        #expect(decoder.message(completedBy: USBMIDIEventPacket(rawBytes: packet)) == nil)
    }

    @Test func aClockInsideSystemExclusiveComesThroughAtOnce() {
        var decoder = USBMIDIDecoder()
        let packets: [[UInt8]] = [[0x04, 0xF0, 1, 2], [0x0F, 0xF8, 0, 0], [0x06, 3, 0xF7, 0]]
        let found = packets.map { decoder.message(completedBy: USBMIDIEventPacket(rawBytes: $0)) }

        #expect(found == [nil, [0xF8], [0xF0, 1, 2, 3, 0xF7]])
    }

    @Test func systemExclusiveOfTwoPortsIsNotMixed() {
        var decoder = USBMIDIDecoder()
        let packets: [[UInt8]] = [[0x04, 0xF0, 1, 2], [0x14, 0xF0, 7, 8], [0x05, 0xF7, 0, 0], [0x15, 0xF7, 0, 0]]
        let found = packets.map { decoder.message(completedBy: USBMIDIEventPacket(rawBytes: $0)) }

        #expect(found == [nil, nil, [0xF0, 1, 2, 0xF7], [0xF0, 7, 8, 0xF7]])
    }

    @Test func aNewSystemExclusiveReplacesABrokenOne() {
        var decoder = USBMIDIDecoder()
        let packets: [[UInt8]] = [[0x04, 0xF0, 1, 2], [0x04, 0xF0, 5, 6], [0x05, 0xF7, 0, 0]]
        let found = packets.map { decoder.message(completedBy: USBMIDIEventPacket(rawBytes: $0)) }

        #expect(found.last == [0xF0, 5, 6, 0xF7])
    }
}
