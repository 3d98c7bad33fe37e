/// Weights of whole layers with PyTorch's initial distributions: uniform within 1 / sqrt(fan-in), biases too.
extension Parameters {
    /// Adds `name.weight` `[out, in, kernel]` and `name.bias` `[out]` for `Tape.conv1d`.
    public func addConvolution(
        _ name: String, in input: Int, out output: Int, kernel: Int, bias: Bool = true, using random: inout SeededRandom
    ) {
        let bound = 1 / Float(input * kernel).squareRoot()
        addLayer(name, [output, input, kernel], bias: bias ? output : nil, bound, &random)
    }

    /// Adds `name.weight` `[in, out, kernel]` and `name.bias` `[out]` for `Tape.convTranspose1d`.
    ///
    /// Each output step sees one tap only, so the bound is 1 / sqrt(in) (PyTorch counts out * kernel instead).
    public func addTransposedConvolution(
        _ name: String, in input: Int, out output: Int, kernel: Int, bias: Bool = true, using random: inout SeededRandom
    ) {
        addLayer(name, [input, output, kernel], bias: bias ? output : nil, 1 / Float(input).squareRoot(), &random)
    }

    /// Adds `name.weight` `[out, in]` and `name.bias` `[out]` for `Tape.linear`.
    public func addLinear(
        _ name: String, in input: Int, out output: Int, bias: Bool = true, using random: inout SeededRandom
    ) {
        addLayer(name, [output, input], bias: bias ? output : nil, 1 / Float(input).squareRoot(), &random)
    }

    /// Adds `name.weight` (ones) and `name.bias` (zeros), both `[channels]`, for `Tape.groupNorm`.
    public func addGroupNorm(_ name: String, channels: Int) {
        add(name + ".weight", Tensor(shape: [channels], repeating: 1))
        add(name + ".bias", Tensor(shape: [channels]))
    }

    /// Adds the buffers `name.weight_u` and `name.weight_v` for `Tape.spectralNorm` of the weight `name.weight`.
    ///
    /// They start as random directions brought near the singular vectors by 15 power iterations, as PyTorch's do.
    public func addSpectralNorm(_ name: String, using random: inout SeededRandom) {
        let weight = self[name + ".weight"]
        let rows = weight.shape[0]
        let u = addBuffer(name + ".weight_u", random.gaussian(shape: [rows]))
        let v = addBuffer(name + ".weight_v", random.gaussian(shape: [weight.value.count / rows]))
        _ = Tape(recording: false).spectralNorm(weight, u: u, v: v, iterations: 15)
    }

    private func addLayer(_ name: String, _ shape: [Int], bias: Int?, _ bound: Float, _ random: inout SeededRandom) {
        add(name + ".weight", random.uniform(shape: shape, bound: bound))
        if let bias { add(name + ".bias", random.uniform(shape: [bias], bound: bound)) }
    }
}
