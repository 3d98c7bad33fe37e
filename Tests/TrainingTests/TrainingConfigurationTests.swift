import Testing

@testable import Training

struct TrainingConfigurationTests {
    /// A setting out of range, and the word by which the refusal names it.
    struct Fault: Sendable, CustomStringConvertible {
        var word: String
        var description: String
        var change: @Sendable (inout TrainingConfiguration) -> Void

        init(
            _ word: String, _ description: String,
            _ change: @escaping @Sendable (inout TrainingConfiguration) -> Void
        ) {
            (self.word, self.description, self.change) = (word, description, change)
        }
    }

    static let faults = [
        Fault("genre", "an empty genre") { $0.genre = "" },
        Fault("genre", "a genre that is a path") { $0.genre = "../pop" },
        Fault("teacher", "a teacher that the arranger does not know") { $0.teacher = "polka" },
        Fault("renderings", "no renderings") { $0.renderings = 0 },
        Fault("plan steps", "fewer than no plan steps") { $0.planSteps = -1 },
        Fault("steps", "less than no steps") { $0.steps = -1 },
        Fault("critic steps", "no critic steps") { $0.criticSteps = 0 },
        Fault("mismatch weight", "a negative mismatch weight") { $0.mismatchWeight = -0.1 },
        Fault("adversarial steps", "too many adversarial steps") { $0.adversarialSteps = 1_000_001 },
        Fault("batch", "a batch of one") { $0.batch = 1 },
        Fault("rate", "a rate of zero") { $0.rate = 0 },
        Fault("rate", "a rate that is no number") { $0.rate = .nan },
        Fault("adversarial rate", "a large adversarial rate") { $0.adversarialRate = 1 },
        Fault("critic rate", "a negative critic rate") { $0.criticRate = -1e-4 },
        Fault("adversarial weight", "a weight at which training turns") { $0.adversarialWeight = 100 },
        Fault("adversarial weight", "a weight that is no number") { $0.adversarialWeight = .nan },
        Fault("divergence weight", "a negative divergence weight") { $0.divergenceWeight = -1 },
        Fault("divergence weight", "a divergence weight that is no number") { $0.divergenceWeight = .nan },
        Fault("free bits", "infinite free bits") { $0.freeBits = .infinity },
        Fault("checkpoints", "no checkpoints") { $0.checkpointEvery = 0 },
        Fault("widths", "three widths") { $0.widths = [8, 8, 8] },
        Fault("widths", "a width that groups do not divide") { $0.widths = [8, 12, 8, 8] },
        Fault("widths", "a huge width") { $0.widths = [8, 8, 8, 2048] },
        Fault("styles", "no styles") { $0.styles = 0 },
    ]

    @Test(arguments: faults)
    func aSettingOutOfRangeIsRefusedByName(_ fault: Fault) {
        var configuration = TrainingConfiguration()
        fault.change(&configuration)
        do {
            try configuration.validate()
            Issue.record("\(fault) was accepted")
        } catch {
            #expect("\(error)".contains(fault.word))
        }
    }

    @Test(arguments: [
        ("pop", nil, "pop"), ("symphony", nil, "symphony"), ("rock", "jazz", "jazz"), ("ska", nil, "pop"),
        ("ska", "rock", "rock"),
    ])
    func theTeacherIsTheOneNamedOrTheGenresOwnOrPop(genre: String, teacher: String?, style: String) throws {
        var configuration = TrainingConfiguration()
        configuration.genre = genre
        configuration.teacher = teacher
        try configuration.validate()
        #expect(configuration.style.genre.rawValue == style)
    }

    @Test func theStandardSettingsAndTheTestsOwnAreValid() throws {
        try TrainingConfiguration().validate()
        try TinyBand.configuration.validate()
    }
}
