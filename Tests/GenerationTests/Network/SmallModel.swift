import Generation
import Music
import Tensor

/// A genre model with small random weights: it plays nonsense by the rules.
enum SmallModel {
    static let widths = GeneratorNetwork.Widths(step: 8, sixteenth: 8, beat: 8, bar: 8)

    static let card = GenreModel.Card(
        genre: .pop, widths: widths,
        instrumentation: Instrumentation(
            programs: [.bass: Program(33), .chords: Program(4), .pad: Program(89), .line: Program(25)],
            melody: Program(0)),
        groove: Groove(swing: 0.55), notes: ["data": "none: \"random\" weights\nof a test"])

    static let styles: StyleBank = {
        var random = SeededRandom(seed: 3)
        return StyleBank(
            [Meter.fourFour, .fourFour, .threeFour, .sixEight].map { meter in
                StyleBank.Style(
                    code: random.gaussian(shape: [GeneratorNetwork.codeSize]).values, meter: meter,
                    parts: meter == .sixEight ? [.bass, .chords] : Set(Part.allCases))
            })
    }()

    /// - Parameter loudness: factor of the head's weights, so that the gates really open and close.
    static func weights(loudness: Float = 12) -> Parameters {
        var random = SeededRandom(seed: 11)
        let parameters = Parameters()
        for shape in GeneratorNetwork(widths: widths).shapes + PlanNetwork().shapes {
            var value = shape.initial(using: &random)
            if shape.name == "generator.head.weight" {
                value = Tensor(value.values.map { $0 * loudness }, shape: value.shape)
            }
            parameters.add(shape.name, value)
        }
        return parameters
    }

    static let bytes = GenreModel.encode(card: card, weights: weights(), styles: styles)

    static func model() throws -> GenreModel { try GenreModel(bytes: bytes) }
}
