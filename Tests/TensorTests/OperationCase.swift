import Tensor
import Testing

@testable import TensorReference

/// One operation of the tape with its inputs and its definition in double precision.
struct OperationCase: Sendable, CustomTestStringConvertible {
    let name: String
    let shapes: [[Int]]
    let operation: @Sendable (Tape, [Variable]) -> Variable
    let reference: @Sendable ([Reference]) -> Reference
    /// What the gradient follows where the output itself is a hard sample.
    var surrogate: (@Sendable ([Reference]) -> Reference)?

    var testDescription: String { name }

    init(
        _ name: String, _ shapes: [Int]..., deviation: Float = 0.8,
        surrogate: (@Sendable ([Reference]) -> Reference)? = nil,
        tape operation: @escaping @Sendable (Tape, [Variable]) -> Variable,
        loops reference: @escaping @Sendable ([Reference]) -> Reference
    ) {
        (self.name, self.shapes, self.operation, self.reference) = (name, shapes, operation, reference)
        (self.deviation, self.surrogate) = (deviation, surrogate)
    }

    /// Standard deviation of the inputs.
    var deviation: Float = 0.8

    /// Values around 0, never close to the kink of a leaky ReLU or hinge.
    func inputs() -> [Tensor] {
        var random = SeededRandom(seed: 7)
        return shapes.map { shape in
            let values = (0..<shape.reduce(1, *)).map { _ in
                let x = deviation * random.gaussian()
                return abs(x) < 0.01 ? x + 0.02 : x
            }
            return Tensor(values, shape: shape)
        }
    }
}
