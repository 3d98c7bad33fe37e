import Music

/// Mends the messages of one source, so that everything behind it sees only legal sequences.
///
/// - A note-on of a held note is preceded by its note-off.
/// - A note-off of a note that is not held is dropped.
/// - A note-on of velocity 0 becomes a note-off.
/// - Channel mode messages that silence (CC 120, 123 to 127) and a system reset release what is held before they pass.
/// - Messages whose bytes are out of range are dropped.
/// - `releaseAll` ends what is held when the source is unplugged or input was lost.
public struct MessageNormalizer: Sendable {
    /// What was mended so far.
    public struct Mended: Hashable, Sendable {
        /// Note-ons of a note that was held already.
        public var repeatedNoteOns = 0
        /// Note-offs of a note that was not held.
        public var strayNoteOffs = 0
        /// Held notes that were released for the source.
        public var releasedNotes = 0
        /// Messages with a status or data byte that cannot be.
        public var malformedMessages = 0
        public init() {}
    }

    public private(set) var mended = Mended()
    /// What the source holds now; never more than one open note-on a note.
    public private(set) var held = HeldNotes()

    public init() {}

    /// Passes a message on, mended: `body` is called none, one or more times.
    public mutating func normalize(_ message: MIDIMessage, _ body: (MIDIMessage) -> Void) {
        switch message.kind {
        case .noteOn(let channel, let pitch, _):
            if held.release(channel, pitch) {
                mended.repeatedNoteOns += 1
                body(.noteOff(channel, pitch))
            }
            held.press(channel, pitch)
            body(message)
        case .noteOff(let channel, let pitch):
            guard held.release(channel, pitch) else {
                mended.strayNoteOffs += 1
                return
            }
            body(message.status & 0xF0 == 0x90 ? .noteOff(channel, pitch) : message)
        case .controlChange(let channel, let controller, _)
        where controller == Controller.allSoundOff || controller >= Controller.allNotesOff:
            release(on: channel, body)
            body(message)
        case .realTime(0xFF):
            releaseAll(body)
            body(message)
        default:
            body(message)
        }
    }

    /// Passes three raw bytes on, mended; bytes that make no short message are counted and dropped.
    public mutating func normalize(status: UInt8, data1: UInt8, data2: UInt8, _ body: (MIDIMessage) -> Void) {
        guard status >= 0x80, status != 0xF0, status != 0xF7 else {
            mended.malformedMessages += 1
            return
        }
        let count = MIDIMessage.byteCount(status: status)
        guard count < 2 || data1 < 128, count < 3 || data2 < 128 else {
            mended.malformedMessages += 1
            return
        }
        normalize(
            MIDIMessage(status: status, data1: count < 2 ? 0 : data1, data2: count < 3 ? 0 : data2), body)
    }

    /// The mended messages as a list; for code that is not on a real-time thread.
    public mutating func normalized(_ message: MIDIMessage) -> [MIDIMessage] {
        var messages: [MIDIMessage] = []
        normalize(message) { messages.append($0) }
        return messages
    }

    /// Ends every held note: the source is gone, or input was lost and what is held is no longer known.
    public mutating func releaseAll(_ body: (MIDIMessage) -> Void) {
        mended.releasedNotes += held.count
        held.releaseAll(body)
    }

    private mutating func release(on channel: Channel, _ body: (MIDIMessage) -> Void) {
        let before = held.count
        held.releaseAll(on: channel, body)
        mended.releasedNotes += before - held.count
    }
}
