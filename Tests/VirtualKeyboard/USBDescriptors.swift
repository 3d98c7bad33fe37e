/// The descriptors of a class-compliant USB-MIDI 1.0 keyboard, as bytes.
///
/// Source: USB 2.0, section 9.6; Device Class Definition for MIDI Devices 1.0, section 6 and appendix B.
extension KeyboardModel {
    /// The endpoint that carries what is played.
    static let endpointIn: UInt8 = 0x81
    /// The endpoint that takes messages from the computer.
    static let endpointOut: UInt8 = 0x01
    /// The largest packet of all endpoints: a full-speed device's.
    static let maximumPacketSize: UInt16 = 64

    /// The descriptor that GET_DESCRIPTOR asks for.
    ///
    /// - Parameter value: its wValue: the type in the high byte, the index in the low one.
    /// - Returns: nil when the keyboard has no such descriptor; a device then stalls.
    func descriptor(_ value: UInt16) -> [UInt8]? {
        switch value >> 8 {
        case 1: deviceDescriptor
        case 2 where value & 0xFF == 0: configurationDescriptor
        case 3: stringDescriptor(Int(value & 0xFF))
        default: nil
        }
    }

    private var strings: [String?] { [manufacturer, name, serial] }

    var deviceDescriptor: [UInt8] {
        let usb2: UInt16 = 0x0200
        let version: UInt16 = 0x0100
        let stringIndices = (1...3).map { strings[$0 - 1] == nil ? 0 : UInt8($0) }
        return [18, 1] + usb2.bytes + [0, 0, 0, UInt8(Self.maximumPacketSize)]
            + vendor.bytes + product.bytes + version.bytes + stringIndices + [1]
    }

    private func stringDescriptor(_ index: Int) -> [UInt8]? {
        let usEnglish: UInt16 = 0x0409
        if index == 0 { return [4, 3] + usEnglish.bytes }
        guard index <= strings.count, let text = strings[index - 1] else { return nil }
        let units = text.utf16.prefix(126).flatMap(\.bytes)
        return [UInt8(2 + units.count), 3] + units
    }

    /// The configuration with its two interfaces: audio control, which says nothing, and MIDI streaming.
    var configurationDescriptor: [UInt8] {
        let version: UInt16 = 0x0100
        let controlHeader = [9, 0x24, 1] + version.bytes + UInt16(9).bytes + [1, 1]
        let control: [UInt8] = [9, 4, 0, 0, 0, 1, 1, 0, 0] + controlHeader

        let (jacks, fromKeys, toKeys) = jackDescriptors
        let endpoints =
            endpointDescriptors(Self.endpointOut, jacks: toKeys)
            + endpointDescriptors(Self.endpointIn, jacks: fromKeys)
        let streamingHeader = [7, 0x24, 1] + version.bytes + UInt16(7 + jacks.count + endpoints.count).bytes
        let endpointCount: UInt8 = (toKeys.isEmpty ? 0 : 1) + (fromKeys.isEmpty ? 0 : 1)
        let streaming = [9, 4, 1, 0, endpointCount, 1, 3, 0, 0] + streamingHeader + jacks + endpoints

        let total = UInt16(9 + control.count + streaming.count)
        let busPowered: UInt8 = 0x80
        return [9, 2] + total.bytes + [2, 1, 0, busPowered, 50] + control + streaming
    }

    /// A pair of jacks for each port: the embedded one is what the computer sees, the external one the keyboard's own end.
    private var jackDescriptors: (bytes: [UInt8], fromKeys: [UInt8], toKeys: [UInt8]) {
        let (embedded, external): (UInt8, UInt8) = (1, 2)
        var bytes: [UInt8] = []
        var fromKeys: [UInt8] = []
        var toKeys: [UInt8] = []
        var next: UInt8 = 1
        for _ in 0..<outputs {
            bytes += [6, 0x24, 2, external, next, 0]
            bytes += [9, 0x24, 3, embedded, next + 1, 1, next, 1, 0]
            fromKeys.append(next + 1)
            next += 2
        }
        for _ in 0..<inputs {
            bytes += [6, 0x24, 2, embedded, next, 0]
            bytes += [9, 0x24, 3, external, next + 1, 1, next, 1, 0]
            toKeys.append(next)
            next += 2
        }
        return (bytes, fromKeys, toKeys)
    }

    private func endpointDescriptors(_ address: UInt8, jacks: [UInt8]) -> [UInt8] {
        if jacks.isEmpty { return [] }
        let bulk: UInt8 = 2
        return [9, 5, address, bulk] + Self.maximumPacketSize.bytes + [0, 0, 0]
            + [UInt8(4 + jacks.count), 0x25, 1, UInt8(jacks.count)] + jacks
    }
}
