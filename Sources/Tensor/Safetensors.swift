/// A file of named tensors in the safetensors format: an 8-byte little-endian header length, a JSON header, raw data.
///
/// Reads and writes F32, F16 and I64; other types in a file are kept out of reach but do no harm. The bytes of a file are
/// not trusted: whatever they are, `init` returns or throws. Format: https://github.com/huggingface/safetensors
public struct Safetensors: Sendable {
    /// How floats are stored.
    public enum FloatType: String, Sendable {
        case float32 = "F32"
        /// Half precision: 11 bits, up to 65504; greater values become infinite.
        case float16 = "F16"
    }

    /// Free text pairs, the header's `__metadata__`.
    public var metadata: [String: String] = [:]

    /// Names in the order of the data.
    public private(set) var names: [String] = []

    private var entries: [String: Entry] = [:]

    struct Entry: Sendable {
        var type: String
        var shape: [Int]
        var data: [UInt8]
    }

    public init() {}

    /// Reads a whole file.
    public init(bytes: [UInt8]) throws(SafetensorsError) {
        let parsed: Result<Safetensors, SafetensorsError> = bytes.withUnsafeBytes { buffer in
            do throws(SafetensorsError) {
                return .success(try Safetensors(buffer: buffer))
            } catch {
                return .failure(error)
            }
        }
        self = try parsed.get()
    }

    /// Reads a whole file; nothing of the buffer is kept.
    public init(buffer: UnsafeRawBufferPointer) throws(SafetensorsError) {
        guard buffer.count >= 8 else { throw .truncated(needed: 8, available: buffer.count) }
        let length = UInt64(littleEndian: buffer.loadUnaligned(as: UInt64.self))
        // The reference implementation has the same limit.
        guard length <= 100_000_000 else { throw .headerTooLong(bytes: length) }
        let start = 8 + Int(length)
        guard start <= buffer.count else { throw .truncated(needed: UInt64(start), available: buffer.count) }
        let header = try SafetensorsHeader(UnsafeRawBufferPointer(rebasing: buffer[8..<start]))
        let data = UnsafeRawBufferPointer(rebasing: buffer[start...])

        metadata = header.metadata
        var end = 0
        for item in header.items.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
            guard item.begin <= item.end else { throw .badEntry(name: item.name, problem: "its data ends before it begins") }
            guard item.end <= data.count else {
                throw .truncated(needed: UInt64(start) + UInt64(item.end), available: buffer.count)
            }
            guard item.begin >= end else { throw .badLayout(problem: "tensor \(item.name) overlaps the one before it") }
            guard item.begin == end else { throw .badLayout(problem: "bytes before tensor \(item.name) belong to none") }
            if let size = Self.elementSize[item.type] {
                var bytes = size
                for axis in item.shape {
                    let (product, overflow) = bytes.multipliedReportingOverflow(by: axis)
                    guard !overflow else { throw .badEntry(name: item.name, problem: "its shape is too large") }
                    bytes = product
                }
                guard bytes == item.end - item.begin else {
                    throw .badEntry(
                        name: item.name, problem: "the shape \(item.shape) needs \(bytes) bytes, not \(item.end - item.begin)")
                }
            }
            entries[item.name] = Entry(type: item.type, shape: item.shape, data: Array(data[item.begin..<item.end]))
            names.append(item.name)
            end = item.end
        }
        guard end == data.count else { throw .badLayout(problem: "\(data.count - end) bytes at the end belong to no tensor") }
    }

    private static let elementSize = [
        "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U64": 8, "U32": 4, "U16": 2,
        "U8": 1, "BOOL": 1,
    ]

    /// Whether there is a tensor of that name, of any type.
    public func contains(_ name: String) -> Bool { entries[name] != nil }

    /// The shape of a tensor, or nil where there is none of that name.
    public func shape(of name: String) -> [Int]? { entries[name]?.shape }

    /// A tensor stored as F32 or F16.
    ///
    /// - Parameter shape: what its shape must be; any, where absent. An axis of length 0 is refused.
    public func tensor(_ name: String, shape expected: [Int]? = nil) throws(SafetensorsError) -> Tensor {
        guard let entry = entries[name] else { throw .missing(name: name) }
        guard let type = FloatType(rawValue: entry.type) else {
            throw .wrongType(name: name, found: entry.type, expected: "F32 or F16")
        }
        if let expected, expected != entry.shape {
            throw .wrongShape(name: name, found: entry.shape, expected: expected)
        }
        guard !entry.shape.contains(0) else { throw .badEntry(name: name, problem: "it has no elements") }
        return Tensor(shape: entry.shape.isEmpty ? [1] : entry.shape) { values in
            entry.data.withUnsafeBytes { data in
                switch type {
                case .float32:
                    for i in 0..<data.count / 4 {
                        values[i] = Float(
                            bitPattern: UInt32(littleEndian: data.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self)))
                    }
                case .float16:
                    for i in 0..<data.count / 2 {
                        values[i] = Float(
                            halfBits: UInt16(littleEndian: data.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self)))
                    }
                }
            }
        }
    }

    /// Integers stored as I64.
    ///
    /// - Parameter count: how many there must be; any number, where absent.
    public func integers(_ name: String, count expected: Int? = nil) throws(SafetensorsError) -> [Int64] {
        guard let entry = entries[name] else { throw .missing(name: name) }
        guard entry.type == "I64" else { throw .wrongType(name: name, found: entry.type, expected: "I64") }
        let count = entry.data.count / 8
        if let expected, expected != count { throw .wrongShape(name: name, found: [count], expected: [expected]) }
        return entry.data.withUnsafeBytes { data in
            (0..<count).map { Int64(littleEndian: data.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self)) }
        }
    }

    /// Adds or replaces a tensor.
    public mutating func set(_ name: String, _ tensor: Tensor, as type: FloatType = .float32) {
        var data: [UInt8] = []
        tensor.withUnsafeBufferPointer { values in
            switch type {
            case .float32:
                data.reserveCapacity(values.count * 4)
                for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
            case .float16:
                data.reserveCapacity(values.count * 2)
                for value in values { withUnsafeBytes(of: value.halfBits.littleEndian) { data.append(contentsOf: $0) } }
            }
        }
        set(name, Entry(type: type.rawValue, shape: tensor.shape, data: data))
    }

    /// Adds or replaces a row of integers, such as a step count or the state of a `SeededRandom`.
    public mutating func set(_ name: String, integers: [Int64]) {
        var data: [UInt8] = []
        for value in integers { withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) } }
        set(name, Entry(type: "I64", shape: [integers.count], data: data))
    }

    /// Adds or replaces the state of a random number generator.
    public mutating func set(_ name: String, _ random: SeededRandom) {
        set(name, integers: random.state.map { Int64(bitPattern: $0) })
    }

    /// A random number generator stored by `set`.
    public func random(_ name: String) throws(SafetensorsError) -> SeededRandom {
        let words = try integers(name, count: 4)
        guard let random = SeededRandom(state: words.map { UInt64(bitPattern: $0) }) else {
            throw .badValue(name: name, problem: "is no state of a random number generator")
        }
        return random
    }

    private mutating func set(_ name: String, _ entry: Entry) {
        precondition(name != "__metadata__", "a tensor cannot be named __metadata__")
        if entries.updateValue(entry, forKey: name) == nil { names.append(name) }
    }

    /// The bytes of the file: the same tensors and metadata always give the same bytes.
    ///
    /// The data start at a multiple of 8 bytes; the header is padded with spaces.
    public func encoded() -> [UInt8] {
        var offset = 0
        var items: [SafetensorsHeader.Item] = []
        for name in names {
            guard let entry = entries[name] else { continue }
            items.append(
                .init(name: name, type: entry.type, shape: entry.shape, begin: offset, end: offset + entry.data.count))
            offset += entry.data.count
        }
        var header = SafetensorsHeader(metadata: metadata, items: items).encoded()
        while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 + header.count + offset)
        withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: header)
        for name in names { bytes.append(contentsOf: entries[name]?.data ?? []) }
        return bytes
    }
}
