internal import CKernels

/// The weights of a network in a fixed order, by PyTorch's names and in PyTorch's axis order.
///
/// Trainable parameters receive gradients; buffers (such as the vectors of `Tape.spectralNorm`) do not, but are stored
/// with them.
public final class Parameters {
    private struct Entry {
        let name: String
        let variable: Variable
        let isTrainable: Bool
    }

    private var entries: [Entry] = []
    private var positions: [String: Int] = [:]

    public init() {}

    /// Adds a parameter under a new name and returns it.
    @discardableResult
    public func add(_ name: String, _ value: Tensor) -> Variable { insert(name, value, isTrainable: true) }

    /// Adds a buffer: stored and loaded with the parameters, never differentiated or stepped.
    @discardableResult
    public func addBuffer(_ name: String, _ value: Tensor) -> Variable { insert(name, value, isTrainable: false) }

    private func insert(_ name: String, _ value: Tensor, isTrainable: Bool) -> Variable {
        precondition(positions[name] == nil, "there is a parameter named \(name) already")
        let variable = Variable(value, requiresGradient: isTrainable && !isFrozen)
        positions[name] = entries.count
        entries.append(Entry(name: name, variable: variable, isTrainable: isTrainable))
        return variable
    }

    /// The parameter or buffer of that name; asking for one that was never added is a programming error.
    public subscript(name: String) -> Variable {
        guard let position = positions[name] else { preconditionFailure("there is no parameter named \(name)") }
        return entries[position].variable
    }

    /// Whether there is a parameter or buffer of that name.
    public func contains(_ name: String) -> Bool { positions[name] != nil }

    /// Names of all parameters and buffers, in the order in which they were added.
    public var names: [String] { entries.map(\.name) }

    /// What optimisers step: names and variables without the buffers, in order.
    public var trainable: [(name: String, variable: Variable)] {
        entries.lazy.filter(\.isTrainable).map { ($0.name, $0.variable) }
    }

    /// Number of trainable weights.
    public var weightCount: Int { trainable.reduce(0) { $0 + $1.variable.value.count } }

    /// While true, no gradient is computed for the weights, but it still flows through the network to its input: for the
    /// critic in the generator's step.
    public var isFrozen = false {
        didSet { for entry in entries { entry.variable.requiresGradient = entry.isTrainable && !isFrozen } }
    }

    /// Forgets all gradients.
    public func clearGradients() { for entry in entries { entry.variable.clearGradient() } }

    /// Lets `body` change all gradients in one row, in the order of the parameters; those that no loss reached are left out.
    public func updateGradients(_ body: (UnsafeMutableBufferPointer<Float>) -> Void) {
        let variables = trainable.map(\.variable).filter { $0.gradient != nil }
        let count = variables.reduce(0) { $0 + $1.value.count }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { row in
            var place = row.baseAddress!
            for variable in variables {
                variable.gradient?.read { place.initialize(from: $0, count: variable.value.count) }
                place += variable.value.count
            }
            body(row)
            place = row.baseAddress!
            for variable in variables {
                variable.gradient = Tensor(shape: variable.shape) {
                    $0.update(from: place, count: variable.value.count)
                }
                place += variable.value.count
            }
        }
    }

    /// Scales all gradients together so that their common Euclidean norm is at most `maximum`.
    ///
    /// - Returns: the norm before; NaN or infinity tells that training diverged (the gradients are then left alone).
    @discardableResult
    public func clipGradientNorm(to maximum: Float, instructionSet: InstructionSet = .current) -> Float {
        let kernels = instructionSet.kernels
        var total = 0.0
        for (_, variable) in trainable {
            guard let gradient = variable.gradient else { continue }
            total += gradient.read { kernels.pointee.sum_of_squares($0, gradient.count) }
        }
        let norm = Float(total.squareRoot())
        let factor = maximum / (norm + 1e-6)
        guard norm.isFinite, factor < 1 else { return norm }
        for (_, variable) in trainable {
            guard var gradient = variable.gradient.take() else { continue }
            let count = gradient.count
            gradient.write { kernels.pointee.scale($0, factor, 0, $0, count) }
            variable.gradient = gradient
        }
        return norm
    }

    /// Replaces the values by those of a file.
    ///
    /// - Parameters:
    ///   - prefix: stands before every name in the file.
    ///   - names: the parameters that are replaced; nil replaces all.
    /// - Throws: where a name is missing, a shape differs or a value is not finite; nothing is changed then.
    public func load(
        from file: Safetensors, prefix: String = "", only names: Set<String>? = nil
    ) throws(SafetensorsError) {
        var values: [Tensor] = []
        let entries = entries.filter { names?.contains($0.name) ?? true }
        for entry in entries {
            let value = try file.tensor(prefix + entry.name, shape: entry.variable.shape)
            guard value.isFinite else { throw .notFinite(name: prefix + entry.name) }
            values.append(value)
        }
        for (entry, value) in zip(entries, values) { entry.variable.assign(value) }
    }

    /// Adds all parameters and buffers to a file.
    public func store(in file: inout Safetensors, prefix: String = "", as type: Safetensors.FloatType = .float32) {
        for entry in entries { file.set(prefix + entry.name, entry.variable.value, as: type) }
    }
}
