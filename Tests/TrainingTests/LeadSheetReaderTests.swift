import Foundation
import Music
import Testing

@testable import Training

/// One sheet in the file's form; bars as JSON.
private func sheet(_ bars: [String], metre: String = "4/4") -> Data {
    Data(
        #"{"id":7,"title":"A Song","metre":"\#(metre)","genres":["Folk"],"bars":[\#(bars.joined(separator: ","))]}"#
            .utf8)
}

private let plain = #"{"len":48,"notes":[[0,48,60]],"chords":[[0,0,"major"]]}"#

@Suite struct LeadSheetReaderTests {
    @Test func aSongHasItsNotesAndOneChordAWindow() throws {
        let g7 = #"{"len":48,"notes":[[0,24,67],[24,24,65]],"chords":[[24,7,"dominant",5]]}"#
        let song = try #require(try LeadSheetReader.songs(in: sheet([plain, g7, plain, plain])).first)
        #expect(song.id == "7")
        #expect(song.tags == ["Folk"])
        #expect(song.melody.bars == 4)
        #expect(song.melody.notes.map(\.onset) == [0, 48, 72, 96, 144].map { Tick.steps($0) })
        #expect(song.plan.chords.map(\.description) == ["C", "C", "C", "G7", "C", "C", "C", "C"])
    }

    @Test func tiedNotesAreOneNote() throws {
        let tied = #"{"len":48,"notes":[[0,12,60,1],[12,12,60]],"chords":[]}"#
        let song = try #require(try LeadSheetReader.songs(in: sheet([plain, tied, plain, plain])).first)
        #expect(song.melody.notes[0].length == .steps(60))
        #expect(song.melody.notes[1].onset == .steps(60))
    }

    @Test func aPickupIsFilledUpInFrontAndAShortLastBarBehind() throws {
        let pickup = #"{"len":12,"notes":[[0,12,67]],"chords":[]}"#
        let last = #"{"len":36,"notes":[[0,36,60]],"chords":[]}"#
        let song = try #require(try LeadSheetReader.songs(in: sheet([pickup, plain, plain, plain, last])).first)
        #expect(song.melody.bars == 5)
        #expect(song.melody.notes.first?.onset == .steps(36))
        #expect(song.melody.notes.last?.onset == .steps(192))
        // No chord stands at the pickup: the first one holds there.
        #expect(song.plan.chords.first?.description == "C")
    }

    @Test func aBarOfAnotherLengthSplitsTheSongAndItsChordHoldsOn() throws {
        let odd = #"{"len":24,"notes":[[0,24,60]],"chords":[[0,5,"major"]]}"#
        let silent = #"{"len":48,"notes":[[0,48,65]],"chords":[]}"#
        let bars = [plain, plain, plain, plain, odd, silent, silent, silent, silent]
        let songs = try LeadSheetReader.songs(in: sheet(bars))
        #expect(songs.map(\.section) == [0, 1])
        #expect(songs.map(\.melody.bars) == [4, 4])
        #expect(songs[1].plan.chords[0].description == "F")
    }

    @Test func stretchesOfLessThanFourBarsOrWithoutChordsAreLeftOut() throws {
        let silent = #"{"len":48,"notes":[[0,48,65]],"chords":[]}"#
        #expect(try LeadSheetReader.songs(in: sheet([plain, plain, plain])).isEmpty)
        #expect(try LeadSheetReader.songs(in: sheet([silent, silent, silent, silent])).isEmpty)
    }

    @Test func aLongSongIsCutIntoPhrases() throws {
        let songs = try LeadSheetReader.songs(in: sheet([String](repeating: plain, count: 101)))
        #expect(songs.map(\.melody.bars) == [52, 49])
    }

    @Test func aChordBeginsToCountHalfABeatBeforeAWindowsEnd() throws {
        let late = #"{"len":48,"notes":[[0,48,60]],"chords":[[18,5,"major"],[43,7,"major"]]}"#
        let song = try #require(try LeadSheetReader.songs(in: sheet([late, plain, plain, plain])).first)
        #expect(song.plan.chords[0].description == "F")
        #expect(song.plan.chords[1].description == "F")
    }

    @Test(arguments: [
        ("major-sixth", Chord.Quality.major), ("power", .major), ("dominant-ninth", .seventh), ("augmented", .seventh),
        ("suspended-fourth", .seventh), ("minor-sixth", .minor), ("minor-major", .minor),
        ("diminished-seventh", .diminished), ("half-diminished", .halfDiminished), ("major-ninth", .majorSeventh),
        ("minor-13th", .minorSeventh), ("maj69", .major),
    ])
    func everyKindOfChordIsOneOfTheSevenQualities(kind: String, quality: Chord.Quality) {
        #expect(LeadSheetReader.quality(kind: kind) == quality)
    }

    @Test(arguments: ["{", #"{"id":1,"title":"x","metre":"4","bars":[]}"#, #"{"id":1,"title":"x"}"#])
    func aBrokenLineIsNamed(line: String) throws {
        let error = #expect(throws: LeadSheetReader.Failure.self) {
            try LeadSheetReader.songs(in: Data("\n\(line)\n".utf8))
        }
        #expect(error?.line == 2)
    }

    @Test func numbersOutOfAllBoundsDoNoHarm() throws {
        let huge = "9223372036854775807"
        let low = "-9223372036854775808"
        let bars = [
            plain,
            #"{"len":48,"notes":[[\#(huge),12,60],[0,\#(huge),64],[\#(low),12,62]],"chords":[[\#(huge),\#(low),"x"]]}"#,
            plain, plain, #"{"len":\#(low),"notes":[],"chords":[]}"#,
        ]
        let song = try #require(try LeadSheetReader.songs(in: sheet(bars)).first)
        #expect(song.melody.bars == 4)
        #expect(song.melody.notes.map(\.pitch.number) == [60, 62, 64, 60, 60])
        #expect(song.melody.notes.allSatisfy { $0.length <= .steps(48) })
    }

    @Test func notesThatAreNoneAreLeftOut() throws {
        let bad = #"{"len":48,"notes":[[0,12],[0,0,60],[0,12,200],[-3,12,62]],"chords":[]}"#
        let song = try #require(try LeadSheetReader.songs(in: sheet([plain, bad, plain, plain])).first)
        #expect(song.melody.notes.map(\.pitch.number) == [60, 62, 60, 60])
    }
}

@Suite struct SongTests {
    @Test func anExcerptStartsAtZeroWithItsOwnChords() throws {
        let g = #"{"len":48,"notes":[[12,12,67]],"chords":[[0,7,"major"]]}"#
        let song = try #require(try LeadSheetReader.songs(in: sheet([plain, plain, g, plain])).first)
        let excerpt = song.excerpt(bars: 2..<4)
        #expect(excerpt.melody.bars == 2)
        #expect(excerpt.melody.notes.map(\.onset) == [.steps(12), .steps(48)])
        #expect(excerpt.plan.chords.map(\.description) == ["G", "G", "C", "C"])
    }

    @Test func theSplitFollowsTheTitleWithoutItsCaseAndPunctuation() {
        #expect(Split(title: "The Bells of St. Mary's") == Split(title: "the bells of st marys"))
        let counts = Dictionary(grouping: (0..<2000).map { Split(title: "Song number \($0)") }, by: \.self).mapValues(
            \.count)
        #expect((1500...1700).contains(counts[.training] ?? 0))
        #expect((150...250).contains(counts[.test] ?? 0))
        #expect((150...250).contains(counts[.validation] ?? 0))
    }

    @Test func theSplitOfATitleNeverChanges() {
        let titles = [
            "Greensleeves", "Amazing Grace", "Yankee Doodle", "Danny Boy", "Scarborough Fair", "Auld Lang Syne",
        ]
        #expect(
            titles.map { Split(title: $0).rawValue }.joined(separator: " ")
                == "validation training training training training training")
    }
}

@Suite struct HarmonyLearnerTests {
    @Test func chordsAreCountedFromTheTonic() throws {
        // D, G, A7, D in D major.
        let bars = [(62, "2,\"major\""), (67, "7,\"major\""), (69, "9,\"dominant\""), (62, "2,\"major\"")].map {
            #"{"len":36,"notes":[[0,36,\#($0)]],"chords":[[0,\#($1)]]}"#
        }
        let song = try #require(try LeadSheetReader.songs(in: sheet(bars, metre: "3/4")).first)
        let model = HarmonyLearner.learn([song])
        #expect(HarmonyLearner.key(of: song) == Key(tonic: 2, mode: .major))
        let counts = try #require(model.counts[.major])
        #expect(counts.first[0] == 1)
        #expect(counts.transitions[0 * 84 + 5] == 1)
        #expect(counts.transitions[5 * 84 + (2 * 12 + 7)] == 1)
        #expect(counts.transitions[(2 * 12 + 7) * 84 + 0] == 1)
        #expect(counts.transitions.reduce(0, +) == 3)
        #expect(counts.emissions[0] == 108)
        #expect(counts.emissions[2 * 12] == 36)
        #expect(model.counts[.minor]?.transitions.reduce(0, +) == 0)
    }

    @Test func accuracyCountsRootsThirdsAndChords() {
        func plan(_ chords: [Chord]) -> ChordPlan { ChordPlan(window: .steps(24), chords: chords) }
        var accuracy = HarmonyAccuracy()
        accuracy.add(
            plan([.init(root: 0, quality: .major), .init(root: 0, quality: .seventh), .init(root: 0, quality: .minor)]),
            truth: plan([
                .init(root: 0, quality: .major), .init(root: 0, quality: .major), .init(root: 0, quality: .major),
            ]))
        #expect(accuracy.root == 1)
        #expect(accuracy.rootAndThird == 2.0 / 3)
        #expect(accuracy.chord == 1.0 / 3)
        #expect(accuracy.changes == 2)
        #expect(accuracy.trueChanges == 0)
    }
}
