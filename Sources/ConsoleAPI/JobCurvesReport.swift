/// How a job's training went until now: losses, figures of held-out songs, and which samples there are.
public struct JobCurvesReport: Hashable, Sendable, Codable {
    /// Rows of numbers under the steps that they belong to.
    public struct Table: Hashable, Sendable, Codable {
        /// What the numbers are: `generator`, `discriminator`, `real`, `fake`, `chordToneRatio`.
        public var columns: [String]
        public var rows: [Row]

        public init(columns: [String] = [], rows: [Row] = []) {
            self.columns = columns
            self.rows = rows
        }
    }

    public struct Row: Hashable, Sendable, Codable {
        public var step: Int
        /// `plan`, `reconstruction`, `adversarial`.
        public var stage: String
        /// A number a column, or null where the stage has none.
        public var values: [Double?]

        public init(step: Int, stage: String, values: [Double?]) {
            self.step = step
            self.stage = stage
            self.values = values
        }
    }

    /// What a checkpoint made of a held-out melody.
    public struct Sample: Hashable, Sendable, Codable {
        public var step: Int
        /// From 1: the same number is the same melody at every step.
        public var melody: Int
        /// `mid`, `ogg`, `png`.
        public var formats: [String]

        public init(step: Int, melody: Int, formats: [String]) {
            self.step = step
            self.melody = melody
            self.formats = formats
        }
    }

    /// At most 500 rows, each the mean of some neighbouring steps.
    public var losses: Table
    /// A row a checkpoint, at most 500.
    public var heldOut: Table
    /// By step, then melody.
    public var samples: [Sample]

    public init(losses: Table = Table(), heldOut: Table = Table(), samples: [Sample] = []) {
        self.losses = losses
        self.heldOut = heldOut
        self.samples = samples
    }
}

/// What a sample may be asked for as.
public enum SampleFormat: String, Hashable, Sendable, CaseIterable {
    case midi = "mid"
    case audio = "ogg"
    case picture = "png"

    public var mediaType: String {
        switch self {
        case .midi: "audio/midi"
        case .audio: "audio/ogg"
        case .picture: "image/png"
        }
    }
}
