import Tensor

/// An array in double precision, and the operations of `Tape` as plain loops over it: what the engine is compared with.
struct Reference: Sendable {
    var shape: [Int]
    var values: [Double]

    init(shape: [Int], _ values: [Double]) { (self.shape, self.values) = (shape, values) }
    init(zeros shape: [Int]) { self.init(shape: shape, [Double](repeating: 0, count: shape.reduce(1, *))) }
    init(_ tensor: Tensor) { self.init(shape: tensor.shape, tensor.values.map(Double.init)) }

    subscript(i: Int, j: Int) -> Double {
        get { values[i * shape[1] + j] }
        set { values[i * shape[1] + j] = newValue }
    }

    subscript(i: Int, j: Int, k: Int) -> Double {
        get { values[(i * shape[1] + j) * shape[2] + k] }
        set { values[(i * shape[1] + j) * shape[2] + k] = newValue }
    }

    func map(_ f: (Double) -> Double) -> Reference { Reference(shape: shape, values.map(f)) }

    static func + (a: Reference, b: Reference) -> Reference {
        Reference(shape: a.shape, zip(a.values, b.values).map { $0 + $1 })
    }

    static func * (a: Reference, b: Reference) -> Reference {
        Reference(shape: a.shape, zip(a.values, b.values).map { $0 * $1 })
    }

    var total: Double { values.reduce(0, +) }
    var scale: Double { values.map(\.magnitude).max() ?? 0 }

    func conv1d(_ w: Reference, _ bias: Reference? = nil, stride: Int = 1) -> Reference {
        let (batch, time, channels) = (shape[0], shape[1], shape[2])
        let (out, kernel) = (w.shape[0], w.shape[2])
        let pad = stride == 1 ? (kernel - 1) / 2 : 0
        var y = Reference(zeros: [batch, time / stride, out])
        for b in 0..<batch {
            for t in 0..<time / stride {
                for o in 0..<out { y[b, t, o] = bias?.values[o] ?? 0 }
                for j in 0..<kernel where t * stride + j - pad >= 0 && t * stride + j - pad < time {
                    for c in 0..<channels {
                        let x = self[b, t * stride + j - pad, c]
                        // Planes are mostly zeros.
                        if x == 0 { continue }
                        for o in 0..<out { y[b, t, o] += x * w[o, c, j] }
                    }
                }
            }
        }
        return y
    }

    func convTranspose1d(_ w: Reference, _ bias: Reference? = nil) -> Reference {
        let (batch, time, channels) = (shape[0], shape[1], shape[2])
        let (out, kernel) = (w.shape[1], w.shape[2])
        var y = Reference(zeros: [batch, time * kernel, out])
        for b in 0..<batch {
            for t in 0..<time * kernel {
                for o in 0..<out {
                    var s = bias?.values[o] ?? 0
                    for c in 0..<channels { s += self[b, t / kernel, c] * w[c, o, t % kernel] }
                    y[b, t, o] = s
                }
            }
        }
        return y
    }

    func linear(_ w: Reference, _ bias: Reference? = nil) -> Reference {
        let (out, width) = (w.shape[0], w.shape[1])
        let rows = values.count / width
        var y = Reference(zeros: shape.dropLast() + [out])
        for r in 0..<rows {
            for o in 0..<out {
                var s = bias?.values[o] ?? 0
                for c in 0..<width { s += values[r * width + c] * w[o, c] }
                y.values[r * out + o] = s
            }
        }
        return y
    }

    func groupNorm(groups: Int, _ weight: Reference? = nil, _ bias: Reference? = nil, epsilon: Double = 1e-5)
        -> Reference
    {
        let (batch, time, channels) = (shape[0], shape[1], shape[2])
        let width = channels / groups
        var y = self
        for b in 0..<batch {
            for g in 0..<groups {
                let members = (0..<time).flatMap { t in (g * width..<(g + 1) * width).map { (t, $0) } }
                let mean = members.reduce(0) { $0 + self[b, $1.0, $1.1] } / Double(members.count)
                let variance =
                    members.reduce(0) { $0 + (self[b, $1.0, $1.1] - mean) * (self[b, $1.0, $1.1] - mean) }
                    / Double(members.count)
                for (t, c) in members {
                    let n = (self[b, t, c] - mean) / (variance + epsilon).squareRoot()
                    y[b, t, c] = n * (weight?.values[c] ?? 1) + (bias?.values[c] ?? 0)
                }
            }
        }
        return y
    }

    func film(_ modulation: Reference) -> Reference {
        var y = self
        for b in 0..<shape[0] {
            for t in 0..<shape[1] {
                for c in 0..<shape[2] {
                    y[b, t, c] = self[b, t, c] * (1 + modulation[b, c]) + modulation[b, shape[2] + c]
                }
            }
        }
        return y
    }

    func concat(_ other: Reference) -> Reference {
        let (own, others) = (shape[shape.count - 1], other.shape[other.shape.count - 1])
        var y = Reference(shape: shape.dropLast() + [own + others], [])
        for r in 0..<values.count / own {
            y.values += values[r * own..<(r + 1) * own]
            y.values += other.values[r * others..<(r + 1) * others]
        }
        return y
    }

    func slice(_ range: Range<Int>) -> Reference {
        let width = shape[shape.count - 1]
        let rows = stride(from: 0, to: values.count, by: width)
        return Reference(
            shape: shape.dropLast() + [range.count],
            rows.flatMap { values[$0 + range.lowerBound..<$0 + range.upperBound] })
    }

    func broadcastOverTime(_ steps: Int) -> Reference {
        var y = Reference(zeros: [shape[0], steps, shape[1]])
        for b in 0..<shape[0] { for t in 0..<steps { for c in 0..<shape[1] { y[b, t, c] = self[b, c] } } }
        return y
    }

    func meanOverTime(_ mask: Tensor? = nil) -> Reference {
        var y = Reference(zeros: [shape[0], shape[2]])
        for b in 0..<shape[0] {
            let weights = (0..<shape[1]).map { t in mask.map { Double($0[b * shape[1] + t]) } ?? 1 }
            for c in 0..<shape[2] {
                y[b, c] = zip(0..<shape[1], weights).reduce(0) { $0 + self[b, $1.0, c] * $1.1 } / weights.reduce(0, +)
            }
        }
        return y
    }

    func maxOverTime(_ mask: Tensor? = nil) -> Reference {
        var y = Reference(zeros: [shape[0], shape[2]])
        for b in 0..<shape[0] {
            for c in 0..<shape[2] {
                let steps = (0..<shape[1]).filter { t in mask.map { $0[b * shape[1] + t] != 0 } ?? true }
                y[b, c] = steps.map { self[b, $0, c] }.max() ?? 0
            }
        }
        return y
    }

    func softmax(_ classes: Int) -> Reference {
        var y = self
        for g in stride(from: 0, to: values.count, by: classes) {
            let total = values[g..<g + classes].reduce(0) { $0 + exponential($1) }
            for i in g..<g + classes { y.values[i] = exponential(values[i]) / total }
        }
        return y
    }

    func binaryCrossEntropy(_ targets: Tensor, weights: Tensor? = nil, mask: Tensor? = nil) -> Reference {
        let channels = shape[2]
        var total = 0.0
        for i in values.indices {
            let w = weights.map { $0.count == channels ? $0[i % channels] : $0[i] } ?? 1
            let p = logistic(values[i])
            let y = Double(targets[i])
            total -= Double(w) * Double(mask?[i / channels] ?? 1) * (y * logarithm(p) + (1 - y) * logarithm(1 - p))
        }
        return Reference(shape: [1], [total / Self.steps(mask, shape[0] * shape[1])])
    }

    func crossEntropy(_ targets: [Int32], classes: Int, mask: Tensor? = nil, smoothing: Double = 0) -> Reference {
        let groups = shape[2] / classes
        let p = softmax(classes)
        var total = 0.0
        for e in targets.indices {
            let weight = Double(mask.map { $0.shape.count == 3 ? $0[e] : $0[e / groups] } ?? 1)
            if weight == 0 { continue }
            for k in 0..<classes {
                let target = smoothing / Double(classes) + (Int(targets[e]) == k ? 1 - smoothing : 0)
                total -= weight * target * logarithm(p.values[e * classes + k])
            }
        }
        return Reference(shape: [1], [total / Self.steps(mask, shape[0] * shape[1])])
    }

    func marginalCrossEntropy(_ targets: [Int32], bins: [Int32], mask: Tensor? = nil) -> Reference {
        let p = softmax(shape[2])
        var total = 0.0
        for r in targets.indices {
            let inside = bins.indices.reduce(0) { $0 + (bins[$1] == targets[r] ? p.values[r * bins.count + $1] : 0) }
            total -= Double(mask?[r] ?? 1) * logarithm(inside)
        }
        return Reference(shape: [1], [total / Self.steps(mask, shape[0] * shape[1])])
    }

    static func klDivergence(_ mean: Reference, _ logVariance: Reference, freeBits: Double) -> Reference {
        var total = 0.0
        for d in 0..<mean.shape[1] {
            var sum = 0.0
            for b in 0..<mean.shape[0] {
                sum += 0.5 * (mean[b, d] * mean[b, d] + exponential(logVariance[b, d]) - logVariance[b, d] - 1)
            }
            total += max(freeBits, sum / Double(mean.shape[0]))
        }
        return Reference(shape: [1], [total])
    }

    func weightedMean(_ mask: Tensor?, _ term: (Double) -> Double) -> Reference {
        let total = values.indices.reduce(0) { $0 + Double(mask?[$1] ?? 1) * term(values[$1]) }
        return Reference(shape: [1], [total / Self.steps(mask, values.count)])
    }

    private static func steps(_ mask: Tensor?, _ count: Int) -> Double {
        mask.map { $0.values.reduce(0) { $0 + Double($1) } } ?? Double(count)
    }
}

func largestDifference(_ a: Tensor, _ b: Reference) -> Double {
    zip(a.values, b.values).map { abs(Double($0) - $1) }.max() ?? .infinity
}

extension Tensor {
    /// The elements' bit patterns: for comparisons where equal is not enough.
    var bits: [UInt32] { values.map(\.bitPattern) }
}
