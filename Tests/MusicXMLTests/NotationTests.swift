import Music
import Testing

@testable import MusicXML

/// How bars are cut into notes, in letters: `w h q e s t` from whole note to thirty-second, a dot behind, `r` before a rest, `~`
/// behind what is tied on, tuplets in brackets, `R` a bar's rest.
@Suite struct NotationTests {
    private func written(_ meter: String, _ notes: [(onset: Int, length: Int)], from first: Int = 0) throws -> String {
        let grid = try #require(BarGrid(Meter(meter)!))
        let chords = notes.map { WrittenChord(onset: $0.onset, end: $0.onset + $0.length, pitches: [Pitch(60)]) }
        return BarVoice(chords, bar: 0, from: first, on: grid).pieces.map { piece in
            guard let value = piece.value else { return "R" }
            let letter = ["b", "w", "h", "q", "e", "s", "t"][value.halvings + 1]
            let head = piece.beginsTuplet ? "\(piece.tuplet!.actual):\(piece.tuplet!.normal)[" : ""
            return head + (piece.isRest ? "r" : "") + letter + (value.isDotted ? "." : "") + (piece.isTiedOn ? "~" : "")
                + (piece.endsTuplet ? "]" : "")
        }.joined(separator: " ")
    }

    /// Notes one after the other from the bar line, lengths in steps; negative ones are rests.
    private func line(_ lengths: [Int]) -> [(onset: Int, length: Int)] {
        var now = 0
        return lengths.compactMap { length in
            defer { now += abs(length) }
            return length > 0 ? (now, length) : nil
        }
    }

    @Test(arguments: [
        ("4/4", [48], "w"), ("4/4", [12, 24, 12], "q q~ q q"), ("4/4", [36, 12], "h. q"), ("4/4", [12, 36], "q q~ h"),
        ("4/4", [6, 12, 6, 24], "e q e h"), ("4/4", [6, 18, 24], "e q. h"), ("4/4", [18, 6, 18, 6], "q. e q. e"),
        ("4/4", [9, 3, 36], "e. s q~ h"), ("4/4", [3, 12, 33], "s e.~ s e.~ h"), ("4/4", [30, 18], "h~ e q."),
        ("4/4", [4, 4, 4, 36], "3:2[e e e] q~ h"), ("4/4", [8, 4, 4, 8, 24], "3:2[q e] 3:2[e q] h"),
        ("4/4", [8, 8, 8, 24], "3:2[q q q] h"), ("4/4", [12, 8, 8, 20], "q 3:2[q e~] 3:2[e q~] q"),
        ("4/4", [2, 2, 2, 6, 36], "3:2[s s s] e q~ h"), ("4/4", [2, 6, 4, 36], "6:4[s e. e] q~ h"),
        ("4/4", [1, 47], "12:8[t q~ s.~] q~ h"), ("4/4", [-12, 36], "rq q~ h"), ("4/4", [-6, 6, -36], "re e rq rh"),
        ("4/4", [24, -24], "h rh"), ("4/4", [-48], "R"), ("3/4", [36], "h."), ("3/4", [12, 24], "q h"),
        ("3/4", [-24, 12], "rq rq q"), ("3/4", [18, 18], "q. q."), ("6/8", [36], "h."), ("6/8", [18, 18], "q. q."),
        ("6/8", [6, 12, 12, 6], "e q q e"), ("6/8", [12, 12, 12], "q e~ e q"), ("6/8", [9, 9, -18], "e. e. rq."),
        ("6/8", [-6, 30], "re q~ q."), ("9/8", [54], "h.~ q."), ("12/8", [72], "w."), ("2/4", [24], "h"),
        ("5/4", [60], "w~ q"), ("7/8", [42], "h.~ e"), ("2/2", [48], "w"), ("2/2", [12, 24, 12], "q q~ q q"),
        ("3/8", [18], "q."), ("12/16", [36], "h."), ("3/2", [72], "w."),
    ])
    func barsAreCutAsTheyAreRead(meter: String, lengths: [Int], text: String) throws {
        #expect(try written(meter, line(lengths)) == text)
    }

    @Test func aNoteOverTheBarLineIsTied() throws {
        let grid = try #require(BarGrid(.fourFour))
        let chord = WrittenChord(onset: 36, end: 60, pitches: [Pitch(60)])
        let bars = [0, 1, 2].map { BarVoice([chord], bar: $0, on: grid).pieces.filter { !$0.isRest } }
        #expect(bars.map { $0.map(\.isTiedOn) } == [[true], [false], []])
        #expect(bars.map { $0.map(\.isTiedBack) } == [[false], [true], []])
    }

    @Test(arguments: ["3/32", "5/32", "1/32"])
    func aMetreThatIsNotOnTheGridIsRefused(meter: String) {
        let phrase = Phrase(notes: [], meter: Meter(meter)!, tempo: .moderate, bars: 1)
        let error = #expect(throws: MusicXMLError.self) { try MusicXMLFile(phrase: phrase) }
        #expect(error?.description.contains("a bar of \(meter)") == true)
    }

    /// Every metre that can be written writes any bar.
    @Test func everyMetreCanBeWritten() {
        for numerator in 1...32 {
            for denominator in [1, 2, 4, 8, 16, 32] {
                guard let grid = BarGrid(Meter(numerator, denominator)!) else { continue }
                var draws = Draws(seed: UInt64(numerator * 64 + denominator))
                var now = 0
                var chords: [WrittenChord] = []
                while now < grid.length {
                    let length = 1 + Int(draws.uniform() * 20)
                    chords.append(WrittenChord(onset: now, end: now + length, pitches: [Pitch(60)]))
                    now += length + Int(draws.uniform() * 5)
                }
                let pieces = BarVoice(chords, bar: 0, on: grid).pieces
                #expect(pieces.reduce(0) { $0 + $1.steps } == grid.length)
                #expect(zip(pieces, pieces.dropFirst()).allSatisfy { $0.start + $0.steps == $1.start })
            }
        }
    }

    // MARK: Lengths and voices

    private func tidied(_ notes: [(Int, Int)]) -> [[Int]] {
        let chords = notes.map { WrittenChord(onset: $0.0, end: $0.1, pitches: [Pitch(60)]) }
        return WrittenChord.tidied(chords, until: 48, on: BarGrid(.fourFour)!).map { [$0.onset, $0.end] }
    }

    @Test func playedLengthsAreWrittenAsOneWouldWriteThem() {
        // Let go a little early, held a little over, and short notes that stay short.
        #expect(tidied([(0, 11), (12, 25), (24, 34), (36, 40)]) == [[0, 12], [12, 24], [24, 36], [36, 39]])
        // Beside triplets a short note is one.
        #expect(tidied([(12, 16), (16, 20), (24, 28)]) == [[12, 16], [16, 20], [24, 27]])
        // What is meant to last lasts.
        #expect(tidied([(0, 30), (12, 18)]) == [[0, 30], [12, 18]])
        #expect(tidied([(0, 12), (12, 48)]) == [[0, 12], [12, 48]])
    }

    private func voices(_ notes: [(pitch: Int, onset: Int, end: Int)]) -> [[String]] {
        let events = notes.map {
            NoteEvent(
                pitch: Pitch($0.pitch), onset: .steps($0.onset), length: .steps($0.end - $0.onset),
                velocity: .mezzoForte)
        }
        return WrittenChord.voices(WrittenChord.all(of: events, until: 96)).map { voice in
            voice.map { "\($0.onset)-\($0.end) " + $0.pitches.map(\.description).joined(separator: "+") }
        }
    }

    @Test func notesThatBeginAndEndTogetherAreAChord() {
        #expect(voices([(60, 0, 12), (64, 0, 12), (67, 12, 24)]) == [["0-12 C4+E4", "12-24 G4"]])
    }

    @Test func aHeldNoteUnderAMelodyIsTheSecondVoice() {
        #expect(voices([(60, 0, 24), (72, 6, 12), (74, 12, 24)]) == [["6-12 C5", "12-24 D5"], ["0-24 C4"]])
        #expect(voices([(60, 0, 24), (72, 0, 12), (74, 12, 24)]) == [["0-12 C5", "12-24 D5"], ["0-24 C4"]])
    }

    @Test func aThirdVoiceCutsTheSecondShort() {
        #expect(
            voices([(72, 0, 48), (60, 0, 40), (64, 12, 24)]) == [["0-48 C5"], ["0-12 C4", "12-24 E4"]])
        #expect(voices([(72, 0, 48), (64, 0, 24), (60, 0, 12)]) == [["0-48 C5"], ["0-24 C4+E4"]])
    }
}
