internal import CKernels

extension Tape {
    /// 1-D convolution over time.
    ///
    /// - Parameters:
    ///   - x: `[batch, time, in]`
    ///   - weight: `[out, in, kernel]` (PyTorch's order); at most 16 taps.
    ///   - bias: `[out]`
    ///   - stride: 1, with zeros around so that the time stays the same (for an even kernel the extra zero is at the end,
    ///     as PyTorch's `padding="same"`), or equal to the kernel, which divides the time by it.
    /// - Returns: `[batch, time / stride, out]`
    public func conv1d(_ x: Variable, _ weight: Variable, _ bias: Variable? = nil, stride: Int = 1) -> Variable {
        let s = SequenceShape(x.shape, of: "conv1d")
        precondition(
            weight.shape.count == 3 && weight.shape[1] == s.channels,
            "conv1d of \(s.channels) channels cannot use a weight of shape \(weight.shape)")
        let (out, kernel) = (weight.shape[0], weight.shape[2])
        let forward = ck_view(k: (kernel, 1), (s.channels, kernel), n: (1, 0), (out, s.channels * kernel))
        if stride == 1 {
            precondition(kernel <= CK_MAX_TAPS, "a convolution has at most 16 taps, not \(kernel)")
            precondition(
                kernel == 1 || max(s.channels, out) <= CK_MAX_WIDTH,
                "a convolution with several taps has at most 4096 channels")
            let pad = (kernel - 1) / 2
            var backward = ck_view(k: (kernel, -1), (out, s.channels * kernel), n: (1, 0), (s.channels, kernel))
            backward.offset = kernel - 1
            return product(
                x, weight, bias, shape: [s.batch, s.time, out],
                ProductPlan(
                    input: RowPlan(samples: s.batch, time: s.time, width: s.channels, taps: kernel, pad: pad),
                    output: RowPlan(samples: s.batch, time: s.time, width: out, taps: kernel, pad: kernel - 1 - pad),
                    forward: forward, backward: backward))
        }
        precondition(stride == kernel, "conv1d has stride 1 or the kernel's \(kernel), not \(stride)")
        precondition(s.time % stride == 0, "\(s.time) steps cannot be divided by a stride of \(stride)")
        let rows = s.rows / stride
        return product(
            x, weight, bias, shape: [s.batch, s.time / stride, out],
            ProductPlan(
                input: RowPlan(
                    samples: s.batch, time: s.time / stride, width: s.channels * stride, taps: 1, pad: 0),
                output: RowPlan(matrix: rows, out),
                forward: forward,
                backward: ck_view(k: (1, 0), (out, s.channels * kernel), n: (kernel, 1), (s.channels, kernel))))
    }

    /// Transposed 1-D convolution with stride = kernel: every step becomes `kernel` steps.
    ///
    /// - Parameters:
    ///   - x: `[batch, time, in]`
    ///   - weight: `[in, out, kernel]` (PyTorch's order)
    ///   - bias: `[out]`
    /// - Returns: `[batch, time * kernel, out]`
    public func convTranspose1d(_ x: Variable, _ weight: Variable, _ bias: Variable? = nil) -> Variable {
        let s = SequenceShape(x.shape, of: "convTranspose1d")
        precondition(
            weight.shape.count == 3 && weight.shape[0] == s.channels,
            "convTranspose1d of \(s.channels) channels cannot use a weight of shape \(weight.shape)")
        let (out, kernel) = (weight.shape[1], weight.shape[2])
        return product(
            x, weight, bias, shape: [s.batch, s.time * kernel, out],
            ProductPlan(
                input: RowPlan(matrix: s.rows, s.channels), output: RowPlan(matrix: s.rows, kernel * out),
                forward: ck_view(k: (1, 0), (s.channels, out * kernel), n: (kernel, 1), (out, kernel)),
                backward: ck_view(k: (kernel, 1), (out, kernel), n: (1, 0), (s.channels, out * kernel))))
    }

    /// Linear layer on the last axis: `x . transpose(weight) + bias`.
    ///
    /// - Parameters:
    ///   - x: `[..., in]`
    ///   - weight: `[out, in]` (PyTorch's order)
    ///   - bias: `[out]`
    /// - Returns: `[..., out]`
    public func linear(_ x: Variable, _ weight: Variable, _ bias: Variable? = nil) -> Variable {
        precondition(
            weight.shape.count == 2 && x.shape.last == weight.shape[1],
            "linear of \(x.shape) cannot use a weight of shape \(weight.shape)")
        let (out, width) = (weight.shape[0], weight.shape[1])
        let rows = x.value.count / width
        return product(
            x, weight, bias, shape: x.shape.dropLast() + [out],
            ProductPlan(
                input: RowPlan(matrix: rows, width), output: RowPlan(matrix: rows, out),
                forward: ck_view(k: (1, 0), (width, 1), n: (1, 0), (out, width)),
                backward: ck_view(k: (1, 0), (out, width), n: (1, 0), (width, 1))))
    }

    /// Every layer with a weight: y = rows(x) . forward(weight) + bias, dx = rows(dy) . backward(weight).
    private func product(
        _ x: Variable, _ weight: Variable, _ bias: Variable?, shape: [Int], _ plan: ProductPlan
    ) -> Variable {
        let kernels = kernels
        let channels = shape[shape.count - 1]
        if let bias {
            precondition(bias.shape == [channels], "the bias of \(channels) channels has the shape \(bias.shape)")
        }
        let columns = plan.forward.n1 * plan.forward.n0
        // A transposed convolution has its bias once for every step that it writes.
        let tiled = bias.map { $0.value.repeated(Int(plan.forward.n1)) }
        let y = plan.input.times(
            x.value, weight.packed(plan.forward, kernels), columns, bias: tiled, shape: shape, kernels)
        return record(y, from: [x, weight] + (bias.map { [$0] } ?? [])) { dy in
            if let bias, bias.requiresGradient {
                var sums = Tensor(shape: [channels])
                sums.write { s in
                    dy.read { kernels.pointee.column_sums($0, Int32(dy.count / channels), Int32(channels), s) }
                }
                bias.accumulate(sums, kernels)
            }
            if weight.requiresGradient {
                let gradient = plan.input.transposedTimes(x.value, dy, columns, kernels)
                var view = plan.forward
                var sum = weight.gradient.take() ?? Tensor(shape: weight.shape)
                sum.write { s in gradient.read { kernels.pointee.unpack_add($0, &view, s) } }
                weight.gradient = sum
            }
            if x.requiresGradient {
                let width = plan.backward.n1 * plan.backward.n0
                let packed = weight.packed(plan.backward, kernels)
                x.accumulate(
                    plan.output.times(dy, packed, width, bias: nil, shape: x.shape, kernels), kernels)
            }
        }
    }
}

/// How a layer with a weight is a matrix product, forward and backward.
private struct ProductPlan {
    let input: RowPlan
    let output: RowPlan
    let forward: ck_view
    let backward: ck_view
}

/// How an activation is read as the rows of a matrix; see `ck_rows`.
private struct RowPlan {
    let samples: Int
    let time: Int
    let width: Int
    let taps: Int
    let pad: Int

    init(samples: Int, time: Int, width: Int, taps: Int, pad: Int) {
        (self.samples, self.time, self.width, self.taps, self.pad) = (samples, time, width, taps, pad)
    }

    init(matrix rows: Int, _ columns: Int) { self.init(samples: 1, time: rows, width: columns, taps: 1, pad: 0) }

    private func rows(_ data: UnsafePointer<Float>) -> ck_rows {
        ck_rows(
            data: data, samples: Int32(samples), time: Int32(time), width: Int32(width), taps: Int32(taps),
            pad: Int32(pad))
    }

    func times(
        _ x: Tensor, _ packed: Tensor, _ columns: Int32, bias: Tensor?, shape: [Int], _ kernels: Kernels
    ) -> Tensor {
        Tensor(shape: shape) { y in
            read(x, packed) { data, panels in
                read(bias) { bias in
                    if isSparse(data, columns) {
                        Workers.share(samples, work: time * taps * width * Int(columns) / 8) { range in
                            var a = rows(data)
                            sparseScratch.write {
                                kernels.pointee.gemm_sparse(
                                    &a, panels, columns, bias, y, Int32(range.lowerBound), Int32(range.upperBound), $0)
                            }
                        }
                    } else {
                        Workers.share(samples * time, grain: 48, work: taps * width * Int(columns)) { range in
                            var a = rows(data)
                            kernels.pointee.gemm(
                                &a, panels, columns, bias, y, 0, Int32(range.lowerBound), Int32(range.upperBound))
                        }
                    }
                }
            }
        }
    }

    func transposedTimes(_ x: Tensor, _ dy: Tensor, _ columns: Int32, _ kernels: Kernels) -> Tensor {
        var result = Tensor(shape: [taps * width, Int(columns)])
        result.write { out in
            read(x, dy) { data, g in
                let sparse = isSparse(data, columns)
                let work = samples * time * taps * width / (sparse ? 8 : 1)
                Workers.share(Int(columns), grain: Int(kernels.pointee.panel), work: work) { range in
                    var a = rows(data)
                    let (first, end) = (Int32(range.lowerBound), Int32(range.upperBound))
                    if sparse {
                        sparseScratch.write {
                            kernels.pointee.gemm_transposed_sparse(&a, g, columns, first, end, out, $0)
                        }
                    } else {
                        Scratch(count: CK_TRANSPOSED_SCRATCH).write {
                            kernels.pointee.gemm_transposed(&a, g, columns, first, end, out, $0)
                        }
                    }
                }
            }
        }
        return result
    }

    /// Memory for the places of what is not zero.
    private var sparseScratch: Scratch { Scratch(count: ck_sparse_scratch(time, width)) }

    /// Whether most numbers are zero, as in planes of notes, and skipping them pays; looks at a part of them.
    ///
    /// The forward result is the same either way; the choice depends on the numbers alone.
    private func isSparse(_ data: UnsafePointer<Float>, _ columns: Int32) -> Bool {
        let count = samples * time * width
        guard columns >= 16, width >= 32, width <= CK_MAX_WIDTH, count >= 8192 else { return false }
        // Sixty-four stretches of 64 numbers from everywhere.
        var used = 0
        for stretch in 0..<64 {
            let first = (count - 64) / 63 * stretch
            for i in first..<first + 64 where data[i] != 0 { used += 1 }
        }
        return used * 6 < 64 * 64
    }
}

/// Memory that a kernel works in; undefined contents.
private struct Scratch {
    let count: Int

    func write(_ body: (UnsafeMutablePointer<Float>) -> Void) {
        let storage = Storage(count: count)
        withExtendedLifetime(storage) { body(storage.pointer) }
    }
}

extension ck_view {
    /// Each index as (count, distance in floats).
    fileprivate init(k k1: (Int, Int), _ k0: (Int, Int), n n1: (Int, Int), _ n0: (Int, Int)) {
        self.init(
            k1: Int32(k1.0), k0: Int32(k0.0), n1: Int32(n1.0), n0: Int32(n0.0), offset: 0, sk1: k1.1, sk0: k0.1,
            sn1: n1.1, sn0: n0.1)
    }
}

extension Tensor {
    /// The elements `times` times one after the other.
    fileprivate func repeated(_ times: Int) -> Tensor {
        if times == 1 { return self }
        return Tensor(shape: [count * times]) { out in
            read { for i in 0..<times { (out + i * count).update(from: $0, count: count) } }
        }
    }
}
