import Foundation
import Music

/// Reads songs for voice and piano in JSON Lines: one song a line, times in steps of 12 a quarter.
///
/// A line has `work` ("composer/set/title") and `bars`: each with its `len`, `ts` ("3/4", or null where the last one holds), `m` (the voice) and `p`
/// (the piano); notes are `[onset, duration, pitch]`, with a fourth number 1 where they are tied to the note before.
public enum LiederReader {
    /// The songs of a file: the voice is the melody, the chords are estimated, the piano is given to bass, chords and line.
    public static func songs(in data: Data, report: inout ImportReport) throws(JSONLines.Failure) -> [Song] {
        var songs: [Song] = []
        let works = try JSONLines.decode(Work.self, in: data, expecting: "work and bars with len, ts, m and p")
        for (index, work) in works.enumerated() {
            report.read(.lieder)
            var voice = BarNotes()
            var piano = BarNotes()
            var start = 0
            for bar in work.bars where bar.len > 0 {
                voice.append(bar.m ?? [], from: start, length: bar.len)
                piano.append(bar.p ?? [], from: start, length: bar.len)
                start += bar.len
            }
            let melody = voice.notes.upperVoice()
            let score = WorkScore(
                source: .lieder, id: "\(index + 1)", title: work.work, tags: ["Art song"],
                author: WorkName.author(work.work), bars: work.bars.filter { $0.len > 0 }.map(\.scoreBar),
                melody: melody, sounding: piano.notes, parts: PartReduction.piano(piano.notes, under: melody))
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
        var p: [[Int]]?

        var scoreBar: WorkScore.Bar { .init(length: len, meter: ts.flatMap { Meter($0) }) }
    }
}

/// A work's name as the collections write it: `Schubert,_Franz/Winterreise,_D.911/01_Gute_Nacht`.
enum WorkName {
    /// `Franz Schubert`.
    static func author(_ work: String) -> String {
        let folder = work.prefix { $0 != "/" }.replacing("_", with: " ")
        let names = folder.split(separator: ",", maxSplits: 1).map { String($0.drop { $0 == " " }) }
        return names.reversed().joined(separator: " ")
    }
}

/// Reads a file of one JSON object a line.
public enum JSONLines {
    public struct Failure: Error, CustomStringConvertible {
        /// Counted from 1.
        public let line: Int
        public let reason: String
        public let expected: String
        public var description: String {
            "cannot read line \(line): \(reason) (expected one JSON object a line with \(expected))"
        }
    }

    /// The objects of all lines that are not blank.
    static func decode<Value: Decodable>(
        _ type: Value.Type, in data: Data, expecting expected: String
    ) throws(Failure) -> [Value] {
        var values: [Value] = []
        let decoder = JSONDecoder()
        for (index, line) in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if line.allSatisfy({ $0 == 32 || $0 == 13 || $0 == 9 }) { continue }
            do { values.append(try decoder.decode(type, from: Data(line))) } catch {
                throw Failure(line: index + 1, reason: "\(error)", expected: expected)
            }
        }
        return values
    }
}
