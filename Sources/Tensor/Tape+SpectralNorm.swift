internal import CKernels

extension Tape {
    /// Divides a weight by its largest singular value, estimated by power iteration (Miyato et al. 2018; computed as
    /// PyTorch's `spectral_norm`: the gradient passes through sigma = u . W v with u and v held constant).
    ///
    /// The weight is seen as a matrix `[first axis, all others]`.
    ///
    /// - Parameters:
    ///   - u: `[first axis]`, a buffer of `Parameters`: the left singular vector, updated in place.
    ///   - v: `[product of the other axes]`, likewise the right one.
    ///   - iterations: updates of u and v before use: by default one where the tape records, none where it does not.
    public func spectralNorm(_ weight: Variable, u: Variable, v: Variable, iterations: Int? = nil) -> Variable {
        let kernels = kernels
        let rows = weight.shape[0]
        let columns = weight.value.count / rows
        precondition(
            u.value.count == rows && v.value.count == columns,
            "spectralNorm of \(weight.shape) needs u of \(rows) and v of \(columns), not \(u.shape) and \(v.shape)")
        for _ in 0..<(iterations ?? (isRecording ? 1 : 0)) {
            v.update { v, _ in
                read(weight.value, u.value) { w, u in
                    v.update(repeating: 0, count: columns)
                    for r in 0..<rows { kernels.pointee.add_scaled(w + r * columns, u[r], v, columns) }
                }
                normalize(v, columns, kernels)
            }
            u.update { u, _ in
                read(weight.value, v.value) { w, v in
                    for r in 0..<rows { u[r] = Float(kernels.pointee.dot(w + r * columns, v, columns)) }
                }
                normalize(u, rows, kernels)
            }
        }
        let (left, right) = (u.value, v.value)
        var sigma = 0.0
        read(weight.value, left, right) { w, u, v in
            for r in 0..<rows { sigma += Double(u[r]) * kernels.pointee.dot(w + r * columns, v, columns) }
        }
        let inverse = Float(1 / sigma)
        let y = Tensor(shape: weight.shape) { y in
            weight.value.read { kernels.pointee.scale($0, inverse, 0, y, rows * columns) }
        }
        return record(y, from: [weight]) { dy in
            let along = -Float(read(dy, y) { kernels.pointee.dot($0, $1, rows * columns) }) * inverse
            weight.accumulate(
                Tensor(shape: weight.shape) { d in
                    read(dy, left, right) { dy, u, v in
                        kernels.pointee.scale(dy, inverse, 0, d, rows * columns)
                        for r in 0..<rows { kernels.pointee.add_scaled(v, along * u[r], d + r * columns, columns) }
                    }
                }, kernels)
        }
    }
}

private func normalize(_ x: UnsafeMutablePointer<Float>, _ n: Int, _ kernels: Kernels) {
    let norm = kernels.pointee.sum_of_squares(x, n).squareRoot()
    kernels.pointee.scale(x, Float(1 / max(norm, 1e-12)), 0, x, n)
}
