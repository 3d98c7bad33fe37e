import MIDI
import Music

/// Pairs note-ons with note-offs: normalised messages with their times in, performed notes out.
///
/// A note-on of a note that is open closes it first; a note-off without a note-on is ignored. So every note-on becomes
/// exactly one note.
public struct NotePairing: Sendable {
    private struct Key: Hashable {
        let channel: Channel
        let pitch: Pitch
    }

    private struct Open {
        let onset: Instant
        let velocity: Velocity
    }

    private var open: [Key: Open] = [:]

    public init() {}

    /// How many notes sound now.
    public var openCount: Int { open.count }

    /// Follows a message.
    ///
    /// - Returns: the note that the message ended, if any. A note lasts at least a nanosecond.
    public mutating func follow(_ message: MIDIMessage, at time: Instant) -> PerformedNote? {
        switch message.kind {
        case .noteOn(let channel, let pitch, let velocity):
            let key = Key(channel: channel, pitch: pitch)
            let ended = close(key, at: time)
            open[key] = Open(onset: time, velocity: velocity)
            return ended
        case .noteOff(let channel, let pitch):
            return close(Key(channel: channel, pitch: pitch), at: time)
        default:
            return nil
        }
    }

    /// Ends every open note: the keyboard is gone, or the recording is over.
    ///
    /// - Returns: the notes, by onset, then pitch.
    public mutating func closeAll(at time: Instant) -> [PerformedNote] {
        defer { open = [:] }
        return open.map { note($0.key, $0.value, until: time) }
            .sorted { ($0.onset, $0.pitch, $0.velocity) < ($1.onset, $1.pitch, $1.velocity) }
    }

    private mutating func close(_ key: Key, at time: Instant) -> PerformedNote? {
        open.removeValue(forKey: key).map { note(key, $0, until: time) }
    }

    private func note(_ key: Key, _ begun: Open, until time: Instant) -> PerformedNote {
        PerformedNote(
            pitch: key.pitch, onset: begun.onset, length: max(Nanoseconds(1), time - begun.onset),
            velocity: begun.velocity)
    }
}
