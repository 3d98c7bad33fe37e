import Foundation
import Generation
import Music
import Testing

@testable import Training

private func song(
    _ title: String, source: Source = .leadsheets, meter: Meter = .fourFour, bars: Int = 16, minor: Bool = false,
    tags: [String] = [], year: Int? = nil, tempo: Double? = nil, parts: [Part: [NoteEvent]] = [:], section: Int = 0
) -> Song {
    let scale = minor ? [57, 60, 64, 62, 57, 56, 57, 64] : [60, 64, 67, 65, 62, 60, 59, 60]
    let beats = bars * meter.stepsPerBar / 12
    let notes = (0..<beats).map {
        NoteEvent(pitch: Pitch(scale[$0 % 8] + 12), onset: .steps($0 * 12), length: .steps(12), velocity: .mezzoForte)
    }
    let windows = meter.bar.rawValue / meter.harmonyWindow.rawValue * bars
    let chords = (0..<windows).map { _ in Chord(root: minor ? 9 : 0, quality: minor ? .minor : .major) }
    return Song(
        id: title, title: title, section: section, tags: tags,
        melody: Phrase(
            notes: notes, meter: meter, tempo: tempo.flatMap { Tempo(quartersPerMinute: $0) } ?? .moderate, bars: bars),
        plan: ChordPlan(window: meter.harmonyWindow, chords: chords), source: source, parts: parts,
        author: "A. Author", year: year, tempo: tempo.flatMap { Tempo(quartersPerMinute: $0) })
}

private let bass = (0..<16).map {
    NoteEvent(pitch: Pitch(36), onset: .steps($0 * 48), length: .steps(48), velocity: .mezzoForte)
}

@Suite struct SongFilterTests {
    private static let songs = [
        song("Blues", tags: ["Jazz", "Stage & Screen"], year: 1925, tempo: 140),
        song("Waltz", meter: .threeFour, minor: true, tags: ["Folk"], year: 1890, tempo: 60),
        song("Lied", source: .lieder, meter: .sixEight, tags: ["Art song"], parts: [.bass: bass]),
    ]

    @Test(arguments: [
        ("", "Blues Waltz Lied"), ("source:leadsheets", "Blues Waltz"), ("-source:leadsheets", "Lied"),
        ("metre:3/4,6/8", "Waltz Lied"), ("meter:4/4", "Blues"), ("tag:jazz", "Blues"),
        ("tag:\"Stage & Screen\"", "Blues"), ("-tag:Folk -tag:Jazz", "Lied"), ("mode:minor", "Waltz"),
        ("key:C", "Blues Lied"), ("key:\"A minor\"", "Waltz"), ("density:<4", "Waltz Lied"), ("density:>=4", "Blues"),
        ("year:1880..1900", "Waltz"), ("-year:1880..1900", "Blues Lied"), ("tempo:fast", "Blues"),
        ("tempo:50..150", "Blues Waltz"), ("part:bass", "Lied"), ("author:author", "Blues Waltz Lied"),
        ("title:ltz", "Waltz"), ("bars:16 changes:0", "Blues Waltz Lied"), ("swing:>0.1", ""),
        ("tempo:50-70", "Waltz"), ("has:bass", "Lied"), ("not has:tempo,parts", ""), ("not has:parts", "Blues Waltz"),
        ("parts:0", "Blues Waltz"), ("density:medium", "Blues"), ("genre:jazz", "Blues"), ("-has:year", "Lied"),
        ("tag:Folk or metre:6/8", "Waltz Lied"), ("metre:4/4 and tempo:fast or has:bass", "Blues Lied"),
        ("(tag:Folk or tag:Jazz) not mode:minor", "Blues"), ("not (tag:Folk or tag:Jazz)", "Lied"),
        ("key:Am", "Waltz"), ("notes:>=60", "Blues"), ("tag:\"Art song\" OR year:<1900", "Waltz Lied"),
    ])
    func clausesChooseSongs(text: String, titles: String) throws {
        let filter = try SongFilter(text)
        #expect(filter.apply(Self.songs).songs.map(\.title).joined(separator: " ") == titles)
    }

    @Test func eachClauseTellsWhatItRemoved() throws {
        let result = try SongFilter("source:leadsheets metre:3/4").apply(Self.songs)
        #expect(result.removals.map(\.removed) == [1, 1])
        #expect(result.removals.map(\.clause) == ["source:leadsheets", "metre:3/4"])
    }

    @Test(arguments: [
        ("jazz", "colon"), ("mood:sad", "no field 'mood'"), ("tag:", "no value"), ("bars:many", "no number"),
        ("source:tapes", "none of leadsheets"), ("mode:dorian", "none of major"), ("tempo:quick", "none of slow"),
        ("metre:waltz", "no metre like 3/4"), ("key:H", "no key like F#"), ("has:kazoo", "none of drums"),
        ("density:thick", "none of sparse"), ("guess:polka", "none of jazz"), (")", "nothing opens"),
    ])
    func aClauseThatMakesNoSenseIsNamed(text: String, reason: String) {
        let error = #expect(throws: SongFilter.Failure.self) { try SongFilter("metre:4/4 \(text)") }
        #expect(error?.clause == text)
        #expect(error?.description.contains(reason) == true)
    }
}

@Suite struct DataSetFolderTests {
    private static let songs = [
        song("Eins", source: .lieder, tags: ["Art song"], parts: [.bass: bass]),
        song("Zwei", source: .lieder, meter: .sixEight, section: 0), song("Zwei", source: .lieder, section: 1),
        song("One", year: 1900, tempo: 100),
    ]

    private func written(_ songs: [Song]) throws -> (folder: DataSetFolder, remove: () -> Void) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "continuo-\(UUID().uuidString)")
        try DataSetFolder(folder).write(songs)
        return (DataSetFolder(folder), { try? FileManager.default.removeItem(at: folder) })
    }

    @Test func songsComeBackAsTheyWere() throws {
        let (folder, remove) = try written(Self.songs)
        defer { remove() }
        let read = try folder.songs()
        let isWhole = Set(read) == Set(Self.songs)
        #expect(isWhole)
        #expect(read.map(\.title) == ["One", "Eins", "Zwei", "Zwei"])
    }

    @Test func theOrderOfTheSongsChangesNoByte() throws {
        let (one, removeOne) = try written(Self.songs)
        let (other, removeOther) = try written(Self.songs.reversed())
        defer {
            removeOne()
            removeOther()
        }
        #expect(try Data(contentsOf: one.piecesFile) == Data(contentsOf: other.piecesFile))
        #expect(try Data(contentsOf: one.worksFile) == Data(contentsOf: other.worksFile))
    }

    @Test func aListOfWorksFindsWhatDiffers() throws {
        let (one, removeOne) = try written(Self.songs)
        let (other, removeOther) = try written([Self.songs[0], Self.songs[1], song("Three")])
        defer {
            removeOne()
            removeOther()
        }
        let lists = try [one, other].map {
            try WorkList(String(contentsOf: $0.worksFile, encoding: .utf8), name: "works.tsv")
        }
        #expect(lists[0].entries.map(\.pieces) == [1, 1, 2])
        #expect(lists[0].difference(to: lists[0]).isEmpty)
        let difference = lists[0].difference(to: lists[1])
        #expect(difference.missing == ["leadsheets: One"])
        #expect(difference.additional == ["leadsheets: Three"])
        #expect(difference.changed == ["lieder: Zwei"])
    }

    @Test(arguments: ["{}", #"{"source":"tape"}"#])
    func aBrokenRecordIsNamedWithItsLine(record: String) {
        let error = #expect(throws: TrainingError.self) {
            try DataSetFolder.songs(in: Data("\n\(record)\n".utf8), name: "pieces.jsonl")
        }
        #expect(error?.description.contains("line 2") == true)
    }
}

@Suite struct SongMixTests {
    /// Plays one hit and one line note a phrase.
    private struct Band: Teacher {
        func accompany(_ phrase: Phrase, plan: ChordPlan, seed: UInt64) -> [Part: [NoteEvent]] {
            let hit = NoteEvent(pitch: Pitch(36), onset: .zero, length: .steps(3), velocity: .mezzoForte)
            let tone = NoteEvent(pitch: Pitch(72), onset: .zero, length: .steps(12), velocity: .mezzoForte)
            return [.drums: [hit], .line: [tone]]
        }
    }

    private static let lied = song("Lied", source: .lieder, parts: [.bass: bass])

    /// Which parts sound in a set, as the condition's part bits have it.
    private func parts(_ mix: SongMix) -> [Part] {
        var options = WindowSet.Options()
        options.mix = mix
        let batch = WindowSet(songs: [Self.lied], teacher: Band(), options: options).batch([0], epoch: nil)
        return Part.allCases.enumerated().filter { batch.condition[139 + $0.offset] == 1 }.map(\.element)
    }

    @Test func partsThatPeopleWroteAreLearnedAsTheyAre() {
        #expect(parts(SongMix()) == [.bass])
    }

    @Test func theTeacherAddsWhatItIsAskedFor() {
        var mix = SongMix()
        mix.added = ["drums"]
        #expect(parts(mix) == [.drums, .bass])
    }

    @Test func aTaughtPartComesFromTheTeacherEvenWherePeopleWroteIt() {
        var mix = SongMix()
        mix.taught = ["line"]
        #expect(parts(mix) == [.bass, .line])
        // This teacher plays no bass, and what people wrote is left aside.
        mix.taught = ["bass", "line"]
        #expect(parts(mix) == [.line])
    }

    @Test func aRenderedSourceIsAccompaniedByTheTeacherAlone() {
        var mix = SongMix()
        mix.rendered = ["lieder"]
        #expect(parts(mix) == [.drums, .line])
    }

    @Test func renderingsAreCountedBySource() {
        var options = WindowSet.Options()
        #expect(WindowSet(songs: [Self.lied, song("One")], teacher: Band(), options: options).bars == 16 + 3 * 16)
        options.mix.renderings = ["lieder": 2, "leadsheets": 1]
        #expect(WindowSet(songs: [Self.lied, song("One")], teacher: Band(), options: options).bars == 3 * 16)
    }

    @Test func aLimitTakesTheSameSongsWhateverTheirOrder() {
        let songs = (0..<50).map { song("Song \($0)", source: .lieder) } + [song("One")]
        var mix = SongMix()
        mix.limits = ["lieder": 10]
        let some = mix.limited(songs)
        #expect(some.count == 11)
        #expect(Set(some.map(\.title)) == Set(mix.limited(songs.reversed()).map(\.title)))
    }

    @Test(
        arguments: [
            (["tapes": 1], [:], [], []), ([:], ["lieder": -1], [], []), ([:], [:], ["radio"], []),
            ([:], [:], [], ["flute"]),
        ] as [([String: Int], [String: Int], [String], [String])])
    func aMixOfWhatIsNotThereIsRefused(
        renderings: [String: Int], limits: [String: Int], rendered: [String], added: [String]
    ) {
        var mix = SongMix()
        (mix.renderings, mix.limits, mix.rendered, mix.added) = (renderings, limits, rendered, added)
        #expect(throws: TrainingError.self) { try mix.validate() }
    }
}

@Suite struct TestMelodiesTests {
    private static let songs =
        (0..<60).map { song("Song \($0)", meter: $0 % 3 == 0 ? .threeFour : .fourFour) }
        + (0..<200).map { song("Lied \($0)", source: .lieder, meter: $0 % 2 == 0 ? .sixEight : .twoFour) }

    @Test func theListIsFixedAndFromItsSide() {
        let list = TestMelodies.list(Self.songs, set: .test, count: 12)
        #expect(list == TestMelodies.list(Self.songs.reversed(), set: .test, count: 12))
        #expect(list.count == 12)
        #expect(list.allSatisfy { $0.song.split == .test && $0.phrase.bars == 8 })
        #expect(Set(list.map(\.id)).count == 12)
    }

    @Test func metresTakeTurnsAndNoWorkIsThereTooOften() {
        let list = TestMelodies.list(Self.songs, set: .training, count: 60)
        #expect(Set(list.map { "\($0.phrase.meter)" }) == ["4/4", "3/4", "6/8", "2/4"])
        let works = Dictionary(grouping: list, by: \.song.title).mapValues(\.count)
        #expect(works.allSatisfy { $0.value <= ($0.key.hasPrefix("Lied") ? 1 : 2) })
    }
}
