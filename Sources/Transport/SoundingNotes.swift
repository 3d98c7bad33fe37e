import MIDI
import Music

/// What was begun on one destination and not ended: notes, pedals, a bent pitch, pressure. Fixed size; for real-time threads.
///
/// One bit a note, as on the wire: the first note-off ends a note, however often it was begun.
public struct SoundingNotes: Sendable, BitwiseCopyable {
    /// `[channel, half of the pitches]`.
    private var notes = InlineArray<32, UInt64>(repeating: 0)
    // One bit a channel.
    private var sustain: UInt16 = 0
    private var sostenuto: UInt16 = 0
    private var soft: UInt16 = 0
    private var bent: UInt16 = 0
    private var pressed: UInt16 = 0

    private var controls: UInt16 { sustain | sostenuto | soft | bent | pressed }

    public init() {}

    public var isSilent: Bool {
        for index in 0..<32 where notes[index] != 0 { return false }
        return controls == 0
    }

    public func isHeld(_ channel: Channel, _ pitch: Pitch) -> Bool {
        notes[SoundingNotes.word(channel.wire, pitch.rawValue)] & SoundingNotes.bit(pitch.rawValue) != 0
    }

    /// Follows a message that was sent.
    public mutating func follow(_ message: MIDIMessage) {
        let channel = message.status & 15
        switch message.status & 0xF0 {
        case 0x90 where message.data2 > 0:
            notes[SoundingNotes.word(channel, message.data1)] |= SoundingNotes.bit(message.data1)
        case 0x80, 0x90:
            notes[SoundingNotes.word(channel, message.data1)] &= ~SoundingNotes.bit(message.data1)
        case 0xB0: followController(message, mask: 1 << UInt16(channel))
        case 0xD0: SoundingNotes.set(&pressed, 1 << UInt16(channel), message.data1 > 0)
        case 0xE0:
            let isCentred = message.data1 == 0 && message.data2 == 64
            SoundingNotes.set(&bent, 1 << UInt16(channel), !isCentred)
        default: break
        }
    }

    /// The same, but only where the message begins something. For a message that may or may not have sounded.
    public mutating func followBeginning(_ message: MIDIMessage) {
        if SoundingNotes.begins(message) { follow(message) }
    }

    /// Ends everything: note-offs, then pedals up, the bend centred, the pressure at rest. The table is empty afterwards.
    public mutating func releaseAll(_ emit: (MIDIMessage) -> Void) {
        for index in 0..<32 {
            let channel = Channel(wire: UInt8(index >> 1))
            while notes[index] != 0 {
                let bit = notes[index].trailingZeroBitCount
                notes[index] &= notes[index] &- 1
                emit(.noteOff(channel, Pitch((index & 1) << 6 | bit)))
            }
        }
        guard controls != 0 else { return }
        for number in UInt8(0)..<16 {
            let channel = Channel(wire: number)
            let mask = UInt16(1) << UInt16(number)
            if sustain & mask != 0 { emit(.controlChange(channel, Controller.sustain, 0)) }
            if sostenuto & mask != 0 { emit(.controlChange(channel, Controller.sostenuto, 0)) }
            if soft & mask != 0 { emit(.controlChange(channel, Controller.soft, 0)) }
            if bent & mask != 0 { emit(.pitchBend(channel, 0)) }
            if pressed & mask != 0 { emit(.channelPressure(channel, 0)) }
        }
        (sustain, sostenuto, soft, bent, pressed) = (0, 0, 0, 0, 0)
    }

    private mutating func followController(_ message: MIDIMessage, mask: UInt16) {
        let isDown = message.data2 >= 64
        switch message.data1 {
        case Controller.sustain: SoundingNotes.set(&sustain, mask, isDown)
        case Controller.sostenuto: SoundingNotes.set(&sostenuto, mask, isDown)
        case Controller.soft: SoundingNotes.set(&soft, mask, isDown)
        default: break
        }
    }

    /// Whether a message begins something that has to be ended: a note-on, a pedal down, a bend, pressure.
    private static func begins(_ message: MIDIMessage) -> Bool {
        switch message.status & 0xF0 {
        case 0x90: message.data2 > 0
        case 0xB0: message.data2 >= 64
        case 0xD0: message.data1 > 0
        case 0xE0: !(message.data1 == 0 && message.data2 == 64)
        default: false
        }
    }

    private static func set(_ field: inout UInt16, _ mask: UInt16, _ isOn: Bool) {
        if isOn { field |= mask } else { field &= ~mask }
    }

    private static func word(_ channel: UInt8, _ pitch: UInt8) -> Int { Int(channel) << 1 | Int(pitch >> 6) }
    private static func bit(_ pitch: UInt8) -> UInt64 { 1 << UInt64(pitch & 63) }
}
