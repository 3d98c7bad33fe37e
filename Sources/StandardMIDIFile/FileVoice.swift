import MIDI
import Music

/// The notes of one channel of one track, and what they are like.
struct FileVoice: Sendable {
    let track: Int
    let name: String
    let channel: Channel
    let program: Program
    /// By onset; at least one.
    let notes: [FileNote]
    let medianPitch: Int
    /// 1 for a single line, about 3 for chords.
    let notesPerOnset: Double

    static func all(of file: MIDIFile) -> [FileVoice] {
        file.tracks.indices.flatMap { track -> [FileVoice] in
            let programs = file.programs(track: track)
            let channels = Dictionary(grouping: file.notes(track: track), by: \.channel)
            return channels.keys.sorted().map { channel in
                FileVoice(
                    track: track, name: file.tracks[track].name ?? "", channel: channel,
                    program: programs[channel] ?? Program(0), notes: channels[channel]!)
            }
        }
    }

    private init(track: Int, name: String, channel: Channel, program: Program, notes: [FileNote]) {
        self.track = track
        self.name = name
        self.channel = channel
        self.program = program
        self.notes = notes
        medianPitch = notes.map(\.pitch.number).sorted()[notes.count / 2]
        notesPerOnset = Double(notes.count) / Double(Set(notes.map(\.onset)).count)
    }

    /// By name, by program (32 to 39), or because it is low and plays one note at a time.
    var isBass: Bool {
        name.lowercased().contains("bass") || (32...39).contains(program.number)
            || medianPitch < 48 && notesPerOnset < 1.3
    }

    /// The highest note of each onset, each ending where the next begins.
    var skyline: [FileNote] {
        var line: [FileNote] = []
        for note in notes.sorted(by: { ($0.onset, $1.pitch) < ($1.onset, $0.pitch) })
        where line.last?.onset != note.onset {
            if let last = line.indices.last {
                line[last].length = min(line[last].length, note.onset - line[last].onset)
            }
            line.append(note)
        }
        return line
    }

    /// For each voice the share of its notes that are the highest of all that sounds when they begin.
    static func skylineShares(_ voices: [FileVoice]) -> [Double] {
        struct Edge {
            let tick: Int
            let isOnset: Bool
            let pitch: Int
        }
        var edges: [Edge] = []
        for note in voices.lazy.flatMap(\.notes) {
            edges.append(Edge(tick: note.onset, isOnset: true, pitch: note.pitch.number))
            edges.append(Edge(tick: note.end, isOnset: false, pitch: note.pitch.number))
        }
        edges.sort { ($0.tick, $0.isOnset ? 1 : 0) < ($1.tick, $1.isOnset ? 1 : 0) }
        var sounding = [Int](repeating: 0, count: 128)
        var highest: [Int: Int] = [:]
        for edge in edges {
            sounding[edge.pitch] += edge.isOnset ? 1 : -1
            if edge.isOnset { highest[edge.tick] = sounding.lastIndex { $0 > 0 } }
        }
        return voices.map { voice in
            let top = voice.notes.count { highest[$0.onset] == $0.pitch.number }
            return Double(top) / Double(voice.notes.count)
        }
    }
}
