import Foundation
internal import GRDB
import Music

/// The form in which a request lies in the database: a JSON object, beside two blobs of notes (`NoteCoding`).
struct RecipeCoding: Codable {
    struct Plan: Codable {
        var window: Int
        /// `Chord.index`.
        var chords: [Int]

        init(_ plan: ChordPlan) {
            window = plan.window.rawValue
            chords = plan.chords.map(\.index)
        }

        var plan: ChordPlan? {
            guard window > 0, chords.allSatisfy({ (0..<Chord.count).contains($0) }) else { return nil }
            return ChordPlan(window: Tick(window), chords: chords.map { Chord(index: $0) })
        }
    }

    /// In decimal: JSON's numbers do not hold 64 bits for every reader.
    var seed: String
    var temperature: Double
    var parts: [String]
    var chords: Plan?
    var keptParts: [String]?
    var keptPlan: Plan?
    var program: String

    init(_ recipe: ArrangementRecipe) {
        seed = String(recipe.seed)
        temperature = recipe.temperature
        parts = recipe.parts.map(\.rawValue).sorted()
        chords = recipe.chords.map(Plan.init)
        keptParts = recipe.kept?.parts.map(\.rawValue).sorted()
        keptPlan = recipe.kept.map { Plan($0.plan) }
        program = recipe.program
    }
}

extension Row {
    /// What an accompanist was asked for; nil in arrangements that were saved before that was kept.
    func recipe() throws -> ArrangementRecipe? {
        guard let text = self["recipe"] as String? else { return nil }
        let stored: RecipeCoding
        do {
            stored = try JSONDecoder().decode(RecipeCoding.self, from: Data(text.utf8))
        } catch { throw damaged("its request is not readable") }
        guard let seed = UInt64(stored.seed) else { throw damaged("\(stored.seed) is no seed") }
        var kept: ArrangementRecipe.Kept?
        if let names = stored.keptParts {
            guard let plan = try plan(stored.keptPlan) else { throw damaged("kept parts without their chords") }
            kept = ArrangementRecipe.Kept(parts: try parts(names), plan: plan)
        }
        return ArrangementRecipe(
            heard: try notes("heard"), seed: seed, temperature: stored.temperature, parts: try parts(stored.parts),
            chords: try plan(stored.chords), ringing: try notes("ringing"), kept: kept, program: stored.program)
    }

    private func parts(_ names: [String]) throws -> Set<Part> {
        Set(
            try names.map { name in
                guard let part = Part(rawValue: name) else { throw damaged("\(name) is no part") }
                return part
            })
    }

    private func plan(_ stored: RecipeCoding.Plan?) throws -> ChordPlan? {
        guard let stored else { return nil }
        guard let plan = stored.plan else { throw damaged("the chords of its request are not readable") }
        return plan
    }
}
