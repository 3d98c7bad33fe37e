import Tensor

@testable import TensorReference

/// The operations of the tape, each beside its definition.
extension OperationCase {
    private static let mask = Tensor([1, 1, 0, 1, 0.5, 1, 0, 1, 1, 1], shape: [2, 5])
    private static let classTargets: [Int32] = (0..<20).map { Int32($0 * 7 % 3) }

    static let all: [OperationCase] = products + elementwise + shapes + normalizations + losses + samples + [network]

    static let products: [OperationCase] = [
        OperationCase("conv1d with 3 taps", [2, 5, 7], [6, 7, 3], [6]) {
            $0.conv1d($1[0], $1[1], $1[2])
        } loops: {
            $0[0].conv1d($0[1], $0[2])
        },
        OperationCase("conv1d with 4 taps", [2, 5, 3], [5, 3, 4], [5]) {
            $0.conv1d($1[0], $1[1], $1[2])
        } loops: {
            $0[0].conv1d($0[1], $0[2])
        },
        OperationCase("conv1d with 5 taps over 2 steps", [3, 2, 3], [4, 3, 5]) {
            $0.conv1d($1[0], $1[1])
        } loops: {
            $0[0].conv1d($0[1])
        },
        OperationCase("conv1d with 1 tap", [2, 4, 5], [17, 5, 1], [17]) {
            $0.conv1d($1[0], $1[1], $1[2])
        } loops: {
            $0[0].conv1d($0[1], $0[2])
        },
        OperationCase("conv1d with stride 3", [2, 6, 5], [4, 5, 3], [4]) {
            $0.conv1d($1[0], $1[1], $1[2], stride: 3)
        } loops: {
            $0[0].conv1d($0[1], $0[2], stride: 3)
        },
        OperationCase("convTranspose1d", [2, 3, 5], [5, 4, 3], [4]) {
            $0.convTranspose1d($1[0], $1[1], $1[2])
        } loops: {
            $0[0].convTranspose1d($0[1], $0[2])
        },
        OperationCase("linear of a code", [3, 5], [9, 5], [9]) {
            $0.linear($1[0], $1[1], $1[2])
        } loops: {
            $0[0].linear($0[1], $0[2])
        },
        OperationCase("linear of a sequence", [2, 3, 5], [4, 5]) {
            $0.linear($1[0], $1[1])
        } loops: {
            $0[0].linear($0[1])
        },
        OperationCase("spectralNorm", [4, 3, 2]) { tape, x in
            let parameters = Parameters()
            let u = parameters.addBuffer("u", Tensor([0.5, -0.5, 0.5, 0.5], shape: [4]))
            let v = parameters.addBuffer("v", Tensor([0.1, 0.7, 0.1, -0.5, 0.3, 0.4], shape: [6]))
            return tape.spectralNorm(x[0], u: u, v: v, iterations: 0)
        } loops: { x in
            let (u, v) = ([0.5, -0.5, 0.5, 0.5], [0.1, 0.7, 0.1, -0.5, 0.3, 0.4].map { Double(Float($0)) })
            let sigma = x[0].values.indices.reduce(0) { $0 + u[$1 / 6] * x[0].values[$1] * v[$1 % 6] }
            return x[0].map { $0 / sigma }
        },
    ]

    static let elementwise: [OperationCase] = [
        OperationCase("add", [2, 3, 7], [2, 3, 7]) {
            $0.add($1[0], $1[1])
        } loops: {
            $0[0] + $0[1]
        },
        OperationCase("subtract", [2, 3, 7], [2, 3, 7]) {
            $0.subtract($1[0], $1[1])
        } loops: {
            $0[0] + $0[1].map { -$0 }
        },
        OperationCase("multiply", [2, 3, 7], [2, 3, 7]) {
            $0.multiply($1[0], $1[1])
        } loops: {
            $0[0] * $0[1]
        },
        OperationCase("a square", [5, 7]) {
            $0.multiply($1[0], $1[0])
        } loops: {
            $0[0] * $0[0]
        },
        OperationCase("one input used three times", [5, 7]) { tape, x in
            tape.add(tape.add(x[0], tape.tanh(x[0])), x[0])
        } loops: {
            $0[0].map { 2 * $0 + hyperbolicTangent($0) }
        },
        OperationCase("scale", [37]) {
            $0.scale($1[0], by: -1.5, plus: 0.25)
        } loops: {
            $0[0].map { -1.5 * $0 + 0.25 }
        },
        OperationCase("gelu", [37]) {
            $0.gelu($1[0])
        } loops: {
            $0[0].map(gaussianErrorLinear)
        },
        OperationCase("leakyReLU", [37]) {
            $0.leakyReLU($1[0], slope: 0.2)
        } loops: {
            $0[0].map { $0 > 0 ? $0 : Double(Float(0.2)) * $0 }
        },
        OperationCase("sigmoid", [37]) {
            $0.sigmoid($1[0])
        } loops: {
            $0[0].map(logistic)
        },
        OperationCase("tanh", [37]) {
            $0.tanh($1[0])
        } loops: {
            $0[0].map(hyperbolicTangent)
        },
        OperationCase("exp", [37]) {
            $0.exp($1[0])
        } loops: {
            $0[0].map(exponential)
        },
        OperationCase("softmax of 3 classes", [2, 2, 6]) {
            $0.softmax($1[0], classes: 3)
        } loops: {
            $0[0].softmax(3)
        },
        OperationCase("softmax of 21 classes", [2, 42]) {
            $0.softmax($1[0], classes: 21)
        } loops: {
            $0[0].softmax(21)
        },
        OperationCase("logSoftmax", [2, 38]) {
            $0.logSoftmax($1[0], classes: 19)
        } loops: {
            $0[0].softmax(19).map(logarithm)
        },
    ]

    static let shapes: [OperationCase] = [
        OperationCase("reshape", [2, 3, 4]) {
            $0.reshape($1[0], [6, 4])
        } loops: {
            Reference(shape: [6, 4], $0[0].values)
        },
        OperationCase("concat", [2, 3, 4], [2, 3, 1], [2, 3, 5]) {
            $0.concat($1)
        } loops: {
            $0[0].concat($0[1]).concat($0[2])
        },
        OperationCase("slice", [2, 3, 7]) {
            $0.slice($1[0], channels: 2..<5)
        } loops: {
            $0[0].slice(2..<5)
        },
        OperationCase("split", [2, 3, 6]) { tape, x in
            let parts = tape.split(x[0], sizes: [2, 4])
            return tape.concat([parts[1], parts[0]])
        } loops: {
            $0[0].slice(2..<6).concat($0[0].slice(0..<2))
        },
        OperationCase("broadcastOverTime", [3, 5]) {
            $0.broadcastOverTime($1[0], steps: 4)
        } loops: {
            $0[0].broadcastOverTime(4)
        },
        OperationCase("meanOverTime", [2, 5, 19]) {
            $0.meanOverTime($1[0])
        } loops: {
            $0[0].meanOverTime()
        },
        OperationCase("meanOverTime with a mask", [2, 5, 3]) {
            $0.meanOverTime($1[0], mask: mask)
        } loops: {
            $0[0].meanOverTime(mask)
        },
        OperationCase("maxOverTime", [2, 5, 3]) {
            $0.maxOverTime($1[0])
        } loops: {
            $0[0].maxOverTime()
        },
        OperationCase("maxOverTime with a mask", [2, 5, 3]) {
            $0.maxOverTime($1[0], mask: mask)
        } loops: {
            $0[0].maxOverTime(mask)
        },
        OperationCase("sum", [2, 5, 3]) {
            $0.sum($1[0])
        } loops: {
            Reference(shape: [1], [$0[0].total])
        },
        OperationCase("mean", [2, 5, 3]) {
            $0.mean($1[0])
        } loops: {
            Reference(shape: [1], [$0[0].total / 30])
        },
    ]

    static let normalizations: [OperationCase] = [
        OperationCase("groupNorm", [2, 5, 6]) {
            $0.groupNorm($1[0], groups: 3)
        } loops: {
            $0[0].groupNorm(groups: 3)
        },
        OperationCase("groupNorm with weights", [2, 3, 20], [20], [20]) {
            $0.groupNorm($1[0], groups: 4, weight: $1[1], bias: $1[2])
        } loops: {
            $0[0].groupNorm(groups: 4, $0[1], $0[2])
        },
        OperationCase("film", [2, 3, 18], [2, 36]) {
            $0.film($1[0], $1[1])
        } loops: {
            $0[0].film($0[1])
        },
        OperationCase("groupNormFiLMGELU", [2, 5, 6], [6], [6], [2, 12]) {
            $0.groupNormFiLMGELU($1[0], groups: 2, weight: $1[1], bias: $1[2], modulation: $1[3])
        } loops: {
            $0[0].groupNorm(groups: 2, $0[1], $0[2]).film($0[3]).map(gaussianErrorLinear)
        },
    ]

    static let losses: [OperationCase] = [
        OperationCase("binaryCrossEntropy", [2, 5, 3]) {
            $0.binaryCrossEntropy($1[0], targets: hits)
        } loops: {
            $0[0].binaryCrossEntropy(hits)
        },
        OperationCase("binaryCrossEntropy with a mask and channel weights", [2, 5, 3]) {
            $0.binaryCrossEntropy($1[0], targets: hits, weights: Tensor([1, 2, 0.5], shape: [3]), mask: mask)
        } loops: {
            $0[0].binaryCrossEntropy(hits, weights: Tensor([1, 2, 0.5], shape: [3]), mask: mask)
        },
        OperationCase("binaryCrossEntropy with weights of its shape", [2, 5, 3]) {
            $0.binaryCrossEntropy($1[0], targets: hits, weights: spread)
        } loops: {
            $0[0].binaryCrossEntropy(hits, weights: spread)
        },
        OperationCase("crossEntropy", [2, 5, 6]) {
            $0.crossEntropy($1[0], targets: classTargets, classes: 3)
        } loops: {
            $0[0].crossEntropy(classTargets, classes: 3)
        },
        OperationCase("crossEntropy of 20 classes with a mask and smoothing", [2, 5, 20]) {
            $0.crossEntropy($1[0], targets: Array(classTargets[..<10]), classes: 20, mask: mask, smoothing: 0.05)
        } loops: {
            $0[0].crossEntropy(
                Array(classTargets[..<10]), classes: 20, mask: mask, smoothing: Double(Float(0.05)))
        },
        OperationCase("crossEntropy with a mask a group", [2, 5, 6]) {
            $0.crossEntropy($1[0], targets: classTargets, classes: 3, mask: groupMask)
        } loops: {
            $0[0].crossEntropy(classTargets, classes: 3, mask: groupMask)
        },
        OperationCase("marginalCrossEntropy", [2, 5, 18]) {
            $0.marginalCrossEntropy($1[0], targets: Array(classTargets[..<10]), bins: bins, mask: mask)
        } loops: {
            $0[0].marginalCrossEntropy(Array(classTargets[..<10]), bins: bins, mask: mask)
        },
        OperationCase("klDivergence", [3, 4], [3, 4]) {
            $0.klDivergence(mean: $1[0], logVariance: $1[1], freeBits: 0.4)
        } loops: {
            Reference.klDivergence($0[0], $0[1], freeBits: 0.4)
        },
        OperationCase("hingeCriticLoss", [2, 5, 1], [2, 5, 1]) {
            $0.hingeCriticLoss(real: $1[0], fake: $1[1], mask: mask)
        } loops: {
            $0[0].weightedMean(mask) { max(0, 1 - $0) } + $0[1].weightedMean(mask) { max(0, 1 + $0) }
        },
        OperationCase("hingeGeneratorLoss", [2, 5, 1]) {
            $0.hingeGeneratorLoss(fake: $1[0])
        } loops: {
            $0[0].weightedMean(nil) { -$0 }
        },
        OperationCase("a loss that is scaled", [2, 5, 3]) { tape, x in
            tape.scale(tape.binaryCrossEntropy(x[0], targets: hits), by: 0.15)
        } loops: {
            $0[0].binaryCrossEntropy(hits).map { Double(Float(0.15)) * $0 }
        },
    ]

    static let samples: [OperationCase] = [
        OperationCase("dropout", [5, 7]) { tape, x in
            var random = SeededRandom(seed: 3)
            return tape.isRecording ? tape.dropout(x[0], probability: 0.3, using: &random) : droppedOut(tape, x[0])
        } loops: { x in
            var random = SeededRandom(seed: 3)
            return x[0].map { random.uniform() < 0.3 ? 0 : $0 * Double(1 / Float(0.7)) }
        },
        OperationCase("gaussianSample", [3, 4], [3, 4]) {
            var random = SeededRandom(seed: 3)
            return $0.gaussianSample(mean: $1[0], logVariance: $1[1], using: &random)
        } loops: {
            var random = SeededRandom(seed: 3)
            return $0[0] + $0[1].map { exponential(0.5 * $0) } * Reference(random.gaussian(shape: [3, 4]))
        },
        OperationCase("bernoulliSample", [4, 9], surrogate: { $0[0].map(logistic) }) {
            var random = SeededRandom(seed: 3)
            return $0.bernoulliSample($1[0], using: &random)
        } loops: {
            var random = SeededRandom(seed: 3)
            return $0[0].map { Double(random.uniform()) < logistic($0) ? 1 : 0 }
        },
        OperationCase(
            "gumbelSoftmaxSample", [4, 9],
            surrogate: { x in
                var random = SeededRandom(seed: 3)
                return x[0].map { ($0 + Double(random.gumbel())) / 0.5 }.softmax(3)
            }
        ) {
            var random = SeededRandom(seed: 3)
            return $0.gumbelSoftmaxSample($1[0], classes: 3, temperature: 0.5, using: &random)
        } loops: { x in
            var random = SeededRandom(seed: 3)
            let perturbed = x[0].map { $0 + Double(random.gumbel()) }
            var y = x[0]
            for g in stride(from: 0, to: y.values.count, by: 3) {
                let best = perturbed.values[g..<g + 3].max()
                for i in g..<g + 3 { y.values[i] = perturbed.values[i] == best ? 1 : 0 }
            }
            return y
        },
    ]

    /// A small generator with a loss of each kind: x, two convolutions, code, modulation, down, up, head.
    static let network = OperationCase(
        "a network of everything", [2, 6, 4], [2, 3], [8, 4, 3], [8], [16, 3], [16], [8, 8, 3], [8], [8, 8, 3], [8],
        [9, 16, 1], [9], deviation: 0.3
    ) { tape, x in
        let h = tape.conv1d(x[0], x[2], x[3])
        let code = tape.linear(x[1], x[4], x[5])
        let block = tape.gelu(tape.film(tape.groupNorm(h, groups: 2), code))
        let skip = tape.add(h, tape.conv1d(block, x[6], x[7]))
        let down = tape.leakyReLU(tape.conv1d(skip, x[6], x[7], stride: 3), slope: 0.2)
        let up = tape.tanh(tape.convTranspose1d(down, x[8], x[9]))
        let y = tape.conv1d(tape.concat([up, skip]), x[10], x[11])
        let parts = tape.split(y, sizes: [3, 6])
        let pooled = tape.concat([tape.meanOverTime(skip), tape.maxOverTime(skip)])
        let (mean, variance) = (tape.slice(pooled, channels: 0..<8), tape.slice(pooled, channels: 8..<16))
        let drums = tape.binaryCrossEntropy(parts[0], targets: Tensor(shape: [2, 6, 3], repeating: 1))
        let gates = tape.crossEntropy(parts[1], targets: [Int32](repeating: 1, count: 24), classes: 3)
        let kl = tape.klDivergence(mean: mean, logVariance: variance)
        return tape.add(tape.add(drums, gates), tape.scale(kl, by: 0.1))
    } loops: { x in
        let h = x[0].conv1d(x[2], x[3])
        let code = x[1].linear(x[4], x[5])
        let block = h.groupNorm(groups: 2).film(code).map(gaussianErrorLinear)
        let skip = h + block.conv1d(x[6], x[7])
        let down = skip.conv1d(x[6], x[7], stride: 3).map { $0 > 0 ? $0 : Double(Float(0.2)) * $0 }
        let up = down.convTranspose1d(x[8], x[9]).map(hyperbolicTangent)
        let y = up.concat(skip).conv1d(x[10], x[11])
        let drums = y.slice(0..<3).binaryCrossEntropy(Tensor(shape: [2, 6, 3], repeating: 1))
        let gates = y.slice(3..<9).crossEntropy([Int32](repeating: 1, count: 24), classes: 3)
        let kl = Reference.klDivergence(skip.meanOverTime(), skip.maxOverTime(), freeBits: 0)
        return drums + gates + kl.map { Double(Float(0.1)) * $0 }
    }

    private static let hits = Tensor((0..<30).map { $0 % 3 == 0 ? 1 : 0 }, shape: [2, 5, 3])
    private static let spread = Tensor((0..<30).map { Float($0) / 20 }, shape: [2, 5, 3])
    private static let groupMask = Tensor((0..<20).map { $0 % 4 == 1 ? 0 : 1 }, shape: [2, 5, 2])
    private static let bins: [Int32] = (0..<18).map { Int32($0 % 3) }

    /// What dropout does while recording, for the comparison of both modes of a tape.
    private static func droppedOut(_ tape: Tape, _ x: Variable) -> Variable {
        var random = SeededRandom(seed: 3)
        return Tape(instructionSet: tape.instructionSet).dropout(x, probability: 0.3, using: &random)
    }
}
