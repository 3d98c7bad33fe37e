import Tensor

/// One weight that a network has: its name, its shape in PyTorch's axis order, and how it starts.
public struct WeightShape: Hashable, Sendable {
    public enum Start: Hashable, Sendable {
        case zero, one
        /// Uniform within 1 / sqrt(inputs of one output), as PyTorch's convolutions start.
        case uniform(inputs: Int)
    }

    public let name: String
    public let shape: [Int]
    public let start: Start

    /// A fresh value.
    public func initial(using random: inout SeededRandom) -> Tensor {
        switch start {
        case .zero: Tensor(shape: shape)
        case .one: Tensor(shape: shape, repeating: 1)
        case .uniform(let inputs): random.uniform(shape: shape, bound: 1 / Float(inputs).squareRoot())
        }
    }

    /// `name.weight` `[output, input, kernel]` and `name.bias` `[output]`.
    public static func convolution(_ name: String, from input: Int, to output: Int, kernel: Int) -> [WeightShape] {
        layer(name, shape: [output, input, kernel], output: output, inputs: input * kernel)
    }

    /// A transposed convolution with stride = kernel: each output sees every input channel once.
    static func transposed(_ name: String, from input: Int, to output: Int, kernel: Int) -> [WeightShape] {
        layer(name, shape: [input, output, kernel], output: output, inputs: input)
    }

    /// `name.weight` `[output, input]` and `name.bias` `[output]`.
    public static func linear(_ name: String, from input: Int, to output: Int) -> [WeightShape] {
        layer(name, shape: [output, input], output: output, inputs: input)
    }

    private static func layer(_ name: String, shape: [Int], output: Int, inputs: Int) -> [WeightShape] {
        [
            WeightShape(name: "\(name).weight", shape: shape, start: .uniform(inputs: inputs)),
            WeightShape(name: "\(name).bias", shape: [output], start: .uniform(inputs: inputs)),
        ]
    }
}

/// A residual block over time: normalise, modulate by the code, GELU, convolve, GELU, mix the channels, add to the input.
///
/// Without a code the normalisation has a gain and a bias of its own.
public struct ResidualBlock: Sendable {
    let name: String
    let channels: Int
    let kernel: Int
    /// Size of the code; 0 for none.
    let code: Int

    public init(name: String, channels: Int, kernel: Int, code: Int) {
        self.name = name
        self.channels = channels
        self.kernel = kernel
        self.code = code
    }

    public var shapes: [WeightShape] {
        let modulation =
            code > 0
            ? WeightShape.linear("\(name).film", from: code, to: 2 * channels)
            : [
                WeightShape(name: "\(name).norm.weight", shape: [channels], start: .one),
                WeightShape(name: "\(name).norm.bias", shape: [channels], start: .zero),
            ]
        return modulation
            + WeightShape.convolution("\(name).conv", from: channels, to: channels, kernel: kernel)
            + WeightShape.convolution("\(name).mix", from: channels, to: channels, kernel: 1)
    }

    /// - Parameters:
    ///   - x: `[batch, time, channels]`
    ///   - code: `[batch, code]`; ignored by a block without one.
    ///   - dropout: applied between the two convolutions; nil for none.
    public func callAsFunction(
        _ tape: Tape, _ weights: Parameters, _ x: Variable, code: Variable?,
        dropout: ((Variable) -> Variable)? = nil
    ) -> Variable {
        var h: Variable
        if self.code > 0, let code {
            let modulation = tape.linear(code, weights["\(name).film.weight"], weights["\(name).film.bias"])
            h = tape.groupNormFiLMGELU(x, groups: 8, modulation: modulation)
        } else {
            h = tape.groupNormFiLMGELU(
                x, groups: 8, weight: weights["\(name).norm.weight"], bias: weights["\(name).norm.bias"])
        }
        h = tape.gelu(tape.conv1d(h, weights["\(name).conv.weight"], weights["\(name).conv.bias"]))
        if let dropout { h = dropout(h) }
        return tape.add(x, tape.conv1d(h, weights["\(name).mix.weight"], weights["\(name).mix.bias"]))
    }
}

extension Parameters {
    /// Adds a fresh value for every shape.
    public func add(_ shapes: [WeightShape], using random: inout SeededRandom) {
        for shape in shapes { add(shape.name, shape.initial(using: &random)) }
    }

    /// The weights of these shapes from a file, frozen: for playing.
    ///
    /// - Throws: where a name is missing, a shape differs or a value is not finite.
    public static func frozen(_ shapes: [WeightShape], from file: Safetensors) throws(SafetensorsError) -> Parameters {
        let parameters = Parameters()
        for shape in shapes { parameters.add(shape.name, Tensor(shape: shape.shape)) }
        try parameters.load(from: file)
        parameters.isFrozen = true
        return parameters
    }
}
