/// What there is to learn from: a run that was kept at some moments, with its discriminator and its losses.
public struct LessonsReport: Hashable, Sendable, Codable {
    public var genre: String
    /// The steps after which the model was kept, ascending.
    public var steps: [Int]
    /// Names of the melodies to try it with.
    public var melodies: [String]
    public var losses: JobCurvesReport.Table

    public init(genre: String, steps: [Int], melodies: [String], losses: JobCurvesReport.Table) {
        self.genre = genre
        self.steps = steps
        self.melodies = melodies
        self.losses = losses
    }
}

/// Which band is to be shown: `melody=ode-to-joy&by=network&step=5900&seed=1&shift=0.5`.
public struct LessonRequest: Hashable, Sendable {
    /// Who writes the band.
    public enum Author: String, Hashable, Sendable, Codable, CaseIterable {
        /// The generator as it was after `step`.
        case network
        /// The arranger, whose bands the discriminator was taught as real.
        case arranger
        /// The arranger's band a semitone too high: right in itself, and wrong for the melody.
        case stranger
    }

    public var melody: String
    public var author: Author
    /// One of the kept moments; nil is the last.
    public var step: Int?
    public var seed: UInt64
    /// How far the style is moved along a drawn direction, in standard deviations, -4...4.
    public var shift: Double

    public init(melody: String, author: Author = .network, step: Int? = nil, seed: UInt64 = 1, shift: Double = 0) {
        self.melody = melody
        self.author = author
        self.step = step
        self.seed = seed
        self.shift = shift
    }

    public var query: String {
        QueryText.joined([
            ("melody", melody), ("by", author.rawValue), ("step", step.map { "\($0)" }), ("seed", "\(seed)"),
            ("shift", "\(shift)"),
        ])
    }

    /// - Throws: `APIError` 400 that names what cannot be read.
    public init(query: [String: String]) throws(APIError) {
        func read<T>(_ name: String, _ what: String, _ make: (String) -> T?) throws(APIError) -> T? {
            guard let text = query[name] else { return nil }
            guard let value = make(text) else { throw .badRequest("\(name): \"\(text)\" is not \(what)") }
            return value
        }
        guard let melody = query["melody"], !melody.isEmpty else {
            throw .badRequest("which melody is not said", advice: "GET /v1/lessons lists them")
        }
        let authors = Author.allCases.map(\.rawValue).joined(separator: ", ")
        self.init(
            melody: melody, author: try read("by", "one of \(authors)") { Author(rawValue: $0) } ?? .network,
            step: try read("step", "a number from 0") { Int($0).flatMap { $0 >= 0 ? $0 : nil } },
            seed: try read("seed", "a whole number from 0") { UInt64($0) } ?? 1,
            shift: try read("shift", "a number from -4 to 4") { Double($0).flatMap { abs($0) <= 4 ? $0 : nil } } ?? 0)
    }
}

/// A band, and what the discriminator thinks of it.
public struct LessonBandReport: Hashable, Sendable, Codable {
    /// Its `id` and `takeID` mean nothing: it is not kept.
    public var band: ArrangementReport
    public var author: String
    /// Of the generator; nil where it did not write the band.
    public var step: Int?
    /// A verdict a bar: high where it takes the bar for real.
    public var verdicts: [Double]

    public init(band: ArrangementReport, author: LessonRequest.Author, step: Int?, verdicts: [Double]) {
        self.band = band
        self.author = author.rawValue
        self.step = step
        self.verdicts = verdicts
    }
}

/// What shows how a GAN makes music.
public protocol LessonAccess: Sendable {
    func lessons() async throws -> LessonsReport
    func lesson(_ request: LessonRequest) async throws -> LessonBandReport
    /// The band as Ogg Vorbis.
    func lessonAudio(_ request: LessonRequest) async throws -> [UInt8]
}
