import MIDI
import Music

/// A message and when it is played, in seconds from the start of the music.
public struct TimedMessage: Hashable, Sendable {
    public var seconds: Double
    public var message: MIDIMessage

    public init(seconds: Double, message: MIDIMessage) {
        self.seconds = seconds
        self.message = message
    }
}

/// An arrangement as the messages that play it: programs and mix first, then notes with the groove applied.
enum TimedMessages {
    /// The player's own channel, for the melody.
    static let melodyChannel = Channel(1)

    /// In time order; at one time note-offs come before note-ons, so that a repeated note is struck again.
    ///
    /// A note that is struck while it still sounds in the same part is ended first.
    static func of(_ arrangement: Arrangement, includesMelody: Bool) -> [TimedMessage] {
        let accompaniment = arrangement.accompaniment
        let map = TempoMap(anchor: .zero, tempo: arrangement.phrase.tempo)
        var setup: [MIDIMessage] = []
        var notes: [(channel: Channel, notes: [NoteEvent])] = []
        for part in Part.allCases where accompaniment.parts[part]?.isEmpty == false {
            if let program = accompaniment.instrumentation.programs[part] {
                setup.append(.programChange(part.channel, program))
            }
            setup += mix(part).messages(part.channel)
            notes.append((part.channel, arrangement.grooved(part)))
        }
        if includesMelody {
            setup.append(.programChange(melodyChannel, accompaniment.instrumentation.melody))
            setup += Mix(volume: 112, pan: 64).messages(melodyChannel)
            notes.append((melodyChannel, groovedMelody(arrangement)))
        }
        var timed: [(seconds: Double, order: Int, message: MIDIMessage)] = []
        for (channel, events) in notes {
            for note in withoutOverlaps(events) {
                let start = map.instant(of: note.onset).nanoseconds
                let end = map.instant(of: note.end).nanoseconds
                timed.append((Double(start) / 1e9, 1, .noteOn(channel, note.pitch, note.velocity)))
                timed.append((Double(end) / 1e9, 0, .noteOff(channel, note.pitch)))
            }
        }
        timed.sort {
            ($0.seconds, $0.order, $0.message.status, $0.message.data1) < (
                $1.seconds, $1.order, $1.message.status, $1.message.data1
            )
        }
        return setup.map { TimedMessage(seconds: 0, message: $0) }
            + timed.map { TimedMessage(seconds: max(0, $0.seconds), message: $0.message) }
    }

    /// Ends a note where the same key is struck again.
    private static func withoutOverlaps(_ notes: [NoteEvent]) -> [NoteEvent] {
        var kept: [NoteEvent] = []
        var last: [Pitch: Int] = [:]
        for note in notes {
            if let index = last[note.pitch], kept[index].end > note.onset {
                guard kept[index].onset < note.onset else { continue }
                kept[index].length = note.onset - kept[index].onset
            }
            last[note.pitch] = kept.count
            kept.append(note)
        }
        return kept
    }

    private static func groovedMelody(_ arrangement: Arrangement) -> [NoteEvent] {
        let groove = arrangement.accompaniment.groove
        return arrangement.phrase.notes.map { note in
            var moved = note
            moved.onset = groove.apply(note.onset)
            moved.length = max(Tick(1), groove.apply(note.end) - moved.onset)
            return moved
        }.sorted(by: NoteEvent.inScoreOrder)
    }

    private struct Mix {
        var volume: UInt8
        /// 0 left, 64 centre, 127 right.
        var pan: UInt8

        func messages(_ channel: Channel) -> [MIDIMessage] {
            [.controlChange(channel, Controller.volume, volume), .controlChange(channel, Controller.pan, pan)]
        }
    }

    /// The melody stands in front; bass and drums carry, the rest opens to both sides.
    private static func mix(_ part: Part) -> Mix {
        switch part {
        case .drums: Mix(volume: 96, pan: 64)
        case .bass: Mix(volume: 100, pan: 64)
        case .chords: Mix(volume: 82, pan: 44)
        case .pad: Mix(volume: 68, pan: 78)
        case .line: Mix(volume: 84, pan: 88)
        }
    }
}
