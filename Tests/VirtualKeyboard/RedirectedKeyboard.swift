/// The USB side of a keyboard: what it answers to each packet of the usbredir protocol. Values in, values out.
package struct RedirectedKeyboard: Sendable {
    /// What follows from a packet: packets to send, and MIDI messages that the computer has sent to the keyboard.
    package struct Outcome: Equatable, Sendable {
        package var replies: [USBRedirPacket] = []
        package var messages: [PortMessage] = []
    }

    /// A MIDI message at one of the keyboard's ports.
    package struct PortMessage: Equatable, Sendable {
        package let port: Int
        package let bytes: [UInt8]

        package init(port: Int, bytes: [UInt8]) {
            self.port = port
            self.bytes = bytes
        }
    }

    private struct ReadRequest {
        let id: UInt64
        let length: Int
    }

    package let model: KeyboardModel
    /// Whether the computer has switched the keyboard's mode on.
    package private(set) var isInMode = false
    private var configuration: UInt8 = 0
    private var unsent: [UInt8] = []
    private var readRequests: [ReadRequest] = []
    private var decoder = USBMIDIDecoder()

    package init(_ model: KeyboardModel) {
        self.model = model
    }

    /// What is sent to plug the keyboard in: its interfaces, its endpoints, then the device itself.
    package var plugPackets: [USBRedirPacket] {
        let (audio, control, midiStreaming): (UInt8, UInt8, UInt8) = (1, 1, 3)
        let interfaces =
            UInt32(2).bytes + slots([0: 0, 1: 1]) + slots([0: audio, 1: audio])
            + slots([0: control, 1: midiStreaming]) + slots([:])

        // 32 places: the endpoints out of the computer, then those into it.
        let (invalid, controlEndpoint, bulk): (UInt8, UInt8, UInt8) = (255, 0, 2)
        var types: [Int: UInt8] = [0: controlEndpoint, 16: controlEndpoint]
        if model.inputs > 0 { types[1] = bulk }
        if model.outputs > 0 { types[17] = bulk }
        let sizes = (0..<32).flatMap { (types[$0] == nil ? 0 : KeyboardModel.maximumPacketSize).bytes }
        let endpoints = slots(types, otherwise: invalid) + slots([:]) + slots([1: 1, 17: 1]) + sizes

        let fullSpeed: UInt8 = 1
        let version: UInt16 = 0x0100
        let device = [fullSpeed, 0, 0, 0] + model.vendor.bytes + model.product.bytes + version.bytes
        return [
            USBRedirPacket(.interfaceInfo, interfaces), USBRedirPacket(.endpointInfo, endpoints),
            USBRedirPacket(.deviceConnect, device),
        ]
    }

    private func slots(_ values: [Int: UInt8], otherwise filling: UInt8 = 0) -> [UInt8] {
        (0..<32).map { values[$0] ?? filling }
    }

    /// Sends MIDI messages to the computer; they wait in order while it does not ask.
    ///
    /// Messages sent together travel together, as far as they fit into one transfer of 64 bytes. A port that waits for its mode
    /// sends nothing.
    package mutating func play(_ messages: [[UInt8]], port: Int = 0) -> [USBRedirPacket] {
        precondition((0..<model.outputs).contains(port), "\(model.name ?? "the keyboard") has no output \(port)")
        if let mode = model.mode, mode.port == port, !isInMode { return [] }
        unsent += messages.flatMap { USBMIDIEventPacket.packets(for: $0, cable: port) }.flatMap(\.rawBytes)
        return transfers()
    }

    /// Answers a packet from the computer. Packets that ask nothing of a keyboard have an empty outcome.
    package mutating func handle(_ packet: USBRedirPacket) -> Outcome {
        let body = packet.body
        switch packet.kind {
        case .reset:
            configuration = 0
            readRequests = []
            return Outcome()
        case .setConfiguration where body.count == 1:
            configuration = body[0]
            return reply(.configurationStatus, to: packet, [USBRedirPacket.Status.success.rawValue, configuration])
        case .getConfiguration:
            return reply(.configurationStatus, to: packet, [USBRedirPacket.Status.success.rawValue, configuration])
        case .setAlternate where body.count == 2:
            let status: USBRedirPacket.Status = body[1] == 0 ? .success : .invalid
            return reply(.alternateStatus, to: packet, [status.rawValue, body[0], 0])
        case .getAlternate where body.count == 1:
            return reply(.alternateStatus, to: packet, [USBRedirPacket.Status.success.rawValue, body[0], 0])
        case .cancel:
            return cancel(packet)
        case .control where body.count >= 10:
            return control(packet)
        case .bulk where body.count >= 10:
            return bulk(packet)
        default:
            return Outcome()
        }
    }

    private func reply(_ kind: USBRedirPacket.Kind, to packet: USBRedirPacket, _ body: [UInt8]) -> Outcome {
        Outcome(replies: [USBRedirPacket(kind, id: packet.id, body)])
    }

    // MARK: Control transfers

    private func control(_ packet: USBRedirPacket) -> Outcome {
        let body = packet.body
        let (endpoint, request, type) = (body[0], body[1], body[2])
        let setup = body[4..<8]
        let length = Int(UInt16(bytes: body[8..<10]))
        let answer = controlAnswer(request: request, type: type, value: UInt16(bytes: body[4..<6]))
        let status: USBRedirPacket.Status = answer == nil ? .stall : .success
        let data = Array((answer ?? []).prefix(length))
        return reply(
            .control, to: packet,
            [endpoint, request, type, status.rawValue] + setup + UInt16(data.count).bytes + data)
    }

    /// The data that a standard request reads (none for one that writes), or nil to stall.
    private func controlAnswer(request: UInt8, type: UInt8, value: UInt16) -> [UInt8]? {
        let isStandard = type & 0x60 == 0
        let reads = type & 0x80 != 0
        switch (isStandard, reads, request) {
        case (true, true, 0): return [0, 0]  // GET_STATUS
        case (true, true, 6): return model.descriptor(value)
        case (true, true, 8): return [configuration]
        case (true, true, 10): return [0]  // GET_INTERFACE: there is only alternate setting 0
        case (true, false, 1), (true, false, 3): return []  // CLEAR_FEATURE, SET_FEATURE
        default: return nil
        }
    }

    // MARK: Bulk transfers

    private mutating func bulk(_ packet: USBRedirPacket) -> Outcome {
        let endpoint = packet.body[0]
        let data = packet.body[10...]
        if endpoint == KeyboardModel.endpointIn {
            let length = Int(UInt16(bytes: packet.body[2..<4])) | Int(UInt16(bytes: packet.body[8..<10])) << 16
            readRequests.append(ReadRequest(id: packet.id, length: length))
            return Outcome(replies: transfers())
        }
        var outcome = reply(.bulk, to: packet, bulkHeader(endpoint, .success, length: data.count))
        var rest = data
        while rest.count >= USBMIDIEventPacket.size {
            let event = USBMIDIEventPacket(rawBytes: rest.prefix(USBMIDIEventPacket.size))
            rest = rest.dropFirst(USBMIDIEventPacket.size)
            if let bytes = decoder.message(completedBy: event) {
                outcome.messages.append(PortMessage(port: event.cable, bytes: bytes))
                switchMode(PortMessage(port: event.cable, bytes: bytes))
            }
        }
        return outcome
    }

    private mutating func switchMode(_ message: PortMessage) {
        guard let mode = model.mode, mode.port == message.port else { return }
        if message.bytes == mode.begin { isInMode = true }
        if message.bytes == mode.end { isInMode = false }
    }

    private mutating func cancel(_ packet: USBRedirPacket) -> Outcome {
        guard let index = readRequests.firstIndex(where: { $0.id == packet.id }) else { return Outcome() }
        readRequests.remove(at: index)
        return reply(.bulk, to: packet, bulkHeader(KeyboardModel.endpointIn, .cancelled, length: 0))
    }

    /// Fills the reads that the computer has asked for with what is to be sent.
    private mutating func transfers() -> [USBRedirPacket] {
        var packets: [USBRedirPacket] = []
        while !unsent.isEmpty, !readRequests.isEmpty {
            let request = readRequests.removeFirst()
            let room = min(request.length, Int(KeyboardModel.maximumPacketSize))
            let data = unsent.prefix(room - room % USBMIDIEventPacket.size)
            unsent.removeFirst(data.count)
            let header = bulkHeader(KeyboardModel.endpointIn, .success, length: data.count)
            packets.append(USBRedirPacket(.bulk, id: request.id, header + data))
        }
        return packets
    }

    private func bulkHeader(_ endpoint: UInt8, _ status: USBRedirPacket.Status, length: Int) -> [UInt8] {
        let stream: UInt32 = 0
        return [endpoint, status.rawValue] + UInt16(length & 0xFFFF).bytes + stream.bytes + UInt16(length >> 16).bytes
    }
}
