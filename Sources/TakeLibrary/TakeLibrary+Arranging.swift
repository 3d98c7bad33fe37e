import ConsoleAPI
import Generation
import Music
import TakeStore

extension TakeLibrary {
    public func edit(_ id: Int64, _ melody: MelodyRequest) async throws -> TakeSummaryReport {
        let old = try await stored(take: id)
        var take = old.take
        take.phrase = try melody.phrase(like: old.take.phrase)
        // Nobody played this: it is performed as it is written.
        take.performance = take.phrase.notes.map { note in
            PerformedNote(
                pitch: note.pitch, onset: take.tempoMap.instant(of: note.onset),
                length: take.tempoMap.length(of: note.length), velocity: note.velocity)
        }
        take.pedal = []
        take.origin.trigger = "edit"
        take.isDamaged = false
        let note = ["edited from take \(id)", old.marks.note].filter { !$0.isEmpty }.joined(separator: "; ")
        let stored = try await asked {
            try await store.save(
                NewTake(take, source: old.source, marks: TakeMarks(tags: old.marks.tags, note: note)))
        }
        return TakeSummaryReport(stored, arrangementCount: 0)
    }

    public func arrange(_ id: Int64, _ request: ArrangeRequest) async throws -> ArrangementReport {
        let take = try await stored(take: id)
        let phrase = take.take.phrase
        guard !phrase.notes.isEmpty else {
            throw APIError.conflict("take \(id) has no notes that a band could follow")
        }
        let newest = try await asked { try await store.arrangements(of: take.id).last }
        let before = try await asked { try await newest.asyncMap { try await store.arrangement(id: $0.id) } } ?? nil
        let genre = try request.genre.map(genre) ?? newest?.genre ?? .pop
        let temperature = request.temperature ?? newest?.provenance.temperature ?? 0.3
        guard (0...1).contains(temperature) else { throw APIError.badRequest("a temperature is 0 to 1") }
        let seed = try request.seed.map(Self.seed) ?? .random(in: .min ... .max)

        // What was heard as melody and what as chords holds as long as the notes are the same.
        let isSame = before?.arrangement.phrase == phrase
        let heard = isSame ? before?.heard ?? phrase : phrase
        let recipe = ArrangementRecipe(
            heard: heard.notes, seed: seed, temperature: temperature, chords: isSame ? before?.recipe?.chords : nil,
            ringing: isSame ? before?.recipe?.ringing ?? [] : [], program: continuoVersion)
        let accompanist: any Accompanist =
            models.model(of: genre).model.map { NetworkAccompanist(model: $0) }
            ?? ArrangerAccompanist(style: .fallback(for: genre))
        let band = accompanist.accompany(
            heard,
            request: AccompanimentRequest(
                seed: seed, temperature: temperature, chords: recipe.chords, ringing: recipe.ringing))
        let arrangement = Arrangement(phrase: phrase, accompaniment: band)
        let stored = try await asked { try await store.save(arrangement, of: take.id, recipe: recipe) }
        return ArrangementReport(
            id: stored.id.rawValue, takeID: id, savedAt: stored.savedAt, arrangement: arrangement,
            parameters: stored.parameters)
    }

    private func genre(_ name: String) throws(APIError) -> Genre {
        let known = models.genres
        guard let genre = Genre(rawValue: name), known.contains(genre) else {
            throw .badRequest(
                "there is no genre \"\(name)\"",
                advice: "there are \(known.map(\.rawValue).joined(separator: ", "))")
        }
        return genre
    }

    private static func seed(_ text: String) throws(APIError) -> UInt64 {
        guard let seed = UInt64(text) else {
            throw .badRequest("\"\(text)\" is no seed", advice: "a seed is a whole number from 0, in quotes")
        }
        return seed
    }
}

extension Optional {
    fileprivate func asyncMap<T>(_ change: (Wrapped) async throws -> T) async rethrows -> T? {
        if let self { try await change(self) } else { nil }
    }
}
