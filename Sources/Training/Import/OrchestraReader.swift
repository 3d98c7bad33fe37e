import Foundation
import Music

/// Reads orchestral movements with a marked main melody in JSON Lines: one movement a line, times in steps of 12 a quarter.
///
/// A line has `work` and `bars`: each with its `len`, `ts`, `m` (the main melody) and, where they sound, `strings` (violins and violas), `low` (cellos
/// and basses), `winds`, `brass` and `timpani`; notes are `[onset, duration, pitch]`, with a fourth number 1 where they are tied to the note
/// before. The melody stands in the section that plays it as well, and is left out there.
public enum OrchestraReader {
    /// The songs of a file: low strings to the bass, strings to the chords, brass to the pad, winds to the line, timpani to the drums.
    public static func songs(in data: Data, report: inout ImportReport) throws(JSONLines.Failure) -> [Song] {
        var songs: [Song] = []
        let works = try JSONLines.decode(Work.self, in: data, expecting: "work and bars with len, ts, m and sections")
        for (index, work) in works.enumerated() {
            report.read(.orchestra)
            let bars = work.bars.filter { $0.len > 0 }
            func section(_ notes: KeyPath<Bar, [[Int]]?>) -> [NoteEvent] {
                var section = BarNotes()
                var start = 0
                for bar in bars {
                    section.append(bar[keyPath: notes] ?? [], from: start, length: bar.len)
                    start += bar.len
                }
                return section.notes
            }
            let melody = section(\.m).upperVoice()
            let doublings = PartReduction.Doublings(of: melody)
            let low = section(\.low)
            let upper = [section(\.strings), section(\.brass), section(\.winds)].map {
                PartReduction.leavingOutDoublings($0, of: doublings)
            }
            let score = WorkScore(
                source: .orchestra, id: "\(index + 1)", title: work.work, tags: ["Orchestral"],
                author: WorkName.author(work.work),
                bars: bars.map { .init(length: $0.len, meter: $0.ts.flatMap { Meter($0) }) },
                melody: melody, sounding: low + upper.joined(),
                parts: [
                    .bass: PartReduction.bassLeavingOutDoublings(PartReduction.bass(low), of: doublings),
                    .chords: PartReduction.chords(upper[0]), .pad: PartReduction.chords(upper[1], into: 48...76),
                    .line: PartReduction.line(upper[2]), .drums: PartReduction.drums(section(\.timpani)),
                ])
            songs += score.songs(&report)
        }
        return songs
    }

    private struct Work: Decodable {
        var work: String
        var bars: [Bar]
    }

    private struct Bar: Decodable {
        var len: Int
        var ts: String?
        var m: [[Int]]?
        var strings: [[Int]]?
        var low: [[Int]]?
        var winds: [[Int]]?
        var brass: [[Int]]?
        var timpani: [[Int]]?
    }
}
