import Evaluation
import Foundation
import Generation
import Installation
import Music
import StandardMIDIFile

/// Makes bands of a genre for melodies, as `continuo arrange` does, and varies what is held and what is not.
struct BandMaker {
    struct Result {
        var pieces: [EvaluatedPiece] = []
        /// The arranger's bands for the same melodies, where a network makes `pieces`.
        var patterns: [EvaluatedPiece] = []
        /// The network's bands without the decoder's lengthening of short notes.
        var unlengthened: [EvaluatedPiece] = []
        var skipped: [EvaluationFiles.Problem] = []
        /// For each piece the share of notes that another seed changes, and that silence in the melody's place changes.
        var seedChanges: [Double] = []
        var silenceChanges: [Double] = []

        var changedBySeed: Double? { BandMaker.average(seedChanges) }
        var changedBySilence: Double? { BandMaker.average(silenceChanges) }
    }

    let genre: Genre
    /// `arranger` or `network`.
    let name: String
    /// `GenreModel.weightsHash` of what plays; nil where the arranger does.
    let weightsHash: String?
    private let temperature: Double
    private let accompanist: any Accompanist
    /// The same where it is one.
    private let network: NetworkAccompanist?
    /// The same, leaving short notes short.
    private let unlengthened: NetworkAccompanist?
    private let style: ArrangerStyle?

    init(genre: Genre, arranger: Bool, models: String?, model: GenreModel? = nil, temperature: Double) throws {
        self.genre = genre
        self.temperature = temperature
        style = ArrangerStyle.standard(for: genre)
        if arranger {
            guard let style else {
                throw fail("the arranger has no patterns for '\(genre.rawValue)'", ExitReason.noInput)
            }
            accompanist = ArrangerAccompanist(style: style)
            network = nil
            unlengthened = nil
            name = "arranger"
            weightsHash = nil
            return
        }
        let folders = ModelFolders((models.map { [$0] } ?? []) + Places.ofThisProgram.models)
        let found = model.map { ModelFolders.Search(model: $0) } ?? folders.model(of: genre)
        for problem in found.problems { note("\(problem).") }
        guard let model = found.model else {
            throw fail(
                "there is no model for '\(genre.rawValue)'; --arranger measures the patterns instead",
                ExitReason.noInput)
        }
        weightsHash = model.weightsHash
        let player = NetworkAccompanist(model: model)
        accompanist = player
        network = player
        var settings = NetworkAccompanist.Settings(model.card.manner)
        settings.lengthens = false
        unlengthened = NetworkAccompanist(model: model, settings: settings)
        name = "network"
    }

    /// Makes the band for one melody, and its variants.
    ///
    /// - Returns: the bytes of the band's MIDI file.
    func add(_ file: EvaluationFiles.File, seed: UInt64, to result: inout Result) throws -> [UInt8] {
        let melody = try EvaluationFiles.read(file)
        let phrase: Phrase
        do { phrase = try MelodyFinder(melody).melody().phrase } catch {
            throw EvaluationFiles.Problem(name: file.name, reason: "\(error)")
        }
        func piece(_ accompaniment: Accompaniment) throws -> (EvaluatedPiece, MIDIFile) {
            let band = MIDIFile(arrangement: Arrangement(phrase: phrase, accompaniment: accompaniment))
            do {
                // The melody as the file plays it: written straight, swung where the band swings.
                return (try EvaluatedPiece(name: file.name, melody: band), band)
            } catch {
                throw EvaluationFiles.Problem(name: file.name, reason: "\(error)")
            }
        }
        let first = accompanist.accompany(phrase, request: request(seed))
        let (own, band) = try piece(first)
        let (other, _) = try piece(accompanist.accompany(phrase, request: request(seed &+ 1)))
        NoteDifference.share(own, other).map { result.seedChanges.append($0) }
        silenceChange(phrase, first, seed: seed).map { result.silenceChanges.append($0) }
        if let unlengthened {
            result.unlengthened.append(try piece(unlengthened.accompany(phrase, request: request(seed))).0)
        }
        if network != nil, let style {
            result.patterns.append(
                try piece(ArrangerAccompanist(style: style).accompany(phrase, request: request(seed))).0)
        }
        result.pieces.append(own)
        return band.bytes
    }

    private func request(_ seed: UInt64) -> AccompanimentRequest {
        AccompanimentRequest(seed: seed, temperature: temperature)
    }

    /// The share of notes that change when the band hears silence, chord plan, style and seed held.
    private func silenceChange(_ phrase: Phrase, _ own: Accompaniment, seed: UInt64) -> Double? {
        let silence = Phrase(notes: [], meter: phrase.meter, tempo: phrase.tempo, bars: phrase.bars)
        if let network {
            let deaf = network.accompany(phrase, plan: own.plan, listeningTo: silence, request: request(seed))
            return difference(own.parts, deaf.parts, phrase.meter)
        }
        guard let style else { return nil }
        // In C major or A minor, where silence has the same key, so that nothing changes for the key's sake.
        let shift = phrase.key.semitonesToNormal
        let bands = [phrase.transposed(by: shift), silence].map { heard in
            Arranger(style: style).arrange(
                heard, plan: own.plan.transposed(by: shift), seed: seed,
                options: .init(parts: Set(Part.allCases), crashAtStart: false))
        }
        return difference(bands[0], bands[1], phrase.meter)
    }

    private func difference(_ a: [Part: [NoteEvent]], _ b: [Part: [NoteEvent]], _ meter: Meter) -> Double? {
        NoteDifference.share(
            EvaluatedPiece(melody: [], meter: meter, parts: a), EvaluatedPiece(melody: [], meter: meter, parts: b))
    }

    static func average(_ numbers: [Double]) -> Double? {
        numbers.isEmpty ? nil : numbers.reduce(0, +) / Double(numbers.count)
    }
}
