import Foundation

/// A song of an import as the JSON of a `PreparedRecord` that has neither a name nor tags yet: both depend on the other files of the data set and are
/// put into the text when that is written, so that the notes need not be read again.
struct SongRecord: Sendable {
    /// UTF-8.
    var json: [UInt8]

    /// What a song is called and marked with.
    struct Label {
        var id: String
        var title: String
        var tags: [String]
        var label: Song.Label

        /// The values for the places of `marks`, with what stands before the first of them in the order of the keys.
        fileprivate var texts: [[UInt8]] {
            func json(_ value: some Encodable) -> [UInt8] {
                // Texts and lists of texts can always be written.
                (try? DataSetFolder.encoder().encode(value)).map { [UInt8]($0) } ?? []
            }
            var first: [UInt8] = []
            for (name, value) in [("family", label.family), ("genre", label.genre), ("guess", label.guess)] {
                if let value { first += Array("\"\(name)\":".utf8) + json(value) + [UInt8(ascii: ",")] }
            }
            return [
                first + Array("\"id\":".utf8) + json(id), Array("\"tags\":".utf8) + json(tags),
                Array("\"title\":".utf8) + json(title),
            ]
        }
    }

    /// What stands in the text for a name and tags, in the order of the keys. No text of a song can hold them: quotes in it have a backslash.
    private static let marks = ["\"id\":\"\"", "\"tags\":[]", "\"title\":\"\""].map { [UInt8]($0.utf8) }

    init(json: [UInt8]) { self.json = json }

    init(_ song: Song) {
        var record = PreparedRecord(song)
        (record.id, record.title, record.tags) = ("", "", [])
        (record.genre, record.guess, record.family) = (nil, nil, nil)
        // A record holds integers, texts and a finite tempo: it can always be written.
        json = (try? DataSetFolder.encoder().encode(record)).map { [UInt8]($0) } ?? []
    }

    /// The record's line in a data set.
    func line(_ label: Label) -> Data {
        var line = Data()
        line.reserveCapacity(json.count + 256)
        var start = 0
        for (mark, text) in zip(SongRecord.marks, label.texts) {
            guard let place = json.place(of: mark, from: start) else { continue }
            line += json[start..<place]
            line += text
            start = place + mark.count
        }
        return line + json[start...]
    }
}

extension [UInt8] {
    /// Where a text stands; nil where it does not.
    fileprivate func place(of text: [UInt8], from start: Int) -> Int? {
        guard let first = text.first, start + text.count <= count else { return nil }
        var place = start
        while place + text.count <= count {
            if self[place] == first, self[place..<place + text.count].elementsEqual(text) { return place }
            place += 1
        }
        return nil
    }
}
