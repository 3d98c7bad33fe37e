import Music
import Tensor

/// The chord head: a melody in, log-probabilities of the 84 chords for each half bar out.
///
/// Sixteen beats go through two blocks, then pairs of beats become half bars. `Harmonizer` decodes the result as a sequence.
public struct PlanNetwork: Sendable {
    public static let width = 96

    private let beats = [
        ResidualBlock(name: "plan.beat0", channels: width, kernel: 5, code: 0),
        ResidualBlock(name: "plan.beat1", channels: width, kernel: 5, code: 0),
    ]
    private let half = ResidualBlock(name: "plan.half", channels: width, kernel: 3, code: 0)

    public init() {}

    public var shapes: [WeightShape] {
        WeightShape.convolution("plan.input", from: PlanEncoder.channels, to: Self.width, kernel: 1)
            + beats.flatMap(\.shapes)
            + WeightShape.convolution("plan.stride", from: Self.width, to: Self.width, kernel: 2)
            + half.shapes
            + WeightShape.convolution("plan.head", from: Self.width, to: Chord.count, kernel: 1)
    }

    /// - Parameters:
    ///   - melody: `[batch, 16, PlanEncoder.channels]`
    ///   - dropout: for training; nil for none.
    /// - Returns: logits `[batch, 8, 84]`
    public func callAsFunction(
        _ tape: Tape, _ weights: Parameters, melody: Variable, dropout: ((Variable) -> Variable)? = nil
    ) -> Variable {
        func conv(_ name: String, _ x: Variable, stride: Int = 1) -> Variable {
            tape.conv1d(x, weights["plan.\(name).weight"], weights["plan.\(name).bias"], stride: stride)
        }
        var h = conv("input", melody)
        for block in beats { h = block(tape, weights, h, code: nil, dropout: dropout) }
        h = half(tape, weights, conv("stride", h, stride: 2), code: nil, dropout: dropout)
        return conv("head", h)
    }
}
