import ConsoleAPI

/// The part of an answer that a client wants (RFC 9110, section 14: one range of bytes).
enum ByteRange {
    /// - Parameter field: the `Range` field. One in another unit, of several ranges, or malformed, counts as none (section 14.2).
    /// - Returns: nil where all is wanted.
    /// - Throws: status 416 where it lies behind the end.
    static func read(_ field: String?, length: Int) throws(APIError) -> Range<Int>? {
        guard let field, field.hasPrefix("bytes="), length > 0 else { return nil }
        let ends = field.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2 else { return nil }
        let words = ends.map { $0.filter { $0 != " " && $0 != "\t" } }
        guard words.allSatisfy({ word in word.utf8.allSatisfy { (48...57).contains($0) } }) else { return nil }
        let (first, last) = (Int(words[0]), Int(words[1]))
        switch (first, last) {
        case (let first?, let last):
            // A number too large for any file is one behind its end.
            let end = words[1].isEmpty ? length - 1 : min(last ?? length - 1, length - 1)
            if let last, last < first { return nil }
            guard first < length else { throw unsatisfiable }
            return first..<end + 1
        case (nil, let last?) where words[0].isEmpty:
            guard last > 0 else { throw unsatisfiable }
            return max(0, length - last)..<length
        default:
            if !words[0].isEmpty { throw unsatisfiable }
            return nil
        }
    }

    private static var unsatisfiable: APIError {
        APIError(status: 416, error: "the range lies behind the end of the file")
    }
}
