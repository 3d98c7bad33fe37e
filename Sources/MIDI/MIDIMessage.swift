import Music

/// One MIDI 1.0 message of at most three bytes: channel voice, system common or real-time. System exclusive has its own
/// type.
///
/// Flat and bitwise-copyable, so that it crosses rings and threads without an allocation.
public struct MIDIMessage: Hashable, Sendable, BitwiseCopyable {
    /// Status byte, 0x80...0xFF but not 0xF0 or 0xF7.
    public let status: UInt8
    /// First data byte, 0...127; 0 where the message has none.
    public let data1: UInt8
    /// Second data byte, 0...127; 0 where the message has none.
    public let data2: UInt8

    /// - Precondition: `status` has its top bit set and is not system exclusive; data bytes are below 128.
    public init(status: UInt8, data1: UInt8 = 0, data2: UInt8 = 0) {
        precondition(status >= 0x80 && status != 0xF0 && status != 0xF7, "not the status of a short message")
        precondition(data1 < 128 && data2 < 128, "data bytes are below 128")
        self.status = status
        self.data1 = data1
        self.data2 = data2
    }

    public static func noteOn(_ channel: Channel, _ pitch: Pitch, _ velocity: Velocity) -> MIDIMessage {
        MIDIMessage(status: 0x90 | channel.wire, data1: pitch.rawValue, data2: velocity.rawValue)
    }

    public static func noteOff(_ channel: Channel, _ pitch: Pitch, velocity: UInt8 = 64) -> MIDIMessage {
        MIDIMessage(status: 0x80 | channel.wire, data1: pitch.rawValue, data2: velocity & 127)
    }

    public static func controlChange(_ channel: Channel, _ controller: UInt8, _ value: UInt8) -> MIDIMessage {
        MIDIMessage(status: 0xB0 | channel.wire, data1: controller, data2: value)
    }

    public static func programChange(_ channel: Channel, _ program: Program) -> MIDIMessage {
        MIDIMessage(status: 0xC0 | channel.wire, data1: program.number)
    }

    /// - Parameter value: 0...127; 0 is at rest.
    public static func channelPressure(_ channel: Channel, _ value: UInt8) -> MIDIMessage {
        MIDIMessage(status: 0xD0 | channel.wire, data1: value & 127)
    }

    /// - Parameter value: -8192...8191; 0 is the centre.
    public static func pitchBend(_ channel: Channel, _ value: Int) -> MIDIMessage {
        let raw = min(16383, max(0, value + 8192))
        return MIDIMessage(status: 0xE0 | channel.wire, data1: UInt8(raw & 127), data2: UInt8(raw >> 7))
    }

    public static let realTimeStart = MIDIMessage(status: 0xFA)
    public static let realTimeContinue = MIDIMessage(status: 0xFB)
    public static let realTimeStop = MIDIMessage(status: 0xFC)

    /// What the message is. A note-on of velocity 0 is a note-off.
    public enum Kind: Hashable, Sendable {
        case noteOn(Channel, Pitch, Velocity)
        case noteOff(Channel, Pitch)
        case polyPressure(Channel, Pitch, UInt8)
        case controlChange(Channel, controller: UInt8, value: UInt8)
        case programChange(Channel, Program)
        case channelPressure(Channel, UInt8)
        case pitchBend(Channel, Int)
        /// 0xF1...0xF6: time code, song position, song select, tune request.
        case systemCommon(UInt8)
        /// 0xF8...0xFF: clock, start, continue, stop, active sensing, reset.
        case realTime(UInt8)
    }

    public var kind: Kind {
        let channel = Channel(wire: status & 15)
        switch status >> 4 {
        case 0x8: return .noteOff(channel, Pitch(Int(data1)))
        case 0x9:
            guard let velocity = Velocity(rawValue: data2) else { return .noteOff(channel, Pitch(Int(data1))) }
            return .noteOn(channel, Pitch(Int(data1)), velocity)
        case 0xA: return .polyPressure(channel, Pitch(Int(data1)), data2)
        case 0xB: return .controlChange(channel, controller: data1, value: data2)
        case 0xC: return .programChange(channel, Program(Int(data1)))
        case 0xD: return .channelPressure(channel, data1)
        case 0xE: return .pitchBend(channel, (Int(data2) << 7 | Int(data1)) - 8192)
        default: return status >= 0xF8 ? .realTime(status) : .systemCommon(status)
        }
    }

    /// Whether a note begins: a note-on of velocity 0 ends one.
    public var isNoteOn: Bool { status & 0xF0 == 0x90 && data2 > 0 }

    /// The channel of a channel message; nil for system messages.
    public var channel: Channel? { status < 0xF0 ? Channel(wire: status & 15) : nil }

    /// The same message on another channel; system messages are returned as they are.
    public func on(_ channel: Channel) -> MIDIMessage {
        status < 0xF0 ? MIDIMessage(status: status & 0xF0 | channel.wire, data1: data1, data2: data2) : self
    }

    /// The same message with its key moved by semitones; what has no key is returned as it is.
    ///
    /// - Returns: nil where the key would leave 0...127.
    public func transposed(by semitones: Int) -> MIDIMessage? {
        guard semitones != 0, (0x80...0xAF).contains(status) else { return self }
        let key = Int(data1) + semitones
        return (0..<128).contains(key) ? MIDIMessage(status: status, data1: UInt8(key), data2: data2) : nil
    }

    /// How many bytes the message has on the wire, 1...3.
    public var byteCount: Int { MIDIMessage.byteCount(status: status) }

    /// How many bytes a message with this status has, its status included.
    public static func byteCount(status: UInt8) -> Int {
        switch status {
        case 0xC0...0xDF, 0xF1, 0xF3: 2
        case 0xF4...0xFF: 1
        default: 3
        }
    }

    /// The bytes on the wire.
    public var bytes: [UInt8] { Array([status, data1, data2].prefix(byteCount)) }
}

/// Controller numbers that Continuo itself sends or reads (MIDI 1.0 detailed specification, table III).
public enum Controller {
    public static let modulation: UInt8 = 1
    public static let volume: UInt8 = 7
    public static let pan: UInt8 = 10
    public static let sustain: UInt8 = 64
    public static let sostenuto: UInt8 = 66
    public static let soft: UInt8 = 67
    public static let allSoundOff: UInt8 = 120
    public static let resetAllControllers: UInt8 = 121
    public static let allNotesOff: UInt8 = 123
}
