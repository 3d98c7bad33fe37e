internal import CKernels

extension Tape {
    /// a + b, of equal shapes.
    public func add(_ a: Variable, _ b: Variable) -> Variable {
        let kernels = kernels
        let y = combine(a, b, "add", kernels.pointee.add)
        return record(y, from: [a, b]) { dy in
            a.accumulate(dy, kernels)
            b.accumulate(dy, kernels)
        }
    }

    /// a - b, of equal shapes.
    public func subtract(_ a: Variable, _ b: Variable) -> Variable { add(a, scale(b, by: -1)) }

    /// a * b element by element, of equal shapes.
    public func multiply(_ a: Variable, _ b: Variable) -> Variable {
        let kernels = kernels
        let y = combine(a, b, "multiply", kernels.pointee.multiply)
        return record(y, from: [a, b]) { dy in
            for (input, other) in [(a, b.value), (b, a.value)] where input.requiresGradient {
                input.accumulate(derivative(dy, other, kernels.pointee.multiply), kernels)
            }
        }
    }

    /// x * factor + offset.
    public func scale(_ x: Variable, by factor: Float, plus offset: Float = 0) -> Variable {
        let kernels = kernels
        let y = Tensor(shape: x.shape) { y in
            x.value.read { kernels.pointee.scale($0, factor, offset, y, x.value.count) }
        }
        return record(y, from: [x]) { dy in
            x.accumulate(
                Tensor(shape: dy.shape) { d in dy.read { kernels.pointee.scale($0, factor, 0, d, dy.count) } }, kernels)
        }
    }

    /// Gaussian error linear unit in its tanh form, x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2
    /// (Hendrycks and Gimpel 2016; PyTorch's `approximate="tanh"`).
    public func gelu(_ x: Variable) -> Variable {
        let kernels = kernels
        let y = map(x, kernels.pointee.gelu)
        return record(y, from: [x]) { dy in
            x.accumulate(derivative(x.value, dy, kernels.pointee.gelu_backward), kernels)
        }
    }

    /// x where x > 0, slope * x elsewhere.
    public func leakyReLU(_ x: Variable, slope: Float = 0.2) -> Variable {
        let kernels = kernels
        let y = map(x) { kernels.pointee.leaky_relu($0, slope, $1, $2) }
        return record(y, from: [x]) { dy in
            x.accumulate(
                derivative(x.value, dy) { kernels.pointee.leaky_relu_backward($0, slope, $1, $2, $3) }, kernels)
        }
    }

    /// 1 / (1 + e^-x).
    public func sigmoid(_ x: Variable) -> Variable {
        let kernels = kernels
        let y = map(x, kernels.pointee.sigmoid)
        return record(y, from: [x]) { dy in x.accumulate(derivative(y, dy, kernels.pointee.sigmoid_backward), kernels) }
    }

    /// Hyperbolic tangent.
    public func tanh(_ x: Variable) -> Variable {
        let kernels = kernels
        let y = map(x, kernels.pointee.tanh)
        return record(y, from: [x]) { dy in x.accumulate(derivative(y, dy, kernels.pointee.tanh_backward), kernels) }
    }

    /// e^x; saturates at e^-87.33 and e^88.37 instead of reaching zero and infinity.
    public func exp(_ x: Variable) -> Variable {
        let kernels = kernels
        let y = map(x, kernels.pointee.exp)
        return record(y, from: [x]) { dy in x.accumulate(derivative(y, dy, kernels.pointee.multiply), kernels) }
    }

    /// Softmax over each run of `classes` consecutive channels.
    public func softmax(_ x: Variable, classes: Int) -> Variable { softmax(x, classes, logarithm: false) }

    /// The logarithm of `softmax`.
    public func logSoftmax(_ x: Variable, classes: Int) -> Variable { softmax(x, classes, logarithm: true) }

    private func softmax(_ x: Variable, _ classes: Int, logarithm: Bool) -> Variable {
        precondition(
            classes > 0 && x.shape[x.shape.count - 1] % classes == 0,
            "the last axis of \(x.shape) is not made of groups of \(classes) classes")
        let kernels = kernels
        let groups = x.value.count / classes
        let (size, flag): (Int32, Int32) = (Int32(classes), logarithm ? 1 : 0)
        let y = Tensor(shape: x.shape) { y in x.value.read { kernels.pointee.softmax($0, y, groups, size, flag) } }
        return record(y, from: [x]) { dy in
            x.accumulate(
                Tensor(shape: dy.shape) { d in
                    read(y, dy) { kernels.pointee.softmax_backward($0, $1, d, groups, size, flag) }
                }, kernels)
        }
    }

    private func combine(
        _ a: Variable, _ b: Variable, _ name: String,
        _ kernel: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
    ) -> Tensor {
        precondition(a.shape == b.shape, "cannot \(name) the shapes \(a.shape) and \(b.shape)")
        let n = a.value.count
        return Tensor(shape: a.shape) { y in
            read(a.value, b.value) { a, b in
                Workers.share(n, grain: 4096, work: 1) {
                    kernel(a + $0.lowerBound, b + $0.lowerBound, y + $0.lowerBound, $0.count)
                }
            }
        }
    }

    private func map(
        _ x: Variable, _ kernel: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
    ) -> Tensor {
        Tensor(shape: x.shape) { y in
            x.value.read { x0 in
                Workers.share(x.value.count, grain: 4096, work: 12) {
                    kernel(x0 + $0.lowerBound, y + $0.lowerBound, $0.count)
                }
            }
        }
    }
}

/// The gradient of a function of one variable from its saved input or output.
private func derivative(
    _ saved: Tensor, _ dy: Tensor,
    _ kernel: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
) -> Tensor {
    Tensor(shape: dy.shape) { d in
        read(saved, dy) { saved, dy0 in
            Workers.share(dy.count, grain: 4096, work: 12) {
                kernel(saved + $0.lowerBound, dy0 + $0.lowerBound, d + $0.lowerBound, $0.count)
            }
        }
    }
}
