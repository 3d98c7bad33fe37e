/// What happens in the daemon, told as it happens.
///
/// JSON: `{"type": "noteIn", "note": {...}}`; the type is also the name of the server-sent event.
public enum ServerEvent: Hashable, Sendable {
    /// The state of the player changed.
    case state(ActionReport)
    /// A key of a keyboard went down or up.
    case noteIn(LiveNote)
    /// A note of the band began or ended.
    case bandNote(LiveNote)
    case takeStored(TakeSummaryReport)
    case arrangementStored(ArrangementSummaryReport)
    case deviceCame(KeyboardReport)
    case deviceWent(KeyboardReport)
    /// A keyboard's buttons are being learned.
    case learning(LearningReport)
    /// A training job's state changed, or its progress: that at most once a second.
    case job(JobSummaryReport)
    /// Another model plays a genre from now on, or the arranger: it was released, rolled back or removed, by whomever.
    case model(ModelSummaryReport)
    case problem(APIError)
    /// Events were lost to this listener because it was too slow or away too long; only the server makes this one.
    case lost(Int)

    /// A note on its way through the daemon.
    public struct LiveNote: Hashable, Sendable, Codable {
        public var pitch: Int
        /// 0 ends the note.
        public var velocity: Int
        /// The keyboard, or the part of the band.
        public var source: String
        /// Seconds on the transport's clock.
        public var time: Double

        public init(pitch: Int, velocity: Int, source: String, time: Double) {
            self.pitch = pitch
            self.velocity = velocity
            self.source = source
            self.time = time
        }
    }

    /// The value of `type`.
    public var type: String {
        switch self {
        case .state: "state"
        case .noteIn: "noteIn"
        case .bandNote: "bandNote"
        case .takeStored: "takeStored"
        case .arrangementStored: "arrangementStored"
        case .deviceCame: "deviceCame"
        case .deviceWent: "deviceWent"
        case .learning: "learning"
        case .job: "job"
        case .model: "model"
        case .problem: "problem"
        case .lost: "lost"
        }
    }
}

extension ServerEvent: Codable {
    private enum CodingKeys: String, CodingKey {
        case type, state, note, take, arrangement, device, learning, job, model, problem, count
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let type = try values.decode(String.self, forKey: .type)
        switch type {
        case "state": self = .state(try values.decode(ActionReport.self, forKey: .state))
        case "noteIn": self = .noteIn(try values.decode(LiveNote.self, forKey: .note))
        case "bandNote": self = .bandNote(try values.decode(LiveNote.self, forKey: .note))
        case "takeStored": self = .takeStored(try values.decode(TakeSummaryReport.self, forKey: .take))
        case "arrangementStored":
            self = .arrangementStored(try values.decode(ArrangementSummaryReport.self, forKey: .arrangement))
        case "deviceCame": self = .deviceCame(try values.decode(KeyboardReport.self, forKey: .device))
        case "deviceWent": self = .deviceWent(try values.decode(KeyboardReport.self, forKey: .device))
        case "learning": self = .learning(try values.decode(LearningReport.self, forKey: .learning))
        case "job": self = .job(try values.decode(JobSummaryReport.self, forKey: .job))
        case "model": self = .model(try values.decode(ModelSummaryReport.self, forKey: .model))
        case "problem": self = .problem(try values.decode(APIError.self, forKey: .problem))
        case "lost": self = .lost(try values.decode(Int.self, forKey: .count))
        default:
            throw DecodingError.dataCorruptedError(
                forKey: .type, in: values, debugDescription: "\"\(type)\" is no event of this version")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(type, forKey: .type)
        switch self {
        case .state(let report): try values.encode(report, forKey: .state)
        case .noteIn(let note), .bandNote(let note): try values.encode(note, forKey: .note)
        case .takeStored(let take): try values.encode(take, forKey: .take)
        case .arrangementStored(let arrangement): try values.encode(arrangement, forKey: .arrangement)
        case .deviceCame(let device), .deviceWent(let device): try values.encode(device, forKey: .device)
        case .learning(let report): try values.encode(report, forKey: .learning)
        case .job(let job): try values.encode(job, forKey: .job)
        case .model(let model): try values.encode(model, forKey: .model)
        case .problem(let problem): try values.encode(problem, forKey: .problem)
        case .lost(let count): try values.encode(count, forKey: .count)
        }
    }
}

/// An event with its number, which grows by one from event to event and never starts again.
public struct NumberedEvent: Hashable, Sendable {
    public var id: UInt64
    public var event: ServerEvent

    public init(id: UInt64, event: ServerEvent) {
        self.id = id
        self.event = event
    }
}
