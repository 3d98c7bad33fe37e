import Generation
import Music
import Tensor

/// A trained discriminator, asked for its opinion: how much a band looks like those that it was taught as real, bar by bar.
public struct Discriminator {
    /// The steps after which it was kept.
    public let step: Int
    private let critic = Critic()
    private let weights: Parameters

    /// Reads what `GANTrainer.discriminator` wrote.
    ///
    /// - Throws: `TrainingError.checkpoint` that says what is wrong with the file.
    public init(bytes: [UInt8]) throws(TrainingError) {
        do {
            let file = try Safetensors(bytes: bytes)
            guard file.metadata["format"] == "continuo-discriminator-1" else {
                throw TrainingError.checkpoint("it is no discriminator's file")
            }
            step = file.metadata["step"].flatMap { Int($0) } ?? 0
            var random = SeededRandom(seed: 0)
            weights = critic.parameters(using: &random)
            try weights.load(from: file)
        } catch {
            throw .checkpoint("\(error)")
        }
    }

    /// The verdict on each bar, high where it takes the bar for real; windows that overlap are averaged.
    ///
    /// - Parameters:
    ///   - band: notes in the real key, with the chords that they were written over.
    ///   - phrase: the melody that they are meant for.
    public func verdicts(on band: Accompaniment, for phrase: Phrase) -> [Double] {
        let normalized = NormalizedPhrase(phrase)
        let plan = normalized.normal(band.plan)
        let kit = DrumKit(program: band.instrumentation.programs[.drums])
        let sounding = Set(band.parts.filter { !$0.value.isEmpty }.keys)
        let condition = ConditionEncoder(normalized, plan: plan, parts: sounding)
        var sums = [Double](repeating: 0, count: phrase.bars)
        var counts = sums
        for window in normalized.grid.windows {
            let target = ScoreCodec.encode(band.parts, plan: plan, normalized: normalized, window: window, kit: kit)
            let (planes, score) = (condition.planes(window: window), target.stylePlanes())
            let tape = Tape(recording: false)
            let answer = critic(
                tape, weights,
                condition: tape.constant(Tensor(planes.values, shape: [1, planes.steps, planes.channels])),
                score: tape.constant(Tensor(score.values, shape: [1, score.steps, score.channels])))
            for (index, verdict) in answer.bars.value.values.enumerated()
            where normalized.grid.cells.indices.contains(window + index) {
                let bar = normalized.grid.cells[window + index].bar
                sums[bar] += Double(verdict)
                counts[bar] += 1
            }
        }
        return zip(sums, counts).map { $0 / max(1, $1) }
    }
}
