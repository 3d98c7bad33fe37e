/// A packet of the usbredir protocol, with which a process serves a USB device to QEMU over a stream.
///
/// Source: the "USB Network Redirection protocol description" v0.7, which comes with usbredir.
package struct USBRedirPacket: Equatable, Sendable {
    package enum Kind: UInt32, Sendable {
        case hello = 0
        case deviceConnect, deviceDisconnect, reset, interfaceInfo, endpointInfo
        case setConfiguration, getConfiguration, configurationStatus
        case setAlternate, getAlternate, alternateStatus
        case cancel = 21
        case filterReject, filter, disconnectAcknowledged
        case control = 100
        case bulk
    }

    package enum Status: UInt8, Sendable {
        case success = 0
        case cancelled, invalid, inputOutputError, stall
    }

    /// What both sides can do. QEMU's xHCI controller takes a device only with the last three.
    package enum Capability: UInt32, CaseIterable, Sendable {
        case deviceVersion = 1
        case disconnectAcknowledged = 3
        case maximumPacketSizes = 4
        case ids64Bit = 5
        case bulkLengths32Bit = 6
    }

    /// The packet's type as a number: also of the types that a keyboard has no use for.
    package var type: UInt32
    /// Pairs an answer with its request.
    package var id: UInt64
    package var body: [UInt8]

    package var kind: Kind? { Kind(rawValue: type) }

    package init(_ kind: Kind, id: UInt64 = 0, _ body: [UInt8] = []) {
        self.init(type: kind.rawValue, id: id, body: body)
    }

    package init(type: UInt32, id: UInt64, body: [UInt8]) {
        self.type = type
        self.id = id
        self.body = body
    }

    /// The greeting: who we are, in 64 bytes, and our capabilities.
    package static var hello: USBRedirPacket {
        let name = Array("continuo virtual keyboard".utf8)
        let capabilities = Capability.allCases.reduce(UInt32(0)) { $0 | 1 << $1.rawValue }
        return USBRedirPacket(.hello, name + [UInt8](repeating: 0, count: 64 - name.count) + capabilities.bytes)
    }

    /// The packet as it travels. Only the greeting has a 32-bit id: it comes before the sides agree on 64.
    package var rawBytes: [UInt8] {
        let idBytes = kind == .hello ? UInt32(id).bytes : id.bytes
        return type.bytes + UInt32(body.count).bytes + idBytes + body
    }
}

/// Cuts a stream of bytes into packets.
package struct USBRedirParser: Sendable {
    package struct Overlong: Error, Equatable {
        package let type: UInt32
        package let length: UInt32
    }

    private static let longestBody: UInt32 = 1 << 20
    private var buffer: [UInt8] = []

    package init() {}

    /// Takes bytes from the stream, in pieces of any size, and returns the packets that are now complete.
    ///
    /// - Throws: ``Overlong`` for a body of more than 1 MiB, which no side sends: the stream is out of step.
    package mutating func packets(in bytes: some Sequence<UInt8>) throws(Overlong) -> [USBRedirPacket] {
        buffer += bytes
        var packets: [USBRedirPacket] = []
        while let packet = try next() { packets.append(packet) }
        return packets
    }

    private mutating func next() throws(Overlong) -> USBRedirPacket? {
        guard buffer.count >= 12 else { return nil }
        let type = UInt32(bytes: buffer[0..<4])
        let length = UInt32(bytes: buffer[4..<8])
        guard length <= Self.longestBody else { throw Overlong(type: type, length: length) }
        let headerSize = type == USBRedirPacket.Kind.hello.rawValue ? 12 : 16
        let size = headerSize + Int(length)
        guard buffer.count >= size else { return nil }
        defer { buffer.removeFirst(size) }
        let id = headerSize == 12 ? UInt64(UInt32(bytes: buffer[8..<12])) : UInt64(bytes: buffer[8..<16])
        return USBRedirPacket(type: type, id: id, body: Array(buffer[headerSize..<size]))
    }
}
