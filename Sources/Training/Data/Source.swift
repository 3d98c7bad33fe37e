/// Where a song comes from.
public enum Source: String, Hashable, Sendable, CaseIterable, Codable {
    /// Melodies with chord symbols (OpenEWLD).
    case leadsheets
    /// Songs for voice and piano (OpenScore Lieder).
    case lieder
    /// Orchestral movements with their main melody marked (OpenScore Orchestra, Hauptstimme).
    case orchestra
    /// A folder of MusicXML files.
    case musicxml
    /// A folder of MIDI files.
    case midi
    /// The player's own takes.
    case takes

    /// The place of each in a data set.
    static let order = Dictionary(uniqueKeysWithValues: zip(Source.allCases, 0...))

    /// Under which licence the notes may be used, as a manifest says it.
    public var licence: String {
        switch self {
        case .leadsheets: "MIT (collection), songs of 1930 or before"
        case .lieder: "CC0-1.0"
        case .orchestra: "MIT (collection), CC0-1.0 (transcriptions)"
        case .musicxml, .midi, .takes: "as its owner says"
        }
    }
}
