import Foundation
import Music

/// Reads a collection of lead sheets in JSON Lines: one song a line, times in steps of 12 a quarter.
///
/// A line has `id`, `title`, `metre` ("4/4"), optional `genres` and `styles`, and `bars`: each with its `len`, `notes` (`[onset, duration, pitch]`, with
/// a fourth number 1 where it is tied to the note before) and `chords` (`[onset, root, kind]`, with a fourth number for the bass, which is
/// left aside).
public enum LeadSheetReader {
    /// The fewest bars that are worth keeping.
    public static let minimumBars = 4

    public struct Failure: Error, CustomStringConvertible {
        /// Counted from 1.
        public let line: Int
        public let reason: String
        public var description: String {
            "cannot read the lead sheet on line \(line): \(reason) (expected one JSON object a line with id, title, metre and bars)"
        }
    }

    /// The songs of a file, section by section, in the file's order.
    ///
    /// A pickup bar is filled up with rests in front, a short last bar behind. A bar of another length inside a song ends a section: it is
    /// left out, and what follows begins a new section. Sections of less than four bars or without a chord are left out; those of more
    /// than 64 bars are cut.
    public static func songs(in data: Data) throws(Failure) -> [Song] {
        var songs: [Song] = []
        let decoder = JSONDecoder()
        for (index, line) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 == 32 || $0 == 13 || $0 == 9 }) { continue }
            let sheet: Sheet
            do { sheet = try decoder.decode(Sheet.self, from: Data(line)) } catch {
                throw Failure(line: index + 1, reason: "\(error)")
            }
            guard let meter = Meter(sheet.metre) else {
                throw Failure(line: index + 1, reason: "the metre \(sheet.metre) is not one like 3/4")
            }
            songs += sheet.songs(meter: meter)
        }
        return songs
    }

    /// The same, telling what was read and left out.
    public static func songs(in data: Data, report: inout ImportReport) throws(Failure) -> [Song] {
        let songs = try songs(in: data)
        let kept = Dictionary(grouping: songs, by: \.id)
        for sheet in (try? JSONLines.decode(Heading.self, in: data, expecting: "id and title")) ?? [] {
            report.read(.leadsheets)
            if kept[sheet.id.text] == nil {
                report.drop(.leadsheets, sheet.title, "no stretch of \(minimumBars) bars with a chord")
            }
        }
        report.keep(songs)
        return songs
    }

    /// The chord of a MusicXML kind: sixths and power chords are major, ninths and above their seventh chord, augmented and suspended ones
    /// sevenths, minor sixths minor, diminished sevenths diminished. An unknown kind is major.
    public static func quality(kind: String) -> Chord.Quality {
        switch kind {
        case "major-seventh", "major-ninth", "major-11th", "major-13th": .majorSeventh
        case "dominant", "dominant-ninth", "dominant-11th", "dominant-13th", "augmented", "augmented-seventh",
            "augmented-ninth", "suspended-fourth", "suspended-second":
            .seventh
        case "minor", "minor-sixth", "minor-major", "major-minor": .minor
        case "minor-seventh", "minor-ninth", "minor-11th", "minor-13th": .minorSeventh
        case "diminished", "diminished-seventh": .diminished
        case "half-diminished": .halfDiminished
        default: .major
        }
    }
}

/// What identifies a line.
private struct Heading: Decodable {
    var id: Sheet.Identifier
    var title: String
}

/// A line of the file.
private struct Sheet: Decodable {
    struct Bar: Decodable {
        var len: Int
        var notes: [[Int]]
        var chords: [Symbol]
    }

    struct Symbol: Decodable {
        var onset: Int
        var chord: Chord

        init(from decoder: any Decoder) throws {
            var list = try decoder.unkeyedContainer()
            onset = try list.decode(Int.self)
            let root = try list.decode(Int.self)
            chord = Chord(root: root, quality: LeadSheetReader.quality(kind: try list.decode(String.self)))
        }
    }

    /// A number or a text.
    struct Identifier: Decodable {
        var text: String

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let number = try? value.decode(Int.self) {
                text = String(number)
            } else {
                text = try value.decode(String.self)
            }
        }
    }

    var id: Identifier
    var title: String
    var metre: String
    var genres: [String]?
    var styles: [String]?
    var authors: [String]?
    var year: Identifier?
    var bars: [Bar]

    func songs(meter: Meter) -> [Song] {
        let full = meter.stepsPerBar
        var runs: [Range<Int>] = []
        var start = 0
        for index in bars.indices {
            let isFirst = index == start && index == 0
            let isLast = index == bars.count - 1
            let fits = bars[index].len == full || ((1..<full).contains(bars[index].len) && (isFirst || isLast))
            if !fits {
                runs.append(start..<index)
                start = index + 1
            }
        }
        runs.append(start..<max(start, bars.count))
        return runs.flatMap { WorkScore.pieces($0) }.enumerated().compactMap {
            song(bars: $1, section: $0, meter: meter)
        }
    }

    private func song(bars run: Range<Int>, section: Int, meter: Meter) -> Song? {
        guard run.count >= LeadSheetReader.minimumBars else { return nil }
        let full = meter.stepsPerBar
        var notes: [NoteEvent] = []
        var symbols: [(onset: Int, chord: Chord)] = []
        // The chord that holds from before the section.
        for bar in bars[..<run.lowerBound] { symbols = bar.chords.last.map { [(Int.min, $0.chord)] } ?? symbols }
        for (index, bar) in bars[run].enumerated() {
            let isPickup = run.lowerBound == 0 && index == 0 && bar.len < full
            let start = index * full + (isPickup ? full - bar.len : 0)
            for note in bar.notes { append(note, from: start, bar: full, to: &notes) }
            symbols += bar.chords.map { (start + min(full, max(0, $0.onset)), $0.chord) }
        }
        guard let firstChord = symbols.first?.chord, !notes.isEmpty else { return nil }
        let window = meter.harmonyWindow
        let count = (meter.bar * run.count).rawValue / window.rawValue
        // A chord counts in a window when it begins at least half a beat (an eighth) before the window's end.
        let chords = (0..<count).map { index in
            let latest = (window * (index + 1) - Tick(Tick.perQuarter / 2)).rawValue
            return symbols.last { $0.onset == .min || $0.onset * Grid.ticksPerStep <= latest }?.chord ?? firstChord
        }
        return Song(
            id: id.text, title: title, section: section, tags: (genres ?? []) + (styles ?? []),
            melody: Phrase(notes: notes, meter: meter, tempo: .moderate, bars: run.count),
            plan: ChordPlan(window: window, chords: chords), author: (authors ?? []).joined(separator: ", "),
            year: year.flatMap { Int($0.text.prefix(4)) })
    }

    /// Adds a note, or lengthens the one that it is tied to. What is no note (too few numbers, a pitch out of range, no length) or begins behind its
    /// bar is left out; a grace note before the bar begins with it; none is longer than its bar.
    private func append(_ note: [Int], from start: Int, bar: Int, to notes: inout [NoteEvent]) {
        guard note.count >= 3, (0..<128).contains(note[2]), note[1] > 0, note[0] < bar else { return }
        let onset = Tick.steps(start + max(0, note[0]))
        let length = Tick.steps(min(bar, note[1]))
        if note.count > 3, note[3] == 1,
            let tied = notes.lastIndex(where: { $0.pitch.number == note[2] && $0.end == onset })
        {
            notes[tied].length = notes[tied].length + length
        } else {
            notes.append(NoteEvent(pitch: Pitch(note[2]), onset: onset, length: length, velocity: .mezzoForte))
        }
    }
}
