internal import CKernels

/// A tensor that operations of a `Tape` are applied to, with the gradient that `Tape.backward` leaves.
///
/// Leaves are made by `Parameters`, `Tape.constant` and `Tape.input`; every operation returns a new variable. Variables
/// belong to one thread at a time.
public final class Variable {
    public internal(set) var value: Tensor

    /// The derivative of the loss by this variable, of the same shape: summed over all `backward` calls since it was
    /// last cleared. Only leaves keep theirs. Nil where no loss reached the variable.
    public internal(set) var gradient: Tensor?

    /// Whether `backward` follows this variable.
    public internal(set) var requiresGradient: Bool

    /// The value's shape.
    public var shape: [Int] { value.shape }

    /// Weights in the kernels' order, kept until the value changes.
    private var packs: [Pack] = []

    init(_ value: Tensor, requiresGradient: Bool) {
        self.value = value
        self.requiresGradient = requiresGradient
    }

    /// The single number of a variable of one element, such as a loss.
    public var scalar: Float {
        precondition(value.count == 1, "a scalar has one element, not \(value.count)")
        return value[0]
    }

    /// Replaces the value of a leaf by one of the same shape.
    public func assign(_ tensor: Tensor) {
        precondition(tensor.shape == shape, "cannot assign \(tensor.shape) to a variable of shape \(shape)")
        value = tensor
        packs.removeAll()
    }

    /// Forgets the gradient.
    public func clearGradient() { gradient = nil }

    /// Writes the value in place; `body` receives the elements and their number.
    func update(_ body: (UnsafeMutablePointer<Float>, Int) -> Void) {
        packs.removeAll(keepingCapacity: true)
        let count = value.count
        value.write { body($0, count) }
    }

    /// Adds `addition` to the gradient, in place where its memory or the sum's is not shared.
    func accumulate(_ addition: consuming Tensor, _ kernels: Kernels) {
        guard requiresGradient else { return }
        guard var sum = gradient.take() else {
            gradient = addition
            return
        }
        let count = sum.count
        if !sum.isUnique, addition.isUnique { swap(&sum, &addition) }
        let other = addition
        sum.write { a in
            other.read { b in
                Workers.share(count, grain: 4096, work: 1) {
                    kernels.pointee.add(a + $0.lowerBound, b + $0.lowerBound, a + $0.lowerBound, $0.count)
                }
            }
        }
        gradient = sum
    }

    private struct Pack {
        let kernels: Kernels
        let view: ck_view
        let panels: Tensor
    }

    /// The weight seen as `view`, in panels for the product kernels.
    func packed(_ view: ck_view, _ kernels: Kernels) -> Tensor {
        if let pack = packs.first(where: { $0.kernels == kernels && $0.view.isSame(as: view) }) { return pack.panels }
        let panel = kernels.pointee.panel
        let count = (view.n1 * view.n0 + panel - 1) / panel * panel * view.k1 * view.k0
        var view = view
        let panels = Tensor(shape: [Int(count)]) { packed in
            value.read { kernels.pointee.pack($0, &view, packed) }
        }
        packs.append(Pack(kernels: kernels, view: view, panels: panels))
        return panels
    }
}

extension ck_view {
    fileprivate func isSame(as other: ck_view) -> Bool {
        (k1, k0, n1, n0) == (other.k1, other.k0, other.n1, other.n0)
            && (offset, sk1, sk0, sn1, sn0) == (other.offset, other.sk1, other.sk0, other.sn1, other.sn0)
    }
}
