import Generation
import Music
import Tensor
import Testing

@testable import TensorReference

/// The whole networks against double precision: what they compute, and the gradient of every layer.
///
/// Gradients are compared along a random direction a layer, with an error of at most 2e-4 of the layer's gradient norm.
struct NetworkGradientTests {
    @Test(arguments: InstructionSet.available)
    func theGeneratorAndItsGradientsAgreeWithDoublePrecision(_ set: InstructionSet) {
        var random = SeededRandom(seed: 5)
        let network = GeneratorNetwork(widths: .init(step: 8, sixteenth: 16, beat: 8, bar: 8))
        let weights = Parameters()
        weights.add(network.shapes, using: &random)
        let condition = sparsePlanes([1, 48, ConditionEncoder.channels], using: &random)
        let code = random.gaussian(shape: [1, GeneratorNetwork.codeSize])
        let direction = random.gaussian(shape: [1, 48, ScoreCodec.headChannels])

        let tape = Tape(instructionSet: set)
        let logits = network(tape, weights, condition: tape.constant(condition), code: tape.constant(code))
        let value = logits.value
        tape.backward(tape.sum(tape.multiply(logits, tape.constant(direction))))

        let expected = ReferenceWeights(weights).generator(condition: Reference(condition), code: Reference(code))
        #expect(largestDifference(value, expected) < 1e-5 * expected.scale)
        let derivatives = DirectionalDerivative.all(weights) {
            $0.generator(condition: Reference(condition), code: Reference(code)).dot(Reference(direction))
        }
        #expect(derivatives.count == 32)
        for derivative in derivatives { #expect(derivative.error < 2e-4, "\(derivative)") }
    }

    @Test(arguments: InstructionSet.available)
    func theChordHeadAndItsGradientsAgreeWithDoublePrecision(_ set: InstructionSet) {
        var random = SeededRandom(seed: 6)
        let network = PlanNetwork()
        let weights = Parameters()
        weights.add(network.shapes, using: &random)
        let melody = sparsePlanes([1, 4, PlanEncoder.channels], share: 0.3, using: &random)
        let direction = random.gaussian(shape: [1, 2, Chord.count])

        let tape = Tape(instructionSet: set)
        let logits = network(tape, weights, melody: tape.constant(melody))
        let value = logits.value
        tape.backward(tape.sum(tape.multiply(logits, tape.constant(direction))))

        let expected = ReferenceWeights(weights).plan(melody: Reference(melody))
        #expect(largestDifference(value, expected) < 1e-5 * expected.scale)
        let derivatives = DirectionalDerivative.all(weights) {
            $0.plan(melody: Reference(melody)).dot(Reference(direction))
        }
        #expect(derivatives.count == 12)
        for derivative in derivatives { #expect(derivative.error < 2e-4, "\(derivative)") }
    }

    @Test func playingAndTrainingComputeTheSameBits() {
        var random = SeededRandom(seed: 7)
        let network = GeneratorNetwork(widths: .init(step: 8, sixteenth: 16, beat: 8, bar: 8))
        let weights = Parameters()
        weights.add(network.shapes, using: &random)
        let condition = sparsePlanes([3, ScoreLayout.windowSteps, ConditionEncoder.channels], using: &random)
        let code = random.gaussian(shape: [3, GeneratorNetwork.codeSize])
        let training = Tape()
        let trained = network(
            training, weights, condition: training.constant(condition), code: training.constant(code)
        ).value.values

        weights.isFrozen = true
        let size = ScoreLayout.windowSteps * ConditionEncoder.channels
        for sample in 0..<3 {
            let playing = Tape(recording: false)
            let alone = Tensor(
                Array(condition.values[sample * size..<(sample + 1) * size]),
                shape: [1, ScoreLayout.windowSteps, ConditionEncoder.channels])
            let own = Tensor(Array(code.values[sample * 24..<(sample + 1) * 24]), shape: [1, 24])
            let played = network(playing, weights, condition: playing.constant(alone), code: playing.constant(own))
                .value.values
            let share = trained[sample * played.count..<(sample + 1) * played.count]
            #expect(played.map(\.bitPattern) == share.map(\.bitPattern), "sample \(sample) of a batch")
        }
    }
}
