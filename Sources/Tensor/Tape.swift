internal import CKernels

/// Applies operations to variables and, where it records, remembers how to differentiate them.
///
/// ```swift
/// let tape = Tape()
/// let h = tape.gelu(tape.film(tape.groupNorm(x, groups: 8), code))
/// let y = tape.conv1d(h, weights["down1.conv.weight"], weights["down1.conv.bias"])
/// tape.backward(tape.binaryCrossEntropy(y, targets: hits))
/// ```
///
/// A tape that does not record runs exactly the same kernels without keeping anything: what a network plays is bit for bit
/// what it computed in training. One tape serves one step and one thread.
public final class Tape {
    /// Whether `backward` will be possible.
    public let isRecording: Bool

    /// The instruction set that all operations of this tape use.
    public let instructionSet: InstructionSet

    /// The samples that this tape computes of a larger batch; nil where it computes all.
    public let share: BatchShare?

    let kernels: Kernels

    private struct Entry {
        let output: Variable
        let backward: (Tensor) -> Void
    }

    private var entries: [Entry] = []

    /// - Parameters:
    ///   - share: the samples that it computes of a larger batch; nil for all.
    ///   - instructionSet: must be in `InstructionSet.available`.
    public init(recording: Bool = true, share: BatchShare? = nil, instructionSet: InstructionSet = .current) {
        isRecording = recording
        self.share = share
        self.instructionSet = instructionSet
        kernels = instructionSet.kernels
    }

    /// A variable that no gradient is followed to: data, masks, conditions.
    public func constant(_ value: Tensor) -> Variable { Variable(value, requiresGradient: false) }

    /// A leaf whose gradient `backward` computes although it is no parameter.
    public func input(_ value: Tensor) -> Variable { Variable(value, requiresGradient: true) }

    /// The same value, cut off from the gradient.
    public func detach(_ x: Variable) -> Variable { Variable(x.value, requiresGradient: false) }

    /// Adds the derivative of `loss`, a scalar, to the gradient of every leaf that it depends on.
    ///
    /// The recording is used up: intermediate values are released on the way, and the tape is empty afterwards.
    public func backward(_ loss: Variable) {
        precondition(isRecording, "a tape that does not record cannot differentiate")
        precondition(loss.value.count == 1, "backward starts from a scalar, not from the shape \(loss.shape)")
        precondition(loss.requiresGradient, "the loss depends on no variable that requires a gradient")
        loss.gradient = Tensor(shape: loss.shape, repeating: 1)
        while let entry = entries.popLast() {
            if let gradient = entry.output.gradient.take() { entry.backward(gradient) }
        }
    }

    /// Wraps the result of an operation; `backward` receives the result's gradient and passes it on to the inputs.
    ///
    /// `backward` must not capture the tape (a cycle would keep an unused recording alive).
    func record(_ value: Tensor, from inputs: [Variable], backward: @escaping (Tensor) -> Void) -> Variable {
        guard isRecording, inputs.contains(where: \.requiresGradient) else {
            return Variable(value, requiresGradient: false)
        }
        let output = Variable(value, requiresGradient: true)
        entries.append(Entry(output: output, backward: backward))
        return output
    }
}

/// Shapes `[batch, time, channels]` taken apart.
struct SequenceShape {
    let batch: Int
    let time: Int
    let channels: Int

    init(_ shape: [Int], of operation: String) {
        precondition(shape.count == 3, "\(operation) needs [batch, time, channels], not \(shape)")
        (batch, time, channels) = (shape[0], shape[1], shape[2])
    }

    var rows: Int { batch * time }
    /// Floats of one sample.
    var sampleSize: Int { time * channels }
}
