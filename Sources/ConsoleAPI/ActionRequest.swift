import Music

/// What a player can ask for; the same as the buttons of a keyboard.
///
/// JSON: `{"action": "record"}`, and with what some of them need: `{"action": "genre", "genre": "jazz"}`,
/// `{"action": "tempo", "tempo": 96.5}` (without a tempo: it is read from the playing), `{"action": "meter", "meter": "3/4"}`,
/// `{"action": "mute", "part": "bass"}`, `{"action": "volume", "part": "drums", "volume": 90}`,
/// `{"action": "listen", "on": false}`, `{"action": "forget", "minutes": 10}` (without minutes: everything).
public enum ActionRequest: Hashable, Sendable, Codable {
    /// Begins a take at the next note, or ends the present one; while the band plays, adds to the round.
    case record
    /// Brings the band in on what was just played, or on the last take.
    case accompany
    /// Takes back the last take, overdub or change of tempo.
    case undo
    case redo
    /// Clears the desk; the take stays in the store.
    case erase
    /// Once: at the end of the bar; twice: now.
    case stop
    case next
    case previous
    /// A new variation; locked parts stay.
    case regenerate
    case genre(Genre)
    /// Whether the band begins again at the end of its round.
    case loop
    /// Keeps a part in the next variations, or sets it free again.
    case lock(Part)
    /// Silences a part (or the take itself, nil), or lets it be heard again.
    case mute(Part?)
    /// A part alone, or not any more.
    case solo(Part)
    /// 0...127; nil is the take itself.
    case volume(Part?, UInt8)
    /// Silences everything at once.
    case panic
    /// nil lets the playing tell.
    case tempo(Tempo?)
    case meter(Meter)
    /// The take in half the tempo, with half as many bars.
    case half
    case double
    /// A tap of a tempo.
    case tap
    /// The click on, or off.
    case metronome
    /// Whether what is played is remembered.
    case listen(Bool)
    /// Forgets what was played in the last so many minutes; nil forgets all.
    case forget(minutes: Double?)

    /// The names that `action` may have.
    public static let names = [
        "record", "accompany", "undo", "redo", "erase", "stop", "next", "previous", "regenerate", "genre", "loop",
        "lock",
        "mute", "solo", "volume", "panic", "tempo", "meter", "half", "double", "tap", "metronome", "listen", "forget",
    ]

    /// Actions that need nothing more.
    private static let plain: [String: ActionRequest] = [
        "record": .record, "accompany": .accompany, "undo": .undo, "redo": .redo, "erase": .erase, "stop": .stop,
        "next": .next, "previous": .previous, "regenerate": .regenerate, "loop": .loop, "panic": .panic, "half": .half,
        "double": .double, "tap": .tap, "metronome": .metronome,
    ]

    private enum CodingKeys: String, CodingKey { case action, genre, tempo, meter, part, volume, on, minutes }

    /// The take's own melody, where a part is asked for.
    private static let melody = "melody"

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func invalid(_ key: CodingKeys, _ message: String) -> DecodingError {
            .dataCorruptedError(forKey: key, in: values, debugDescription: message)
        }
        func voice() throws -> Part? {
            let text = try values.decode(String.self, forKey: .part)
            if text == ActionRequest.melody { return nil }
            guard let part = Part(rawValue: text) else {
                throw invalid(.part, "a part is melody, \(Part.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return part
        }
        func part() throws -> Part {
            guard let part = try voice() else {
                throw invalid(.part, "a part is \(Part.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return part
        }
        let name = try values.decode(String.self, forKey: .action)
        if let plain = ActionRequest.plain[name] {
            self = plain
            return
        }
        switch name {
        case "genre":
            let text = try values.decode(String.self, forKey: .genre)
            guard let genre = Genre(rawValue: text) else {
                throw invalid(.genre, "a genre's name has 1 to 32 of a-z, 0-9, - and _, a letter first")
            }
            self = .genre(genre)
        case "lock": self = .lock(try part())
        case "mute": self = .mute(try voice())
        case "solo": self = .solo(try part())
        case "volume":
            guard let volume = UInt8(exactly: try values.decode(Int.self, forKey: .volume)), volume < 128 else {
                throw invalid(.volume, "a volume is 0 to 127")
            }
            self = .volume(try voice(), volume)
        case "tempo":
            guard let number = try values.decodeIfPresent(Double.self, forKey: .tempo) else {
                self = .tempo(nil)
                return
            }
            guard let tempo = Tempo(quartersPerMinute: number) else {
                throw invalid(.tempo, "a tempo is 20 to 400 quarter notes a minute")
            }
            self = .tempo(tempo)
        case "meter":
            guard let meter = Meter(try values.decode(String.self, forKey: .meter)) else {
                throw invalid(.meter, "a metre is written as 4/4, 3/4 or 6/8")
            }
            self = .meter(meter)
        case "listen": self = .listen(try values.decode(Bool.self, forKey: .on))
        case "forget":
            let minutes = try values.decodeIfPresent(Double.self, forKey: .minutes)
            guard minutes.map({ $0 > 0 && $0 <= 1e6 }) ?? true else {
                throw invalid(.minutes, "minutes are more than 0")
            }
            self = .forget(minutes: minutes)
        default:
            throw invalid(.action, "\"\(name)\" is no action; there are \(ActionRequest.names.joined(separator: ", "))")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(name, forKey: .action)
        switch self {
        case .genre(let genre): try values.encode(genre.rawValue, forKey: .genre)
        case .lock(let part), .solo(let part): try values.encode(part.rawValue, forKey: .part)
        case .mute(let part): try values.encode(part?.rawValue ?? ActionRequest.melody, forKey: .part)
        case .volume(let part, let volume):
            try values.encode(part?.rawValue ?? ActionRequest.melody, forKey: .part)
            try values.encode(volume, forKey: .volume)
        case .tempo(let tempo): try values.encodeIfPresent(tempo?.quartersPerMinute, forKey: .tempo)
        case .meter(let meter): try values.encode(meter.description, forKey: .meter)
        case .listen(let on): try values.encode(on, forKey: .on)
        case .forget(let minutes): try values.encodeIfPresent(minutes, forKey: .minutes)
        default: break
        }
    }

    /// The name in `names`.
    public var name: String {
        switch self {
        case .genre: "genre"
        case .lock: "lock"
        case .mute: "mute"
        case .solo: "solo"
        case .volume: "volume"
        case .tempo: "tempo"
        case .meter: "meter"
        case .listen: "listen"
        case .forget: "forget"
        default: ActionRequest.plain.first { $0.value == self }?.key ?? ""
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
