import Controls
import Devices
import Music
import Transport

/// Who a keyboard is taken for, and how sure that is.
struct KeyboardRecognition: Hashable, Sendable {
    /// nil for a keyboard that nobody has described.
    var profile: DeviceProfile?
    /// Its USB numbers are among the profile's.
    var isExact: Bool

    /// Whether its control port may be sent what the profile says: handshake, lights and goodbye. Without the USB numbers a
    /// match is one confidence lower, and a weak one could set lights on something that is none of them.
    var isTrusted: Bool {
        guard let profile else { return false }
        return isExact || profile.confidence > 2
    }
}

extension ProfileLibrary {
    /// - Parameters:
    ///   - portNames: in the order of the ports.
    ///   - inquiry: what it answered to the device inquiry; nil where it was not asked or said nothing.
    func recognize(_ keyboard: Keyboard, portNames: [String], inquiry: DeviceInquiry?) -> KeyboardRecognition {
        let named = profile(for: keyboard)
        let isExact = keyboard.usb.map { usb in named?.usb.contains(usb) == true } ?? false
        guard !isExact, let inquiry, named?.inquiry != inquiry else {
            return KeyboardRecognition(profile: named, isExact: isExact)
        }
        // What it says itself is surer than a part of its name.
        let answered = profiles.first { $0.inquiry == inquiry }
        return KeyboardRecognition(profile: answered ?? named, isExact: false)
    }
}

/// A device inquiry that was sent: the answer is awaited for a second.
struct PendingInquiry: Hashable, Sendable {
    static let patience = Nanoseconds.seconds(1)
    /// Longer system exclusive messages are no answer.
    private static let limit = 64

    let end: Instant
    /// An answer that is still arriving, for each port.
    private var arriving: [Int: [UInt8]] = [:]

    init(at time: Instant) { end = time + PendingInquiry.patience }

    /// Adds a piece of a system exclusive message.
    ///
    /// - Returns: the answer, once it is whole; nil for everything else.
    mutating func hear(_ event: TransportEvent, onPort port: Int) -> DeviceInquiry? {
        guard event.kind == .systemExclusive, event.time <= end else { return nil }
        var bytes = arriving[port] ?? []
        for index in 0..<Int(event.count) {
            let byte = event.bytes[index]
            if byte == 0xF0 { bytes = [] }
            if bytes.count <= PendingInquiry.limit { bytes.append(byte) }
        }
        arriving[port] = bytes.last == 0xF7 ? nil : bytes
        return bytes.last == 0xF7 ? DeviceInquiry(answer: bytes) : nil
    }
}
