import Foundation
import Music
import Synchronization
import Testing

@testable import Training

@Suite struct DataSetImportTests {
    let music: MusicFolderOnDisk
    let sets: MusicFolderOnDisk

    init() throws {
        music = try MusicFolderOnDisk()
        sets = try MusicFolderOnDisk()
    }

    private func folder(_ name: String) -> DataSetImport.Folder { .init(music.url.appending(path: name)) }

    @discardableResult
    private func bring(
        _ set: String = "set", _ folders: [DataSetImport.Folder]? = nil, keepsMissing: Bool = false, workers: Int = 2,
        takes: DataSetImport.Takes? = nil, stopAfter: Int = .max
    ) async throws -> DataSetImport.Outcome {
        var work = DataSetImport(sets.url.appending(path: set))
        work.keepsMissing = keepsMissing
        work.workers = workers
        let read = Mutex(0)
        return try await work.run(
            folders ?? [folder("songs")], takes: takes,
            progress: { progress in read.withLock { $0 = progress.done } },
            shouldStop: { read.withLock { $0 } >= stopAfter })
    }

    private func songs(_ set: String = "set") throws -> [Song] {
        try DataSetFolder(sets.url.appending(path: set)).songs()
    }

    /// All that an import writes but for the journal.
    private func products(_ set: String) throws -> [Data] {
        try ["pieces.jsonl", "works.tsv", "report.json"].map { try sets.read("\(set)/\($0)") }
    }

    @Test func filesOfAFolderBecomeSongsThatKnowWhereTheyAreFrom() async throws {
        try music.write("songs/Jazz Standards/slow/one.mid", MadeSong(1).bytes)
        try music.write("songs/two.kar", MadeSong(2).bytes)
        try music.write("songs/.hidden/three.mid", MadeSong(3).bytes)
        try music.write("songs/notes.txt", [1, 2, 3])
        let outcome = try await bring("set", [.init(music.url.appending(path: "songs"), tags: ["mine"])])
        #expect(outcome.rows.map(\.file) == ["songs/Jazz Standards/slow/one.mid", "songs/two.kar"])
        let songs = try songs()
        #expect(songs.map(\.title) == ["songs/Jazz Standards/slow/one", "songs/two"])
        #expect(songs[0].tags == ["Jazz Standards", "slow", "mine"])
        #expect(songs[0].label.genre == "jazz")
        #expect(songs[1].label.genre == nil)
        #expect(songs[1].parts.keys.count == 3)
    }

    @Test func theGenreThatAPersonGivesComesFirstAndIsRemembered() async throws {
        try music.write("songs/jazz/one.mid", MadeSong(1).bytes)
        try await bring("set", [.init(music.url.appending(path: "songs"), genre: "Bossa")])
        #expect(try songs()[0].label.genre == "bossa")
        try music.write("songs/two.mid", MadeSong(2).bytes)
        let outcome = try await bring()
        #expect(outcome.read == 1)
        #expect(try songs().map(\.label.genre) == ["bossa", "bossa"])
    }

    @Test func whatIsNoMusicIsNamedWithAReasonAndStopsNothing() async throws {
        try music.write("songs/good.mid", MadeSong(1).bytes)
        try music.write("songs/empty.mid", [])
        try music.write("songs/text.mid", Array("This is no MIDI file at all".utf8))
        try music.write("songs/cut.mid", Array(MadeSong(2).bytes.prefix(300)))
        var patterns = MadeSong(3).bytes
        patterns[9] = 2
        try music.write("songs/patterns.mid", patterns)
        var short = MadeSong(4)
        short.bars = 4
        try music.write("songs/short.mid", short.bytes)
        var drums = MadeSong(5)
        drums.order = [3]
        try music.write("songs/drums.mid", drums.bytes)
        try music.write("songs/score.musicxml", Array("<html></html>".utf8))
        try music.write("songs/continuo-data.csv", Array("file,skip\nskipped.mid,yes\n".utf8))
        try music.write("songs/skipped.mid", MadeSong(6).bytes)
        let rows = try await bring().rows
        let reasons = Dictionary(uniqueKeysWithValues: rows.map { ($0.file.dropFirst(6), $0.reason) })
        #expect(
            reasons == [
                "good.mid": nil, "empty.mid": "it is empty", "text.mid": "it is no MIDI file",
                "cut.mid": "it is cut off",
                "patterns.mid": "its MIDI format is not read", "short.mid": "it has fewer than 8 bars",
                "drums.mid": "it has no notes other than drums", "score.musicxml": "it is XML but no MusicXML score",
                "skipped.mid": "its row in continuo-data.csv leaves it out",
            ])
        #expect(rows.first { $0.file == "songs/patterns.mid" }?.detail?.contains("format 2") == true)
        #expect(try songs().count == 1)
    }

    @Test func theSameMelodyInAnotherKeyTempoOrNoteValueIsADuplicate() async throws {
        var alone = MadeSong(1)
        alone.hasBand = false
        alone.transposed = 5
        alone.tempo = 700_000
        var wide = MadeSong(1)
        wide.stretch = 2
        wide.transposed = -3
        wide.hasBand = false
        try music.write("songs/a/plain.mid", alone.bytes)
        try music.write("songs/b/band.mid", MadeSong(1).bytes)
        try music.write("songs/c/copy.mid", MadeSong(1).bytes)
        try music.write("songs/d/wide.mid", wide.bytes)
        try music.write("songs/e/other.mid", MadeSong(2).bytes)
        let rows = try await bring().rows
        #expect(rows.map(\.outcome) == [.duplicate, .kept, .duplicate, .duplicate, .kept])
        #expect(rows.map(\.original) == ["songs/b/band.mid", nil, "songs/b/band.mid", "songs/b/band.mid", nil])
        #expect(rows[2].reason == "the same file is there already")
        #expect(rows[0].reason == "its melody is there already")
    }

    @Test func equalNamesInTwoFoldersAreTwoWorks() async throws {
        try music.write("one/songs/tune.mid", MadeSong(1).bytes)
        try music.write("two/songs/tune.mid", MadeSong(2).bytes)
        try music.write("one/songs/more/tune.mid", MadeSong(3).bytes)
        let outcome = try await bring("set", [folder("one/songs"), folder("two/songs")])
        #expect(
            outcome.rows.map(\.file) == ["one/songs/more/tune.mid", "one/songs/tune.mid", "two/songs/tune.mid"])
        #expect(Set(try songs().map(\.id)).count == 3)
    }

    @Test func onlyWhatIsNewOrHasChangedIsReadAgain() async throws {
        for number in 1...4 { try music.write("songs/\(number).mid", MadeSong(UInt64(number)).bytes) }
        #expect(try await bring().read == 4)
        let before = try products("set")
        let second = try await bring()
        #expect(second.read == 0)
        #expect(second.unchanged == 4)
        #expect(second.rows.count == 4)
        #expect(try products("set") == before)
        // Another song in its place, of another size, and a new one.
        var longer = MadeSong(5)
        longer.bars = 20
        try music.write("songs/2.mid", longer.bytes)
        try music.write("songs/6.mid", MadeSong(6).bytes)
        #expect(try await bring().read == 2)
        try await bring("fresh")
        #expect(try products("set") == products("fresh"))
    }

    @Test func aFileThatWasOnlyTouchedKeepsItsSongs() async throws {
        try music.write("songs/1.mid", MadeSong(1).bytes)
        try await bring()
        let before = try products("set")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: music.url.path + "/songs/1.mid")
        #expect(try await bring().read == 1)
        #expect(try products("set") == before)
        #expect(try await bring().read == 0)
    }

    @Test func whatHasGoneIsForgottenUnlessItIsToBeKept() async throws {
        try music.write("songs/1.mid", MadeSong(1).bytes)
        try music.write("songs/2.mid", MadeSong(2).bytes)
        try await bring()
        try music.remove("songs/2.mid")
        let kept = try await bring(keepsMissing: true)
        #expect(kept.missing.count == 1)
        #expect(kept.rows[1].isMissing == true)
        #expect(try songs().count == 2)
        let forgotten = try await bring()
        #expect(forgotten.forgotten == [music.url.resolvingSymlinksInPath().path + "/songs/2.mid"])
        #expect(try songs().count == 1)
    }

    @Test func aFolderThatIsNotThereForgetsNothing() async throws {
        try music.write("songs/1.mid", MadeSong(1).bytes)
        try await bring()
        try music.remove("songs")
        let error = await #expect(throws: TrainingError.self) { try await bring() }
        #expect(error?.description.contains("cannot be read as a folder") == true)
        #expect(try songs().count == 1)
    }

    @Test func withoutFoldersThoseOfBeforeAreLookedInto() async throws {
        try music.write("songs/1.mid", MadeSong(1).bytes)
        await #expect(throws: TrainingError.self) { try await bring("set", []) }
        try await bring()
        try music.write("songs/2.mid", MadeSong(2).bytes)
        #expect(try await bring("set", []).read == 1)
        #expect(try songs().count == 2)
    }

    @Test func aStoppedImportGoesOnAndGivesTheSame() async throws {
        for number in 1...6 { try music.write("songs/\(number).mid", MadeSong(UInt64(number)).bytes) }
        let stopped = try await bring("set", workers: 1, stopAfter: 2)
        #expect(stopped.isStopped)
        #expect(stopped.read + stopped.left == 6)
        #expect(stopped.read >= 2)
        let rest = try await bring()
        #expect(rest.unchanged == stopped.read)
        try await bring("whole", workers: 3)
        #expect(try products("set") == products("whole"))
    }

    /// Cut after the first bytes, in the middle of lines, at their ends.
    @Test(arguments: [0, 1, 30, 60, 300, 1500, 4000, -1, -2, -700])
    func aJournalThatIsCutAnywhereGivesTheSame(at place: Int) async throws {
        for number in 1...3 { try music.write("songs/\(number).mid", MadeSong(UInt64(number)).bytes) }
        try music.write("songs/broken.mid", [1, 2, 3])
        try await bring("whole")
        try await bring()
        let journal = sets.url.appending(path: "set/import.journal")
        let bytes = try Data(contentsOf: journal)
        try bytes.prefix(place < 0 ? bytes.count + place : place).write(to: journal)
        for name in ["pieces.jsonl", "works.tsv", "report.json"] { try sets.remove("set/\(name)") }
        let outcome = try await bring()
        #expect(outcome.read + outcome.unchanged == 4)
        #expect(try products("set") == products("whole"))
    }

    @Test func aDamagedLineEndsTheJournal() async throws {
        for number in 1...3 { try music.write("songs/\(number).mid", MadeSong(UInt64(number)).bytes) }
        try await bring("whole")
        try await bring()
        let journal = sets.url.appending(path: "set/import.journal")
        var bytes = try Data(contentsOf: journal)
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: journal)
        let outcome = try await bring()
        #expect(outcome.read > 0)
        #expect(try products("set") == products("whole"))
    }

    @Test func twoImportsDoNotWriteOneSet() async throws {
        try music.write("songs/1.mid", MadeSong(1).bytes)
        let other = try ImportJournal(sets.url.appending(path: "set"))
        let error = await #expect(throws: TrainingError.self) { try await bring() }
        #expect(error?.description.contains("another import") == true)
        withExtendedLifetime(other) {}
    }

    @Test func takesAreReadOnceAndAgainWhereTheyHaveChanged() async throws {
        let phrase = Phrase(
            notes: (0..<32).map {
                NoteEvent(
                    pitch: Pitch(60 + $0 * 5 % 12), onset: .steps($0 * 12), length: .steps(12), velocity: .mezzoForte)
            }, meter: .fourFour, tempo: .moderate, bars: 8)
        let asked = Mutex([Int64]())
        func takes(_ list: [(Int64, String)]) -> DataSetImport.Takes {
            .init(list.map { .init(number: $0.0, tags: ["good"], stamp: $0.1) }) { number in
                asked.withLock { $0.append(number) }
                return (number == 3 ? Phrase(notes: [], meter: .fourFour, tempo: .moderate, bars: 8) : phrase, nil)
            }
        }
        let outcome = try await bring("set", [], takes: takes([(1, "a"), (3, "a")]))
        #expect(outcome.rows.map(\.file) == ["takes/1", "takes/3"])
        #expect(outcome.rows[1].reason == "it has less than a note a bar")
        #expect(try songs().map(\.source) == [.takes])
        #expect(try songs()[0].tags == ["good"])
        #expect(try await bring("set", [], takes: takes([(1, "b"), (3, "a")])).read == 1)
        #expect(asked.withLock { $0.sorted() } == [1, 1, 3])
        #expect(try await bring("set", [], takes: takes([(3, "a")])).forgotten == ["takes/1"])
    }

    @Test func relatedSongsStandOnOneSideOfTheSplit() async throws {
        // A quarter of the second melody is the first one's: no duplicate, but not for testing what the other teaches.
        let first = MadeSong(1).file
        for number in 2...9 {
            var second = MadeSong(UInt64(number))
            second.bars = 40
            var file = second.file
            let cut = 8 * 384
            let shared = first.tracks[1].events.filter { $0.tick <= cut }
            file.tracks[1].events = shared + file.tracks[1].events.filter { $0.tick > cut }
            try music.write("songs/\(number).mid", file.bytes)
        }
        try music.write("songs/1.mid", first.bytes)
        try await bring()
        #expect(try songs().count > 8)
        #expect(Set(try songs().map(\.split)).count == 1)
    }
}
