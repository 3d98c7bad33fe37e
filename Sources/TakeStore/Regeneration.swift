import Music

/// Whether the notes of an arrangement can be made again on this machine, and what to expect of them.
public enum Regeneration: Hashable, Sendable {
    /// The same request gives the same notes.
    case expected
    /// It can be made again, but it was made on other hardware: sums in another order may tip a decision.
    case otherInstructionSet(made: String, present: String)
    /// The model that made it is not installed.
    ///
    /// - Parameter hash: SHA-256 of the model file in hexadecimal.
    case modelAbsent(hash: String)
    /// It was saved before requests were kept: its notes are there, the way to make them again is not.
    case requestNotKept
    /// Nobody generated it: it was read from a file, or by an accompanist that this version does not know.
    case notGenerated(accompanist: String)

    /// Whether anything can be made at all.
    public var canBeTried: Bool {
        switch self {
        case .expected, .otherInstructionSet: true
        case .modelAbsent, .requestNotKept, .notGenerated: false
        }
    }
}

extension Regeneration: CustomStringConvertible {
    public var description: String {
        switch self {
        case .expected: "can be made again, note for note"
        case .otherInstructionSet(let made, let present):
            "made with \(made), this machine has \(present): can be made again, notes may differ"
        case .modelAbsent(let hash): "model absent: \(hash.prefix(12)) is not installed"
        case .requestNotKept: "saved before requests were kept: its notes are kept, they cannot be made again"
        case .notGenerated(let accompanist): "not generated here (\(accompanist))"
        }
    }

    /// Compares how an arrangement was made with what there is now.
    ///
    /// - Parameters:
    ///   - hasRecipe: whether the request was kept.
    ///   - instructionSet: what generation runs on now: `avx512`, `avx2`, `baseline` or `neon`.
    ///   - models: SHA-256 of the model files at hand, in hexadecimal of either case.
    public init(
        of provenance: Accompaniment.Provenance, hasRecipe: Bool, instructionSet: String, models: Set<String>
    ) {
        switch provenance.accompanist {
        case "arranger": self = hasRecipe ? .expected : .requestNotKept
        case "network":
            let hash = provenance.modelHash.lowercased()
            if !hasRecipe {
                self = .requestNotKept
            } else if !models.contains(where: { $0.lowercased() == hash }) {
                self = .modelAbsent(hash: hash)
            } else if provenance.instructionSet != instructionSet {
                self = .otherInstructionSet(made: provenance.instructionSet, present: instructionSet)
            } else {
                self = .expected
            }
        default: self = .notGenerated(accompanist: provenance.accompanist)
        }
    }
}

extension StoredArrangement {
    /// What can be made again of it; see `Regeneration.init(of:hasRecipe:instructionSet:models:)`.
    public func regeneration(instructionSet: String, models: Set<String>) -> Regeneration {
        Regeneration(
            of: arrangement.accompaniment.provenance, hasRecipe: recipe != nil, instructionSet: instructionSet,
            models: models)
    }
}
