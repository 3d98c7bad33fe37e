import Foundation
import Music
import Testing

@testable import Training

/// A line of a collection; bars as JSON.
func line(_ bars: [String], work: String = "Doe,_Jane/_/A_Song") -> Data {
    Data(#"{"work":"\#(work)","bars":[\#(bars.joined(separator: ","))]}"#.utf8)
}

private func lieder(_ bars: [String]) throws -> (songs: [Song], report: ImportReport) {
    var report = ImportReport()
    return (try LiederReader.songs(in: line(bars), report: &report), report)
}

private func orchestra(_ bars: [String]) throws -> [Song] {
    var report = ImportReport()
    return try OrchestraReader.songs(in: line(bars), report: &report)
}

/// A bar of 4/4: the voice sings C, the piano holds a C chord over a low C.
private let plain = #"{"len":48,"ts":"4/4","m":[[0,24,72],[24,24,76]],"p":[[0,48,36],[0,48,60],[0,48,64],[0,48,67]]}"#

private func pitches(_ notes: [NoteEvent]?) -> [Int] { (notes ?? []).map(\.pitch.number) }

@Suite struct LiederReaderTests {
    @Test func theVoiceIsTheMelodyAndThePianoTheBand() throws {
        let song = try #require(try lieder([plain, plain, plain, plain]).songs.first)
        #expect(song.source == .lieder)
        #expect(song.author == "Jane Doe")
        #expect(song.melody.bars == 4)
        #expect(song.melody.notes.count == 8)
        #expect(song.plan.chords.map(\.description) == Array(repeating: "C", count: 8))
        #expect(pitches(song.parts[.bass]) == [36, 36, 36, 36])
        #expect(pitches(song.parts[.chords]).prefix(2) == [64, 67])
    }

    @Test func whatDoublesTheVoiceIsLeftOut() throws {
        // The C of the chord begins with the voice's C; the E, begun with it as well, is another pitch class.
        let song = try #require(try lieder([plain, plain, plain, plain]).songs.first)
        #expect(!pitches(song.parts[.chords]).contains { $0 % 12 == 0 })
    }

    @Test func tiesGoOverBarLinesAndAMissingMetreIsTheLastOne() throws {
        let tied = #"{"len":48,"ts":null,"m":[[0,12,76,1],[12,36,74]],"p":[[0,48,43]]}"#
        let song = try #require(try lieder([plain, tied, plain, plain]).songs.first)
        #expect(song.melody.bars == 4)
        #expect(song.melody.notes[1].length == .steps(36))
        #expect(song.melody.notes[2].onset == .steps(60))
    }

    @Test func ofNotesThatOverlapTheUpperOneIsSung() throws {
        let shared = #"{"len":48,"ts":"4/4","m":[[0,24,72],[0,24,67],[-2,12,79],[24,24,76],[30,6,60]],"p":[[0,48,48]]}"#
        let song = try #require(try lieder([shared, plain, plain, plain]).songs.first)
        #expect(pitches(song.melody.notes).prefix(2) == [79, 76])
        #expect(song.melody.notes[0].onset == .zero)
    }

    @Test func aPickupIsFilledUpAndTwoHalvesOfABarAreOne() throws {
        let pickup = #"{"len":12,"ts":"4/4","m":[[0,12,67]],"p":[]}"#
        let front = #"{"len":36,"ts":"4/4","m":[[0,36,72]],"p":[[0,36,48]]}"#
        let back = #"{"len":12,"ts":"4/4","m":[[0,12,67]],"p":[[0,12,43]]}"#
        let songs = try lieder([pickup, plain, front, back, plain, plain]).songs
        #expect(songs.map(\.melody.bars) == [5])
        #expect(songs[0].melody.notes[0].onset == .steps(36))
        #expect(songs[0].melody.notes.contains { $0.onset == .steps(96 + 36) })
    }

    @Test func anotherMetreBeginsAnotherSong() throws {
        let three = #"{"len":36,"ts":"3/4","m":[[0,36,72]],"p":[[0,36,36],[0,36,64],[0,36,67]]}"#
        let songs = try lieder([plain, plain, plain, plain, three, three, three, three]).songs
        #expect(songs.map(\.melody.meter) == [.fourFour, .threeFour])
        #expect(songs.map(\.section) == [0, 1])
        #expect(Set(songs.map(\.split)).count == 1)
    }

    @Test func longRestsOfTheVoiceAreLeftOut() throws {
        let rest = #"{"len":48,"ts":"4/4","m":[],"p":[[0,48,36],[0,12,72]]}"#
        let verse = [String](repeating: plain, count: 4)
        let (songs, _) = try lieder([rest, rest] + verse + [String](repeating: rest, count: 9) + verse)
        #expect(songs.map(\.melody.bars) == [5, 4])
        // In the bar behind the verse the piano's highest notes are the line.
        #expect(pitches(songs[0].parts[.line]) == [72])
    }

    @Test func aSongWithoutVoiceIsNamedWithItsReason() throws {
        let rest = #"{"len":48,"ts":"4/4","m":[],"p":[[0,48,36]]}"#
        let (songs, report) = try lieder([rest, rest, rest, rest])
        #expect(songs.isEmpty)
        #expect(report.reasons(.lieder).map(\.reason) == ["no melody"])
        #expect(report.drops.first?.name == "Doe,_Jane/_/A_Song")
    }

    @Test func aBrokenLineIsNamed() throws {
        var report = ImportReport()
        let error = #expect(throws: JSONLines.Failure.self) {
            try LiederReader.songs(in: Data("\n{\"work\":1}\n".utf8), report: &report)
        }
        #expect(error?.line == 2)
    }
}

@Suite struct OrchestraReaderTests {
    /// The flute plays the melody; strings, a horn and timpani accompany.
    private static let bar = """
        {"len":48,"ts":"4/4","m":[[0,24,84],[24,24,79]],"winds":[[0,24,84],[24,24,79],[0,48,76]],\
        "strings":[[0,48,55],[0,48,60],[0,48,64]],"low":[[0,24,36],[0,24,48],[24,24,43]],"brass":[[0,48,52],[0,48,55]],\
        "timpani":[[0,12,48],[24,12,43]]}
        """

    @Test func everySectionIsAPart() throws {
        let song = try #require(try orchestra([String](repeating: Self.bar, count: 4)).first)
        #expect(pitches(song.parts[.bass]).prefix(2) == [36, 43])
        // The viola's G stays; the C begins with the melody's.
        #expect(pitches(song.parts[.chords]).prefix(2) == [55, 64])
        #expect(pitches(song.parts[.pad]).prefix(2) == [52, 55])
        #expect(pitches(song.parts[.drums]).prefix(2) == [47, 45])
        #expect(song.plan.chords[0].description == "C")
    }

    @Test func theMelodyIsNotInTheSectionThatPlaysIt() throws {
        let song = try #require(try orchestra([String](repeating: Self.bar, count: 4)).first)
        #expect(pitches(song.parts[.line]) == [76, 76, 76, 76])
    }

    @Test func aBassThatIsTheMelodyIsLeftOutButARootUnderItStays() throws {
        let low = (0..<8).map { "[\($0 * 6),6,\(36 + $0)]" }.joined(separator: ",")
        let melody = (0..<8).map { "[\($0 * 6),6,\(48 + $0)]" }.joined(separator: ",")
        let bar = #"{"len":48,"ts":"4/4","m":[\#(melody)],"low":[\#(low)],"strings":[[0,48,60],[0,48,64]]}"#
        let song = try #require(try orchestra([bar, bar, bar, bar]).first)
        #expect(song.parts[.bass] == nil)
        let plain = try #require(try orchestra([String](repeating: Self.bar, count: 4)).first)
        #expect(plain.parts[.bass]?.count == 8)
    }
}

@Suite struct PartReductionTests {
    private func note(_ onset: Int, _ length: Int, _ pitch: Int) -> NoteEvent {
        NoteEvent(pitch: Pitch(pitch), onset: .steps(onset), length: .steps(length), velocity: .mezzoForte)
    }

    @Test func aNoteThatMovesOverAHeldChordIsLeftOut() {
        let held = [note(0, 48, 55), note(0, 48, 60), note(12, 12, 64)]
        #expect(pitches(PartReduction.chords(held)) == [55, 60])
    }

    @Test func whatIsHeldIsStruckAgainWithANewChord() {
        let chords = PartReduction.chords([note(0, 48, 55), note(24, 24, 60), note(24, 24, 64)])
        #expect(chords.map(\.onset) == [0, 24, 24, 24].map { Tick.steps($0) })
        #expect(pitches(chords) == [55, 55, 60, 64])
        #expect(chords[0].length == .steps(24))
    }

    @Test func aChordHasAtMostFiveNotesAndKeepsItsOuterOnes() {
        let chord = [48, 52, 55, 60, 64, 67, 72].map { note(0, 12, $0) }
        let kept = pitches(PartReduction.chords(chord))
        #expect(kept.count == 5)
        #expect(kept.first == 48 && kept.last == 72)
        #expect(Set(kept.map { $0 % 12 }) == [0, 4, 7])
    }

    @Test func aVoiceKeepsItsContourWhereAnOctaveIsEnough() {
        let voice = [86, 88, 90, 88].enumerated().map { note($0 * 12, 12, $1) }
        #expect(pitches(PartReduction.line(voice)) == [74, 76, 78, 76])
    }

    @Test func brokenChordsUnderASingleBassNoteAreChords() {
        let piano = [note(0, 12, 43), note(6, 6, 59), note(12, 6, 62), note(18, 6, 67)]
        let voice = [note(0, 48, 74)]
        let parts = PartReduction.piano(piano, under: voice)
        #expect(pitches(parts[.bass]) == [43])
        #expect(pitches(parts[.chords]) == [59, 62, 67])
    }
}

@Suite struct ChordEstimatorTests {
    private func chord(_ window: Int, _ pitches: [Int], length: Int = 24) -> [NoteEvent] {
        pitches.map {
            NoteEvent(
                pitch: Pitch($0), onset: .steps(window * 24), length: .steps(length), velocity: .mezzoForte)
        }
    }

    private func symbols(_ notes: [NoteEvent], bars: Int = 2) -> [String] {
        ChordEstimator().plan(accompaniment: notes, melody: [], meter: .fourFour, bars: bars)?.chords.map(\.description)
            ?? []
    }

    @Test func plainChordsAreWhatTheyAre() {
        let notes =
            chord(0, [48, 60, 64, 67]) + chord(1, [53, 60, 65, 69]) + chord(2, [43, 59, 62, 65])
            + chord(3, [48, 60, 64])
        #expect(symbols(notes) == ["C", "F", "G7", "C"])
    }

    @Test func aPassingNoteChangesNoChord() {
        let passing = NoteEvent(pitch: Pitch(62), onset: .steps(30), length: .steps(6), velocity: .mezzoForte)
        let notes = (0..<4).flatMap { chord($0, [45, 60, 64, 69]) } + [passing]
        #expect(symbols(notes) == ["Am", "Am", "Am", "Am"])
    }

    @Test func aSilentWindowKeepsTheChord() {
        let notes = chord(0, [41, 57, 60, 65]) + chord(3, [41, 57, 60, 65])
        #expect(symbols(notes) == ["F", "F", "F", "F"])
    }

    @Test func theBassDecidesBetweenChordsOfTheSameNotes() {
        // A, C, E, G over C is the sixth chord of C; over A the seventh chord of A minor.
        #expect(symbols((0..<4).flatMap { chord($0, [33, 45, 60, 64, 67]) })[0] == "Am7")
        #expect(symbols((0..<4).flatMap { chord($0, [36, 48, 57, 60, 64, 67]) })[0] == "C")
    }

    @Test func aDiminishedTriadNeedsNoSeventh() {
        #expect(symbols((0..<4).flatMap { chord($0, [47, 62, 65, 71]) })[0] == "Bdim7")
    }

    @Test func silenceHasNoChords() {
        #expect(ChordEstimator().plan(accompaniment: [], melody: [], meter: .sixEight, bars: 4) == nil)
    }
}
