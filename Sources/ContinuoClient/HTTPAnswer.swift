/// An answer of the daemon, read from its bytes. The daemon gives a length, or ends the body by closing.
struct HTTPAnswer {
    var status: Int
    /// Names in lower case.
    var headers: [String: String]
    /// What of the body came with the head.
    var body: [UInt8]

    /// - Returns: nil while the head is not whole; throws where it is no HTTP.
    init?(head bytes: [UInt8]) throws(Malformed) {
        guard
            let end = bytes.indices.dropLast(3).first(where: { bytes[$0..<($0 + 4)].elementsEqual([13, 10, 13, 10]) })
        else {
            guard bytes.count <= 65_536 else { throw Malformed() }
            return nil
        }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else { throw Malformed() }
        self.status = status
        headers = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { throw Malformed() }
            headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        body = Array(bytes[(end + 4)...])
    }

    struct Malformed: Error {}
}
