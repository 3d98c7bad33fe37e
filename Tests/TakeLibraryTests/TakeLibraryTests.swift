import ConsoleAPI
import Foundation
import Generation
import Installation
import Logging
import Music
import StandardMIDIFile
import TakeStore
import Testing

@testable import TakeLibrary

struct TakeLibraryTests {
    private static func withLibrary(_ body: (TakeLibrary) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tl-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try TakeStore(
            path: "\(folder)/continuo.sqlite", logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        defer { store.close() }
        try await body(TakeLibrary(store: store, models: ModelFolders([])))
    }

    private static let melody = Phrase(
        notes: [60, 64, 67, 72, 71, 69, 67, 65].enumerated().map { index, pitch in
            NoteEvent(pitch: Pitch(pitch), onset: .quarter * index, length: .quarter, velocity: .mezzoForte)
        }, meter: .fourFour, tempo: .moderate, bars: 2)

    private static let take = Take(
        phrase: melody, performance: [], tempoMap: TempoMap(anchor: .zero, tempo: .moderate),
        origin: .init(keyboard: "Keys", trigger: "record"), isDamaged: false)

    /// What the arranger answers, with the request that it answers.
    private static func arranged(
        seed: UInt64, temperature: Double = 0.3, chords: ChordPlan? = nil, kept: AccompanimentRequest.Kept? = nil
    ) -> NewArrangement {
        let request = AccompanimentRequest(seed: seed, temperature: temperature, chords: chords, kept: kept)
        let band = ArrangerAccompanist(style: .pop).accompany(melody, request: request)
        return NewArrangement(
            Arrangement(phrase: melody, accompaniment: band),
            recipe: ArrangementRecipe(
                heard: melody.notes, seed: seed, temperature: temperature, chords: chords,
                kept: kept.map { .init(parts: $0.parts, plan: $0.accompaniment.plan) }, program: "9.9"))
    }

    @Test func aMelodyThatIsChangedByHandIsATakeOfItsOwn() async throws {
        try await Self.withLibrary { (library) async throws in
            let saved = try await library.store.save(
                NewTake(Self.take, marks: TakeMarks(tags: [try #require(TakeTag(rawValue: "draft"))], note: "mine")))
            let old = try await library.take(saved.id.rawValue)
            var notes = old.notes
            notes[0].pitch = 59
            notes.removeLast()
            let edited = try await library.edit(saved.id.rawValue, MelodyRequest(notes: notes, bars: 3))
            #expect(edited.id != saved.id.rawValue && edited.bars == 3 && edited.noteCount == notes.count)
            #expect(edited.tags == ["draft"] && edited.note.contains("take \(saved.id.rawValue)"))
            #expect(edited.tempo == old.summary.tempo && edited.meter == old.summary.meter)
            let again = try await library.take(edited.id)
            #expect(again.notes == notes && again.performance.map(\.pitch) == notes.map(\.pitch))
            #expect(try await library.take(saved.id.rawValue).notes == old.notes, "the old one stays")
        }
    }

    @Test func aMelodyThatCannotBeIsRefusedByItsNote() throws {
        func refusal(_ notes: [NoteReport], bars: Int? = nil) -> String {
            do {
                _ = try MelodyRequest(notes: notes, bars: bars).phrase(like: Self.melody)
                return ""
            } catch { return error.error }
        }
        func note(_ pitch: Int, _ onset: Int, _ length: Int, _ velocity: Int = 80) -> NoteReport {
            NoteReport(pitch: pitch, onset: onset, length: length, velocity: velocity)
        }
        #expect(refusal([note(60, 0, 480), note(60, 480, 3360)]) == "")
        #expect(refusal([]).contains("no notes"))
        #expect(refusal([note(60, 0, 480), note(128, 0, 480)]).contains("note 2"))
        #expect(refusal([note(60, 0, 480, 0)]).contains("velocity"))
        #expect(refusal([note(60, 3840, 480)]).contains("outside"))
        #expect(refusal([note(60, .min, 480)]).contains("outside"))
        #expect(refusal([note(60, 0, .max)]).contains("ends"))
        #expect(refusal([note(60, 0, 0)]).contains("ends"))
        #expect(refusal([note(60, 10, 480)]).contains("grid"))
        #expect(refusal([note(60, 0, 480), note(60, 240, 480)]).contains("at once"))
        #expect(refusal([note(60, 0, 480)], bars: 65).contains("64"))
    }

    @Test func anotherBandIsWrittenLikeTheNewestAndCanBeMadeAgain() async throws {
        try await Self.withLibrary { (library) async throws in
            let chords = ChordPlan(
                window: Meter.fourFour.harmonyWindow,
                chords: [Chord(root: 9, quality: .minor), Chord(root: 5, quality: .major)])
            let first = Self.arranged(seed: 4, temperature: 0.7, chords: chords)
            let id = try await library.store.save(NewTake(Self.take, arrangements: [first])).id.rawValue
            let band = try await library.arrange(id, ArrangeRequest(seed: "18446744073709551615"))
            #expect(band.summary.seed == "18446744073709551615" && band.summary.genre == "pop")
            #expect(band.summary.temperature == 0.7)
            let stored = try await library.stored(arrangement: band.summary.id)
            #expect(stored.recipe?.chords == chords, "what the left hand played holds for the new band too")
            let other = try await library.arrange(id, ArrangeRequest(genre: "jazz"))
            #expect(other.summary.genre == "jazz" && other.parts != band.parts)
            #expect(try await library.verify(id).items.map(\.outcome) == [.matches, .matches, .matches])
            for request in [
                ArrangeRequest(genre: "polka"), ArrangeRequest(seed: "-1"), ArrangeRequest(temperature: 2),
            ] {
                let error = await #expect(throws: APIError.self) { try await library.arrange(id, request) }
                #expect(error?.status == 400)
            }
            #expect(await #expect(throws: APIError.self) { try await library.arrange(99, .init()) }?.status == 404)
        }
    }

    @Test func whatIsMadeAgainTheSameMatches() async throws {
        try await Self.withLibrary { (library) async throws in
            let first = Self.arranged(seed: 3)
            let chords = ChordPlan(
                window: Meter.fourFour.harmonyWindow,
                chords: [Chord(root: 9, quality: .minor), Chord(root: 5, quality: .major)])
            let second = Self.arranged(seed: 4, chords: chords)
            let third = Self.arranged(
                seed: 5, kept: .init([.bass, .drums], of: first.arrangement.accompaniment))
            #expect(third.arrangement.accompaniment.parts[.bass] == first.arrangement.accompaniment.parts[.bass])
            let saved = try await library.store.save(NewTake(Self.take, arrangements: [first, second, third]))
            let report = try await library.verify(saved.id.rawValue)
            #expect(report.items.map(\.outcome) == [.matches, .matches, .matches], "\(report.items.map(\.detail))")
        }
    }

    @Test func everyOtherOutcomeIsNamed() async throws {
        try await Self.withLibrary { (library) async throws in
            var changed = Self.arranged(seed: 3)
            changed.arrangement.accompaniment.parts[.bass]?[0].pitch = Pitch(20)
            var forgotten = Self.arranged(seed: 3)
            forgotten.recipe = nil
            var network = Self.arranged(seed: 3)
            network.arrangement.accompaniment.provenance.accompanist = "network"
            network.arrangement.accompaniment.provenance.modelHash = "abc"
            var file = Self.arranged(seed: 3)
            file.arrangement.accompaniment.provenance.accompanist = "file"
            let saved = try await library.store.save(
                NewTake(Self.take, arrangements: [changed, forgotten, network, file]))
            let items = try await library.verify(saved.id.rawValue).items
            #expect(items.map(\.outcome) == [.differs, .requestNotKept, .modelAbsent, .notGenerated])
            #expect(items[0].detail == "bass differ; it was made by version 9.9")
        }
    }

    @Test func marksAreChangedAndFound() async throws {
        try await Self.withLibrary { (library) async throws in
            let id = try await library.store.save(Self.take).id.rawValue
            _ = try await library.store.save(Self.take)
            let marked = try await library.mark(
                id, MarkRequest(tag: ["Late  Night", "waltz"], rating: 4, note: "the good one"))
            #expect(marked.tags == ["late night", "waltz"] && marked.rating == 4)
            #expect(try await library.take(id).summary.note == "the good one")
            let again = try await library.mark(id, MarkRequest(untag: ["WALTZ"], rating: -1))
            #expect(again.tags == ["late night"] && again.rating == nil)
            #expect(try await library.take(id).summary.note == "the good one", "what is left out stays")
            #expect(try await library.tags() == [TagReport(tag: "late night", takes: 1)])
            let wanted = TakeListRequest(words: "good", tags: ["late night"], key: "c major", tempo: 100...140)
            #expect(try await library.takes(wanted).map(\.id) == [id])
            #expect(try await library.takes(TakeListRequest(key: "A minor")).isEmpty)
        }
    }

    @Test func aDeletedTakeIsOnlyAmongTheDeletedUntilItIsRestored() async throws {
        try await Self.withLibrary { (library) async throws in
            let id = try await library.store.save(Self.take).id.rawValue
            #expect(try await library.delete(id).deletedAt != nil)
            #expect(try await library.takes(TakeListRequest()).isEmpty)
            #expect(try await library.takes(TakeListRequest(deleted: true)).map(\.id) == [id])
            #expect(try await library.restore(id).deletedAt == nil)
            #expect(try await library.takes(TakeListRequest()).map(\.id) == [id])
        }
    }

    @Test func aFileBecomesATake() async throws {
        try await Self.withLibrary { (library) async throws in
            let bytes = MIDIFile(take: Self.take, quantized: true).bytes
            let summary = try await library.importFile(
                bytes, ImportRequest(name: "ode to joy.mid", tags: ["sketch"])
            ).take
            #expect(summary.source == "imported" && summary.tags == ["sketch"] && summary.noteCount == 8)
            let report = try await library.take(summary.id)
            #expect(report.notes.map(\.pitch) == Self.melody.notes.map(\.pitch.number))
            #expect(report.notes.map(\.onset) == Self.melody.notes.map(\.onset.rawValue))
            #expect(report.performance.count == 8 && report.summary.note == "ode to joy.mid")
            #expect(try await library.takes(TakeListRequest(words: "joy")).map(\.id) == [summary.id])
        }
    }

    @Test func anExportedBandComesBackWithItsMelody() async throws {
        try await Self.withLibrary { (library) async throws in
            let band = Self.arranged(seed: 3).arrangement
            let report = try await library.importFile(
                MIDIFile(arrangement: band, title: "Evening").bytes, ImportRequest(name: "e.mid"))
            let take = try await library.take(report.take.id)
            #expect(
                take.notes.map(\.pitch) == Self.melody.notes.map(\.pitch.number)
                    && take.summary.note == "Evening, e.mid")
            let name = try #require(take.arrangements.first?.id)
            let back = try await library.stored(arrangement: name).arrangement.accompaniment
            #expect(back.parts[.bass]?.map(\.pitch) == band.accompaniment.parts[.bass]?.map(\.pitch))
            #expect(back.plan.changes.map(\.chord) == band.accompaniment.plan.changes.map(\.chord))
            #expect(try await library.verify(report.take.id).items.map(\.outcome) == [.notGenerated])
        }
    }

    @Test func whatWasPlayedFreelyIsReadFromThePlaying() async throws {
        // Eight bars of even quarters at 95 a minute in a file whose beats run at 120.
        let pitches = [60, 62, 64, 65, 67, 65, 64, 62]
        let quarter = 480 * 120 / 95
        let notes = (0..<32).map { index in
            NoteEvent(
                pitch: Pitch(pitches[index % 8]), onset: Tick(index * quarter), length: Tick(quarter - 20),
                velocity: .mezzoForte)
        }
        let phrase = Phrase(notes: notes, meter: .fourFour, tempo: Tempo(quartersPerMinute: 120)!, bars: 11)
        var file = MIDIFile(
            take: Take(
                phrase: phrase, performance: [], tempoMap: TempoMap(anchor: .zero, tempo: phrase.tempo),
                origin: Self.take.origin, isDamaged: false), quantized: true)
        file.tracks[0].events = []
        try await Self.withLibrary { (library) async throws in
            let report = try await library.importFile(file.bytes, ImportRequest(name: "free.mid"))
            let ratio = report.take.tempo / 95
            #expect([0.5, 1, 2].contains { abs(ratio / $0 - 1) < 0.04 }, "\(report.take.tempo)")
            #expect(report.notices.contains { $0.contains("played freely") }, "\(report)")
        }
    }

    @Test(arguments: [
        ("a broken file", [UInt8]("MThd".utf8), ImportRequest(name: "x.mid")),
        ("no such track", MIDIFile(take: take, quantized: true).bytes, ImportRequest(name: "x.mid", track: "tuba")),
        ("no tag", MIDIFile(take: take, quantized: true).bytes, ImportRequest(name: "x.mid", tags: [" "])),
    ])
    func whatCannotBeImportedIsABadRequest(what: String, bytes: [UInt8], request: ImportRequest) async throws {
        try await Self.withLibrary { (library) async throws in
            let error = await #expect(throws: APIError.self) { try await library.importFile(bytes, request) }
            #expect(error?.status == 400, "\(what)")
            #expect(try await library.takes(TakeListRequest()).isEmpty)
        }
    }

    @Test func whatIsNotThereIsNotFound() async throws {
        try await Self.withLibrary { (library) async throws in
            for question: () async throws -> Any in [
                { try await library.take(1) }, { try await library.arrangement(1) }, { try await library.delete(1) },
                { try await library.restore(1) }, { try await library.mark(1, MarkRequest(rating: 3)) },
                { try await library.verify(1) }, { try await library.midiFile(take: 1, quantized: true) },
                { try await library.midiFile(arrangement: 1, straight: true) },
            ] {
                let error = await #expect(throws: APIError.self) { _ = try await question() }
                #expect(error?.status == 404)
            }
            let error = await #expect(throws: APIError.self) { try await library.mark(1, MarkRequest(rating: 6)) }
            #expect(error?.status == 400)
        }
    }
}
