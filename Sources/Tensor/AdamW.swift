internal import CKernels

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019), computed as PyTorch's `AdamW`.
///
/// ```swift
/// tape.backward(loss)
/// weights.clipGradientNorm(to: 2)
/// optimizer.step(rate: schedule.rate(at: step))
/// weights.clearGradients()
/// ```
public final class AdamW {
    public let beta1: Float
    public let beta2: Float
    public let epsilon: Float
    public let weightDecay: Float

    /// Number of steps taken.
    public private(set) var steps: Int64 = 0

    /// The running means of one parameter's gradient and of its square.
    private final class Moments {
        let name: String
        let variable: Variable
        var first: Tensor
        var second: Tensor

        init(_ name: String, _ variable: Variable) {
            (self.name, self.variable) = (name, variable)
            first = Tensor(shape: variable.shape)
            second = Tensor(shape: variable.shape)
        }
    }

    private let moments: [Moments]
    private let kernels: Kernels

    /// Steps the trainable parameters that `parameters` has now.
    public init(
        _ parameters: Parameters, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8,
        weightDecay: Float = 0.01, instructionSet: InstructionSet = .current
    ) {
        (self.beta1, self.beta2, self.epsilon, self.weightDecay) = (beta1, beta2, epsilon, weightDecay)
        kernels = instructionSet.kernels
        moments = parameters.trainable.map { Moments($0.name, $0.variable) }
    }

    /// Moves every parameter that has a gradient; the gradients stay.
    public func step(rate: Float) {
        steps += 1
        let stepSize = Float(Double(rate) / (1 - power(Double(beta1), steps)))
        let root = Float((1 - power(Double(beta2), steps)).squareRoot())
        let decay = 1 - rate * weightDecay
        for entry in moments {
            guard let gradient = entry.variable.gradient else { continue }
            gradient.read { gradient in
                entry.first.write { m in
                    entry.second.write { v in
                        entry.variable.update { x, count in
                            kernels.pointee.adamw(
                                x, gradient, m, v, count, beta1, beta2, epsilon, stepSize, root, decay)
                        }
                    }
                }
            }
        }
    }

    /// Adds the moments and the step count to a checkpoint.
    public func store(in file: inout Safetensors, prefix: String = "optimizer.") {
        for entry in moments {
            file.set(prefix + entry.name + ".exp_avg", entry.first)
            file.set(prefix + entry.name + ".exp_avg_sq", entry.second)
        }
        file.set(prefix + "step", integers: [steps])
    }

    /// Continues from a checkpoint that `store` wrote for the same network; changes nothing where it throws.
    public func load(from file: Safetensors, prefix: String = "optimizer.") throws(SafetensorsError) {
        var loaded: [(first: Tensor, second: Tensor)] = []
        for entry in moments {
            let (name, shape) = (prefix + entry.name, entry.variable.shape)
            loaded.append(
                (
                    try file.tensor(name + ".exp_avg", shape: shape),
                    try file.tensor(name + ".exp_avg_sq", shape: shape)
                ))
        }
        let counter = try file.integers(prefix + "step", count: 1)
        guard counter[0] >= 0 else { throw .badValue(name: prefix + "step", problem: "is negative") }
        for (entry, values) in zip(moments, loaded) { (entry.first, entry.second) = values }
        steps = counter[0]
    }

    private func power(_ base: Double, _ exponent: Int64) -> Double {
        var (result, square, rest) = (1.0, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            square *= square
            rest >>= 1
        }
        return result
    }
}
