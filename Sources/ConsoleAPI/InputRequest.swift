import MIDI

/// Notes of an on-screen keyboard, or of a test: short MIDI messages that are taken as if they were played.
///
/// JSON: `{"messages": [{"bytes": [144, 60, 100]}, {"bytes": [128, 60, 0], "delay": 0.5}]}`.
public struct InputRequest: Hashable, Sendable, Codable {
    public static let maximumMessages = 4096
    public var messages: [InputMessage]

    public init(messages: [InputMessage]) { self.messages = messages }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        messages = try values.decode([InputMessage].self, forKey: .messages)
        guard messages.count <= InputRequest.maximumMessages else {
            throw DecodingError.dataCorruptedError(
                forKey: .messages, in: values,
                debugDescription: "at most \(InputRequest.maximumMessages) messages at a time")
        }
    }
}

/// One message and when it is played.
public struct InputMessage: Hashable, Sendable, Codable {
    public var message: MIDIMessage
    /// Seconds from now, 0...600.
    public var delay: Double

    public static let longestDelay = 600.0

    public init(_ message: MIDIMessage, delay: Double = 0) {
        precondition((0...InputMessage.longestDelay).contains(delay), "a delay is 0 to 600 seconds")
        self.message = message
        self.delay = delay
    }

    private enum CodingKeys: String, CodingKey { case bytes, delay }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func invalid(_ key: CodingKeys, _ message: String) -> DecodingError {
            .dataCorruptedError(forKey: key, in: values, debugDescription: message)
        }
        let numbers = try values.decode([Int].self, forKey: .bytes)
        let bytes = numbers.compactMap { UInt8(exactly: $0) }
        guard bytes.count == numbers.count, let status = bytes.first, status >= 0x80, status != 0xF0, status != 0xF7,
            bytes.count == MIDIMessage.byteCount(status: status), bytes.dropFirst().allSatisfy({ $0 < 0x80 })
        else { throw invalid(.bytes, "\(numbers) is no short MIDI message") }
        message = MIDIMessage(
            status: status, data1: bytes.count > 1 ? bytes[1] : 0, data2: bytes.count > 2 ? bytes[2] : 0)
        delay = try values.decodeIfPresent(Double.self, forKey: .delay) ?? 0
        guard (0...InputMessage.longestDelay).contains(delay) else {
            throw invalid(.delay, "a delay is 0 to 600 seconds")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(message.bytes, forKey: .bytes)
        if delay > 0 { try values.encode(delay, forKey: .delay) }
    }
}

/// How many messages were taken.
public struct InputReport: Hashable, Sendable, Codable {
    public var accepted: Int
    public init(accepted: Int) { self.accepted = accepted }
}
