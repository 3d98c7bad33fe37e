import Foundation

/// The parts of a form with a file (RFC 7578).
enum MultipartForm {
    /// - Returns: nil where it is no such form, or a part of it is broken.
    static func read(_ body: [UInt8], type: String) -> SoundCloudStandIn.Track? {
        guard type.hasPrefix("multipart/form-data; boundary=") else { return nil }
        let data = Data(body)
        let mark = Data("--\(type.split(separator: "=", maxSplits: 1)[1])".utf8)
        var track = SoundCloudStandIn.Track(fields: [:], file: [])
        guard var start = data.range(of: mark)?.upperBound else { return nil }
        while let next = data.range(of: mark, in: start..<data.count) {
            // Between a line's end behind the mark and the one before the next.
            let part = data[(start + 2)..<(next.lowerBound - 2)]
            guard let gap = part.range(of: Data("\r\n\r\n".utf8)) else { return nil }
            let head = String(decoding: part[..<gap.lowerBound], as: UTF8.self)
            let value = part[gap.upperBound...]
            guard let name = head.firstMatch(of: /name="([^"]*)"/).map({ String($0.1) }) else { return nil }
            if name == "track[asset_data]" {
                track.file = Array(value)
            } else {
                track.fields[name] = String(decoding: value, as: UTF8.self)
            }
            start = next.upperBound
        }
        return track
    }
}
