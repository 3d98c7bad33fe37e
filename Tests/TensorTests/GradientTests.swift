import Tensor
import Testing

@testable import TensorReference

/// Every operation against its definition in double precision, on every instruction set of this machine.
struct GradientTests {
    @Test(arguments: OperationCase.all, InstructionSet.available)
    func valueAgreesWithDoublePrecisionLoops(_ operation: OperationCase, _ set: InstructionSet) {
        let inputs = operation.inputs()
        let tape = Tape(recording: false, instructionSet: set)
        let value = operation.operation(tape, inputs.map { tape.constant($0) }).value
        let expected = operation.reference(inputs.map(Reference.init))
        #expect(value.shape == expected.shape)
        #expect(largestDifference(value, expected) < 2e-6 * max(1, expected.scale))
    }

    @Test(arguments: OperationCase.all, InstructionSet.available)
    func gradientAgreesWithCentralDifferences(_ operation: OperationCase, _ set: InstructionSet) {
        let inputs = operation.inputs()
        let leaves = run(operation, inputs, set).leaves
        let loops = operation.surrogate ?? operation.reference
        for (i, leaf) in leaves.enumerated() {
            let expected = centralDifferences(inputs, i, loops)
            let found = leaf.gradient ?? Tensor(shape: leaf.shape)
            #expect(largestDifference(found, expected) < 1e-4 * expected.scale + 1e-6, "input \(i)")
            #expect(expected.scale > 1e-3, "input \(i) is really used")
        }
    }

    @Test(arguments: OperationCase.all, InstructionSet.available)
    func repeatsAreBitEqual(_ operation: OperationCase, _ set: InstructionSet) {
        let inputs = operation.inputs()
        let (first, second) = (run(operation, inputs, set), run(operation, inputs, set))
        #expect(first.value.bits == second.value.bits)
        #expect(first.leaves.map { $0.gradient?.bits } == second.leaves.map { $0.gradient?.bits })
    }

    @Test(arguments: OperationCase.all, InstructionSet.available)
    func playingComputesTheSameBitsAsTraining(_ operation: OperationCase, _ set: InstructionSet) {
        let inputs = operation.inputs()
        let playing = Tape(recording: false, instructionSet: set)
        let played = operation.operation(playing, inputs.map { playing.constant($0) })
        #expect(played.value.bits == run(operation, inputs, set).value.bits)
        #expect(!played.requiresGradient)
    }

    /// Runs an operation and differentiates a fixed random weighting of its output.
    private func run(
        _ operation: OperationCase, _ inputs: [Tensor], _ set: InstructionSet
    ) -> (value: Tensor, leaves: [Variable]) {
        let tape = Tape(instructionSet: set)
        let leaves = inputs.map { tape.input($0) }
        let y = operation.operation(tape, leaves)
        tape.backward(tape.sum(tape.multiply(y, tape.constant(weighting(y.shape)))))
        return (y.value, leaves)
    }

    private func weighting(_ shape: [Int]) -> Tensor {
        var random = SeededRandom(seed: 99)
        return shape == [1] ? Tensor([1.25], shape: [1]) : random.gaussian(shape: shape)
    }

    private func centralDifferences(
        _ inputs: [Tensor], _ index: Int, _ loops: ([Reference]) -> Reference
    ) -> Reference {
        var point = inputs.map(Reference.init)
        var result = Reference(zeros: inputs[index].shape)
        let step = 1e-5
        for i in 0..<inputs[index].count {
            let middle = point[index].values[i]
            func loss(_ x: Double) -> Double {
                point[index].values[i] = x
                let y = loops(point)
                return (y * Reference(weighting(y.shape))).total
            }
            result.values[i] = (loss(middle + step) - loss(middle - step)) / (2 * step)
            point[index].values[i] = middle
        }
        return result
    }
}
