import Controls
import Devices
import Music
import Transport

/// A device inquiry that was sent: the answer is awaited for a second.
struct PendingInquiry: Hashable, Sendable {
    static let patience = Nanoseconds.seconds(1)
    /// Longer system exclusive messages are no answer.
    private static let limit = 64

    let end: Instant
    /// Where it was sent.
    let port: PortAddress
    /// An answer that is still arriving, for each port.
    private var arriving: [Int: [UInt8]] = [:]

    init(at time: Instant, on port: PortAddress) {
        end = time + PendingInquiry.patience
        self.port = port
    }

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
