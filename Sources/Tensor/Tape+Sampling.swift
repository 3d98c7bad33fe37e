internal import CKernels

extension Tape {
    /// Sets each element to zero with the given probability and scales the rest by 1 / (1 - probability), so that the mean
    /// stays. Does nothing on a tape that does not record, and then draws no random numbers.
    public func dropout(_ x: Variable, probability: Float, using random: inout SeededRandom) -> Variable {
        precondition(probability >= 0 && probability < 1, "a dropout probability is in 0..<1, not \(probability)")
        guard isRecording, probability > 0 else { return x }
        let keep = 1 / (1 - probability)
        let mask = Tensor(shape: x.shape) { p in
            let n = x.value.count
            drawing(n, using: &random) { draws in
                for i in 0..<n { p[i] = draws.uniform() < probability ? 0 : keep }
            }
        }
        return multiply(x, constant(mask))
    }

    /// A sample of the diagonal Gaussian N(mean, e^logVariance), differentiable by both (Kingma and Welling 2014).
    public func gaussianSample(mean: Variable, logVariance: Variable, using random: inout SeededRandom) -> Variable {
        let noise = constant(gaussian(shape: mean.shape, using: &random))
        return add(mean, multiply(exp(scale(logVariance, by: 0.5)), noise))
    }

    /// Draws 0 or 1 with the probability sigmoid(logit); the gradient passes as if the probability itself were the output
    /// (straight-through estimator, Bengio et al. 2013).
    public func bernoulliSample(_ logits: Variable, using random: inout SeededRandom) -> Variable {
        let kernels = kernels
        let n = logits.value.count
        let probabilities = Tensor(shape: logits.shape) { p in logits.value.read { kernels.pointee.sigmoid($0, p, n) } }
        let y = Tensor(shape: logits.shape) { y in
            probabilities.read { p in
                drawing(n, using: &random) { draws in
                    for i in 0..<n { y[i] = draws.uniform() < p[i] ? 1 : 0 }
                }
            }
        }
        return record(y, from: [logits]) { dy in
            logits.accumulate(
                Tensor(shape: dy.shape) { d in
                    read(probabilities, dy) { kernels.pointee.sigmoid_backward($0, $1, d, n) }
                }, kernels)
        }
    }

    /// Draws one of each run of `classes` consecutive channels as a one-hot vector; the gradient is that of the softmax of
    /// the perturbed logits (straight-through Gumbel softmax, Jang et al. 2017; PyTorch's `hard=True`).
    ///
    /// - Parameter temperature: of the softmax that the gradient follows, > 0.
    public func gumbelSoftmaxSample(
        _ logits: Variable, classes: Int, temperature: Float = 1, using random: inout SeededRandom
    ) -> Variable {
        precondition(temperature > 0, "a temperature is greater than 0, not \(temperature)")
        precondition(
            classes > 0 && logits.shape[logits.shape.count - 1] % classes == 0,
            "the last axis of \(logits.shape) is not made of groups of \(classes) classes")
        let kernels = kernels
        let n = logits.value.count
        let perturbed = Tensor(shape: logits.shape) { p in
            drawing(n, using: &random) { draws in
                for i in 0..<n { p[i] = (Float(draws.next() >> 41) + 0.5) * 0x1p-23 }
            }
            logits.value.read { l in
                Workers.share(n, grain: 4096, work: 30) {
                    let i = $0.lowerBound
                    kernels.pointee.gumbel(l + i, p + i, 1 / temperature, p + i, $0.count)
                }
            }
        }
        let y = Tensor(shape: logits.shape) { y in
            perturbed.read { p in
                for group in stride(from: 0, to: n, by: classes) {
                    var best = group
                    for i in group..<group + classes {
                        y[i] = 0
                        if p[i] > p[best] { best = i }
                    }
                    y[best] = 1
                }
            }
        }
        return record(y, from: [logits]) { dy in
            let soft = Tensor(shape: dy.shape) { s in
                perturbed.read { kernels.pointee.softmax($0, s, n / classes, Int32(classes), 0) }
            }
            logits.accumulate(
                Tensor(shape: dy.shape) { d in
                    read(soft, dy) { soft, dy in
                        kernels.pointee.softmax_backward(soft, dy, d, n / classes, Int32(classes), 0)
                        kernels.pointee.scale(d, 1 / temperature, 0, d, n)
                    }
                }, kernels)
        }
    }
}
