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

    private struct Moments {
        let name: String
        let variable: Variable
        var first: Tensor
        var second: Tensor
    }

    private var moments: [Moments]
    private let kernels: Kernels

    /// Steps the trainable parameters that `parameters` has now.
    public init(
        _ parameters: Parameters, beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8,
        weightDecay: Float = 0.01, instructionSet: InstructionSet = .current
    ) {
        (self.beta1, self.beta2, self.epsilon, self.weightDecay) = (beta1, beta2, epsilon, weightDecay)
        kernels = instructionSet.kernels
        moments = parameters.trainable.map {
            Moments(
                name: $0.name, variable: $0.variable, first: Tensor(shape: $0.variable.shape),
                second: Tensor(shape: $0.variable.shape))
        }
    }

    /// Moves every parameter that has a gradient; the gradients stay.
    public func step(rate: Float) {
        steps += 1
        let stepSize = Float(Double(rate) / (1 - power(Double(beta1), steps)))
        let root = Float((1 - power(Double(beta2), steps)).squareRoot())
        let decay = 1 - rate * weightDecay
        for i in moments.indices {
            let variable = moments[i].variable
            guard let gradient = variable.gradient else { continue }
            let count = gradient.count
            gradient.read { gradient in
                moments[i].first.write { m in
                    moments[i].second.write { v in
                        variable.update { x in
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
        var loaded = moments
        for i in loaded.indices {
            let shape = loaded[i].variable.shape
            loaded[i].first = try file.tensor(prefix + loaded[i].name + ".exp_avg", shape: shape)
            loaded[i].second = try file.tensor(prefix + loaded[i].name + ".exp_avg_sq", shape: shape)
        }
        let counter = try file.integers(prefix + "step", count: 1)
        guard counter[0] >= 0 else { throw .badValue(name: prefix + "step", problem: "is negative") }
        (moments, steps) = (loaded, counter[0])
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
