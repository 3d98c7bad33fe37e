import ConsoleAPI
import Testing

@testable import Console

struct ByteRangeTests {
    struct Example: Sendable {
        var field: String?
        var range: Range<Int>?
    }
    static let examples: [Example] = [
        .init(field: nil, range: nil), .init(field: "bytes=0-", range: 0..<10), .init(field: "bytes=3-5", range: 3..<6),
        .init(field: "bytes=9-9", range: 9..<10), .init(field: "bytes=4-400", range: 4..<10),
        .init(field: "bytes=0-99999999999999999999999", range: 0..<10), .init(field: "bytes=-3", range: 7..<10),
        .init(field: "bytes=-30", range: 0..<10), .init(field: "bytes=5-3", range: nil),
        .init(field: "bytes=0-1,4-5", range: nil), .init(field: "seconds=0-1", range: nil),
        .init(field: "bytes=a-b", range: nil), .init(field: "bytes=-", range: nil), .init(field: "bytes=", range: nil),
    ]

    @Test(arguments: examples) func aRangeIsReadOrPassedOver(example: Example) throws {
        let range = try ByteRange.read(example.field, length: 10)
        #expect(range == example.range)
    }

    @Test(arguments: ["bytes=10-", "bytes=400-500", "bytes=-0", "bytes=99999999999999999999999-"])
    func aRangeBehindTheEndIsRefused(field: String) {
        let error = #expect(throws: APIError.self) { try ByteRange.read(field, length: 10) }
        #expect(error?.status == 416)
    }
}
