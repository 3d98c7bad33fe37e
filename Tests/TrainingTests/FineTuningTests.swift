import Generation
import Tensor
import Testing

@testable import Training

/// A run that begins with what is learned already.
struct FineTuningTests {
    private static let style = ArrangerStyle.pop

    private static func model(of trainer: GANTrainer) -> [UInt8] {
        trainer.model(instrumentation: style.instrumentation(seed: 0), groove: style.groove, notes: [:])
    }

    @Test func aModelBringsItsGeneratorAndItsChords() throws {
        let teacher = try TinyBand.trainer()
        while !teacher.isFinished { _ = try teacher.advance() }
        let shipped = Self.model(of: teacher)
        var configuration = TinyBand.configuration
        configuration.seed = 9
        let fresh = try TinyBand.trainer(configuration)
        let begun = try TinyBand.trainer(configuration)
        try begun.start(from: shipped)
        #expect(begun.step == 0)
        // Styles are codes of an encoder that stays behind in a model; the networks come whole.
        let learned = try Safetensors(bytes: shipped)
        let copied = try Safetensors(bytes: Self.model(of: begun))
        let untouched = try Safetensors(bytes: Self.model(of: fresh))
        let widths = try GenreModel(bytes: shipped).card.widths
        let shapes = GeneratorNetwork(widths: widths).shapes + PlanNetwork().shapes
        #expect(!shapes.isEmpty)
        for shape in shapes {
            let values = try learned.tensor(shape.name, shape: shape.shape).values
            #expect(try copied.tensor(shape.name, shape: shape.shape).values == values, "\(shape.name)")
        }
        #expect(
            try shapes.contains {
                try untouched.tensor($0.name, shape: $0.shape).values
                    != learned.tensor($0.name, shape: $0.shape).values
            })
        _ = try begun.advance()
    }

    @Test func aModelOfOtherWidthsIsRefused() throws {
        var wide = TinyBand.configuration
        wide.widths = [16, 8, 8, 8]
        let other = Self.model(of: try TinyBand.trainer(wide))
        #expect(throws: TrainingError.self) { try TinyBand.trainer().start(from: other) }
    }
}
