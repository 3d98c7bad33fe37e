import Tensor

/// A network as an ONNX model: nodes, weights, inputs and outputs, written as its protocol buffer.
///
/// Operator set 17, IR version 8; sequences inside are `[batch, channels, time]`, ONNX's order. Source: onnx.proto3 of ONNX 1.12 and
/// "Operator Schemas".
struct ONNXGraph {
    private var nodes: [[UInt8]] = []
    private var initializers: [[UInt8]] = []
    private var inputs: [[UInt8]] = []
    private var outputs: [[UInt8]] = []
    private var names: Set<String> = []
    private var count = 0

    enum Attribute {
        case int(Int)
        case ints([Int])
        case float(Float)
    }

    // MARK: building

    /// A tensor that the caller gives; the first axis is of any size.
    mutating func input(_ name: String, _ shape: [Int]) -> String {
        inputs.append(Self.valueInfo(name, shape))
        return name
    }

    /// A result; the first axis is of any size.
    mutating func output(_ name: String, _ shape: [Int]) { outputs.append(Self.valueInfo(name, shape)) }

    /// Adds an operation and returns the name of its result.
    mutating func add(
        _ kind: String, _ arguments: [String], _ attributes: [(String, Attribute)] = [], named result: String? = nil
    ) -> String {
        count += 1
        let result = result ?? "\(kind.lowercased())\(count)"
        var node = ProtocolBuffer()
        for argument in arguments { node.text(1, argument) }
        node.text(2, result)
        node.text(3, "\(kind)_\(count)")
        node.text(4, kind)
        for (name, value) in attributes { node.bytes(5, Self.attribute(name, value)) }
        nodes.append(node.bytes)
        return result
    }

    /// A weight by its name; the same one is stored once.
    mutating func weight(_ name: String, _ values: [Float], _ shape: [Int]) -> String {
        guard names.insert(name).inserted else { return name }
        var tensor = ProtocolBuffer()
        for size in shape { tensor.number(1, size) }
        tensor.number(2, 1)
        tensor.text(8, name)
        tensor.bytes(9, values.flatMap { Self.bytes($0.bitPattern) })
        initializers.append(tensor.bytes)
        return name
    }

    mutating func scalar(_ value: Float) -> String { weight("scalar \(value)", [value], []) }

    /// A shape, or a list of axes or indices.
    mutating func integers(_ values: [Int]) -> String {
        let name = "integers \(values.map(String.init).joined(separator: " "))"
        guard names.insert(name).inserted else { return name }
        var tensor = ProtocolBuffer()
        tensor.number(1, values.count)
        tensor.number(2, 7)
        tensor.text(8, name)
        tensor.bytes(9, values.flatMap { Self.bytes(UInt64(bitPattern: Int64($0))) })
        initializers.append(tensor.bytes)
        return name
    }

    // MARK: writing

    /// - Parameter notes: the model's properties.
    func encoded(name: String, version: String, notes: [String: String]) -> [UInt8] {
        var graph = ProtocolBuffer()
        for node in nodes { graph.bytes(1, node) }
        graph.text(2, name)
        for tensor in initializers { graph.bytes(5, tensor) }
        for input in inputs { graph.bytes(11, input) }
        for output in outputs { graph.bytes(12, output) }
        var operators = ProtocolBuffer()
        operators.text(1, "")
        operators.number(2, 17)
        var model = ProtocolBuffer()
        model.number(1, 8)
        model.text(2, "continuo")
        model.text(3, version)
        model.bytes(7, graph.bytes)
        model.bytes(8, operators.bytes)
        for (key, value) in notes.sorted(by: { $0.key < $1.key }) {
            var property = ProtocolBuffer()
            property.text(1, key)
            property.text(2, value)
            model.bytes(14, property.bytes)
        }
        return model.bytes
    }

    private static func attribute(_ name: String, _ value: Attribute) -> [UInt8] {
        var attribute = ProtocolBuffer()
        attribute.text(1, name)
        switch value {
        case .float(let number):
            attribute.fixed(2, number.bitPattern)
            attribute.number(20, 1)
        case .int(let number):
            attribute.number(3, number)
            attribute.number(20, 2)
        case .ints(let numbers):
            for number in numbers { attribute.number(8, number) }
            attribute.number(20, 7)
        }
        return attribute.bytes
    }

    private static func valueInfo(_ name: String, _ shape: [Int]) -> [UInt8] {
        var dimensions = ProtocolBuffer()
        for (axis, size) in shape.enumerated() {
            var dimension = ProtocolBuffer()
            if axis == 0 { dimension.text(2, "batch") } else { dimension.number(1, size) }
            dimensions.bytes(1, dimension.bytes)
        }
        var tensor = ProtocolBuffer()
        tensor.number(1, 1)
        tensor.bytes(2, dimensions.bytes)
        var type = ProtocolBuffer()
        type.bytes(1, tensor.bytes)
        var value = ProtocolBuffer()
        value.text(1, name)
        value.bytes(2, type.bytes)
        return value.bytes
    }

    private static func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        (0..<T.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> T(8 * $0)) }
    }
}

/// A message in the wire format of protocol buffers: fields by their numbers (Protocol Buffers, "Encoding").
struct ProtocolBuffer {
    private(set) var bytes: [UInt8] = []

    private mutating func variable(_ value: UInt64) {
        var rest = value
        while rest > 127 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func number(_ field: Int, _ value: Int) {
        variable(UInt64(field) << 3)
        variable(UInt64(bitPattern: Int64(value)))
    }

    mutating func bytes(_ field: Int, _ value: [UInt8]) {
        variable(UInt64(field) << 3 | 2)
        variable(UInt64(value.count))
        bytes += value
    }

    mutating func text(_ field: Int, _ value: String) { bytes(field, Array(value.utf8)) }

    mutating func fixed(_ field: Int, _ value: UInt32) {
        variable(UInt64(field) << 3 | 5)
        for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(value >> UInt32(shift) & 255)) }
    }
}
