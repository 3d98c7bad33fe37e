import FoundationEssentials

/// How values are written as JSON: dates as ISO 8601, keys in order.
public enum APICoding {
    public static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    /// - Throws: `APIError` with status 400 that says which member is wrong and how.
    public static func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws(APIError) -> T {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        do {
            return try decoder.decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw .badRequest(explain(error), advice: "docs/openapi.yaml describes every request")
        } catch {
            throw .badRequest("the body is not JSON")
        }
    }

    private static func explain(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, let context): "\(place(context.codingPath + [key])) is missing"
        case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
            "\(place(context.codingPath)) is no \(name(of: type))"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty
                ? "the body is not JSON" : "\(place(context.codingPath)): \(context.debugDescription)"
        @unknown default: "the body is not what was expected"
        }
    }

    private static func name(of type: Any.Type) -> String {
        switch type {
        case is String.Type: "text"
        case is Bool.Type: "true or false"
        case is Double.Type, is Int.Type, is UInt8.Type, is Int64.Type: "number in range"
        case is [String: Any].Type: "object"
        default: "\(type)".hasPrefix("Array") ? "list" : "object"
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        let names = path.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }
        return names.isEmpty ? "the body" : String(names.joined().drop { $0 == "." })
    }
}
