import MIDI
import Music
import StandardMIDIFile

/// One voice of an output: the notes of one channel in one track of a file.
public struct EvaluatedTrack: Hashable, Sendable {
    /// Empty where the file has none.
    public var name: String
    /// 0...127; means nothing for drums.
    public var program: Int
    public var role: Role
    /// In score order; at least one.
    public var notes: [NoteEvent]
    /// Notes that were begun and never ended.
    public var hungNotes: Int

    /// - Parameter role: nil lets the sound decide.
    public init(
        name: String = "", program: Int = 0, isDrums: Bool = false, role: Role? = nil, notes: [NoteEvent],
        hungNotes: Int = 0
    ) {
        self.name = name
        self.program = program
        self.role = role ?? Role(isDrums: isDrums, program: program, notes: notes)
        self.notes = notes.sorted(by: NoteEvent.inScoreOrder)
        self.hungNotes = hungNotes
    }

    /// Whether an orchestra lets it rest for long: timpani, brass, reeds and pipes.
    public var isOftenSilentInOrchestras: Bool {
        role != .drums && (program == 47 || (56...79).contains(program))
    }

    /// What its notes are counted under when two versions are compared: its name, or its role where it has none.
    var part: String { name.isEmpty ? role.rawValue : name.lowercased() }

    /// Whether it says itself that it is the melody.
    var isNamedMelody: Bool { name.lowercased().hasPrefix("melody") }

    /// The voices of a file, in the order of tracks, then channels.
    public static func all(of file: MIDIFile) -> [EvaluatedTrack] { all(in: file).map(\.track) }

    /// The voices of a file with the track and the channel of each, in the order of tracks, then channels.
    ///
    /// Note-ons and note-offs are paired first in, first out; times are counted from the file's start in 480ths of a quarter.
    static func all(in file: MIDIFile) -> [(trackNumber: Int, channel: Channel, track: EvaluatedTrack)] {
        file.tracks.indices.flatMap { index in
            let programs = file.programs(track: index)
            let voices = Dictionary(grouping: file.notes(track: index), by: \.channel)
            return voices.sorted { $0.key < $1.key }.map { channel, notes in
                let events = notes.map { note in
                    let onset = ticks(note.onset, file)
                    return NoteEvent(
                        pitch: note.pitch, onset: onset, length: max(Tick(1), ticks(note.end, file) - onset),
                        velocity: note.velocity)
                }
                let track = EvaluatedTrack(
                    name: file.tracks[index].name ?? "", program: programs[channel].map { Int($0.number) } ?? 0,
                    isDrums: channel == .drums, notes: events, hungNotes: notes.count { $0.isHung })
                return (index + 1, channel, track)
            }
        }
    }

    private static func ticks(_ fileTicks: Int, _ file: MIDIFile) -> Tick {
        let doubled = 2 * fileTicks * Tick.perQuarter
        return Tick((doubled + file.ticksPerQuarter) / (2 * file.ticksPerQuarter))
    }
}
