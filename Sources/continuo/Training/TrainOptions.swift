import ArgumentParser
import Training

/// How long a run is.
struct TrainLengthOptions: ParsableArguments {
    @Option(
        help: "Lengths for an occasion: quick is about ten minutes on two cores, evening three hours, weekend thirty.")
    var preset: TrainingPreset?
    @Option(help: "Steps of the chord head, of 64 windows each; 0 to 1,000,000. (default: 1000)") var planSteps: Int?
    @Option(help: "Steps of reconstruction; 0 to 1,000,000. (default: 4000)") var steps: Int?
    @Option(help: "The same as passes through all windows, instead of --steps; over 0.") var epochs: Double?
    @Option(help: "Steps against the discriminator, after those; 0 to 1,000,000. (default: 1000)")
    var adversarialSteps: Int?
    @Option(help: "Steps between checkpoints. (default: 250)") var checkpointEvery: Int?
    @Option(
        help: ArgumentHelp(
            "End when the held-out loss got no better for so many checkpoints of the last stage; the best one becomes the model.",
            valueName: "checkpoints"))
    var patience: Int?

    func validate() throws {
        if epochs != nil, steps != nil { throw ValidationError("Say --epochs or --steps, not both.") }
        if let epochs, !(epochs > 0 && epochs <= 10_000) { throw ValidationError("--epochs is over 0, to 10,000.") }
    }

    /// What was said wins over the preset, the preset over the defaults.
    func apply(to configuration: inout TrainingConfiguration) {
        if let preset { configuration.take(preset) }
        if let planSteps { configuration.planSteps = planSteps }
        if let steps { configuration.steps = steps }
        if let adversarialSteps { configuration.adversarialSteps = adversarialSteps }
        if let checkpointEvery { configuration.checkpointEvery = checkpointEvery }
        configuration.patience = patience
    }
}

extension TrainingPreset: ExpressibleByArgument {}

/// How large the network is, and how it learns.
struct TrainNetworkOptions: ParsableArguments {
    @Option(help: "Channels of the generator: small (half), normal, large (half more), or a factor of 0.25 to 2.")
    var width: Width = Width(factor: 1)
    @Option(help: "Windows of four bars in a step, 2 to 512; larger ones are steadier and take longer.") var batch = 32
    @Option(help: "Highest learning rate of reconstruction and chord head, to 0.1.") var rate: Float = 2e-3
    @Option(help: "Learning rate of the generator against the discriminator, to 0.1.") var adversarialRate: Float = 2e-4
    @Option(help: "Learning rate of the discriminator, to 0.1.") var criticRate: Float = 6e-4
    @Option(help: "Steps of the discriminator for each of the generator, 1 to 10.") var criticSteps = 2

    struct Width: ExpressibleByArgument {
        var factor: Double

        init(factor: Double) { self.factor = factor }

        init?(argument: String) {
            let names = ["small": 0.5, "normal": 1, "large": 1.5]
            guard let factor = names[argument] ?? Double(argument), (0.25...2).contains(factor) else { return nil }
            self.factor = factor
        }

        var defaultValueDescription: String { "normal" }
    }

    func apply(to configuration: inout TrainingConfiguration) {
        if width.factor != 1 { configuration.scaleWidths(by: width.factor) }
        configuration.batch = batch
        configuration.rate = rate
        configuration.adversarialRate = adversarialRate
        configuration.criticRate = criticRate
        configuration.criticSteps = criticSteps
    }
}

/// What counts how much.
struct TrainLossOptions: ParsableArguments {
    @Option(help: "Weight of real scores under another melody in the discriminator's loss, 0 to 1.")
    var mismatchWeight: Float = 0.25
    @Option(help: "Weight of the discriminator's verdict; beyond 12 training turns.") var adversarialWeight: Float = 0.6
    @Option(help: "Weight of what the style may tell; more makes styles alike.") var divergenceWeight: Float = 0.02
    @Option(help: "What each number of the style may tell for nothing.") var freeBits: Float = 0.05

    func apply(to configuration: inout TrainingConfiguration) {
        configuration.mismatchWeight = mismatchWeight
        configuration.adversarialWeight = adversarialWeight
        configuration.divergenceWeight = divergenceWeight
        configuration.freeBits = freeBits
    }
}

/// How windows differ each time that they are seen.
struct TrainAugmentationOptions: ParsableArguments {
    @Option(help: "Times that each song is rendered, 1 to 64.") var renderings = 3
    @Option(help: "Share of the melody's notes that the network does not hear, 0 to 0.9. (default: 0.05)")
    var noteDrops: Double?
    @Option(help: "Share of windows with the melody an octave higher or lower, 0 to 0.9. (default: 0.15)")
    var octaveShifts: Double?
    @Option(help: "Probability that a part is left out of a window, 0 to 0.9. (default: 0.1)") var partDrops: Double?
    @Option(help: "Share of windows transposed by the second best key, 0 to 0.9. (default: 0.1)")
    var secondBestKeys: Double?

    func apply(to configuration: inout TrainingConfiguration) {
        configuration.renderings = renderings
        guard noteDrops != nil || octaveShifts != nil || partDrops != nil || secondBestKeys != nil else { return }
        var augmentation = TrainingConfiguration.Augmentation()
        if let noteDrops { augmentation.noteDrops = noteDrops }
        if let octaveShifts { augmentation.octaveShifts = octaveShifts }
        if let partDrops { augmentation.partDrops = partDrops }
        if let secondBestKeys { augmentation.secondBestKeys = secondBestKeys }
        configuration.augmentation = augmentation
    }
}
