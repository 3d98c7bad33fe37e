import Music
import Tensor

/// Plays a genre model: melody to chord plan, plan and style to every part's score, score to notes.
///
/// Belongs to one thread at a time.
public final class NetworkAccompanist: Accompanist {
    /// How what the networks say is read; the values were chosen on unseen lead sheets (models/README.md).
    public struct Settings: Hashable, Sendable {
        /// Weights of the chord plan's search; its seed is drawn from the request's.
        public var harmony: Harmonizer.Options
        /// Standard deviation of the noise on a style from the bank.
        public var styleSpread: Float
        /// How far a style is moved along a direction that the request's seed draws, in standard deviations: the noise made audible.
        public var styleShift: Float = 0
        /// A drum is hit where its probability is higher (temperature 0).
        public var drumThreshold: Double
        /// `DecodingOptions.leaning`, `lineReserve` and `lengthens`.
        public var leaning: Double
        public var lineReserve: Double
        public var lengthens = true
        /// What a request's temperature is multiplied by.
        public var temperatureScale: Double

        public init(_ manner: GenreModel.Card.Manner = .init()) {
            harmony = .withNetwork
            harmony.daring = 0.5
            styleSpread = Float(manner.styleSpread)
            drumThreshold = 0.5
            leaning = manner.leaning
            lineReserve = manner.lineReserve
            temperatureScale = manner.temperatureScale
        }
    }

    private let model: GenreModel
    private let settings: Settings
    private let instructionSet: InstructionSet

    /// - Parameter settings: nil takes the manner on the model's card.
    public init(model: GenreModel, settings: Settings? = nil, instructionSet: InstructionSet = .current) {
        self.model = model
        self.settings = settings ?? Settings(model.card.manner)
        self.instructionSet = instructionSet
    }

    public var genre: Genre { model.card.genre }

    public func accompany(_ phrase: Phrase, request: AccompanimentRequest) -> Accompaniment {
        accompany(phrase, plan: nil, listeningTo: nil, request: request)
    }

    /// Answers a phrase with some of what the network decides for itself decided by the caller.
    ///
    /// Style and noise depend on the request alone, so two calls that differ in what is heard differ by nothing else.
    ///
    /// - Parameters:
    ///   - plan: the chords in the real key, one a harmony window; nil asks the chord head where the request gives none.
    ///   - heard: the melody that the parts listen to, of the phrase's metre and length; nil for the phrase's own. The key and
    ///     the chords that are asked for stay those of the phrase.
    public func accompany(
        _ phrase: Phrase, plan: ChordPlan?, listeningTo heard: Phrase?, request: AccompanimentRequest
    ) -> Accompaniment {
        precondition(
            heard.map { $0.meter == phrase.meter && $0.bars == phrase.bars } ?? true,
            "the band listens to a melody of the phrase's metre and length")
        if let unchanged = request.unchanged { return unchanged }
        var random = SeededRandom(seed: request.seed)
        let ringing = phrase.ringing(with: request.ringing)
        let whole = NormalizedPhrase(phrase, key: ringing.key)
        let planSeed = random.next()
        let plan =
            plan
            ?? chordPlan(
                for: phrase, normalized: NormalizedPhrase(ringing, key: whole.key), seed: planSeed, request)
        var code =
            model.styles.draw(
                meter: phrase.meter, parts: request.heardParts, spread: settings.styleSpread, using: &random)
            ?? (0..<GeneratorNetwork.codeSize).map { _ in random.gaussian() }
        if settings.styleShift != 0 {
            // Drawn apart, so that nothing else changes with it.
            var directions = SeededRandom(seed: request.seed ^ 0x5717_1E5)
            for index in code.indices { code[index] += settings.styleShift * directions.gaussian() }
        }
        let normalized = heard.map { NormalizedPhrase($0, key: whole.key) } ?? whole
        let normalPlan = normalized.normal(plan)
        let logits = score(normalized, plan: normalPlan, code: code, parts: request.heardParts)
        var options = DecodingOptions(
            genre: genre, temperature: request.temperature * settings.temperatureScale, seed: random.next(),
            parts: request.newParts)
        options.keptBass = request.keptNotes(.bass)
        options.ranges = model.card.ranges
        options.drumThreshold = settings.drumThreshold
        options.leaning = settings.leaning
        options.lineReserve = settings.lineReserve
        options.groove = phrase.meter.isCompound ? .straight : model.card.groove
        options.lengthens = settings.lengthens
        options.kit = DrumKit(program: model.card.instrumentation.programs[.drums])
        let parts = ScoreCodec.decode(logits, plan: normalPlan, normalized: normalized, options: options)
        var answer = Accompaniment(
            genre: genre, parts: parts, plan: plan, instrumentation: model.card.instrumentation,
            groove: model.card.groove.played(as: genre),
            provenance: .init(
                seed: request.seed, accompanist: "network", modelHash: model.hash,
                instructionSet: instructionSet.rawValue, temperature: request.temperature))
        answer.restore(request.keptBand)
        return answer
    }

    /// The chord head's log-probabilities, decoded as a sequence together with the harmonizer's own.
    ///
    /// - Parameter normalized: what sounds, the sustain pedal included.
    private func chordPlan(
        for phrase: Phrase, normalized: NormalizedPhrase, seed: UInt64, _ request: AccompanimentRequest
    ) -> ChordPlan {
        let given = request.givenChords
        if let given, given.window == phrase.meter.harmonyWindow,
            given.window * given.chords.count >= phrase.length
        {
            return Harmonizer().plan(for: phrase, key: normalized.key, given: given)
        }
        let encoder = PlanEncoder(normalized)
        let windows = normalized.grid.windows.map { window in
            let tape = Tape(recording: false, instructionSet: instructionSet)
            let planes = encoder.planes(window: window)
            let melody = tape.constant(Tensor(planes.values, shape: [1, planes.steps, planes.channels]))
            let logits = model.plan(tape, model.weights, melody: melody)
            return tape.logSoftmax(logits, classes: Chord.count).value.values
        }
        let scores = PlanEncoder.windowScores(windows, grid: normalized.grid)
        var options = settings.harmony
        options.seed = seed
        return Harmonizer().plan(
            for: phrase, key: normalized.key, options: options, network: scores, ringing: request.ringing,
            given: given)
    }

    /// The generator's logits of the whole phrase; overlapping windows are blended.
    private func score(
        _ normalized: NormalizedPhrase, plan: ChordPlan, code: [Float], parts: Set<Part>
    ) -> StitchedLogits {
        let encoder = ConditionEncoder(normalized, plan: plan, parts: parts)
        var stitched = StitchedLogits(grid: normalized.grid)
        for window in normalized.grid.windows {
            let tape = Tape(recording: false, instructionSet: instructionSet)
            let planes = encoder.planes(window: window)
            let logits = model.generator(
                tape, model.weights,
                condition: tape.constant(Tensor(planes.values, shape: [1, planes.steps, planes.channels])),
                code: tape.constant(Tensor(code, shape: [1, GeneratorNetwork.codeSize])))
            stitched.add(logits.value.values, window: window)
        }
        return stitched
    }
}
