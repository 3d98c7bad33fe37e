/// Training jobs, which the daemon runs one after the other.
///
/// What is not there is an `APIError` with status 404.
public protocol JobAccess: Sendable {
    /// Every job, the newest first.
    func jobs() async throws -> JobListReport

    func job(_ id: Int64) async throws -> JobReport

    /// How its training went until now.
    func curves(ofJob id: Int64) async throws -> JobCurvesReport

    /// What a checkpoint made of a held-out melody, as the bytes of a file.
    func sample(ofJob id: Int64, step: Int, melody: Int, format: SampleFormat) async throws -> [UInt8]

    /// Takes a job into the queue.
    func create(_ request: JobRequest) async throws -> JobReport

    func change(job id: Int64, _ step: JobStep) async throws -> JobReport

    /// Removes a job that does not run, with all that it made but its released model.
    func deleteJob(_ id: Int64) async throws -> JobReport
}

/// What is wanted of a job.
public enum JobStep: String, Hashable, Sendable, CaseIterable {
    /// It writes a checkpoint and waits until it is resumed, over restarts too.
    case pause
    /// A paused job goes on; a failed one tries again.
    case resume
    /// It ends for good.
    case cancel
}

/// What a genre is to be trained on, and how.
///
/// JSON: `{"genre": "waltz", "data": "/srv/waltzes", "preset": "evening", "settings": {"batch": 16}}`.
public struct JobRequest: Hashable, Sendable, Codable {
    /// The genre's short name.
    public var genre: String
    /// A prepared data set's folder, or a file of lead sheets: an absolute path, as the daemon sees it.
    public var data: String
    /// Which songs are used (docs/data.md).
    public var filter: String?
    public var preset: String?
    /// What is learned already: a genre's name, or the absolute path of a model or checkpoint.
    public var start: String?
    /// Further options of `continuo train` by their names without dashes; in JSON their values may be numbers, true or false too.
    public var settings: [String: String]

    public init(
        genre: String, data: String, filter: String? = nil, preset: String? = nil, start: String? = nil,
        settings: [String: String] = [:]
    ) {
        self.genre = genre
        self.data = data
        self.filter = filter
        self.preset = preset
        self.start = start
        self.settings = settings
    }

    private enum CodingKeys: String, CodingKey, CaseIterable { case genre, data, filter, preset, start, settings }

    /// A value of a setting.
    private struct Scalar: Decodable {
        var text: String

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let flag = try? value.decode(Bool.self) {
                text = "\(flag)"
            } else if let whole = try? value.decode(Int64.self) {
                text = "\(whole)"
            } else if let whole = try? value.decode(UInt64.self) {
                text = "\(whole)"
            } else if let number = try? value.decode(Double.self) {
                text = "\(number)"
            } else if let string = try? value.decode(String.self) {
                text = string
            } else {
                throw DecodingError.dataCorruptedError(
                    in: value, debugDescription: "a setting is a text, a number, true or false")
            }
        }
    }

    /// An unknown member is an error: what was meant by it would be missing for hours before anybody noticed.
    public init(from decoder: any Decoder) throws {
        try KnownMembers.require(CodingKeys.self, of: decoder, in: "a job")
        let values = try decoder.container(keyedBy: CodingKeys.self)
        genre = try values.decode(String.self, forKey: .genre)
        data = try values.decode(String.self, forKey: .data)
        filter = try values.decodeIfPresent(String.self, forKey: .filter)
        preset = try values.decodeIfPresent(String.self, forKey: .preset)
        start = try values.decodeIfPresent(String.self, forKey: .start)
        let settings = try values.decodeIfPresent([String: Scalar].self, forKey: .settings) ?? [:]
        self.settings = settings.mapValues(\.text)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(genre, forKey: .genre)
        try values.encode(data, forKey: .data)
        try values.encodeIfPresent(filter, forKey: .filter)
        try values.encodeIfPresent(preset, forKey: .preset)
        try values.encodeIfPresent(start, forKey: .start)
        if !settings.isEmpty { try values.encode(settings, forKey: .settings) }
    }
}
