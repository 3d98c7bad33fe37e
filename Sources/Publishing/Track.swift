/// What is published.
public struct TrackUpload: Hashable, Sendable {
    /// The audio file.
    public var path: String
    public var title: String
    public var description: String?
    public var genre: String?
    public var tags: [String] = []
    /// Whether everybody may find and hear it.
    public var isPublic = false

    public init(path: String, title: String) {
        self.path = path
        self.title = title
    }

    /// What the service takes (SoundCloud's upload requirements): kinds by their ending, and bytes.
    public static let kinds = ["aif", "aiff", "wav", "flac", "ogg", "mp2", "mp3", "aac", "m4a", "amr", "wma"]
    public static let largest: Int64 = 4 << 30
    static let longestTitle = 100

    /// The fields of the form; a tag with a space stands in quotes, as the service has them.
    var fields: [(name: String, value: String)] {
        var fields = [("track[title]", title), ("track[sharing]", isPublic ? "public" : "private")]
        if let description { fields.append(("track[description]", description)) }
        if let genre { fields.append(("track[genre]", genre)) }
        if !tags.isEmpty {
            let list = tags.map { $0.replacing("\"", with: "") }.map { $0.contains(" ") ? "\"\($0)\"" : $0 }
            fields.append(("track[tag_list]", list.joined(separator: " ")))
        }
        return fields
    }
}

/// What the service made of it.
public struct PublishedTrack: Codable, Hashable, Sendable {
    /// `soundcloud:tracks:123`, or the number where there is no such name.
    public var urn: String
    public var title: String
    public var address: String
    public var sharing: String
}
