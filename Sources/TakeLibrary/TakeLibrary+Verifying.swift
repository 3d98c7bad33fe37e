import ConsoleAPI
import Generation
import Music
import TakeStore
import Tensor

extension TakeLibrary {
    public func verify(_ id: Int64) async throws -> VerificationReport {
        let name = try await stored(take: id).id
        var report = VerificationReport(takeID: id, items: [])
        var models: [Genre: [GenreModel]] = [:]
        for summary in try await asked({ try await store.arrangements(of: name) }) {
            let stored = try await stored(arrangement: summary.id.rawValue)
            let genre = stored.arrangement.accompaniment.genre
            if models[genre] == nil { models[genre] = self.models.models(of: genre) }
            let (outcome, detail) = Self.compare(stored, with: models[genre] ?? [])
            report.items.append(.init(arrangement: ArrangementSummaryReport(stored), outcome: outcome, detail: detail))
            await Task.yield()
        }
        return report
    }

    private static func compare(
        _ stored: StoredArrangement, with models: [GenreModel]
    ) -> (VerificationReport.Outcome, String) {
        let regeneration = stored.regeneration(
            instructionSet: InstructionSet.current.rawValue, models: Set(models.map(\.hash)))
        switch regeneration {
        case .modelAbsent: return (.modelAbsent, "\(regeneration)")
        case .requestNotKept: return (.requestNotKept, "\(regeneration)")
        case .notGenerated: return (.notGenerated, "\(regeneration)")
        case .expected, .otherInstructionSet: break
        }
        let band = stored.arrangement.accompaniment
        guard let again = regenerated(stored, with: models) else { return (.requestNotKept, "\(regeneration)") }
        let count = again.parts.values.map(\.count).reduce(0, +)
        if again.parts == band.parts, again.plan == band.plan {
            return (.matches, "all \(count) notes and the chords are the same")
        }
        let other = band.parts.filter { again.parts[$0.key] != $0.value }.keys.map(\.rawValue).sorted()
        let what = other.isEmpty ? "the chords differ" : "\(other.joined(separator: ", ")) differ"
        if case .otherInstructionSet(let made, let present) = regeneration {
            return (.otherInstructionSet, "made with \(made), this machine has \(present): \(what)")
        }
        let program = stored.recipe?.program ?? ""
        return (.differs, what + (program.isEmpty ? "" : "; it was made by version \(program)"))
    }

    /// The answer to the same request today; nil where nobody is there to answer.
    private static func regenerated(_ stored: StoredArrangement, with models: [GenreModel]) -> Accompaniment? {
        guard let recipe = stored.recipe, let heard = stored.heard else { return nil }
        let provenance = stored.arrangement.accompaniment.provenance
        let accompanist: any Accompanist
        if provenance.accompanist == "network" {
            guard let model = models.first(where: { $0.hash == provenance.modelHash }) else { return nil }
            accompanist = NetworkAccompanist(model: model)
        } else {
            accompanist = ArrangerAccompanist(style: .fallback(for: stored.arrangement.accompaniment.genre))
        }
        return accompanist.accompany(
            heard,
            request: AccompanimentRequest(
                seed: recipe.seed, temperature: recipe.temperature, parts: recipe.parts, chords: recipe.chords,
                ringing: recipe.ringing,
                kept: recipe.kept.flatMap { kept in stored.keptBand.map { .init(kept.parts, of: $0) } }))
    }
}
