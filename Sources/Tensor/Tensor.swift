/// A dense array of 32-bit floats in row-major order: the last axis varies fastest.
///
/// Activations are `[batch, time, channels]`, codes `[batch, channels]`, scalars `[1]`. A value type: copies share their
/// memory until one of them is written.
public struct Tensor: Sendable {
    public private(set) var shape: [Int]
    var storage: Storage

    /// Number of elements: the product of the shape.
    public let count: Int

    /// Makes a tensor with every element set to `value`.
    public init(shape: [Int], repeating value: Float = 0) {
        self.init(shape: shape) { $0.update(repeating: value, count: shape.reduce(1, *)) }
    }

    /// Copies `values`, given in row-major order.
    public init(_ values: [Float], shape: [Int]) {
        precondition(values.count == shape.reduce(1, *), "\(values.count) values do not fill the shape \(shape)")
        self.init(shape: shape) { pointer in
            values.withUnsafeBufferPointer { pointer.update(from: $0.baseAddress!, count: $0.count) }
        }
    }

    /// Makes a tensor whose memory `body` fills completely; it starts with undefined contents.
    init(shape: [Int], filling body: (UnsafeMutablePointer<Float>) -> Void) {
        precondition(shape.allSatisfy { $0 > 0 }, "every axis of a tensor has at least one element, not \(shape)")
        self.shape = shape
        count = shape.reduce(1, *)
        storage = Storage(count: count)
        body(storage.pointer)
    }

    /// All elements in row-major order.
    public var values: [Float] { withUnsafeBufferPointer { Array($0) } }

    /// The element at a row-major index.
    public subscript(index: Int) -> Float {
        get {
            precondition(index >= 0 && index < count, "index \(index) is outside a tensor of \(count) elements")
            return withUnsafeBufferPointer { $0[index] }
        }
        set {
            precondition(index >= 0 && index < count, "index \(index) is outside a tensor of \(count) elements")
            withUnsafeMutableBufferPointer { $0[index] = newValue }
        }
    }

    /// The same elements under another shape of the same count; nothing is copied.
    public func reshaped(_ shape: [Int]) -> Tensor {
        precondition(shape.reduce(1, *) == count, "cannot see \(self.shape) as \(shape): the counts differ")
        var result = self
        result.shape = shape
        return result
    }

    /// Whether no element is NaN or infinite.
    public var isFinite: Bool { withUnsafeBufferPointer { $0.allSatisfy(\.isFinite) } }

    /// Calls `body` with the elements; the pointer is valid only during the call.
    public func withUnsafeBufferPointer<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(storage) { try body(UnsafeBufferPointer(start: storage.pointer, count: count)) }
    }

    /// Calls `body` with writable elements, after a copy where the memory is shared.
    public mutating func withUnsafeMutableBufferPointer<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        makeUnique()
        return try withExtendedLifetime(storage) {
            try body(UnsafeMutableBufferPointer(start: storage.pointer, count: count))
        }
    }

    /// Calls `body` with the address of the elements, which stay alive during the call.
    func read<Result>(_ body: (UnsafePointer<Float>) -> Result) -> Result {
        withExtendedLifetime(storage) { body(UnsafePointer(storage.pointer)) }
    }

    /// Calls `body` with the address of writable elements, after a copy where the memory is shared.
    mutating func write<Result>(_ body: (UnsafeMutablePointer<Float>) -> Result) -> Result {
        makeUnique()
        return withExtendedLifetime(storage) { body(storage.pointer) }
    }

    var isUnique: Bool { mutating get { isKnownUniquelyReferenced(&storage) } }

    private mutating func makeUnique() {
        guard !isKnownUniquelyReferenced(&storage) else { return }
        let copy = Storage(count: count)
        copy.pointer.update(from: storage.pointer, count: count)
        storage = copy
    }
}

extension Tensor: Equatable {
    /// Same shape and equal elements (a tensor with a NaN equals nothing).
    public static func == (a: Tensor, b: Tensor) -> Bool {
        a.shape == b.shape
            && a.withUnsafeBufferPointer { x in b.withUnsafeBufferPointer { y in x.elementsEqual(y) } }
    }
}

/// Reads several tensors at once; all stay alive during the call.
func read<R>(_ a: Tensor, _ b: Tensor, _ body: (UnsafePointer<Float>, UnsafePointer<Float>) -> R) -> R {
    a.read { x in b.read { y in body(x, y) } }
}

func read<R>(
    _ a: Tensor, _ b: Tensor, _ c: Tensor,
    _ body: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>) -> R
) -> R {
    a.read { x in b.read { y in c.read { z in body(x, y, z) } } }
}

/// Reads a tensor that may be absent; a null pointer stands for it then.
func read<R>(_ a: Tensor?, _ body: (UnsafePointer<Float>?) -> R) -> R {
    guard let a else { return body(nil) }
    return a.read { body($0) }
}
