import Testing

@testable import VirtualKeyboard

struct USBRedirPacketTests {
    @Test func theGreetingHasA32BitID() {
        let bytes = USBRedirPacket.hello.rawBytes

        #expect(bytes.count == 12 + 64 + 4)
        #expect(Array(bytes[0..<12]) == [0, 0, 0, 0, 68, 0, 0, 0, 0, 0, 0, 0])
        #expect(Array(bytes.suffix(4)) == [0b0111_1010, 0, 0, 0])
    }

    @Test func otherPacketsHaveA64BitID() {
        let packet = USBRedirPacket(.bulk, id: 0x0807_0605_0403_0201, [0xAA])

        #expect(packet.rawBytes == [101, 0, 0, 0, 1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0xAA])
    }

    @Test func packetsAreFoundInAStreamOfAnyPieces() throws {
        let packets = [
            USBRedirPacket.hello, USBRedirPacket(.getConfiguration, id: 1), USBRedirPacket(.control, id: 2, [1, 2, 3]),
        ]
        var parser = USBRedirParser()

        let found = try packets.flatMap(\.rawBytes).flatMap { try parser.packets(in: [$0]) }

        #expect(found == packets)
    }

    @Test func packetsOfUnknownTypePassThrough() throws {
        let packet = USBRedirPacket(type: 250, id: 5, body: [1])
        var parser = USBRedirParser()

        #expect(try parser.packets(in: packet.rawBytes) == [packet])
        #expect(packet.kind == nil)
    }

    @Test func anAbsurdLengthIsAnError() {
        var parser = USBRedirParser()
        #expect(throws: USBRedirParser.Overlong(type: 101, length: 0xFFFF_FFFF)) {
            try parser.packets(in: [101, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0])
        }
    }
}
