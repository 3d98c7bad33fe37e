import Generation
import Music

/// What a training run is told: written into its folder, and enough to repeat it.
public struct TrainingConfiguration: Hashable, Sendable, Codable {
    /// The genre's short name.
    public var genre = "pop"
    /// The arranger's style that renders the songs; nil is the genre's own, or pop for a genre that the arranger does not know.
    public var teacher: String?
    /// Seeds weights, order, noise and the teacher's choices.
    public var seed: UInt64 = 1
    /// Renderings of each song by the teacher, with different seeds.
    public var renderings = 3
    /// Steps of the chord head, of 64 windows each.
    public var planSteps = 1_000
    /// Steps of the generator by reconstruction alone.
    public var steps = 4_000
    /// Steps after that in which generator and discriminator are trained in turn.
    public var adversarialSteps = 1_000
    /// Windows in a step, of all processes together.
    public var batch = 32
    public var rate: Float = 2e-3
    /// Learning rates while both networks are trained.
    public var adversarialRate: Float = 2e-4
    public var criticRate: Float = 6e-4
    /// Steps of the discriminator for each step of the generator while both are trained.
    public var criticSteps = 2
    /// Weight of real scores under another melody in the discriminator's loss.
    public var mismatchWeight: Float = 0.25
    /// Weight of the discriminator's verdict in the generator's loss.
    public var adversarialWeight: Float = 0.6
    public var divergenceWeight: Float = 0.02
    public var freeBits: Float = 0.05
    /// Steps between checkpoints.
    public var checkpointEvery = 250
    /// Channels of the generator at step, sixteenth, beat and bar level.
    public var widths = [64, 96, 128, 160]
    /// How many styles the model keeps.
    public var styles = 600
    /// How the data set's sources are mixed; nil for every song alike.
    public var mix: SongMix?
    /// Which songs are used (`SongFilter`); nil for all.
    public var filter: String?
    /// Checkpoints of the last stage without a better held-out loss after which the run ends; nil to go to the end.
    public var patience: Int?
    /// How windows differ each time that they are seen; nil as `WindowSet.Options` has it.
    public var augmentation: Augmentation?

    public init() {}

    /// The stage that a run ends with.
    var lastStage: GANTrainer.Stage { adversarialSteps > 0 ? .adversarial : steps > 0 ? .reconstruction : .plan }

    /// - Parameter processes: that share each batch.
    /// - Throws: `TrainingError.configuration` that names the value and its limits.
    public func validate(processes: Int = 1) throws(TrainingError) {
        func require(_ holds: Bool, _ text: String) throws(TrainingError) {
            if !holds { throw .configuration(text) }
        }
        try require(patience.map { (1...10_000).contains($0) } ?? true, "patience is 1 to 10,000 checkpoints")
        try require(augmentation?.isValid ?? true, "shares of the augmentation are 0 to 0.9")
        try require(Genre(rawValue: genre) != nil, "a genre is a short name of a-z, 0-9, - and _, not '\(genre)'")
        try require(
            teacher == nil || ArrangerStyle.all.contains { $0.genre.rawValue == teacher },
            "a teacher is one of \(ArrangerStyle.all.map(\.genre.rawValue).joined(separator: ", ")), not '\(teacher ?? "")'"
        )
        try require((1...64).contains(renderings), "renderings is 1 to 64")
        try require((0...1_000_000).contains(planSteps), "plan steps are 0 to 1,000,000")
        try require((0...1_000_000).contains(steps), "steps are 0 to 1,000,000")
        try require((0...1_000_000).contains(adversarialSteps), "adversarial steps are 0 to 1,000,000")
        try require(
            (1...GANTrainer.planBatch).contains(processes),
            "a run has 1 to \(GANTrainer.planBatch) processes, not \(processes)")
        try require(
            (2...512 * processes).contains(batch) && batch >= processes,
            "batch is 2 to 512" + (processes > 1 ? " a process, and at least one window for each" : ""))
        try require(rate > 0 && rate <= 0.1, "rate lies between 0 and 0.1")
        try require(adversarialRate > 0 && adversarialRate <= 0.1, "adversarial rate lies between 0 and 0.1")
        try require(criticRate > 0 && criticRate <= 0.1, "critic rate lies between 0 and 0.1")
        try require((1...10).contains(criticSteps), "critic steps are 1 to 10 a step of the generator")
        try require((0...1).contains(mismatchWeight), "mismatch weight is 0 to 1")
        try require((0...12).contains(adversarialWeight), "adversarial weight is 0 to 12 (beyond, training turns)")
        try require((0...10).contains(divergenceWeight), "divergence weight is 0 to 10")
        try require((0...10).contains(freeBits), "free bits are 0 to 10 nats a dimension")
        try require((1...100_000).contains(checkpointEvery), "checkpoints come every 1 to 100,000 steps")
        try require(
            widths.count == 4 && widths.allSatisfy { (8...1024).contains($0) && $0 % 8 == 0 },
            "widths are four multiples of 8 from 8 to 1024")
        try require((1...10_000).contains(styles), "styles are 1 to 10,000")
        try mix?.validate()
    }

    /// The style that renders the songs.
    public var style: ArrangerStyle {
        let known = [teacher, genre].lazy.compactMap { $0.flatMap(Genre.init(rawValue:)) }
        return known.compactMap { ArrangerStyle.standard(for: $0) }.first ?? .pop
    }

    var generatorWidths: GeneratorNetwork.Widths {
        .init(step: widths[0], sixteenth: widths[1], beat: widths[2], bar: widths[3])
    }
}

/// Why a training run cannot start or go on.
public enum TrainingError: Error, Hashable, Sendable, CustomStringConvertible {
    case configuration(String)
    case data(String)
    case importing(String)
    case folder(String)
    case checkpoint(String)
    case diverged(step: Int)
    /// The processes of a run do not agree.
    case processes(String)

    public var description: String {
        switch self {
        case .configuration(let text): "cannot train with these settings: \(text)"
        case .data(let text): "cannot train on this data: \(text)"
        case .importing(let text): "cannot import: \(text)"
        case .folder(let text): "cannot use the run's folder: \(text)"
        case .checkpoint(let text): "cannot resume: \(text)"
        case .processes(let text): "cannot train with several processes: \(text)"
        case .diverged(let step):
            "training diverged at step \(step): the gradient is no number. "
                + "Try half of the learning rate (--rate, or --adversarial-rate and --critic-rate against the "
                + "discriminator) in another run; the last checkpoint is untouched"
        }
    }
}
