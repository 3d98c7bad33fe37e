import Generation
import Tensor
import Testing

@testable import TensorReference
@testable import Training

/// The networks that only training has, and the loss, against double precision.
///
/// Gradients are compared along a random direction a layer, with an error of at most 2e-4 of the layer's gradient norm.
struct TrainingGradientTests {
    @Test(arguments: InstructionSet.available)
    func theStyleEncoderAndItsGradientsAgreeWithDoublePrecision(_ set: InstructionSet) {
        var random = SeededRandom(seed: 8)
        let network = StyleEncoder()
        let weights = Parameters()
        weights.add(network.shapes, using: &random)
        let score = sparsePlanes([1, 24, ScoreCodec.styleChannels], using: &random)
        let size = GeneratorNetwork.codeSize
        let direction = random.gaussian(shape: [1, 2 * size])

        let tape = Tape(instructionSet: set)
        let (mean, logVariance) = network(tape, weights, score: tape.constant(score))
        let code = tape.concat([mean, logVariance])
        let value = code.value
        tape.backward(tape.sum(tape.multiply(code, tape.constant(direction))))

        let expected = ReferenceWeights(weights).styleEncoder(score: Reference(score))
        #expect(largestDifference(value, expected) < 1e-5 * expected.scale)
        let derivatives = DirectionalDerivative.all(weights) {
            $0.styleEncoder(score: Reference(score)).dot(Reference(direction))
        }
        #expect(derivatives.count == 9)
        for derivative in derivatives { #expect(derivative.error < 2e-4, "\(derivative)") }
    }

    /// The spectral norm's vectors are taken as constants, as in the gradient's definition.
    @Test(arguments: InstructionSet.available)
    func theCriticAndItsGradientsAgreeWithDoublePrecision(_ set: InstructionSet) {
        var random = SeededRandom(seed: 9)
        let network = Critic()
        let weights = network.parameters(using: &random)
        let condition = sparsePlanes([1, 48, ConditionEncoder.channels], share: 0.04, using: &random)
        let score = sparsePlanes([1, 48, ScoreCodec.styleChannels], share: 0.04, using: &random)
        let beats = random.gaussian(shape: [1, 4, 1])
        let bars = random.gaussian(shape: [1, 1, 1])

        let tape = Tape(instructionSet: set)
        let verdicts = network(
            tape, weights, condition: tape.constant(condition), score: tape.constant(score))
        let value = verdicts.beats.value
        tape.backward(
            tape.add(
                tape.sum(tape.multiply(verdicts.beats, tape.constant(beats))),
                tape.sum(tape.multiply(verdicts.bars, tape.constant(bars)))))

        func loss(_ weights: ReferenceWeights) -> Double {
            let verdicts = weights.critic(condition: Reference(condition), score: Reference(score))
            return verdicts.beats.dot(Reference(beats)) + verdicts.bars.dot(Reference(bars))
        }
        let expected = ReferenceWeights(weights).critic(condition: Reference(condition), score: Reference(score))
        #expect(largestDifference(value, expected.beats) < 1e-5 * max(1, expected.beats.scale))
        let derivatives = DirectionalDerivative.all(weights, loss: loss)
        #expect(derivatives.count == 7)
        for derivative in derivatives { #expect(derivative.error < 2e-4, "\(derivative)") }
    }

    @Test(arguments: InstructionSet.available)
    func theScoreLossAndItsGradientAgreeWithDoublePrecision(_ set: InstructionSet) {
        var random = SeededRandom(seed: 10)
        let batch = TinyBand.windows.batch([0, TinyBand.windows.count / 2], epoch: 0)
        let logits = random.gaussian(shape: [2, ScoreLayout.windowSteps, ScoreCodec.headChannels])
        let tape = Tape(instructionSet: set)
        let leaf = tape.input(logits)
        let loss = ScoreLoss(tape, logits: leaf, batch: batch)
        let value = Double(loss.total.scalar)
        tape.backward(loss.total)

        let start = Reference(logits)
        let expected = ReferenceScoreLoss.value(start, batch)
        #expect(abs(value - expected) < 1e-5 * expected)
        let gradient = Reference(leaf.gradient!)
        let norm = gradient.dot(gradient).squareRoot()
        for direction in [gradient, Reference(random.gaussian(shape: logits.shape))] {
            let length = direction.dot(direction).squareRoot()
            func moved(_ step: Double) -> Double {
                ReferenceScoreLoss.value(start + direction.map { $0 * step / length }, batch)
            }
            let differences = (moved(1e-4) - moved(-1e-4)) / 2e-4
            #expect(abs(gradient.dot(direction) / length - differences) < 1e-5 * norm)
        }
    }
}

/// `ScoreLoss` from its definition, step by step.
enum ReferenceScoreLoss {
    static func value(_ logits: Reference, _ batch: WindowBatch) -> Double {
        let cells = batch.count * ScoreLayout.windowSteps
        let used = batch.mask.reduce(0.0) { $0 + Double($1) }
        var when = 0.0
        var loud = 0.0
        for cell in 0..<cells where batch.mask[cell] > 0 {
            let row = Array(logits.values[cell * ScoreCodec.headChannels..<(cell + 1) * ScoreCodec.headChannels])
            for drum in 0..<ScoreCodec.drumClasses {
                let hit = Double(batch.drums[cell * ScoreCodec.drumClasses + drum])
                when += binary(row[drum], hit) / used
                let velocity = Double(batch.drumVelocities[cell * ScoreCodec.drumClasses + drum])
                loud += hit * binary(row[ScoreCodec.drumClasses + drum], velocity) / used
            }
            for part in 0..<4 {
                when += categorical(Array(row[ScoreCodec.gates(part)]), Int(batch.gates[cell * 4 + part])) / used
            }
        }
        var pitch = 0.0
        for part in 0..<4 {
            let onsets = (0..<cells).filter { cell in
                batch.mask[cell] > 0 && batch.gates[cell * 4 + part] == 1 && !tones(batch, cell, part).isEmpty
            }
            for cell in onsets {
                let first = cell * ScoreCodec.headChannels
                let heads = ScoreCodec.pitches(part).map { logits.values[first + $0] }
                let sounding = tones(batch, cell, part)
                let term =
                    ScoreCodec.isMonophonic(part)
                    ? categorical(heads, sounding[0])
                    : heads.indices.reduce(0) { $0 + binary(heads[$1], sounding.contains($1) ? 1 : 0) }
                pitch += term / Double(onsets.count)
                let velocity = logits.values[first + ScoreCodec.velocity(part)]
                loud += binary(velocity, Double(batch.velocities[cell * 4 + part])) / Double(onsets.count)
            }
        }
        return when + 0.15 * pitch + 0.5 * loud
    }

    private static func tones(_ batch: WindowBatch, _ cell: Int, _ part: Int) -> [Int] {
        let first = (cell * 4 + part) * ScoreCodec.pitchClasses
        return (0..<ScoreCodec.pitchClasses).filter { batch.pitches[first + $0] > 0 }
    }

    private static func binary(_ logit: Double, _ target: Double) -> Double {
        -target * logarithm(logistic(logit)) - (1 - target) * logarithm(1 - logistic(logit))
    }

    private static func categorical(_ logits: [Double], _ target: Int) -> Double {
        logarithm(logits.reduce(0) { $0 + exponential($1) }) - logits[target]
    }
}
