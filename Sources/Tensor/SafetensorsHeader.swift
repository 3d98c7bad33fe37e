/// The JSON header of a safetensors file, which is one object of flat descriptions.
struct SafetensorsHeader {
    struct Item {
        var name: String
        var type: String
        var shape: [Int]
        /// Byte range in the data.
        var begin: Int
        var end: Int
    }

    var metadata: [String: String]
    var items: [Item]

    init(metadata: [String: String], items: [Item]) { (self.metadata, self.items) = (metadata, items) }

    init(_ bytes: UnsafeRawBufferPointer) throws(SafetensorsError) {
        metadata = [:]
        items = []
        var scanner = Scanner(bytes: bytes)
        var names: Set<String> = []
        var more = try scanner.open("{", "}")
        while more {
            let name = try scanner.string()
            try scanner.expect(":")
            guard names.insert(name).inserted else { throw scanner.fail("the name \(name) occurs twice") }
            if name == "__metadata__" {
                metadata = try Self.pairs(&scanner)
            } else {
                items.append(try Self.item(name, &scanner))
            }
            more = try scanner.next("}")
        }
        scanner.skipSpace()
        guard scanner.isAtEnd else { throw scanner.fail("there is text after the header") }
    }

    private static func pairs(_ scanner: inout Scanner) throws(SafetensorsError) -> [String: String] {
        var result: [String: String] = [:]
        var more = try scanner.open("{", "}")
        while more {
            let key = try scanner.string()
            try scanner.expect(":")
            result[key] = try scanner.string()
            more = try scanner.next("}")
        }
        return result
    }

    private static func item(_ name: String, _ scanner: inout Scanner) throws(SafetensorsError) -> Item {
        var type: String?
        var shape: [Int]?
        var offsets: [Int]?
        var more = try scanner.open("{", "}")
        while more {
            let key = try scanner.string()
            try scanner.expect(":")
            switch key {
            case "dtype": type = try scanner.string()
            case "shape": shape = try scanner.integers()
            case "data_offsets": offsets = try scanner.integers()
            default: throw scanner.fail("tensor \(name) has the unknown field \(key)")
            }
            more = try scanner.next("}")
        }
        guard let type, let shape, let offsets, offsets.count == 2 else {
            throw .badEntry(name: name, problem: "dtype, shape or the two data_offsets are missing")
        }
        return Item(name: name, type: type, shape: shape, begin: offsets[0], end: offsets[1])
    }

    /// Metadata sorted by key, then the tensors in order.
    func encoded() -> [UInt8] {
        var fields: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { Self.quoted($0.key) + ":" + Self.quoted($0.value) }
            fields.append("\"__metadata__\":{" + pairs.joined(separator: ",") + "}")
        }
        for item in items {
            let shape = item.shape.map(String.init).joined(separator: ",")
            let layout = "\"shape\":[\(shape)],\"data_offsets\":[\(item.begin),\(item.end)]"
            fields.append(Self.quoted(item.name) + ":{\"dtype\":\"\(item.type)\",\(layout)}")
        }
        return Array(("{" + fields.joined(separator: ",") + "}").utf8)
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

/// Reads the JSON that occurs in a header: objects, strings, and rows of integers that are not negative.
private struct Scanner {
    let bytes: UnsafeRawBufferPointer
    private var at = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { at == bytes.count }

    func fail(_ problem: String) -> SafetensorsError { .badHeader(problem: problem, at: 8 + at) }

    mutating func skipSpace() {
        while at < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[at]) { at += 1 }
    }

    /// Skips `character` and the space before it, if it is there.
    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    mutating func expect(_ character: Unicode.Scalar) throws(SafetensorsError) {
        guard take(character) else { throw fail("expected \(character)") }
    }

    /// Enters an object or array; whether it has a first element.
    mutating func open(_ opening: Unicode.Scalar, _ closing: Unicode.Scalar) throws(SafetensorsError) -> Bool {
        try expect(opening)
        return !take(closing)
    }

    /// After an element: whether another one follows.
    mutating func next(_ closing: Unicode.Scalar) throws(SafetensorsError) -> Bool {
        if take(closing) { return false }
        try expect(",")
        return true
    }

    mutating func integers() throws(SafetensorsError) -> [Int] {
        var result: [Int] = []
        var more = try open("[", "]")
        while more {
            result.append(try integer())
            more = try next("]")
        }
        return result
    }

    private mutating func integer() throws(SafetensorsError) -> Int {
        skipSpace()
        var value = 0
        let start = at
        while at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39 {
            // Beyond 2^53 no size is meant, and sums of such numbers still fit an Int.
            guard value < 1 << 49 else { throw fail("a number is too large") }
            value = value * 10 + Int(bytes[at] - 0x30)
            at += 1
        }
        guard at > start else { throw fail("expected a number") }
        return value
    }

    mutating func string() throws(SafetensorsError) -> String {
        try expect("\"")
        var text: [UInt8] = []
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let result = String(validating: text, as: UTF8.self) else { throw fail("a string is not UTF-8") }
                return result
            case UInt8(ascii: "\\"): text.append(contentsOf: String(try escape()).utf8)
            case 0..<0x20: throw fail("a string has a control character")
            default: text.append(byte)
            }
        }
        throw fail("a string does not end")
    }

    private mutating func escape() throws(SafetensorsError) -> Unicode.Scalar {
        guard at < bytes.count else { throw fail("a string does not end") }
        let byte = bytes[at]
        at += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "u"): return try codePoint()
        default: throw fail("a string has an unknown escape")
        }
    }

    private mutating func codePoint() throws(SafetensorsError) -> Unicode.Scalar {
        var value = try hexadecimal()
        if value >= 0xd800, value < 0xdc00, at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"),
            bytes[at + 1] == UInt8(ascii: "u")
        {
            at += 2
            let low = try hexadecimal()
            guard low >= 0xdc00, low < 0xe000 else { throw fail("a string has half a surrogate pair") }
            value = 0x10000 + (value - 0xd800) << 10 + (low - 0xdc00)
        }
        guard let scalar = Unicode.Scalar(value) else { throw fail("a string has half a surrogate pair") }
        return scalar
    }

    private mutating func hexadecimal() throws(SafetensorsError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard at < bytes.count, let digit = Character(Unicode.Scalar(bytes[at])).hexDigitValue else {
                throw fail("a \\u escape needs four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            at += 1
        }
        return value
    }
}
