import Generation
import Music
import Tensor

/// Trains a genre: the whole loop, from fresh weights to a model file.
///
/// Three stages follow each other. First the chord head learns people's chords from the melody. Then the generator learns to
/// reconstruct the teacher's scores, told their style by an encoder. Last, generator and discriminator are trained in turn:
/// the discriminator learns to tell real scores from samples, and to refuse real scores under another melody; the generator learns to
/// please it with a style that it drew, and goes on reconstructing.
///
/// Everything random is drawn from the seed and the step's number, so that a run that was interrupted and resumed is bit for
/// bit the run that was not (on one instruction set).
///
/// Several processes can train together: each takes its share of every batch, their gradients are added up, and all have the same weights after
/// every step: those of one process with the whole batch, to rounding.
public final class GANTrainer {
    /// `batch` is that of all processes together.
    public let configuration: TrainingConfiguration
    public let communicator: any Communicator
    let windows: WindowSet
    private let planWindows: PlanWindowSet
    let generator: GeneratorNetwork
    let plan = PlanNetwork()
    let encoder = StyleEncoder()
    private let critic = Critic()

    /// Generator and style encoder; they learn together.
    let weights = Parameters()
    let planWeights = Parameters()
    let criticWeights: Parameters
    let optimizer: AdamW
    let planOptimizer: AdamW
    let criticOptimizer: AdamW
    let adversarialOptimizer: AdamW

    /// Steps done, over all stages.
    public internal(set) var step = 0

    public enum Stage: String, Sendable { case plan, reconstruction, adversarial }

    /// Losses of one step; nil where the stage has none.
    public struct Record: Sendable {
        public var step: Int
        public var stage: Stage
        /// The generator's whole loss.
        public var generator: Float?
        /// The discriminator's hinge loss; 2 a verdict where it sees nothing.
        public var discriminator: Float?
        public var plan: Float?
        public var drums: Float?
        public var gates: Float?
        public var pitches: Float?
        public var velocities: Float?
        public var divergence: Float?
        /// The adversarial term: minus the mean verdict on what was generated.
        public var adversarial: Float?
        public var gradientNorm: Float
        /// The discriminator's mean verdict on real scores: it is taught to say more than 1.
        public var real: Float?
        /// The same on what was generated: it is taught to say less than -1.
        public var fake: Float?
    }

    /// - Throws: `TrainingError` for settings out of range or an empty data set.
    ///
    /// - Parameter communicator: the processes that train together; all have the same configuration and data.
    public init(
        configuration: TrainingConfiguration, windows: WindowSet, planWindows: PlanWindowSet,
        communicator: any Communicator = SingleProcess()
    ) throws(TrainingError) {
        try configuration.validate(processes: communicator.count)
        guard windows.count >= configuration.batch, planWindows.count >= Self.planBatch else {
            throw .data(
                "\(windows.count) windows of four bars for the band and \(planWindows.count) for the chords are too few "
                    + "for batches of \(configuration.batch) and \(Self.planBatch)")
        }
        self.configuration = configuration
        self.communicator = communicator
        self.windows = windows
        self.planWindows = planWindows
        generator = GeneratorNetwork(widths: configuration.generatorWidths)
        var random = SeededRandom(seed: configuration.seed)
        weights.add(generator.shapes + encoder.shapes, using: &random)
        planWeights.add(plan.shapes, using: &random)
        criticWeights = critic.parameters(using: &random)
        optimizer = AdamW(weights, beta2: 0.99)
        planOptimizer = AdamW(planWeights, beta2: 0.99, weightDecay: 0.05)
        criticOptimizer = AdamW(criticWeights, beta1: 0.5, beta2: 0.99, weightDecay: 0)
        adversarialOptimizer = AdamW(weights, beta1: 0.5, beta2: 0.99)
    }

    public var totalSteps: Int { configuration.planSteps + configuration.steps + configuration.adversarialSteps }
    public var isFinished: Bool { step >= totalSteps }

    /// Takes the next step.
    ///
    /// - Throws: `TrainingError.diverged` where a gradient is no number; the weights are unchanged then.
    public func advance() throws(TrainingError) -> Record {
        precondition(!isFinished, "the run is finished")
        let record: Record
        if step < configuration.planSteps {
            record = try planStep(step)
        } else if step < configuration.planSteps + configuration.steps {
            record = try reconstructionStep(step - configuration.planSteps)
        } else {
            record = try adversarialStep(step - configuration.planSteps - configuration.steps)
        }
        step += 1
        return record
    }

    // MARK: - The chord head

    private func planStep(_ index: Int) throws(TrainingError) -> Record {
        var random = random(for: .plan, index)
        let (epoch, place) = pass(index, size: Self.planBatch, of: planWindows.count)
        let order = planWindows.order(epoch: epoch)
        let share = share(of: Self.planBatch)
        let indices = order[place..<place + Self.planBatch]
        let batch = planWindows.batch(Self.cut(indices, share), epoch: epoch)
        let tape = Tape(share: share)
        let loss = planLoss(tape, batch) { tape.dropout($0, probability: 0.3, using: &random) }
        tape.backward(loss)
        let schedule = CosineSchedule(
            peak: configuration.rate, warmUpSteps: 50, totalSteps: max(51, configuration.planSteps))
        let norm = try update(planWeights, planOptimizer, rate: schedule.rate(at: index))
        return Record(step: step, stage: .plan, plan: sums([loss.scalar])[0], gradientNorm: norm)
    }

    private func planLoss(_ tape: Tape, _ batch: PlanBatch, dropout: ((Variable) -> Variable)? = nil) -> Variable {
        let melody = tape.constant(
            Tensor(batch.input, shape: [batch.count, ScoreLayout.beatsPerWindow, PlanEncoder.channels]))
        let logits = plan(tape, planWeights, melody: melody, dropout: dropout)
        let mask = Tensor(batch.labels.map { $0 >= 0 ? 1 : 0 }, shape: [batch.count, ScoreLayout.planSlots])
        let labels = batch.labels.map { max(0, $0) }
        // The root counts once more: a right root with a wrong kind is half right.
        let kinds = tape.crossEntropy(logits, targets: labels, classes: Chord.count, mask: mask, smoothing: 0.05)
        let roots = tape.marginalCrossEntropy(
            logits, targets: labels.map { Int32(Chord(index: Int($0)).root) },
            bins: (0..<Chord.count).map { Int32(Chord(index: $0).root) }, mask: mask)
        return tape.add(kinds, tape.scale(roots, by: 0.5))
    }

    // MARK: - Reconstruction

    private func reconstructionStep(_ index: Int) throws(TrainingError) -> Record {
        var random = random(for: .reconstruction, index)
        let lesson = lesson(index, firstEpoch: 0)
        let tape = Tape(share: lesson.share)
        let condition = self.condition(tape, lesson.batch)
        let (loss, terms) = reconstruct(tape, lesson.batch, condition: condition, using: &random)
        tape.backward(loss)
        let schedule = CosineSchedule(
            peak: configuration.rate, warmUpSteps: 50, totalSteps: max(51, configuration.steps))
        let norm = try update(weights, optimizer, rate: schedule.rate(at: index))
        return record(.reconstruction, sums([loss.scalar] + terms), norm)
    }

    private func reconstruct(
        _ tape: Tape, _ batch: WindowBatch, condition: Variable, using random: inout SeededRandom
    ) -> (loss: Variable, terms: [Float]) {
        let (mean, logVariance) = encoder(tape, weights, score: score(tape, batch))
        let code = tape.gaussianSample(mean: mean, logVariance: logVariance, using: &random)
        let logits = generator(tape, weights, condition: condition, code: code)
        let terms = ScoreLoss(tape, logits: logits, batch: batch)
        let divergence = tape.klDivergence(
            mean: mean, logVariance: logVariance, freeBits: configuration.freeBits)
        let loss = tape.add(terms.total, tape.scale(divergence, by: configuration.divergenceWeight))
        return (loss, [terms.drums, terms.gates, terms.pitches, terms.velocities, divergence].map(\.scalar))
    }

    /// - Parameter losses: of the generator: the whole, and the terms that `reconstruct` returns.
    private func record(_ stage: Stage, _ losses: [Float], _ gradientNorm: Float) -> Record {
        Record(
            step: step, stage: stage, generator: losses[0], drums: losses[1], gates: losses[2], pitches: losses[3],
            velocities: losses[4], divergence: losses[5], gradientNorm: gradientNorm)
    }

    // MARK: - Generator against discriminator

    private func adversarialStep(_ index: Int) throws(TrainingError) -> Record {
        var random = random(for: .adversarial, index)
        var criticLoss: Float = 0
        var real: Float = 0
        var fake: Float = 0
        var last: Lesson?
        for turn in 0..<configuration.criticSteps {
            let lesson = lesson(index * configuration.criticSteps + turn, firstEpoch: 1_000_000)
            let verdict = try teachCritic(lesson, using: &random)
            criticLoss += verdict.loss / Float(configuration.criticSteps)
            real += verdict.real / Float(configuration.criticSteps)
            fake += verdict.fake / Float(configuration.criticSteps)
            last = lesson
        }
        guard let lesson = last else { preconditionFailure("an adversarial step has critic steps (validate)") }

        let tape = Tape(share: lesson.share)
        let condition = self.condition(tape, lesson.batch)
        var (loss, terms) = reconstruct(tape, lesson.batch, condition: condition, using: &random)
        criticWeights.isFrozen = true
        let verdicts = critic(
            tape, criticWeights, condition: condition,
            score: generated(tape, lesson, condition: condition, using: &random))
        let adversarial = tape.add(
            tape.hingeGeneratorLoss(fake: verdicts.beats, mask: mask(lesson.batch, spans: 16)),
            tape.hingeGeneratorLoss(fake: verdicts.bars, mask: mask(lesson.batch, spans: 4)))
        loss = tape.add(loss, tape.scale(adversarial, by: configuration.adversarialWeight))
        tape.backward(loss)
        criticWeights.isFrozen = false

        let norm = try update(weights, adversarialOptimizer, rate: configuration.adversarialRate)
        let losses = sums([loss.scalar] + terms + [adversarial.scalar])
        var record = record(.adversarial, losses, norm)
        record.adversarial = losses.last
        record.discriminator = criticLoss
        record.real = real
        record.fake = fake
        return record
    }

    /// One step of the discriminator: the real score, a sample of the generator, and a real score under another melody.
    ///
    /// - Returns: the hinge loss a verdict, and the mean verdicts.
    private func teachCritic(
        _ lesson: Lesson, using random: inout SeededRandom
    ) throws(TrainingError) -> (loss: Float, real: Float, fake: Float) {
        let batch = lesson.batch
        let listening = Tape(recording: false, share: lesson.share)
        let fake = generated(listening, lesson, condition: condition(listening, batch), using: &random).value
        let tape = Tape(share: lesson.share)
        let condition = self.condition(tape, batch)
        let beats = mask(batch, spans: 16)
        let bars = mask(batch, spans: 4)
        let real = critic(tape, criticWeights, condition: condition, score: score(tape, batch))
        let made = critic(tape, criticWeights, condition: condition, score: tape.constant(fake))
        let strange = critic(
            tape, criticWeights, condition: condition,
            score: tape.constant(Tensor(lesson.strangers, shape: styleShape(batch))))
        let losses = [
            tape.hingeCriticLoss(real: real.beats, fake: made.beats, mask: beats),
            tape.hingeCriticLoss(real: real.bars, fake: made.bars, mask: bars),
            tape.scale(
                tape.hingeCriticLoss(real: real.beats, fake: strange.beats, mask: beats),
                by: configuration.mismatchWeight),
            tape.scale(
                tape.hingeCriticLoss(real: real.bars, fake: strange.bars, mask: bars),
                by: configuration.mismatchWeight),
        ]
        tape.backward(tape.add(tape.add(losses[0], losses[1]), tape.add(losses[2], losses[3])))
        _ = try update(criticWeights, criticOptimizer, rate: configuration.criticRate)
        let verdicts = [(real.beats, beats), (made.beats, beats), (real.bars, bars), (made.bars, bars)]
        let told = sums([losses[0].scalar + losses[1].scalar] + verdicts.flatMap { weightedSum($0.value, $1) })
        func mean(_ verdict: Int) -> Float {
            let (sum, weight) = (told[1 + 2 * verdict], told[2 + 2 * verdict])
            return weight > 0 ? sum / weight : 0
        }
        return (told[0] / 2, (mean(0) + mean(2)) / 2, (mean(1) + mean(3)) / 2)
    }

    /// The sum of verdicts where the mask counts them, and the sum of the mask.
    private func weightedSum(_ verdicts: Tensor, _ mask: Tensor) -> [Float] {
        let weights = mask.values
        return [zip(verdicts.values, weights).reduce(0) { $0 + $1.0 * $1.1 }, weights.reduce(0, +)]
    }

    /// A sample of the generator with styles that it was not told: half from the prior, half of other windows in turn.
    private func generated(
        _ tape: Tape, _ lesson: Lesson, condition: Variable, using random: inout SeededRandom
    ) -> Variable {
        let batch = lesson.batch
        let listening = Tape(recording: false)
        let strangers = listening.constant(Tensor(lesson.strangers, shape: styleShape(batch)))
        let others = encoder(listening, weights, score: strangers).mean.value.values
        let size = GeneratorNetwork.codeSize
        var codes = tape.gaussian(shape: [batch.count, size], using: &random).values
        let first = lesson.share?.samples.lowerBound ?? 0
        for sample in 0..<batch.count where (first + sample) % 2 == 1 {
            for i in 0..<size { codes[sample * size + i] = others[sample * size + i] + 0.2 * codes[sample * size + i] }
        }
        let logits = generator(
            tape, weights, condition: condition, code: tape.constant(Tensor(codes, shape: [batch.count, size])))
        return tape.sampledScore(logits, mask: batch.mask, using: &random)
    }

    // MARK: - Held-out songs

    /// The losses on up to 64 held-out windows of the stage that was trained last: without dropout, slips or noise.
    ///
    /// Nothing that a later step depends on is changed.
    public func losses(on held: WindowSet, _ planHeld: PlanWindowSet) -> HeldOut.Losses {
        let most = 64
        if stage == .plan {
            guard planHeld.count > 0 else { return .init() }
            let batch = planHeld.batch(Array(planHeld.order(epoch: 0).prefix(most)), epoch: nil)
            return .init(plan: planLoss(Tape(recording: false), batch).scalar)
        }
        let order = Array(held.order(epoch: 0).prefix(most))
        guard !order.isEmpty else { return .init() }
        var sums = [Float](repeating: 0, count: 5)
        for start in stride(from: 0, to: order.count, by: configuration.batch) {
            let indices = Array(order[start..<min(order.count, start + configuration.batch)])
            let batch = held.batch(indices, epoch: nil)
            let tape = Tape(recording: false)
            let code = encoder(tape, weights, score: score(tape, batch)).mean
            let logits = generator(tape, weights, condition: condition(tape, batch), code: code)
            let terms = ScoreLoss(tape, logits: logits, batch: batch)
            let share = Float(indices.count) / Float(order.count)
            for (index, term) in [terms.total, terms.drums, terms.gates, terms.pitches, terms.velocities].enumerated() {
                sums[index] += term.scalar * share
            }
        }
        return .init(score: sums[0], drums: sums[1], gates: sums[2], pitches: sums[3], velocities: sums[4])
    }

    /// The stage of the last step; of the first one before it.
    public var stage: Stage {
        let last = max(0, step - 1)
        if last < configuration.planSteps { return .plan }
        return last < configuration.planSteps + configuration.steps ? .reconstruction : .adversarial
    }

    // MARK: - Pieces

    private func condition(_ tape: Tape, _ batch: WindowBatch) -> Variable {
        tape.constant(
            Tensor(batch.condition, shape: [batch.count, ScoreLayout.windowSteps, ConditionEncoder.channels]))
    }

    func score(_ tape: Tape, _ batch: WindowBatch) -> Variable {
        tape.constant(Tensor(batch.style, shape: styleShape(batch)))
    }

    private func styleShape(_ batch: WindowBatch) -> [Int] {
        [batch.count, ScoreLayout.windowSteps, ScoreCodec.styleChannels]
    }

    /// 1 for each of `spans` equal stretches of a window in which anything may sound, `[batch, spans]`.
    private func mask(_ batch: WindowBatch, spans: Int) -> Tensor {
        let length = ScoreLayout.windowSteps / spans
        let flags = (0..<batch.count * spans).map { span in
            batch.mask[span * length..<(span + 1) * length].contains { $0 > 0 } ? Float(1) : 0
        }
        return Tensor(flags, shape: [batch.count, spans])
    }

    private func update(_ parameters: Parameters, _ optimizer: AdamW, rate: Float) throws(TrainingError) -> Float {
        if communicator.count > 1 { parameters.updateGradients(communicator.sum) }
        let norm = parameters.clipGradientNorm(to: 2)
        defer { parameters.clearGradients() }
        guard norm.isFinite else { throw .diverged(step: step) }
        optimizer.step(rate: rate)
        return norm
    }

    private func random(for stage: Stage, _ index: Int) -> SeededRandom {
        let salt: UInt64 = stage == .plan ? 1 : stage == .reconstruction ? 2 : 3
        return SeededRandom(seed: configuration.seed &* 0x9e37_79b9_7f4a_7c15 ^ salt << 60 ^ UInt64(index))
    }

    /// Windows in a step of the chord head.
    static let planBatch = 64

    /// What a step learns from: this process's windows of the step's batch.
    private struct Lesson {
        /// Nil where this is the only process.
        var share: BatchShare?
        var batch: WindowBatch
        /// The scores of the windows before each of the batch, `[count, 192, ScoreCodec.styleChannels]`; before the first of all
        /// processes' windows stands the last.
        var strangers: [Float]
    }

    /// The windows of a step: each stage goes through the set in a new order and with new slips each time.
    private func lesson(_ index: Int, firstEpoch: Int) -> Lesson {
        let (epoch, place) = pass(index, size: configuration.batch, of: windows.count)
        let indices = windows.order(epoch: firstEpoch + epoch)[place..<place + configuration.batch]
        let share = share(of: configuration.batch)
        let batch = windows.batch(Self.cut(indices, share), epoch: firstEpoch + epoch)
        var before = batch.style.suffix(batch.style.count / batch.count)
        if let share {
            let neighbour = (share.samples.lowerBound + share.total - 1) % share.total
            before = windows.batch([indices[place + neighbour]], epoch: firstEpoch + epoch).style[...]
        }
        let strangers = before + batch.style.dropLast(batch.style.count / batch.count)
        return Lesson(share: share, batch: batch, strangers: Array(strangers))
    }

    /// This process's samples of a batch; nil where it is the only one.
    private func share(of total: Int) -> BatchShare? {
        guard communicator.count > 1 else { return nil }
        let samples = BatchShare.samples(of: communicator.rank, among: communicator.count, total: total)
        return BatchShare(samples: samples, of: total, sum: communicator.sum)
    }

    private static func cut(_ indices: ArraySlice<Int>, _ share: BatchShare?) -> [Int] {
        guard let share else { return Array(indices) }
        return share.samples.map { indices[indices.startIndex + $0] }
    }

    /// The losses of all processes from their summands, for the record.
    private func sums(_ summands: [Float]) -> [Float] {
        communicator.count > 1 ? communicator.sum(summands.map(Double.init)).map { Float($0) } : summands
    }

    private func pass(_ index: Int, size: Int, of count: Int) -> (epoch: Int, place: Int) {
        let perPass = count / size
        return (index / perPass, index % perPass * size)
    }
}
