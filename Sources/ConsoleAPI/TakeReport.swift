import FoundationEssentials
import Music

/// A note in score time: ticks of 1/480 quarter from bar 1.
public struct NoteReport: Hashable, Sendable, Codable {
    public var pitch: Int
    public var onset: Int
    public var length: Int
    public var velocity: Int

    public init(pitch: Int, onset: Int, length: Int, velocity: Int) {
        self.pitch = pitch
        self.onset = onset
        self.length = length
        self.velocity = velocity
    }

    public init(_ note: NoteEvent) {
        pitch = note.pitch.number
        onset = note.onset.rawValue
        length = note.length.rawValue
        velocity = note.velocity.number
    }
}

/// A note as it was played: nanoseconds, on a clock whose zero means nothing.
public struct PerformedNoteReport: Hashable, Sendable, Codable {
    public var pitch: Int
    public var onset: Int64
    public var length: Int64
    public var velocity: Int

    public init(_ note: PerformedNote) {
        pitch = note.pitch.number
        onset = note.onset.nanoseconds
        length = note.length.count
        velocity = note.velocity.number
    }
}

/// A time in which the sustain pedal was down: nanoseconds, on the clock of the performed notes.
public struct PedalReport: Hashable, Sendable, Codable {
    public var down: Int64
    public var up: Int64

    public init(_ span: PedalSpan) {
        down = span.down.nanoseconds
        up = span.up.nanoseconds
    }
}

/// A line in a list of takes.
public struct TakeSummaryReport: Hashable, Sendable, Codable {
    public var id: Int64
    /// To the second.
    public var savedAt: Date
    public var keyboard: String
    /// `record`, `accompany`, `import`, `edit`.
    public var trigger: String
    public var isDamaged: Bool
    public var meter: String
    public var tempo: Double
    public var bars: Int
    public var noteCount: Int
    public var arrangementCount: Int
    /// `played` or `imported`.
    public var source: String
    /// The likeliest key of the melody, as `A minor`; nil where it has no notes.
    public var key: String?
    /// In the order of the alphabet.
    public var tags: [String]
    /// 0...5; nil where it is not rated.
    public var rating: Int?
    /// What a person wrote on it, or what the file is called that it was imported from; empty where nothing was.
    public var note: String
    /// When it was deleted; nil while it is kept.
    public var deletedAt: Date?

    public init(
        id: Int64, savedAt: Date, origin: Take.Origin, isDamaged: Bool, meter: Meter, tempo: Tempo, bars: Int,
        noteCount: Int, arrangementCount: Int, source: String, key: Key?, tags: [String] = [], rating: Int? = nil,
        note: String = "", deletedAt: Date? = nil
    ) {
        self.id = id
        self.savedAt = savedAt
        keyboard = origin.keyboard
        trigger = origin.trigger
        self.isDamaged = isDamaged
        self.meter = meter.description
        self.tempo = tempo.quartersPerMinute
        self.bars = bars
        self.noteCount = noteCount
        self.arrangementCount = arrangementCount
        self.source = source
        self.key = key?.description
        self.tags = tags
        self.rating = rating
        self.note = note
        self.deletedAt = deletedAt
    }
}

/// Takes, newest first.
public struct TakeListReport: Hashable, Sendable, Codable {
    public var takes: [TakeSummaryReport]
    public init(takes: [TakeSummaryReport]) { self.takes = takes }
}

/// A take with its notes and the list of its arrangements.
public struct TakeReport: Hashable, Sendable, Codable {
    public var summary: TakeSummaryReport
    public var key: String
    public var notes: [NoteReport]
    public var performance: [PerformedNoteReport]
    public var pedal: [PedalReport]
    public var arrangements: [ArrangementSummaryReport]

    public init(_ summary: TakeSummaryReport, take: Take, arrangements: [ArrangementSummaryReport]) {
        self.summary = summary
        key = take.phrase.key.description
        notes = take.phrase.notes.map(NoteReport.init)
        performance = take.performance.map(PerformedNoteReport.init)
        pedal = take.pedal.map(PedalReport.init)
        self.arrangements = arrangements
    }
}

/// A line in the list of a take's arrangements: how it was made.
public struct ArrangementSummaryReport: Hashable, Sendable, Codable {
    public var id: Int64
    public var takeID: Int64
    public var savedAt: Date
    public var genre: String
    /// In decimal; text, because it may need all 64 bits.
    public var seed: String
    public var accompanist: String
    public var modelHash: String
    public var instructionSet: String
    public var temperature: Double

    public init(id: Int64, takeID: Int64, savedAt: Date, genre: Genre, provenance: Accompaniment.Provenance) {
        self.id = id
        self.takeID = takeID
        self.savedAt = savedAt
        self.genre = genre.rawValue
        seed = String(provenance.seed)
        accompanist = provenance.accompanist
        modelHash = provenance.modelHash
        instructionSet = provenance.instructionSet
        temperature = provenance.temperature
    }
}

/// An arrangement with all its notes on the grid; the groove is applied when it is played.
public struct ArrangementReport: Hashable, Sendable, Codable {
    public struct ChordReport: Hashable, Sendable, Codable {
        public var onset: Int
        public var chord: String
    }

    public struct PartReport: Hashable, Sendable, Codable {
        public var channel: Int
        /// General MIDI, 0...127; nil for drums.
        public var program: Int?
        public var notes: [NoteReport]
    }

    public var summary: ArrangementSummaryReport
    public var meter: String
    public var tempo: Double
    public var bars: Int
    public var swing: Double
    public var melody: [NoteReport]
    public var melodyProgram: Int
    /// Where the harmony changes.
    public var chords: [ChordReport]
    /// By name: drums, bass, chords, pad, line.
    public var parts: [String: PartReport]
    public var parameters: [String: String]

    public init(
        id: Int64, takeID: Int64, savedAt: Date, arrangement: Arrangement, parameters: [String: String] = [:]
    ) {
        let band = arrangement.accompaniment
        summary = ArrangementSummaryReport(
            id: id, takeID: takeID, savedAt: savedAt, genre: band.genre, provenance: band.provenance)
        meter = arrangement.phrase.meter.description
        tempo = arrangement.phrase.tempo.quartersPerMinute
        bars = arrangement.phrase.bars
        swing = band.groove.swing
        melody = arrangement.phrase.notes.map(NoteReport.init)
        melodyProgram = Int(band.instrumentation.melody.number)
        chords = band.plan.changes.map { ChordReport(onset: $0.onset.rawValue, chord: $0.chord.description) }
        parts = [:]
        for (part, notes) in band.parts {
            parts[part.rawValue] = PartReport(
                channel: part.channel.number, program: band.instrumentation.programs[part].map { Int($0.number) },
                notes: notes.map(NoteReport.init))
        }
        self.parameters = parameters
    }
}
