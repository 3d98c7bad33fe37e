import Tensor

/// Weights by name in double precision, and what the networks are made of, written from their description.
struct ReferenceWeights {
    var values: [String: Reference]

    init(_ parameters: Parameters) {
        values = Dictionary(uniqueKeysWithValues: parameters.names.map { ($0, Reference(parameters[$0].value)) })
    }

    subscript(name: String) -> Reference { values[name]! }

    func convolution(_ name: String, _ x: Reference, stride: Int = 1) -> Reference {
        x.conv1d(self[name + ".weight"], self[name + ".bias"], stride: stride)
    }

    func transposed(_ name: String, _ x: Reference) -> Reference {
        x.convTranspose1d(self[name + ".weight"], self[name + ".bias"])
    }

    func linear(_ name: String, _ x: Reference) -> Reference { x.linear(self[name + ".weight"], self[name + ".bias"]) }

    /// Normalise in eight groups, modulate (by the code, or by a gain and a bias), GELU, convolve, GELU, mix, add.
    func block(_ name: String, _ x: Reference, code: Reference? = nil) -> Reference {
        let normal =
            code.map { x.groupNorm(groups: 8).film(linear(name + ".film", $0)) }
            ?? x.groupNorm(groups: 8, self[name + ".norm.weight"], self[name + ".norm.bias"])
        let h = convolution(name + ".conv", normal.map(gaussianErrorLinear)).map(gaussianErrorLinear)
        return x + convolution(name + ".mix", h)
    }

    func generator(condition: Reference, code: Reference) -> Reference {
        let steps = block("generator.down0", convolution("generator.input", condition), code: code)
        let sixteenths = block(
            "generator.down1", convolution("generator.stride1", steps, stride: 3), code: code)
        let beats = block("generator.down2", convolution("generator.stride2", sixteenths, stride: 4), code: code)
        let bars = block("generator.down3", convolution("generator.stride3", beats, stride: 4), code: code)
        var h = block("generator.up2", transposed("generator.rise3", bars) + beats, code: code)
        h = block("generator.up1", transposed("generator.rise2", h) + sixteenths, code: code)
        h = block("generator.up0", transposed("generator.rise1", h) + steps, code: code)
        return convolution("generator.head", block("generator.last", h, code: code))
    }

    func plan(melody: Reference) -> Reference {
        let beats = block("plan.beat1", block("plan.beat0", convolution("plan.input", melody)))
        return convolution("plan.head", block("plan.half", convolution("plan.stride", beats, stride: 2)))
    }

    /// - Returns: `[batch, 48]`: means, then log variances.
    func styleEncoder(score: Reference) -> Reference {
        let sixteenths = block("style.sixteenth", convolution("style.stride1", score, stride: 3))
        let beats = block("style.beat", convolution("style.stride2", sixteenths, stride: 4))
        return linear("style.code", beats.meanOverTime().concat(beats.maxOverTime()))
    }

    /// - Returns: verdicts on beats and bars, `[batch, beats, 1]` and `[batch, bars, 1]`.
    func critic(condition: Reference, score: Reference) -> (beats: Reference, bars: Reference) {
        func layer(_ name: String, _ x: Reference, stride: Int = 1) -> Reference {
            x.conv1d(spectrallyNormal("critic." + name), self["critic.\(name).bias"], stride: stride)
        }
        func leaky(_ x: Reference) -> Reference { x.map { $0 > 0 ? $0 : 0.2 * $0 } }
        var h = leaky(layer("step", condition.concat(score)))
        h = leaky(layer("sixteenth", h, stride: 3))
        h = leaky(layer("beat", h, stride: 4))
        h = leaky(layer("context", h))
        return (layer("beatVerdict", h), layer("barVerdict", leaky(layer("bar", h, stride: 4))))
    }

    /// The weight over u W v, with the vectors as they are.
    private func spectrallyNormal(_ name: String) -> Reference {
        let weight = self[name + ".weight"]
        let u = self[name + ".weight_u"].values
        let v = self[name + ".weight_v"].values
        var sigma = 0.0
        for (row, left) in u.enumerated() {
            for (column, right) in v.enumerated() { sigma += left * weight.values[row * v.count + column] * right }
        }
        return weight.map { $0 / sigma }
    }
}

extension Reference {
    /// The sum of products: what a fixed weighting makes of an output, so that it has one gradient.
    func dot(_ other: Reference) -> Double { (self * other).total }
}

/// A layer's gradient along one random direction, by the tape and by central differences of the reference.
struct DirectionalDerivative: CustomStringConvertible {
    var layer: String
    var tape: Double
    var differences: Double
    /// Norm of the layer's gradient: what an error is measured against.
    var norm: Double

    var error: Double { abs(tape - differences) / max(norm, 1e-9) }
    var description: String { "\(layer): \(tape) by the tape, \(differences) by differences, norm \(norm)" }

    /// Differentiates along every layer of a network (weight and bias together).
    ///
    /// - Parameters:
    ///   - parameters: with their gradients.
    ///   - loss: the loss as the reference computes it from weights.
    static func all(_ parameters: Parameters, loss: (ReferenceWeights) -> Double) -> [DirectionalDerivative] {
        var random = SeededRandom(seed: 17)
        var weights = ReferenceWeights(parameters)
        var layers: [String] = []
        for (name, _) in parameters.trainable {
            let layer = layerName(name)
            if layers.last != layer { layers.append(layer) }
        }
        return layers.map { layer in
            let members = parameters.trainable.filter { layerName($0.name) == layer }
            let directions = members.map { Reference(random.gaussian(shape: $0.variable.shape)) }
            let start = members.map { weights[$0.name] }
            var along = 0.0
            var square = 0.0
            for (member, direction) in zip(members, directions) {
                let gradient = member.variable.gradient.map { Reference($0) } ?? Reference(zeros: member.variable.shape)
                along += gradient.dot(direction)
                square += gradient.dot(gradient)
            }
            func moved(_ step: Double) -> Double {
                for (index, member) in members.enumerated() {
                    weights.values[member.name] = start[index] + directions[index].map { $0 * step }
                }
                return loss(weights)
            }
            let step = 1e-6
            let differences = (moved(step) - moved(-step)) / (2 * step)
            for (index, member) in members.enumerated() { weights.values[member.name] = start[index] }
            return DirectionalDerivative(
                layer: layer, tape: along, differences: differences, norm: square.squareRoot())
        }
    }

    private static func layerName(_ name: String) -> String {
        name.split(separator: ".").dropLast().joined(separator: ".")
    }
}

/// Planes as the networks hear them: mostly zeros, some ones.
func sparsePlanes(_ shape: [Int], share: Float = 0.08, using random: inout SeededRandom) -> Tensor {
    var values = [Float](repeating: 0, count: shape.reduce(1, *))
    for index in values.indices where random.uniform() < share { values[index] = 1 }
    return Tensor(values, shape: shape)
}
