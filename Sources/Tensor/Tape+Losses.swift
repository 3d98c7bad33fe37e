internal import CKernels

extension Tape {
    /// Binary cross-entropy of logits: summed over the channels, averaged over the steps that the mask counts.
    ///
    /// - Parameters:
    ///   - logits: `[batch, time, channels]`
    ///   - targets: the same shape, 0...1.
    ///   - weights: factors of the single terms, `[channels]` or the logits' shape.
    ///   - mask: `[batch, time]`; the mean is the sum of mask * loss divided by the sum of the mask (0 where that is 0).
    /// - Returns: `[1]`
    public func binaryCrossEntropy(
        _ logits: Variable, targets: Tensor, weights: Tensor? = nil, mask: Tensor? = nil
    ) -> Variable {
        let kernels = kernels
        let s = SequenceShape(logits.shape, of: "binaryCrossEntropy")
        precondition(targets.shape == logits.shape, "targets of shape \(targets.shape) for logits of \(logits.shape)")
        precondition(
            weights == nil || weights?.shape == [s.channels] || weights?.shape == logits.shape,
            "weights have the shape [\(s.channels)] or \(logits.shape), not \(weights?.shape ?? [])")
        checkMask(mask, s)
        let weightRows = weights?.shape == [s.channels] ? 1 : s.rows
        return loss(logits, steps: mask?.total ?? Double(s.rows)) { factor, gradient in
            read(logits.value, targets) { logits, targets in
                read(weights) { weights in
                    read(mask) { mask in
                        kernels.pointee.binary_cross_entropy(
                            logits, targets, weights, Int32(weightRows), mask, Int32(s.rows), Int32(s.channels), factor,
                            gradient)
                    }
                }
            }
        }
    }

    /// Cross-entropy of softmaxes over runs of `classes` consecutive channels: summed over the runs, averaged over the
    /// steps (or entries) that the mask counts.
    ///
    /// - Parameters:
    ///   - logits: `[batch, time, groups * classes]`
    ///   - targets: batch * time * groups class numbers, 0..<classes; where the mask is 0 any number.
    ///   - mask: `[batch, time]`, or `[batch, time, groups]` to count each entry on its own; the sum of mask * loss is
    ///     divided by the sum of the mask (0 where that is 0).
    ///   - smoothing: the share of the target that is spread evenly over all classes, 0..<1.
    /// - Returns: `[1]`
    public func crossEntropy(
        _ logits: Variable, targets: [Int32], classes: Int, mask: Tensor? = nil, smoothing: Float = 0
    ) -> Variable {
        let kernels = kernels
        let s = SequenceShape(logits.shape, of: "crossEntropy")
        precondition(
            classes > 0 && s.channels % classes == 0, "\(s.channels) channels are not made of groups of \(classes)")
        let groups = s.channels / classes
        precondition(targets.count == s.rows * groups, "\(targets.count) targets for \(s.rows * groups) softmaxes")
        let perGroup = mask?.shape.count == 3
        if perGroup {
            precondition(mask?.shape == [s.batch, s.time, groups], "a mask of shape \(mask?.shape ?? []) does not fit")
        } else {
            checkMask(mask, s)
        }
        checkTargets(targets, below: classes) { entry in
            mask.map { $0[perGroup ? entry : entry / groups] } ?? 1
        }
        return loss(logits, steps: mask?.total ?? Double(s.rows)) { factor, gradient in
            logits.value.read { logits in
                read(mask) { mask in
                    kernels.pointee.cross_entropy(
                        logits, targets, mask, perGroup ? 1 : 0, Int32(s.rows), Int32(groups), Int32(classes),
                        smoothing,
                        factor, gradient)
                }
            }
        }
    }

    /// Cross-entropy of coarser classes: -ln of the probability of all classes in the target's bin, for example of a
    /// chord's root where the classes are chords; averaged over the steps that the mask counts.
    ///
    /// - Parameters:
    ///   - logits: `[batch, time, classes]`
    ///   - targets: batch * time bin numbers, each of which occurs in `bins`; where the mask is 0 any number.
    ///   - bins: the bin of each class.
    /// - Returns: `[1]`
    public func marginalCrossEntropy(
        _ logits: Variable, targets: [Int32], bins: [Int32], mask: Tensor? = nil
    ) -> Variable {
        let kernels = kernels
        let s = SequenceShape(logits.shape, of: "marginalCrossEntropy")
        precondition(bins.count == s.channels, "\(bins.count) bins for \(s.channels) classes")
        precondition(targets.count == s.rows, "\(targets.count) targets for \(s.rows) steps")
        checkMask(mask, s)
        let known = Set(bins)
        for (i, target) in targets.enumerated() where mask.map({ $0[i] != 0 }) ?? true {
            precondition(known.contains(target), "no class lies in the target bin \(target)")
        }
        return loss(logits, steps: mask?.total ?? Double(s.rows)) { factor, gradient in
            logits.value.read { logits in
                read(mask) { mask in
                    kernels.pointee.marginal_cross_entropy(
                        logits, targets, bins, mask, Int32(s.rows), Int32(s.channels), factor, gradient)
                }
            }
        }
    }

    /// Kullback-Leibler divergence of N(mean, e^logVariance) from N(0, 1): averaged over the batch for each dimension, not
    /// below `freeBits` nats there, and summed over the dimensions (Kingma et al. 2016).
    ///
    /// - Parameters:
    ///   - mean: `[batch, dimensions]`
    ///   - logVariance: `[batch, dimensions]`
    /// - Returns: `[1]`; a dimension at its floor gives no gradient.
    public func klDivergence(mean: Variable, logVariance: Variable, freeBits: Float = 0) -> Variable {
        precondition(
            mean.shape.count == 2 && mean.shape == logVariance.shape,
            "klDivergence needs two [batch, dimensions], not \(mean.shape) and \(logVariance.shape)")
        let kernels = kernels
        let (batch, dimensions) = (mean.shape[0], mean.shape[1])
        let n = mean.value.count
        let variance = Tensor(shape: mean.shape) { v in logVariance.value.read { kernels.pointee.exp($0, v, n) } }
        var total = 0.0
        var active = [Float](repeating: 0, count: dimensions)
        var sums = [Double](repeating: 0, count: dimensions)
        read(mean.value, logVariance.value, variance) { m, l, v in
            for d in 0..<dimensions {
                var sum = 0.0
                for i in stride(from: d, to: n, by: dimensions) { sum += Double(0.5 * (m[i] * m[i] + v[i] - l[i] - 1)) }
                sums[d] = sum
            }
        }
        // The floor is one of the whole batch's mean.
        if let share { sums = share.sum(sums) }
        let whole = share?.total ?? batch
        for d in 0..<dimensions {
            let divergence = sums[d] / Double(whole)
            if divergence > Double(freeBits) { active[d] = 1 / Float(whole) }
            total += max(divergence, Double(freeBits))
        }
        if share != nil { total *= Double(batch) / Double(whole) }
        return record(Tensor([Float(total)], shape: [1]), from: [mean, logVariance]) { [active] dy in
            let factor = dy[0]
            mean.accumulate(
                Tensor(shape: mean.shape) { d in
                    mean.value.read { m in for i in 0..<n { d[i] = factor * active[i % dimensions] * m[i] } }
                }, kernels)
            logVariance.accumulate(
                Tensor(shape: mean.shape) { d in
                    variance.read { v in for i in 0..<n { d[i] = factor * active[i % dimensions] * 0.5 * (v[i] - 1) } }
                }, kernels)
        }
    }

    /// Hinge loss of a critic (Lim and Ye 2017): mean max(0, 1 - real) + mean max(0, 1 + fake); 2 where it sees nothing.
    ///
    /// - Parameter mask: the scores' shape, without or with a last axis of 1; the weights of both means.
    public func hingeCriticLoss(real: Variable, fake: Variable, mask: Tensor? = nil) -> Variable {
        let realPart = weightedMean(real, mask) {
            max(0, 1 - $0)
        } slope: {
            $0 < 1 ? -1 : 0
        }
        let fakePart = weightedMean(fake, mask) {
            max(0, 1 + $0)
        } slope: {
            $0 > -1 ? 1 : 0
        }
        return add(realPart, fakePart)
    }

    /// The generator's part of the hinge game: -mean(fake).
    public func hingeGeneratorLoss(fake: Variable, mask: Tensor? = nil) -> Variable {
        weightedMean(fake, mask) {
            -$0
        } slope: { _ in
            -1
        }
    }

    private func weightedMean(
        _ scores: Variable, _ mask: Tensor?, term: (Float) -> Float, slope: @escaping (Float) -> Float
    ) -> Variable {
        let n = scores.value.count
        precondition(mask == nil || mask?.count == n, "a mask of \(mask?.count ?? 0) weights for \(n) scores")
        return loss(scores, steps: mask?.total ?? Double(n)) { factor, gradient in
            var total = 0.0
            scores.value.read { x in
                read(mask) { mask in
                    for i in 0..<n {
                        let weight = mask?[i] ?? 1
                        if weight != 0 { total += Double(weight * term(x[i])) }
                        gradient?[i] = weight == 0 ? 0 : factor * weight * slope(x[i])
                    }
                }
            }
            return total
        }
    }

    /// A mean over `steps` whose gradient is computed together with the value.
    ///
    /// - Parameter body: returns the sum; writes the gradient times the first argument where the second is given.
    private func loss(
        _ x: Variable, steps: Double, _ body: (Float, UnsafeMutablePointer<Float>?) -> Double
    ) -> Variable {
        let kernels = kernels
        let steps = Float(share.map { $0.sum([steps])[0] } ?? steps)
        let factor = steps > 0 ? 1 / steps : 0
        var sum = 0.0
        guard isRecording, x.requiresGradient else {
            sum = body(factor, nil)
            return constant(Tensor([Float(sum) * factor], shape: [1]))
        }
        var gradient = Tensor(shape: x.shape) { sum = body(factor, $0) }
        return record(Tensor([Float(sum) * factor], shape: [1]), from: [x]) { dy in
            let n = gradient.count
            if dy[0] != 1 { gradient.write { g in kernels.pointee.scale(g, dy[0], 0, g, n) } }
            x.accumulate(gradient, kernels)
        }
    }

    private func checkTargets(_ targets: [Int32], below classes: Int, mask: (Int) -> Float) {
        for (i, target) in targets.enumerated() where !(target >= 0 && target < classes) {
            precondition(mask(i) == 0, "the target \(target) is no class of \(classes)")
        }
    }
}

extension Tensor {
    /// The sum of all elements, added up in order.
    fileprivate var total: Double { withUnsafeBufferPointer { $0.reduce(0.0) { $0 + Double($1) } } }
}
