import Generation
import Tensor

/// Reads the style of real parts while training: a window's score in, mean and log variance of its code out.
///
/// The same melody goes with many grooves; told which one the parts have, the generator need not average them.
struct StyleEncoder: Sendable {
    private let sixteenth = ResidualBlock(name: "style.sixteenth", channels: 64, kernel: 5, code: 0)
    private let beat = ResidualBlock(name: "style.beat", channels: 64, kernel: 3, code: 0)

    var shapes: [WeightShape] {
        WeightShape.convolution("style.stride1", from: ScoreCodec.styleChannels, to: 64, kernel: 3) + sixteenth.shapes
            + WeightShape.convolution("style.stride2", from: 64, to: 64, kernel: 4) + beat.shapes
            + WeightShape.linear("style.code", from: 128, to: 2 * GeneratorNetwork.codeSize)
    }

    /// - Parameter score: `[batch, 192, ScoreCodec.styleChannels]`
    /// - Returns: `[batch, 24]` each.
    func callAsFunction(
        _ tape: Tape, _ weights: Parameters, score: Variable
    ) -> (mean: Variable, logVariance: Variable) {
        var h = tape.conv1d(score, weights["style.stride1.weight"], weights["style.stride1.bias"], stride: 3)
        h = sixteenth(tape, weights, h, code: nil)
        h = tape.conv1d(h, weights["style.stride2.weight"], weights["style.stride2.bias"], stride: 4)
        h = beat(tape, weights, h, code: nil)
        let summary = tape.concat([tape.meanOverTime(h), tape.maxOverTime(h)])
        let code = tape.linear(summary, weights["style.code.weight"], weights["style.code.bias"])
        let halves = tape.split(code, sizes: [GeneratorNetwork.codeSize, GeneratorNetwork.codeSize])
        return (halves[0], halves[1])
    }
}
