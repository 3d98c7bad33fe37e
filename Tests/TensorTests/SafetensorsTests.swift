import Tensor
import Testing

struct SafetensorsTests {
    @Test func tensorsMetadataAndIntegersSurviveARoundTrip() throws {
        var file = Safetensors()
        let odd = "line\nquote \" back\\slash \u{1} \u{266b} \u{1f3b9}"
        file.metadata = ["genre": "jazz", odd: odd]
        file.set("a.weight", Tensor([1, -2.5, 3e-20, .infinity], shape: [2, 2]))
        file.set("half", Tensor([1, -0.5, 65504, 6e-8], shape: [4]), as: .float16)
        file.set("step", integers: [.max, -1])
        file.set("random", SeededRandom(seed: 3))
        let copy = try Safetensors(bytes: file.encoded())
        #expect(copy.metadata == file.metadata)
        #expect(copy.names == ["a.weight", "half", "step", "random"])
        #expect(try copy.tensor("a.weight").values == [1, -2.5, 3e-20, .infinity])
        #expect(copy.shape(of: "a.weight") == [2, 2])
        #expect(try copy.tensor("half").values == [1, -0.5, 65504, 0x1p-24])
        #expect(try copy.integers("step") == [.max, -1])
        #expect(try copy.random("random") == SeededRandom(seed: 3))
        #expect(copy.encoded() == file.encoded())
    }

    @Test func layoutIsThatOfTheFormat() {
        var file = Safetensors()
        file.metadata = ["k": "v"]
        file.set("w", Tensor([1], shape: [1]))
        let header = #"{"__metadata__":{"k":"v"},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
        let padded = header + String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        #expect(file.encoded() == [UInt8(padded.utf8.count)] + [UInt8](repeating: 0, count: 7) + padded.utf8 + [0, 0, 0x80, 0x3f])
    }

    /// Bits of halves and their values, from the definition of IEEE 754 binary16.
    @Test(arguments: [
        (1, 1), (-2, -2), (65504, 65504), (65519, 65504), (65520, .infinity), (1e9, .infinity), (0.1, 0.099975586),
        (1.00048828125, 1), (1.00146484375, 1.001953125), (0x1p-14, 0x1p-14), (0x1.5p-16, 0x1.5p-16), (0x1p-25, 0),
        (0x1.8p-25, 0x1p-24), (-0x1p-24, -0x1p-24), (1e-30, 0),
    ] as [(Float, Float)])
    func halfPrecisionRoundsToNearestEven(_ value: Float, _ expected: Float) throws {
        var file = Safetensors()
        file.set("x", Tensor([value], shape: [1]), as: .float16)
        #expect(try file.tensor("x").values == [expected])
    }

    @Test func halfPrecisionKeepsNotANumber() throws {
        var file = Safetensors()
        file.set("x", Tensor([.nan, -.nan], shape: [2]), as: .float16)
        #expect(try file.tensor("x").values.allSatisfy(\.isNaN))
    }

    struct HostileFile: Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        let isExpected: @Sendable (SafetensorsError) -> Bool
        var testDescription: String { name }

        init(_ name: String, _ bytes: [UInt8], _ isExpected: @escaping @Sendable (SafetensorsError) -> Bool) {
            (self.name, self.bytes, self.isExpected) = (name, bytes, isExpected)
        }

        init(_ name: String, header: String, data: Int = 0, _ isExpected: @escaping @Sendable (SafetensorsError) -> Bool) {
            let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
            self.init(name, length + header.utf8 + [UInt8](repeating: 0, count: data), isExpected)
        }
    }

    static let hostileFiles: [HostileFile] = [
        HostileFile("empty", []) { $0 == .truncated(needed: 8, available: 0) },
        HostileFile("half a length", [1, 2, 3]) { $0 == .truncated(needed: 8, available: 3) },
        HostileFile("header of 5 GB", [0, 0, 0, 0x40, 1, 0, 0, 0]) { $0 == .headerTooLong(bytes: 5 << 30) },
        HostileFile("header of 2^64 - 1 bytes", [UInt8](repeating: 255, count: 8)) { $0 == .headerTooLong(bytes: .max) },
        HostileFile("header beyond the end", [9, 0, 0, 0, 0, 0, 0, 0, 0x7b]) { $0 == .truncated(needed: 17, available: 9) },
        HostileFile("no JSON", header: "weights!", isBadHeader),
        HostileFile("empty header", header: "", isBadHeader),
        HostileFile("an object that does not end", header: #"{"a":{"dtype":"F32""#, isBadHeader),
        HostileFile("a string that does not end", header: #"{"a"#, isBadHeader),
        HostileFile("a string that ends in a backslash", header: #"{"a\"#, isBadHeader),
        HostileFile("half a surrogate", header: #"{"\ud800":1}"#, isBadHeader),
        HostileFile("a string that is not UTF-8", [4, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x22, 0xff, 0x22], isBadHeader),
        HostileFile("text after the header", header: "{} x", isBadHeader),
        HostileFile("a trailing comma", header: #"{"__metadata__":{},}"#, isBadHeader),
        HostileFile("deep nesting", header: String(repeating: "[", count: 100_000), isBadHeader),
        HostileFile("metadata that is no text", header: #"{"__metadata__":{"a":1}}"#, isBadHeader),
        HostileFile("the same name twice", header: entry("a", "[1]", 0, 4) + "," + entry("a", "[1]", 4, 8), data: 8, isBadHeader),
        HostileFile("a negative shape", header: entry("a", "[-1]", 0, 4), data: 4, isBadHeader),
        HostileFile("a fractional shape", header: entry("a", "[1.5]", 0, 4), data: 4, isBadHeader),
        HostileFile("a number beyond 64 bits", header: entry("a", "[99999999999999999999999]", 0, 4), data: 4, isBadHeader),
        HostileFile("an unknown field", header: #"{"a":{"dtype":"F32","shape":[1],"offsets":[0,4]}}"#, data: 4, isBadHeader),
        HostileFile("no data_offsets", header: #"{"a":{"dtype":"F32","shape":[1]}}"#, data: 4, isBadEntry),
        HostileFile("one data_offset", header: #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, isBadEntry),
        HostileFile("data that end before they begin", header: entry("a", "[1]", 8, 4), data: 8, isBadEntry),
        HostileFile("a shape that needs more bytes", header: entry("a", "[2]", 0, 4), data: 4, isBadEntry),
        HostileFile("a shape that needs fewer bytes", header: entry("a", "[1]", 0, 8), data: 8, isBadEntry),
        HostileFile("a shape whose product overflows", header: entry("a", "[4294967296,4294967296]", 0, 0), isBadEntry),
        HostileFile("data beyond the end", header: entry("a", "[2]", 0, 8), data: 4) {
            if case .truncated = $0 { true } else { false }
        },
        HostileFile("overlapping tensors", header: entry("a", "[2]", 0, 8) + "," + entry("b", "[1]", 4, 8), data: 8, isBadLayout),
        HostileFile("a gap between tensors", header: entry("a", "[1]", 0, 4) + "," + entry("b", "[1]", 8, 12), data: 12, isBadLayout),
        HostileFile("bytes after the last tensor", header: entry("a", "[1]", 0, 4), data: 5, isBadLayout),
    ].map(closingBraces)

    @Test(arguments: hostileFiles)
    func hostileFileGivesATypedErrorWithASentence(_ file: HostileFile) {
        let error = #expect(throws: SafetensorsError.self) { try Safetensors(bytes: file.bytes) }
        if let error {
            #expect(file.isExpected(error), "\(error)")
            #expect(error.description.contains(";"))
        }
    }

    @Test func everyPrefixOfAGoodFileIsRefused() {
        var file = Safetensors()
        file.metadata = ["a": "b"]
        file.set("w", Tensor([1, 2, 3], shape: [3]))
        let bytes = file.encoded()
        for length in 0..<bytes.count {
            #expect(throws: SafetensorsError.self) { try Safetensors(bytes: Array(bytes[..<length])) }
        }
    }

    @Test func damagedBytesNeverCrashTheReader() {
        var file = Safetensors()
        file.metadata = ["a": "b\n"]
        file.set("w", Tensor([1, 2, 3], shape: [3]))
        file.set("v", integers: [1])
        let bytes = file.encoded()
        var random = SeededRandom(seed: 1)
        var refused = 0
        for _ in 0..<3000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            do {
                let copy = try Safetensors(bytes: damaged)
                for name in copy.names { _ = try? copy.tensor(name) }
            } catch {
                refused += 1
            }
        }
        #expect(refused > 1000)
    }

    @Test func otherTypesAreLeftAloneUntilAskedFor() throws {
        let header = #"{"b":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]},"w":{"dtype":"F32","shape":[],"data_offsets":[2,6]}}"#
        let file = try Safetensors(bytes: HostileFile("", header: header, data: 6) { _ in false }.bytes)
        #expect(try file.tensor("w").values == [0])
        #expect(throws: SafetensorsError.wrongType(name: "b", found: "BF16", expected: "F32 or F16")) {
            try file.tensor("b")
        }
        #expect(throws: SafetensorsError.missing(name: "x")) { try file.integers("x") }
    }

    @Test func stateThatIsNoGeneratorIsRefused() {
        var file = Safetensors()
        file.set("random", integers: [0, 0, 0, 0])
        #expect(throws: SafetensorsError.self) { try file.random("random") }
    }

    /// A tensor's description; `closingBraces` makes a header of it.
    private static func entry(_ name: String, _ shape: String, _ begin: Int, _ end: Int) -> String {
        #""\#(name)":{"dtype":"F32","shape":\#(shape),"data_offsets":[\#(begin),\#(end)]}"#
    }

    /// Puts braces around headers made of `entry` alone.
    private static func closingBraces(_ file: HostileFile) -> HostileFile {
        guard file.bytes.count > 8, file.bytes[8] == UInt8(ascii: "\"") else { return file }
        let length = Int(file.bytes[0]) + Int(file.bytes[1]) << 8
        let header = String(decoding: file.bytes[8..<8 + length], as: UTF8.self)
        return HostileFile(file.name, header: "{" + header + "}", data: file.bytes.count - 8 - length, file.isExpected)
    }

    @Sendable private static func isBadHeader(_ error: SafetensorsError) -> Bool {
        if case .badHeader = error { true } else { false }
    }
    @Sendable private static func isBadEntry(_ error: SafetensorsError) -> Bool {
        if case .badEntry = error { true } else { false }
    }
    @Sendable private static func isBadLayout(_ error: SafetensorsError) -> Bool {
        if case .badLayout = error { true } else { false }
    }
}
