import Testing

@testable import VirtualKeyboard

struct RedirectedKeyboardTests {
    var keyboard = RedirectedKeyboard(
        KeyboardModel(vendor: 0x1234, product: 0xABCD, manufacturer: "ACME", name: "Keys", serial: nil))

    /// A control request that reads.
    private func get(_ request: UInt8, value: UInt16, length: UInt16, type: UInt8 = 0x80) -> USBRedirPacket {
        USBRedirPacket(.control, id: 9, [0x80, request, type, 0] + value.bytes + [0, 0] + length.bytes)
    }

    /// A bulk request of the computer to read up to 64 bytes.
    private func read(id: UInt64) -> USBRedirPacket {
        USBRedirPacket(.bulk, id: id, [0x81, 0, 64, 0, 0, 0, 0, 0, 0, 0])
    }

    @Test mutating func theDeviceDescriptorTellsTheIdentity() throws {
        let reply = try #require(keyboard.handle(get(6, value: 0x0100, length: 18)).replies.first)

        #expect(reply.id == 9)
        #expect(Array(reply.body[..<10]) == [0x80, 6, 0x80, 0, 0, 1, 0, 0, 18, 0])
        #expect(
            Array(reply.body[10...])
                == [18, 1, 0, 2, 0, 0, 0, 64, 0x34, 0x12, 0xCD, 0xAB, 0, 1, 1, 2, 0, 1])
    }

    @Test mutating func aShortReadGetsTheBeginning() throws {
        let reply = try #require(keyboard.handle(get(6, value: 0x0200, length: 9)).replies.first)
        let total = UInt16(bytes: reply.body[12..<14])

        #expect(reply.body.count == 10 + 9)
        #expect(Int(total) == keyboard.model.configurationDescriptor.count)
    }

    @Test mutating func stringsAreUTF16() throws {
        let reply = try #require(keyboard.handle(get(6, value: 0x0302, length: 255)).replies.first)

        #expect(Array(reply.body[10...]) == [10, 3, 0x4B, 0, 0x65, 0, 0x79, 0, 0x73, 0])
    }

    @Test(arguments: [0x0303, 0x0304, 0x0600] as [UInt16])
    mutating func aDescriptorThatIsNotThereStalls(value: UInt16) throws {
        let reply = try #require(keyboard.handle(get(6, value: value, length: 255)).replies.first)

        #expect(reply.body[3] == USBRedirPacket.Status.stall.rawValue)
        #expect(reply.body.count == 10)
    }

    @Test mutating func classRequestsStall() throws {
        let reply = try #require(keyboard.handle(get(0x81, value: 0, length: 4, type: 0xA1)).replies.first)

        #expect(reply.body[3] == USBRedirPacket.Status.stall.rawValue)
    }

    @Test mutating func theConfigurationIsRemembered() {
        let set = keyboard.handle(USBRedirPacket(.setConfiguration, id: 1, [1]))
        let get = keyboard.handle(USBRedirPacket(.getConfiguration, id: 2))

        #expect(set.replies == [USBRedirPacket(.configurationStatus, id: 1, [0, 1])])
        #expect(get.replies == [USBRedirPacket(.configurationStatus, id: 2, [0, 1])])
    }

    @Test(arguments: [(1, 1), (16, 16), (2, 0), (0, 3)])
    func everyDescriptorsLengthAddsUp(outputs: Int, inputs: Int) {
        let model = KeyboardModel(vendor: 1, product: 2, outputs: outputs, inputs: inputs)
        var rest = model.configurationDescriptor[...]
        var kinds: [UInt8] = []
        while let length = rest.first, length > 1, Int(length) <= rest.count {
            kinds.append(rest[rest.startIndex + 1])
            rest = rest.dropFirst(Int(length))
        }

        #expect(rest.isEmpty)
        #expect(kinds.count { $0 == 4 } == 2)
        #expect(kinds.count { $0 == 5 } == (outputs > 0 ? 1 : 0) + (inputs > 0 ? 1 : 0))
        #expect(kinds.count { $0 == 0x24 } == 2 + 2 * (outputs + inputs))
    }

    @Test mutating func notesWaitUntilTheComputerReads() {
        let early = keyboard.play([[0x90, 60, 100], [0x80, 60, 0]])
        let reply = keyboard.handle(read(id: 5)).replies

        #expect(early.isEmpty)
        let header: [UInt8] = [0x81, 0, 8, 0, 0, 0, 0, 0, 0, 0]
        #expect(reply == [USBRedirPacket(.bulk, id: 5, header + [0x09, 0x90, 60, 100, 0x08, 0x80, 60, 0])])
    }

    @Test mutating func aWaitingReadIsAnsweredByTheNextNote() {
        let early = keyboard.handle(read(id: 5)).replies
        let sent = keyboard.play([[0x90, 60, 100]])

        #expect(early.isEmpty)
        #expect(sent.map(\.id) == [5])
    }

    @Test mutating func aTransferHoldsSixteenPackets() {
        for id in 1...3 { _ = keyboard.handle(read(id: UInt64(id))) }
        let sent = keyboard.play((0..<20).map { [0x90, $0, 1] })

        #expect(sent.map(\.id) == [1, 2])
        #expect(sent.map { $0.body.count - 10 } == [64, 16])
    }

    @Test mutating func aCancelledReadIsReturnedEmpty() {
        _ = keyboard.handle(read(id: 5))
        let cancelled = keyboard.handle(USBRedirPacket(.cancel, id: 5)).replies
        let sent = keyboard.play([[0xF8]])

        #expect(cancelled == [USBRedirPacket(.bulk, id: 5, [0x81, 1, 0, 0, 0, 0, 0, 0, 0, 0])])
        #expect(sent.isEmpty)
    }

    @Test mutating func whatTheComputerSendsIsDecoded() {
        let data: [UInt8] = [0x09, 0x90, 60, 1, 0x19, 0x91, 61, 2, 0, 0, 0, 0]
        let outcome = keyboard.handle(USBRedirPacket(.bulk, id: 3, [1, 0, 12, 0, 0, 0, 0, 0, 0, 0] + data))

        #expect(outcome.messages == [.init(port: 0, bytes: [0x90, 60, 1]), .init(port: 1, bytes: [0x91, 61, 2])])
        #expect(outcome.replies == [USBRedirPacket(.bulk, id: 3, [1, 0, 12, 0, 0, 0, 0, 0, 0, 0])])
    }

    @Test mutating func truncatedPacketsAskNothing() {
        for kind in [USBRedirPacket.Kind.control, .bulk, .setConfiguration, .setAlternate, .getAlternate] {
            #expect(keyboard.handle(USBRedirPacket(kind, id: 1, [])) == RedirectedKeyboard.Outcome())
        }
    }

    @Test func plugPacketsHaveTheProtocolsSizes() {
        let packets = keyboard.plugPackets

        #expect(packets.map(\.kind) == [.interfaceInfo, .endpointInfo, .deviceConnect])
        #expect(packets.map(\.body.count) == [4 + 4 * 32, 5 * 32, 10])
    }

    @Test func aPortThatWaitsForItsModeIsSilentOutsideIt() throws {
        var launchkey = RedirectedKeyboard(KeyboardFamily.launchkeyMini.model)
        func write(_ bytes: [UInt8], port: Int) -> USBRedirPacket {
            let event = USBMIDIEventPacket.packets(for: bytes, cable: port).flatMap(\.rawBytes)
            return USBRedirPacket(.bulk, id: 1, [0x01, 0] + UInt16(event.count).bytes + [0, 0, 0, 0, 0, 0] + event)
        }
        func pressRecord() -> Int { launchkey.play([[0xBF, 117, 127]], port: 1).count }
        for id in 1...4 { _ = launchkey.handle(read(id: UInt64(id))) }

        #expect(pressRecord() == 0, "before the greeting")
        #expect(launchkey.play([[0x90, 60, 100]]).count == 1, "the keys are not asleep")
        _ = launchkey.handle(write([0x9F, 0x0C, 0x7F], port: 0))
        #expect(pressRecord() == 0, "the greeting went to the wrong port")
        _ = launchkey.handle(write([0x9F, 0x0C, 0x7F], port: 1))
        #expect(pressRecord() == 1)
        _ = launchkey.handle(write([0x9F, 0x0C, 0x00], port: 1))
        #expect(pressRecord() == 0 && !launchkey.isInMode, "after the goodbye")
    }
}
