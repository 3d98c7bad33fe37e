import Music

/// What a player can ask for; the same as the buttons of a keyboard.
///
/// JSON: `{"action": "record"}`, `{"action": "genre", "genre": "jazz"}`, `{"action": "tempo", "tempo": 96.5}`,
/// `{"action": "meter", "meter": "3/4"}`.
public enum ActionRequest: Hashable, Sendable, Codable {
    /// Begins a take at the next note, or ends the present one.
    case record
    /// Brings the band in on what was just played, or on the last take.
    case accompany
    /// Once: at the end of the bar; twice: now.
    case stop
    case next
    case previous
    case genre(Genre)
    /// Silences everything at once.
    case panic
    case tempo(Tempo)
    case meter(Meter)

    /// The names that `action` may have.
    public static let names = ["record", "accompany", "stop", "next", "previous", "genre", "panic", "tempo", "meter"]

    private enum CodingKeys: String, CodingKey { case action, genre, tempo, meter }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func invalid(_ key: CodingKeys, _ message: String) -> DecodingError {
            .dataCorruptedError(forKey: key, in: values, debugDescription: message)
        }
        let name = try values.decode(String.self, forKey: .action)
        switch name {
        case "record": self = .record
        case "accompany": self = .accompany
        case "stop": self = .stop
        case "next": self = .next
        case "previous": self = .previous
        case "panic": self = .panic
        case "genre":
            let text = try values.decode(String.self, forKey: .genre)
            guard let genre = Genre(rawValue: text) else {
                throw invalid(.genre, "a genre's name has 1 to 32 of a-z, 0-9, - and _, a letter first")
            }
            self = .genre(genre)
        case "tempo":
            guard let tempo = Tempo(quartersPerMinute: try values.decode(Double.self, forKey: .tempo)) else {
                throw invalid(.tempo, "a tempo is 20 to 400 quarter notes a minute")
            }
            self = .tempo(tempo)
        case "meter":
            guard let meter = Meter(try values.decode(String.self, forKey: .meter)) else {
                throw invalid(.meter, "a metre is written as 4/4, 3/4 or 6/8")
            }
            self = .meter(meter)
        default:
            throw invalid(.action, "\"\(name)\" is no action; there are \(ActionRequest.names.joined(separator: ", "))")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(name, forKey: .action)
        switch self {
        case .genre(let genre): try values.encode(genre.rawValue, forKey: .genre)
        case .tempo(let tempo): try values.encode(tempo.quartersPerMinute, forKey: .tempo)
        case .meter(let meter): try values.encode(meter.description, forKey: .meter)
        default: break
        }
    }

    /// The name in `names`.
    public var name: String {
        switch self {
        case .record: "record"
        case .accompany: "accompany"
        case .stop: "stop"
        case .next: "next"
        case .previous: "previous"
        case .genre: "genre"
        case .panic: "panic"
        case .tempo: "tempo"
        case .meter: "meter"
        }
    }
}

/// What came of an action.
public struct ActionReport: Hashable, Sendable, Codable {
    /// The state after it.
    public var state: PlayerState
    /// A sentence for the player: `recording from the next note on`.
    public var message: String
    public var takeID: Int64?
    public var arrangementID: Int64?

    public init(state: PlayerState, message: String, takeID: Int64? = nil, arrangementID: Int64? = nil) {
        self.state = state
        self.message = message
        self.takeID = takeID
        self.arrangementID = arrangementID
    }
}
