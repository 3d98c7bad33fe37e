import Generation
import Tensor

/// The convolutional discriminator: judges, beat by beat and bar by bar, whether parts belong to this melody and plan.
///
/// Spectral normalisation keeps every layer's gain at one (Miyato et al. 2018); the loss is the hinge (Lim and Ye 2017).
struct Critic: Sendable {
    private struct Layer {
        let name: String, input: Int, output: Int, kernel: Int, stride: Int
    }

    private let trunk = [
        Layer(
            name: "critic.step", input: ConditionEncoder.channels + ScoreCodec.styleChannels, output: 64, kernel: 5,
            stride: 1),
        Layer(name: "critic.sixteenth", input: 64, output: 64, kernel: 3, stride: 3),
        Layer(name: "critic.beat", input: 64, output: 128, kernel: 4, stride: 4),
        Layer(name: "critic.context", input: 128, output: 128, kernel: 3, stride: 1),
    ]
    private let beatHead = Layer(name: "critic.beatVerdict", input: 128, output: 1, kernel: 1, stride: 1)
    private let bar = Layer(name: "critic.bar", input: 128, output: 128, kernel: 4, stride: 4)
    private let barHead = Layer(name: "critic.barVerdict", input: 128, output: 1, kernel: 1, stride: 1)

    /// Fresh weights with the vectors of their spectral normalisation.
    func parameters(using random: inout SeededRandom) -> Parameters {
        let parameters = Parameters()
        for layer in trunk + [beatHead, bar, barHead] {
            parameters.addConvolution(
                layer.name, in: layer.input, out: layer.output, kernel: layer.kernel, using: &random)
            parameters.addSpectralNorm(layer.name, using: &random)
        }
        return parameters
    }

    /// - Parameters:
    ///   - condition: `[batch, 192, ConditionEncoder.channels]`
    ///   - score: `[batch, 192, ScoreCodec.styleChannels]`
    /// - Returns: `[batch, 16, 1]` verdicts on beats and `[batch, 4, 1]` on bars; high means real.
    func callAsFunction(
        _ tape: Tape, _ weights: Parameters, condition: Variable, score: Variable
    ) -> (beats: Variable, bars: Variable) {
        func apply(_ layer: Layer, _ x: Variable) -> Variable {
            let weight = tape.spectralNorm(
                weights["\(layer.name).weight"], u: weights["\(layer.name).weight_u"],
                v: weights["\(layer.name).weight_v"])
            return tape.conv1d(x, weight, weights["\(layer.name).bias"], stride: layer.stride)
        }
        var h = tape.concat([condition, score])
        for layer in trunk { h = tape.leakyReLU(apply(layer, h)) }
        let beats = apply(beatHead, h)
        return (beats, apply(barHead, tape.leakyReLU(apply(bar, h))))
    }
}
