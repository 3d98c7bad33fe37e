import Foundation
import MIDI
import Music
import StandardMIDIFile

/// A song of its own for every number: a melody that nobody wrote, over a bass and chords, as a MIDI file.
struct MadeSong {
    var number: UInt64
    var bars = 16
    var meter: [UInt8]? = [4, 2, 24, 8]
    var quartersPerBar = 4
    var transposed = 0
    /// Microseconds a quarter.
    var tempo = 500_000
    /// 2 writes all notes twice as long.
    var stretch = 1
    var names = ["Melody", "Bass", "Keys", "Kit"]
    var hasBand = true
    /// Tracks of the file, from the melody on.
    var order = [0, 1, 2, 3]
    static let quarter = 96

    init(_ number: UInt64) { self.number = number }

    private typealias Note = (onset: Int, length: Int, pitch: Int)

    /// A walk over a scale in quarters, eighths and halves that seldom repeats itself.
    private var melody: [Note] {
        var state = number &* 0x9E37_79B9_7F4A_7C15 | 1
        func draw(_ count: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(count))
        }
        let scale = [0, 2, 4, 5, 7, 9, 11]
        var notes: [Note] = []
        var step = 7
        var place = 0
        let end = bars * quartersPerBar * MadeSong.quarter
        while place < end {
            let length = min([96, 48, 48, 96, 192, 144][draw(6)], end - place)
            step = max(3, min(17, step + [-3, -2, -1, -1, 1, 1, 2, 4][draw(8)]))
            notes.append((place, length, 60 + transposed + 12 * (step / 7) + scale[step % 7]))
            place += length
        }
        return notes
    }

    private var voices: [[Note]] {
        let bar = quartersPerBar * MadeSong.quarter
        let roots = [0, 5, 7, 0]
        return [
            melody,
            (0..<bars).map { ($0 * bar, bar - 4, 36 + transposed + roots[$0 % 4]) },
            (0..<bars).flatMap { index in
                [0, 4, 7].map { (index * bar, bar - 4, 48 + transposed + roots[index % 4] + $0) }
            },
            (0..<bars * quartersPerBar).map { ($0 * MadeSong.quarter, 20, $0 % quartersPerBar == 0 ? 36 : 38) },
        ]
    }

    var file: MIDIFile {
        let channels = [1, 2, 3, 10]
        let tracks = (hasBand ? order : [0]).map { voice in
            var events = [MIDIFile.Event(tick: 0, .meta(MetaType.trackName, Array(names[voice].utf8)))]
            let messages = voices[voice].flatMap { note in
                [
                    (note.onset, 1, MIDIMessage.noteOn(Channel(channels[voice]), Pitch(note.pitch), Velocity(90))),
                    (note.onset + note.length, 0, MIDIMessage.noteOff(Channel(channels[voice]), Pitch(note.pitch))),
                ]
            }
            events += messages.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map {
                .init(tick: $0.0 * stretch, .message($0.2))
            }
            return MIDIFile.Track(events: events)
        }
        var settings = [
            MIDIFile.Event(
                tick: 0, .meta(MetaType.tempo, [16, 8, 0].map { UInt8(truncatingIfNeeded: tempo >> $0) }))
        ]
        if let meter { settings.append(.init(tick: 0, .meta(MetaType.timeSignature, meter))) }
        return MIDIFile(
            format: .parallel, ticksPerQuarter: MadeSong.quarter, tracks: [MIDIFile.Track(events: settings)] + tracks)
    }

    var bytes: [UInt8] { file.bytes }

    /// The same music in one track, told apart by its channels.
    var singleTrackBytes: [UInt8] {
        let file = file
        let events = file.tracks.flatMap(\.events).enumerated().sorted {
            ($0.element.tick, $0.offset) < ($1.element.tick, $1.offset)
        }.map(\.element)
        return MIDIFile(
            format: .single, ticksPerQuarter: MadeSong.quarter, tracks: [MIDIFile.Track(events: events)]
        ).bytes
    }
}

/// A folder that disappears with the test.
final class MusicFolderOnDisk {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "continuo-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func write(_ path: String, _ bytes: [UInt8]) throws {
        let file = url.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    func remove(_ path: String) throws { try FileManager.default.removeItem(at: url.appending(path: path)) }
    func read(_ path: String) throws -> Data { try Data(contentsOf: url.appending(path: path)) }
}
