internal import CKernels

extension Tape {
    /// Group normalisation (Wu and He 2018): each sample's groups of channels are brought to mean 0 and variance 1 over
    /// time and the channels of the group.
    ///
    /// - Parameters:
    ///   - x: `[batch, time, channels]`; `groups` divides the channels.
    ///   - weight: `[channels]`, a gain; 1 where absent.
    ///   - bias: `[channels]`; 0 where absent.
    public func groupNorm(
        _ x: Variable, groups: Int, weight: Variable? = nil, bias: Variable? = nil, epsilon: Float = 1e-5
    ) -> Variable {
        normalize(x, groups: groups, weight: weight, bias: bias, modulation: nil, gelu: false, epsilon: epsilon)
    }

    /// Feature-wise modulation (Perez et al. 2018): x * (1 + gain) + shift with one gain and shift a sample and channel.
    ///
    /// - Parameters:
    ///   - x: `[batch, time, channels]`
    ///   - modulation: `[batch, 2 * channels]`: first the gains, then the shifts.
    public func film(_ x: Variable, _ modulation: Variable) -> Variable {
        normalize(x, groups: nil, weight: nil, bias: nil, modulation: modulation, gelu: false, epsilon: 0)
    }

    /// `gelu(film(groupNorm(x), modulation))` in one pass: less memory and time, equal up to rounding.
    public func groupNormFiLMGELU(
        _ x: Variable, groups: Int, weight: Variable? = nil, bias: Variable? = nil, modulation: Variable? = nil,
        epsilon: Float = 1e-5
    ) -> Variable {
        normalize(x, groups: groups, weight: weight, bias: bias, modulation: modulation, gelu: true, epsilon: epsilon)
    }

    /// All of the above: y = x * scale + shift with coefficients per sample and channel, then perhaps GELU.
    private func normalize(
        _ x: Variable, groups: Int?, weight: Variable?, bias: Variable?, modulation: Variable?, gelu: Bool,
        epsilon: Float
    ) -> Variable {
        let kernels = kernels
        let s = SequenceShape(x.shape, of: "groupNorm and film")
        if let groups {
            precondition(
                groups > 0 && s.channels % groups == 0, "\(s.channels) channels are not divisible into \(groups) groups"
            )
        }
        for vector in [weight, bias].compactMap({ $0 }) {
            precondition(vector.shape == [s.channels], "groupNorm of \(s.channels) channels got \(vector.shape)")
        }
        if let modulation {
            precondition(
                modulation.shape == [s.batch, 2 * s.channels],
                "film of \(x.shape) needs [\(s.batch), \(2 * s.channels)], not \(modulation.shape)")
        }
        let factors = Factors(
            s, x.value, groups: groups, epsilon: epsilon, weight: weight?.value, bias: bias?.value,
            modulation: modulation?.value, gelu: gelu, kernels)
        return record(factors.apply(x.value, kernels), from: [x, weight, bias, modulation].compactMap { $0 }) { dy in
            let d = factors.differentiate(x.value, dy, kernels)
            weight?.accumulate(d.weight, kernels)
            bias?.accumulate(d.bias, kernels)
            modulation?.accumulate(d.modulation, kernels)
            if x.requiresGradient { x.accumulate(d.x(), kernels) }
        }
    }
}

/// The parts of one normalisation and the coefficients that they come to.
private struct Factors {
    let s: SequenceShape
    let groups: Int
    let gelu: Int32
    /// Mean and 1 / standard deviation: `[batch, groups, 2]`.
    let statistics: Tensor?
    let weight: Tensor?
    let bias: Tensor?
    let modulation: Tensor?
    /// Scales, then shifts: `[2, batch, channels]`.
    let coefficients: Tensor

    init(
        _ s: SequenceShape, _ x: Tensor, groups: Int?, epsilon: Float, weight: Tensor?, bias: Tensor?,
        modulation: Tensor?, gelu: Bool, _ kernels: Kernels
    ) {
        let statistics = groups.map { groups in
            let scratch = Tensor(shape: [s.batch, 2 * s.channels]) { _ in }
            return Tensor(shape: [s.batch, groups, 2]) { statistics in
                x.read { x in
                    Workers.share(s.batch, work: 2 * s.sampleSize) { samples in
                        for b in samples {
                            kernels.pointee.group_stats(
                                x + b * s.sampleSize, Int32(s.time), Int32(s.channels), Int32(groups), epsilon,
                                statistics + b * groups * 2, scratch.storage.pointer + b * 2 * s.channels)
                        }
                    }
                }
            }
        }
        self.s = s
        self.groups = groups ?? 1
        self.gelu = gelu ? 1 : 0
        (self.statistics, self.weight, self.bias, self.modulation) = (statistics, weight, bias, modulation)
        coefficients = Tensor(shape: [2, s.batch, s.channels]) { coefficients in
            Self.withNormalization(s, groups ?? 1, [statistics, weight, bias, modulation]) {
                ck_normalization_forward($0, coefficients, coefficients + s.batch * s.channels)
            }
        }
    }

    func apply(_ x: Tensor, _ kernels: Kernels) -> Tensor {
        Tensor(shape: x.shape) { y in
            read(x, coefficients) { x, scale in
                let shift = scale + s.batch * s.channels
                Workers.share(s.batch, work: 16 * s.sampleSize) { samples in
                    for b in samples {
                        let (at, c) = (b * s.sampleSize, b * s.channels)
                        kernels.pointee.affine(
                            x + at, y + at, Int32(s.time), Int32(s.channels), scale + c, shift + c, gelu)
                    }
                }
            }
        }
    }

    /// Gradients of the parts; that of x is computed when asked for.
    struct Gradients {
        let weight: Tensor
        let bias: Tensor
        let modulation: Tensor
        let x: () -> Tensor
    }

    func differentiate(_ x: Tensor, _ dy: Tensor, _ kernels: Kernels) -> Gradients {
        let half = s.batch * s.channels
        // Without GELU the inner gradient is dy itself, and the kernel does not write it.
        let du = gelu == 0 ? dy : Tensor(shape: x.shape) { _ in }
        let sums = Tensor(shape: [2, s.batch, s.channels]) { s0 in
            read(dy, x, du) { dy, x, du in
                coefficients.read { scale in
                    Workers.share(s.batch, work: 20 * s.sampleSize) { samples in
                        for b in samples {
                            let (at, c) = (b * s.sampleSize, b * s.channels)
                            kernels.pointee.affine_backward(
                                dy + at, x + at, UnsafeMutablePointer(mutating: du + at), Int32(s.time),
                                Int32(s.channels), scale + c, scale + half + c, gelu, s0 + c, s0 + half + c)
                        }
                    }
                }
            }
        }
        var dWeight = Tensor(shape: [s.channels])
        var dBias = Tensor(shape: [s.channels])
        var dModulation = Tensor(shape: [s.batch, 2 * s.channels])
        let combination = Tensor(shape: [3, s.batch, s.channels]) { p in
            dWeight.write { dWeight in
                dBias.write { dBias in
                    dModulation.write { dModulation in
                        sums.read { sums in
                            Self.withNormalization(s, groups, [statistics, weight, bias, modulation]) {
                                ck_normalization_backward(
                                    $0, sums, sums + half, dWeight, dBias, dModulation, p, p + half, p + 2 * half)
                            }
                        }
                    }
                }
            }
        }
        return Gradients(weight: dWeight, bias: dBias, modulation: dModulation) { [s] in
            Tensor(shape: x.shape) { dx in
                read(du, x, combination) { du, x, p in
                    Workers.share(s.batch, work: 2 * s.sampleSize) { samples in
                        for b in samples {
                            let (at, c) = (b * s.sampleSize, b * s.channels)
                            kernels.pointee.combine(
                                du + at, x + at, dx + at, Int32(s.time), Int32(s.channels), p + c, p + half + c,
                                p + 2 * half + c)
                        }
                    }
                }
            }
        }
    }

    /// Calls `body` with the C view of [statistics, weight, bias, modulation], which stay alive during the call.
    private static func withNormalization(
        _ s: SequenceShape, _ groups: Int, _ parts: [Tensor?], _ body: (UnsafePointer<ck_normalization>) -> Void
    ) {
        withExtendedLifetime(parts) {
            let addresses = parts.map { $0.map { UnsafePointer($0.storage.pointer) } }
            var view = ck_normalization(
                batch: Int32(s.batch), time: Int32(s.time), channels: Int32(s.channels), groups: Int32(groups),
                stats: addresses[0], weight: addresses[1], bias: addresses[2], modulation: addresses[3])
            body(&view)
        }
    }
}
