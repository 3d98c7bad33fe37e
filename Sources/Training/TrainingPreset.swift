/// How long a run may take: numbers of steps for an occasion.
///
/// The times hold for two cores that have nothing else to do, and batches of 32 (`seconds`). What is said besides a preset wins over it.
public enum TrainingPreset: String, Hashable, Sendable, CaseIterable, Codable {
    /// About ten minutes: whether the data are good for anything.
    case quick
    /// About three hours.
    case evening
    /// About thirty hours.
    case weekend

    public var planSteps: Int {
        switch self {
        case .quick: 600
        case .evening: 1_500
        case .weekend: 3_000
        }
    }

    public var steps: Int {
        switch self {
        case .quick: 3_000
        case .evening: 24_000
        case .weekend: 120_000
        }
    }

    public var adversarialSteps: Int {
        switch self {
        case .quick: 500
        case .evening: 24_000
        case .weekend: 290_000
        }
    }

    public var checkpointEvery: Int {
        switch self {
        case .quick: 200
        case .evening: 1_000
        case .weekend: 5_000
        }
    }

    /// Seconds that a run of these steps takes on two cores.
    ///
    /// A step takes 0.042, 0.171 and 0.53 s of one core (AVX2, `--threads 1`); the second core saves 0.41 of it.
    /// Half a minute is for reading the data, and checkpoints take 1.9 s each.
    public var seconds: Double {
        let steps = 0.042 * Double(planSteps) + 0.171 * Double(steps) + 0.53 * Double(adversarialSteps)
        let checkpoints = (planSteps + self.steps + adversarialSteps) / checkpointEvery
        return 30 + 0.59 * steps + 1.9 * Double(checkpoints)
    }
}

extension TrainingConfiguration {
    /// Takes a preset's numbers of steps; all else stays.
    public mutating func take(_ preset: TrainingPreset) {
        planSteps = preset.planSteps
        steps = preset.steps
        adversarialSteps = preset.adversarialSteps
        checkpointEvery = preset.checkpointEvery
    }

    /// Steps in which every window is seen so many times; what does not fill a batch waits for the next pass.
    ///
    /// - Parameters:
    ///   - epochs: over 0; a half is half of the windows.
    ///   - windows: in the set, at least a batch.
    public static func steps(epochs: Double, windows: Int, batch: Int) -> Int {
        precondition(epochs > 0 && batch > 0, "an epoch has steps")
        return max(1, Int((epochs * Double(max(1, windows / batch))).rounded(.up)))
    }

    /// The generator's channels times a factor, in whole groups of eight.
    public mutating func scaleWidths(by factor: Double) {
        precondition(factor > 0, "a generator has channels")
        widths = TrainingConfiguration().widths.map { max(8, Int((Double($0) * factor / 8).rounded()) * 8) }
    }

    /// How training windows differ each time that they are seen; shares of the windows, but for `noteDrops`.
    public struct Augmentation: Hashable, Sendable, Codable {
        /// Share of the melody's notes that the network does not hear.
        public var noteDrops: Double
        /// Windows that hear the melody an octave higher or lower.
        public var octaveShifts: Double
        /// Probability that a part is switched off and left out of a window.
        public var partDrops: Double
        /// Windows transposed by the second best key, to bear wrong estimates.
        public var secondBestKeys: Double

        public init(
            noteDrops: Double = 0.05, octaveShifts: Double = 0.15, partDrops: Double = 0.1,
            secondBestKeys: Double = 0.1
        ) {
            self.noteDrops = noteDrops
            self.octaveShifts = octaveShifts
            self.partDrops = partDrops
            self.secondBestKeys = secondBestKeys
        }

        var isValid: Bool {
            [noteDrops, octaveShifts, partDrops, secondBestKeys].allSatisfy { (0...0.9).contains($0) }
        }
    }
}

extension WindowSet.Options {
    /// Slips and drops as a configuration wants them.
    public mutating func take(_ augmentation: TrainingConfiguration.Augmentation) {
        noteDrops = augmentation.noteDrops
        octaveShifts = augmentation.octaveShifts
        partDrops = augmentation.partDrops
        secondBestKeys = augmentation.secondBestKeys
    }
}
