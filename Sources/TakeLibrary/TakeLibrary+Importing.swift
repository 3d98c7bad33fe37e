import ConsoleAPI
import Music
import StandardMIDIFile
import TakeStore

extension TakeLibrary {
    public func importFile(_ bytes: [UInt8], _ request: ImportRequest) async throws -> TakeSummaryReport {
        let name = request.name.isEmpty ? "the file" : request.name
        let tags = Set(try request.tags.map(Self.tag))
        let choice =
            request.track.map { text in Int(text).map { .number($0) } ?? .named(text) } ?? TrackChoice.automatic
        let melody: ImportedMelody
        do {
            melody = try MelodyFinder(try MIDIFile(bytes: bytes)).melody(choice)
        } catch let error as SMFError {
            throw APIError.badRequest("cannot import \(name): \(error)")
        } catch let error as MelodyError {
            throw APIError.badRequest("cannot import \(name): \(error)")
        }
        let phrase = melody.phrase
        let map = TempoMap(anchor: .zero, tempo: phrase.tempo)
        let take = Take(
            phrase: phrase,
            performance: phrase.notes.map { note in
                let onset = map.instant(of: note.onset)
                return PerformedNote(
                    pitch: note.pitch, onset: onset, length: map.instant(of: note.end) - onset, velocity: note.velocity)
            }, tempoMap: map, origin: Take.Origin(keyboard: "file", trigger: "import"), isDamaged: false)
        let stored = try await asked {
            try await store.save(NewTake(take, marks: TakeMarks(tags: tags, note: request.name)))
        }
        return TakeSummaryReport(stored, arrangementCount: 0)
    }
}
