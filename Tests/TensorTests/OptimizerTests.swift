import Tensor
import Testing

struct OptimizerTests {
    /// Two steps by hand: rate 0.1, betas 0.9 and 0.99, decay 0.1, epsilon 0, gradient 2 both times.
    /// Bias-corrected moments are 2 and 4 in both steps, so each step is x * (1 - 0.01) - 0.1 * 2 / 2.
    @Test(arguments: InstructionSet.available)
    func twoStepsAgreeWithAHandComputedCase(_ set: InstructionSet) {
        let weights = Parameters()
        let x = weights.add("x", Tensor([1], shape: [1]))
        let optimizer = AdamW(
            weights, beta1: 0.9, beta2: 0.99, epsilon: 0, weightDecay: 0.1, instructionSet: set)
        for expected in [0.89, 0.7811] as [Float] {
            let tape = Tape()
            tape.backward(tape.scale(x, by: 2))
            optimizer.step(rate: 0.1)
            weights.clearGradients()
            #expect(abs(x.scalar - expected) < 1e-6)
        }
        #expect(optimizer.steps == 2)
    }

    @Test func parameterWithoutAGradientStays() {
        let weights = Parameters()
        let x = weights.add("x", Tensor([1], shape: [1]))
        AdamW(weights).step(rate: 0.1)
        #expect(x.scalar == 1)
    }

    @Test func longGradientIsScaledToTheLimitAndAShortOneLeftAlone() {
        let weights = Parameters()
        let (a, b) = (weights.add("a", Tensor([0], shape: [1])), weights.add("b", Tensor([0], shape: [1])))
        let tape = Tape()
        tape.backward(tape.add(tape.scale(a, by: 3), tape.scale(b, by: 4)))
        #expect(weights.clipGradientNorm(to: 10) == 5)
        #expect(a.gradient?.values == [3])
        #expect(weights.clipGradientNorm(to: 1) == 5)
        #expect(abs(a.gradient![0] - 0.6) < 1e-6)
        #expect(abs(b.gradient![0] - 0.8) < 1e-6)
    }

    @Test func divergedGradientIsReported() {
        let weights = Parameters()
        let x = weights.add("x", Tensor([1], shape: [1]))
        let tape = Tape()
        tape.backward(tape.scale(x, by: .nan))
        #expect(weights.clipGradientNorm(to: 1).isNaN)
    }

    @Test func leastSquaresIsSolved() {
        let weights = Parameters()
        var random = SeededRandom(seed: 1)
        weights.addLinear("layer", in: 2, out: 1, using: &random)
        let optimizer = AdamW(weights, weightDecay: 0)
        let inputs = random.gaussian(shape: [32, 2])
        let targets = Tensor((0..<32).map { 2 * inputs[2 * $0] - inputs[2 * $0 + 1] + 0.5 }, shape: [32, 1])
        for _ in 0..<400 {
            let tape = Tape()
            let y = tape.linear(tape.constant(inputs), weights["layer.weight"], weights["layer.bias"])
            let error = tape.subtract(y, tape.constant(targets))
            tape.backward(tape.mean(tape.multiply(error, error)))
            optimizer.step(rate: 0.03)
            weights.clearGradients()
        }
        let found = weights["layer.weight"].value.values + weights["layer.bias"].value.values
        #expect(zip(found, [2, -1, 0.5]).allSatisfy { abs($0 - $1) < 0.01 })
    }

    @Test func scheduleWarmsUpAndFallsToItsFloor() {
        let schedule = CosineSchedule(peak: 2, warmUpSteps: 4, totalSteps: 104, floor: 0.05)
        #expect(schedule.rate(at: 0) == 0.5)
        #expect(schedule.rate(at: 3) == 2)
        #expect(schedule.rate(at: 4) == 2)
        #expect(abs(schedule.rate(at: 54) - 1.05) < 1e-5)
        #expect(abs(schedule.rate(at: 104) - 0.1) < 1e-6)
        #expect(abs(schedule.rate(at: 1000) - 0.1) < 1e-6)
    }
}
