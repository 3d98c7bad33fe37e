import Testing

@testable import Tensor

/// Several threads and the products that skip zeros: neither changes a bit of a result that must not change.
@Suite(.serialized) struct WorkersTests {
    /// A batch of planes like those that the networks read: most numbers are zero.
    private func planes(_ shape: [Int], share: Float, seed: UInt64) -> Tensor {
        var random = SeededRandom(seed: seed)
        return Tensor(
            (0..<shape.reduce(1, *)).map { _ in random.uniform() < share ? 2 * random.uniform() - 1 : 0 }, shape: shape)
    }

    /// Loss and gradients of a little network with every kind of operation that is shared among threads.
    private func step(_ set: InstructionSet) -> [[UInt32]] {
        var random = SeededRandom(seed: 3)
        let x = planes([8, 96, 40], share: 0.05, seed: 4)
        let weights = Parameters()
        weights.addConvolution("first", in: 40, out: 72, kernel: 5, using: &random)
        weights.addConvolution("stride", in: 72, out: 48, kernel: 3, using: &random)
        weights.addGroupNorm("norm", channels: 48)
        weights.addTransposedConvolution("rise", in: 48, out: 40, kernel: 3, using: &random)
        let tape = Tape(instructionSet: set)
        var h = tape.leakyReLU(tape.conv1d(tape.constant(x), weights["first.weight"], weights["first.bias"]))
        h = tape.conv1d(h, weights["stride.weight"], weights["stride.bias"], stride: 3)
        h = tape.groupNormFiLMGELU(h, groups: 8, weight: weights["norm.weight"], bias: weights["norm.bias"])
        h = tape.gelu(tape.convTranspose1d(h, weights["rise.weight"], weights["rise.bias"]))
        let drawn = tape.gumbelSoftmaxSample(h, classes: 4, using: &random)
        let loss = tape.add(
            tape.mean(tape.multiply(drawn, h)), tape.binaryCrossEntropy(h, targets: Tensor(shape: h.shape)))
        tape.backward(loss)
        return [loss.value.values.map(\.bitPattern)]
            + weights.trainable.map { $0.variable.gradient!.values.map(\.bitPattern) }
    }

    @Test(arguments: InstructionSet.available)
    func resultsHaveTheSameBitsOnAnyNumberOfThreads(_ set: InstructionSet) {
        defer { Workers.use(1) }
        Workers.use(1)
        let alone = step(set)
        for threads in [2, 3] {
            Workers.use(threads)
            for _ in 0..<5 { #expect(step(set) == alone) }
        }
    }

    /// One number that is not zero in every place, too small to count, makes the same planes dense.
    @Test(arguments: InstructionSet.available, [(33, 5), (64, 1), (130, 3), (216, 4)])
    func productOfPlanesHasTheBitsOfTheDenseProduct(_ set: InstructionSet, _ layer: (Int, Int)) {
        var random = SeededRandom(seed: 5)
        let (out, taps) = layer
        let x = planes([4, 96, 44], share: 0.06, seed: 6)
        // So small that it vanishes beside every sum (and dense, so that nothing is skipped).
        let dense = Tensor(x.values.map { $0 == 0 ? 1e-30 : $0 }, shape: x.shape)
        let (weight, bias) = (
            random.gaussian(shape: [out, 44, taps]), Tensor(shape: [out], repeating: 1)
        )
        let direction = random.gaussian(shape: [4, 96, out])
        func run(_ x: Tensor) -> (value: Tensor, gradient: Tensor) {
            let tape = Tape(instructionSet: set)
            let w = tape.input(weight)
            let y = tape.conv1d(tape.constant(x), w, tape.constant(bias))
            tape.backward(tape.sum(tape.multiply(y, tape.constant(direction))))
            return (y.value, w.gradient!)
        }
        let (skipped, full) = (run(x), run(dense))
        #expect(skipped.value.values.map(\.bitPattern) == full.value.values.map(\.bitPattern))
        for (a, b) in zip(skipped.gradient.values, full.gradient.values) { #expect(abs(a - b) < 1e-4) }
    }
}
