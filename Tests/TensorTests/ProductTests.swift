import Tensor
import Testing

@testable import TensorReference

/// The product kernels on shapes that leave rests in every direction: rows, panels, taps, blocks.
struct ProductTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        var batch: Int
        var time: Int
        var input: Int
        var output: Int
        var kernel: Int
        var testDescription: String { "\(batch)x\(time), \(input) to \(output), \(kernel) taps" }
    }

    static let shapes = [
        Shape(batch: 1, time: 1, input: 1, output: 1, kernel: 1),
        Shape(batch: 2, time: 3, input: 13, output: 33, kernel: 5),
        Shape(batch: 1, time: 11, input: 8, output: 31, kernel: 3),
        Shape(batch: 3, time: 67, input: 7, output: 37, kernel: 3),
        Shape(batch: 7, time: 4, input: 23, output: 16, kernel: 5),
        Shape(batch: 1, time: 200, input: 3, output: 65, kernel: 2),
        Shape(batch: 5, time: 43, input: 12, output: 9, kernel: 1),
    ]

    @Test(arguments: shapes, InstructionSet.available)
    func convolutionAndItsGradientsAgreeWithDoublePrecisionLoops(_ shape: Shape, _ set: InstructionSet) {
        let (x, w, bias) = tensors(shape)
        let tape = Tape(instructionSet: set)
        let (xs, ws, bs) = (tape.input(x), tape.input(w), tape.input(bias))
        let y = tape.conv1d(xs, ws, bs)
        var random = SeededRandom(seed: 2)
        let weighting = random.gaussian(shape: y.shape)
        tape.backward(tape.sum(tape.multiply(y, tape.constant(weighting))))

        let expected = Reference(x).conv1d(Reference(w), Reference(bias))
        let (dx, dw, db) = gradients(Reference(x), Reference(w), Reference(weighting))
        #expect(largestDifference(y.value, expected) < 1e-5 * expected.scale)
        #expect(largestDifference(xs.gradient!, dx) < 1e-5 * dx.scale)
        #expect(largestDifference(ws.gradient!, dw) < 1e-5 * dw.scale)
        #expect(largestDifference(bs.gradient!, db) < 1e-5 * db.scale)
    }

    @Test(arguments: InstructionSet.available)
    func sampleHasTheSameBitsAloneAndInABatch(_ set: InstructionSet) {
        let (x, w, bias) = tensors(Shape(batch: 5, time: 7, input: 9, output: 20, kernel: 3))
        let tape = Tape(recording: false, instructionSet: set)
        let (weight, offset) = (tape.constant(w), tape.constant(bias))
        let together = tape.conv1d(tape.constant(x), weight, offset).value
        for sample in 0..<5 {
            let own = Tensor(Array(x.values[sample * 63..<(sample + 1) * 63]), shape: [1, 7, 9])
            let alone = tape.conv1d(tape.constant(own), weight, offset).value
            #expect(alone.bits[...] == together.bits[sample * 140..<(sample + 1) * 140])
        }
    }

    @Test(arguments: InstructionSet.available)
    func changedWeightIsPackedAnew(_ set: InstructionSet) {
        let tape = Tape(recording: false, instructionSet: set)
        let x = tape.constant(Tensor([1, 2], shape: [1, 2]))
        let weight = tape.constant(Tensor([3, 4], shape: [1, 2]))
        #expect(tape.linear(x, weight).scalar == 11)
        weight.assign(Tensor([1, 1], shape: [1, 2]))
        #expect(tape.linear(x, weight).scalar == 3)
    }

    @Test func infinityInTheInputReachesTheOutput() {
        let tape = Tape(recording: false)
        let y = tape.conv1d(
            tape.constant(Tensor([1, .infinity, 1], shape: [1, 3, 1])),
            tape.constant(Tensor([1, 1, 1], shape: [1, 1, 3])))
        #expect(y.value.values == [.infinity, .infinity, .infinity])
    }

    private func tensors(_ s: Shape) -> (x: Tensor, weight: Tensor, bias: Tensor) {
        var random = SeededRandom(seed: 1)
        return (
            random.gaussian(shape: [s.batch, s.time, s.input]), random.gaussian(shape: [s.output, s.input, s.kernel]),
            random.gaussian(shape: [s.output])
        )
    }

    private func gradients(
        _ x: Reference, _ w: Reference, _ dy: Reference
    ) -> (x: Reference, weight: Reference, bias: Reference) {
        let (batch, time, input) = (x.shape[0], x.shape[1], x.shape[2])
        let (output, kernel) = (w.shape[0], w.shape[2])
        var (dx, dw, db) = (Reference(zeros: x.shape), Reference(zeros: w.shape), Reference(zeros: [output]))
        for b in 0..<batch {
            for t in 0..<time {
                for o in 0..<output {
                    let g = dy[b, t, o]
                    db.values[o] += g
                    for j in 0..<kernel where t + j >= (kernel - 1) / 2 && t + j - (kernel - 1) / 2 < time {
                        let source = t + j - (kernel - 1) / 2
                        for c in 0..<input {
                            dx[b, source, c] += g * w[o, c, j]
                            dw[o, c, j] += g * x[b, source, c]
                        }
                    }
                }
            }
        }
        return (dx, dw, db)
    }
}
