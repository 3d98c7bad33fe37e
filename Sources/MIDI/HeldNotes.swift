import Music

/// Which notes were begun and not ended: a table of 16 channels by 128 pitches in place, so that it never allocates.
///
/// Note-ons are counted: a note begun twice is held until it was ended twice, because some synthesizers stack voices.
/// 2 KiB in size; may live on a real-time thread.
public struct HeldNotes: Sendable {
    /// `[channel, pitch]`, open note-ons, at most 255.
    private var table = InlineArray<2048, UInt8>(repeating: 0)

    /// Open note-ons on all channels.
    public private(set) var count = 0

    public init() {}

    public var isEmpty: Bool { count == 0 }

    /// Follows a message: note-ons and note-offs are entered, everything else is ignored.
    public mutating func follow(_ message: MIDIMessage) {
        switch message.status & 0xF0 {
        case 0x90 where message.data2 > 0: press(Channel(wire: message.status & 15), Pitch(Int(message.data1)))
        case 0x80, 0x90: release(Channel(wire: message.status & 15), Pitch(Int(message.data1)))
        default: break
        }
    }

    /// Enters a note-on; the 256th and later of one note are not counted.
    ///
    /// - Returns: how many note-ons of the note are open now.
    @discardableResult
    public mutating func press(_ channel: Channel, _ pitch: Pitch) -> Int {
        let index = HeldNotes.index(channel, pitch)
        if table[index] < .max {
            table[index] += 1
            count += 1
        }
        return Int(table[index])
    }

    /// Enters a note-off.
    ///
    /// - Returns: false where the note was not held.
    @discardableResult
    public mutating func release(_ channel: Channel, _ pitch: Pitch) -> Bool {
        let index = HeldNotes.index(channel, pitch)
        guard table[index] > 0 else { return false }
        table[index] -= 1
        count -= 1
        return true
    }

    /// How many note-ons of a note are open.
    public func openCount(_ channel: Channel, _ pitch: Pitch) -> Int { Int(table[HeldNotes.index(channel, pitch)]) }

    public func isHeld(_ channel: Channel, _ pitch: Pitch) -> Bool { openCount(channel, pitch) > 0 }

    /// Empties the table and hands out one note-off for each open note-on, by channel, then pitch.
    public mutating func releaseAll(_ body: (MIDIMessage) -> Void) {
        guard count > 0 else { return }
        for number in 1...16 { releaseAll(on: Channel(number), body) }
    }

    /// The same for one channel.
    public mutating func releaseAll(on channel: Channel, _ body: (MIDIMessage) -> Void) {
        guard count > 0 else { return }
        for number in 0..<128 {
            let pitch = Pitch(number)
            while release(channel, pitch) { body(.noteOff(channel, pitch)) }
        }
    }

    private static func index(_ channel: Channel, _ pitch: Pitch) -> Int {
        Int(channel.wire) << 7 | Int(pitch.rawValue)
    }
}
