internal import CKernels

extension Tape {
    /// The same elements under another shape.
    public func reshape(_ x: Variable, _ shape: [Int]) -> Variable {
        let kernels = kernels
        let before = x.shape
        return record(x.value.reshaped(shape), from: [x]) { dy in x.accumulate(dy.reshaped(before), kernels) }
    }

    /// Joins along the channels (the last axis); all other axes are equal.
    public func concat(_ parts: [Variable]) -> Variable {
        precondition(!parts.isEmpty, "concat needs at least one part")
        let kernels = kernels
        let outer = parts[0].shape.dropLast()
        precondition(
            parts.allSatisfy { $0.shape.dropLast() == outer },
            "cannot join \(parts.map(\.shape)) along the channels")
        let widths = parts.map { $0.shape[$0.shape.count - 1] }
        let width = widths.reduce(0, +)
        let rows = outer.reduce(1, *)
        let y = Tensor(shape: outer + [width]) { y in
            var offset = 0
            for (part, own) in zip(parts, widths) {
                part.value.read { ck_copy_columns($0, own, y + offset, width, own, rows) }
                offset += own
            }
        }
        return record(y, from: parts) { dy in
            var offset = 0
            for (part, own) in zip(parts, widths) {
                if part.requiresGradient { part.accumulate(dy.columns(offset..<offset + own), kernels) }
                offset += own
            }
        }
    }

    /// The channels (of the last axis) in `range`.
    public func slice(_ x: Variable, channels range: Range<Int>) -> Variable {
        let width = x.shape[x.shape.count - 1]
        precondition(
            !range.isEmpty && range.lowerBound >= 0 && range.upperBound <= width,
            "the channels \(range) are not among the \(width) of \(x.shape)")
        return record(x.value.columns(range), from: [x]) { dy in
            // In place, so that the parts of a split fill one gradient without a sum of padded copies.
            guard x.requiresGradient else { return }
            var sum = x.gradient.take() ?? Tensor(shape: x.shape)
            let rows = dy.count / range.count
            sum.write { d in
                dy.read { ck_add_columns($0, range.count, d + range.lowerBound, width, range.count, rows) }
            }
            x.gradient = sum
        }
    }

    /// Cuts the channels into runs of the given sizes, which add up to all of them.
    public func split(_ x: Variable, sizes: [Int]) -> [Variable] {
        precondition(sizes.reduce(0, +) == x.shape[x.shape.count - 1], "the sizes \(sizes) do not add up to \(x.shape)")
        var offset = 0
        return sizes.map { size in
            defer { offset += size }
            return slice(x, channels: offset..<offset + size)
        }
    }

    /// Repeats a code `[batch, channels]` at every step: `[batch, steps, channels]`.
    public func broadcastOverTime(_ code: Variable, steps: Int) -> Variable {
        precondition(code.shape.count == 2, "a code has the shape [batch, channels], not \(code.shape)")
        let kernels = kernels
        let (batch, width) = (code.shape[0], code.shape[1])
        let y = Tensor(shape: [batch, steps, width]) { y in
            code.value.read {
                for b in 0..<batch { ck_copy_columns($0 + b * width, 0, y + b * steps * width, width, width, steps) }
            }
        }
        return record(y, from: [code]) { dy in
            var sums = Tensor(shape: [batch, width])
            sums.write { s in
                dy.read {
                    for b in 0..<batch {
                        kernels.pointee.column_sums($0 + b * steps * width, Int32(steps), Int32(width), s + b * width)
                    }
                }
            }
            code.accumulate(sums, kernels)
        }
    }

    /// The mean over time: `[batch, time, channels]` to `[batch, channels]`.
    ///
    /// - Parameter mask: `[batch, time]`: the weight of each step in a weighted mean. A sample whose mask is all zero has
    ///   the mean 0.
    public func meanOverTime(_ x: Variable, mask: Tensor? = nil) -> Variable {
        let kernels = kernels
        let s = SequenceShape(x.shape, of: "meanOverTime")
        checkMask(mask, s)
        let weights = Tensor(shape: [s.batch, s.time]) { w in
            read(mask) { mask in
                for b in 0..<s.batch {
                    var total: Float = 0
                    for t in 0..<s.time { total += mask?[b * s.time + t] ?? 1 }
                    let inverse = total > 0 ? 1 / total : 0
                    for t in 0..<s.time { w[b * s.time + t] = (mask?[b * s.time + t] ?? 1) * inverse }
                }
            }
        }
        var y = Tensor(shape: [s.batch, s.channels])
        y.write { y in
            read(x.value, weights) { x, w in
                for r in 0..<s.rows {
                    kernels.pointee.add_scaled(x + r * s.channels, w[r], y + r / s.time * s.channels, s.channels)
                }
            }
        }
        return record(y, from: [x]) { dy in
            x.accumulate(
                Tensor(shape: x.shape) { d in
                    read(dy, weights) { g, w in
                        for r in 0..<s.rows {
                            kernels.pointee.scale(g + r / s.time * s.channels, w[r], 0, d + r * s.channels, s.channels)
                        }
                    }
                }, kernels)
        }
    }

    /// The greatest value over time, `[batch, time, channels]` to `[batch, channels]`; the gradient goes to the first step
    /// that has it.
    ///
    /// - Parameter mask: `[batch, time]`: steps with 0 are left out. A sample whose mask is all zero gives 0.
    public func maxOverTime(_ x: Variable, mask: Tensor? = nil) -> Variable {
        let kernels = kernels
        let s = SequenceShape(x.shape, of: "maxOverTime")
        checkMask(mask, s)
        var places = [Int32](repeating: -1, count: s.batch * s.channels)
        let y = Tensor(shape: [s.batch, s.channels]) { y in
            read(mask) { mask in
                x.value.read { x in
                    places.withUnsafeMutableBufferPointer { places in
                        for b in 0..<s.batch {
                            ck_max_over_time(
                                x + b * s.time * s.channels, mask.map { $0 + b * s.time }, Int32(s.time),
                                Int32(s.channels), y + b * s.channels, places.baseAddress! + b * s.channels)
                        }
                    }
                }
            }
        }
        return record(y, from: [x]) { [places] dy in
            var dx = Tensor(shape: x.shape)
            dx.write { d in
                dy.read { g in
                    for i in 0..<dy.count where places[i] >= 0 {
                        let (b, c) = i.quotientAndRemainder(dividingBy: s.channels)
                        d[(b * s.time + Int(places[i])) * s.channels + c] = g[i]
                    }
                }
            }
            x.accumulate(dx, kernels)
        }
    }

    /// The sum of all elements, `[1]`.
    public func sum(_ x: Variable) -> Variable {
        let kernels = kernels
        let total = x.value.read { kernels.pointee.sum($0, x.value.count) }
        return record(Tensor([Float(total)], shape: [1]), from: [x]) { dy in
            x.accumulate(Tensor(shape: x.shape, repeating: dy[0]), kernels)
        }
    }

    /// The mean of all elements, `[1]`.
    public func mean(_ x: Variable) -> Variable { scale(sum(x), by: 1 / Float(x.value.count)) }
}

func checkMask(_ mask: Tensor?, _ s: SequenceShape) {
    if let mask {
        precondition(
            mask.shape == [s.batch, s.time], "a mask of shape \(mask.shape) does not fit [\(s.batch), \(s.time)] steps")
    }
}

extension Tensor {
    /// A copy of the channels in `range`.
    func columns(_ range: Range<Int>) -> Tensor {
        let width = shape[shape.count - 1]
        return Tensor(shape: shape.dropLast() + [range.count]) { y in
            read { ck_copy_columns($0 + range.lowerBound, width, y, range.count, range.count, count / width) }
        }
    }
}
