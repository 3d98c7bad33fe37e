import Tensor
import Testing

@testable import TensorReference

struct TapeTests {
    @Test func gradientStopsAtDetach() {
        let tape = Tape()
        let x = tape.input(Tensor([3], shape: [1]))
        tape.backward(tape.multiply(x, tape.detach(x)))
        #expect(x.gradient?.values == [3])
    }

    @Test func gradientsOfTwoLossesAddUpUntilCleared() {
        let x = Tape().input(Tensor([1, 2], shape: [2]))
        for factor in [2, 3] as [Float] {
            let tape = Tape()
            tape.backward(tape.sum(tape.scale(x, by: factor)))
        }
        #expect(x.gradient?.values == [5, 5])
        x.clearGradient()
        #expect(x.gradient == nil)
    }

    @Test func frozenWeightsPassTheGradientOn() {
        let weights = Parameters()
        let w = weights.add("w", Tensor([2, 3], shape: [1, 2]))
        weights.isFrozen = true
        let tape = Tape()
        let x = tape.input(Tensor([1, 1], shape: [1, 2]))
        tape.backward(tape.sum(tape.linear(x, w)))
        #expect(x.gradient?.values == [2, 3])
        #expect(w.gradient == nil)
        weights.isFrozen = false
        #expect(w.requiresGradient)
    }

    @Test func maskThatCountsNothingGivesZeroLossAndGradient() {
        let tape = Tape()
        let x = tape.input(Tensor(shape: [1, 2, 3], repeating: 1))
        let nothing = Tensor(shape: [1, 2])
        let loss = tape.add(
            tape.binaryCrossEntropy(x, targets: Tensor(shape: [1, 2, 3]), mask: nothing),
            tape.crossEntropy(x, targets: [-1, -1], classes: 3, mask: nothing))
        tape.backward(loss)
        #expect(loss.scalar == 0)
        #expect(x.gradient?.values == [Float](repeating: 0, count: 6))
    }

    @Test func maskedStepMayHoldAnyNumber() {
        let tape = Tape()
        let x = tape.input(Tensor([1, .nan], shape: [1, 2, 1]))
        let loss = tape.binaryCrossEntropy(
            x, targets: Tensor(shape: [1, 2, 1]), mask: Tensor([1, 0], shape: [1, 2]))
        tape.backward(loss)
        #expect(loss.scalar.isFinite)
        #expect(x.gradient?.isFinite == true)
    }

    @Test func sampleWithoutValidStepsPoolsToZero() {
        let tape = Tape(recording: false)
        let x = tape.constant(Tensor(shape: [1, 2, 1], repeating: 5))
        let nothing = Tensor(shape: [1, 2])
        #expect(tape.meanOverTime(x, mask: nothing).value.values == [0])
        #expect(tape.maxOverTime(x, mask: nothing).value.values == [0])
    }

    @Test(arguments: InstructionSet.available)
    func notANumberIsNeverHiddenByAnActivation(_ set: InstructionSet) {
        let tape = Tape(recording: false, instructionSet: set)
        let x = tape.constant(Tensor([.nan], shape: [1, 1, 1]))
        let results = [
            tape.gelu(x), tape.leakyReLU(x), tape.sigmoid(x), tape.tanh(x), tape.exp(x), tape.softmax(x, classes: 1),
            tape.groupNorm(x, groups: 1), tape.binaryCrossEntropy(x, targets: Tensor(shape: [1, 1, 1])),
        ]
        for result in results { #expect(result.value[0].isNaN) }
    }

    @Test(arguments: InstructionSet.available)
    func activationsStayFiniteAtExtremes(_ set: InstructionSet) {
        let tape = Tape(recording: false, instructionSet: set)
        let x = tape.constant(Tensor([-1e30, -100, -20, 0, 20, 100, 1e30], shape: [1, 1, 7]))
        #expect(tape.sigmoid(x).value.values.suffix(4) == [0.5, 1, 1, 1])
        #expect(tape.sigmoid(x).value.values.prefix(2).allSatisfy { $0 < 1e-37 })
        #expect(tape.tanh(x).value.values == [-1, -1, -1, 0, 1, 1, 1])
        #expect(tape.softmax(x, classes: 7).value.values.last == 1)
        #expect(tape.exp(x).value.isFinite)
        #expect(tape.binaryCrossEntropy(x, targets: Tensor(shape: [1, 1, 7])).value.isFinite)
    }

    @Test func dropoutKeepsTheMeanAndLeavesPlayingAlone() {
        var random = SeededRandom(seed: 1)
        let ones = Tensor(shape: [20_000], repeating: 1)
        let dropped = Tape().dropout(Tape().constant(ones), probability: 0.3, using: &random).value.values
        #expect(abs(dropped.reduce(0, +) / 20_000 - 1) < 0.02)
        #expect(abs(Double(dropped.count { $0 == 0 }) / 20_000 - 0.3) < 0.02)
        let before = random
        let playing = Tape(recording: false)
        #expect(playing.dropout(playing.constant(ones), probability: 0.3, using: &random).value == ones)
        #expect(random == before)
    }

    @Test func gumbelSamplesFollowTheSoftmax() {
        var random = SeededRandom(seed: 5)
        let tape = Tape(recording: false)
        let logits = tape.constant(Tensor((0..<30_000).map { $0 % 3 == 2 ? 1.3862944 : 0 }, shape: [10_000, 3]))
        let drawn = tape.gumbelSoftmaxSample(logits, classes: 3, using: &random).value.values
        let share = Double(stride(from: 2, to: 30_000, by: 3).count { drawn[$0] == 1 }) / 10_000
        #expect(abs(share - 4.0 / 6) < 0.015)
        #expect(drawn.reduce(0, +) == 10_000)
    }

    @Test func bernoulliSamplesFollowTheSigmoid() {
        var random = SeededRandom(seed: 5)
        let tape = Tape(recording: false)
        let logits = tape.constant(Tensor(shape: [10_000], repeating: 1.0986123))
        let share = tape.bernoulliSample(logits, using: &random).value.values.reduce(0, +) / 10_000
        #expect(abs(share - 0.75) < 0.015)
    }

    @Test func powerIterationFindsTheLargestSingularValue() {
        let weights = Parameters()
        var random = SeededRandom(seed: 1)
        // Its singular values are 5, along (0.6, 0.8), and 0.
        weights.add("layer.weight", Tensor([3, 0, 0, 4, 0, 0], shape: [2, 3, 1]))
        weights.addSpectralNorm("layer", using: &random)
        let tape = Tape()
        let normalized = tape.spectralNorm(
            weights["layer.weight"], u: weights["layer.weight_u"], v: weights["layer.weight_v"])
        #expect(zip(normalized.value.values, [0.6, 0, 0, 0.8, 0, 0]).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test func spectralNormLeavesItsVectorsAloneWhenPlaying() {
        let weights = Parameters()
        var random = SeededRandom(seed: 1)
        weights.addLinear("layer", in: 3, out: 4, using: &random)
        weights.addSpectralNorm("layer", using: &random)
        let before = weights["layer.weight_u"].value
        _ = Tape(recording: false).spectralNorm(
            weights["layer.weight"], u: weights["layer.weight_u"], v: weights["layer.weight_v"])
        #expect(weights["layer.weight_u"].value.bits == before.bits)
        #expect(!weights["layer.weight_u"].requiresGradient)
    }

    @Test func instructionSetsAgreeUpToRounding() {
        var random = SeededRandom(seed: 4)
        let x = random.gaussian(shape: [2, 12, 16])
        let w = random.uniform(shape: [24, 16, 3], bound: 0.2)
        let results = InstructionSet.available.map { set in
            let tape = Tape(recording: false, instructionSet: set)
            return tape.gelu(tape.groupNorm(tape.conv1d(tape.constant(x), tape.constant(w)), groups: 8)).value
        }
        for result in results { #expect(largestDifference(result, Reference(results[0])) < 1e-5) }
    }
}
