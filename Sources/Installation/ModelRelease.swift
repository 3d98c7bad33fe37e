import FoundationEssentials
import Generation
import Music

/// A measured model on its way to use.
public struct ModelRelease {
    public let model: GenreModel
    public let genre: Genre
    public let evaluation: ModelEvaluation
    private let bytes: [UInt8]

    /// - Parameters:
    ///   - genre: what it is released as; nil is what it was trained for.
    ///   - evaluation: of these very weights, for this genre.
    /// - Throws: `ShelfError` where the bytes are no model, or the evaluation is of another one.
    public init(
        _ bytes: [UInt8], as genre: Genre? = nil, evaluation: ModelEvaluation
    ) throws(ShelfError) {
        do { model = try GenreModel(bytes: bytes) } catch { throw ShelfError("cannot release the model: \(error)") }
        self.bytes = bytes
        self.genre = genre ?? model.card.genre
        self.evaluation = evaluation
        guard evaluation.weights == model.weightsHash, evaluation.genre == self.genre.rawValue else {
            throw ShelfError(
                "the evaluation is of another model or genre", isRefusal: true,
                advice: "\"continuo models release RUN\" measures it anew")
        }
    }

    /// Reads a run's model and the evaluation that lies beside it.
    ///
    /// - Throws: `ShelfError` where one of them is not there, or they do not belong together.
    public init(run: String) throws(ShelfError) {
        func read(_ name: String, _ missing: String) throws(ShelfError) -> Data {
            guard let data = try? Data(contentsOf: URL(fileURLWithPath: "\(run)/\(name)")) else {
                throw ShelfError("\(run) has no \(name): \(missing)", isRefusal: true)
            }
            return data
        }
        let model = try read("model.safetensors", "the run is not finished, or it was cancelled")
        let figures = try read(
            "evaluation.json", "the model was not measured; \"continuo models release \(run)\" does that")
        guard let evaluation = try? JSONDecoder().decode(ModelEvaluation.self, from: figures) else {
            throw ShelfError(
                "\(run)/evaluation.json is no evaluation", isRefusal: true,
                advice: "\"continuo models release \(run)\" measures the model anew")
        }
        try self.init([UInt8](model), evaluation: evaluation)
    }

    /// SHA-256 of the model's file as the run has it.
    public var hash: String { model.hash }

    /// Puts it to use with its card.
    ///
    /// - Parameters:
    ///   - force: though a must-gate is missed; the card says so then.
    ///   - version: of the program.
    /// - Throws: `ShelfError`; the model in use is then the old one.
    public func install(
        on shelf: ModelShelf, force: Bool, version: String, at now: Date = Date()
    ) throws(ShelfError) -> ModelShelf.Version {
        guard evaluation.missed.isEmpty || force else {
            throw ShelfError(
                "\(genre.rawValue) is not released: it misses \(misses)", isRefusal: true,
                advice: "force releases it all the same")
        }
        var notes = evaluation.notes
        notes["weights SHA-256"] = model.weightsHash
        notes["released"] = now.formatted(.iso8601)
        notes["released with"] = "continuo \(version)"
        notes["licence"] = model.card.notes["licence"] ?? "not stated"
        notes["gates"] = verdict
        let released: [UInt8]
        let card: GenreModel
        do {
            released = try GenreModel.adding(notes: notes, to: bytes, genre: genre)
            card = try GenreModel(bytes: released)
        } catch { throw ShelfError("cannot release the model: \(error)") }
        return try shelf.install(released, card: evaluation.markdown(card))
    }

    /// What the card says of the gates, once it is released.
    public var verdict: String {
        evaluation.missed.isEmpty ? "every must-gate is kept" : "released with --force; misses \(misses)"
    }

    private var misses: String { evaluation.missed.joined(separator: "; ") }
}
