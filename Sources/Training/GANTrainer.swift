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
public final class GANTrainer {
    public let configuration: TrainingConfiguration
    private let windows: WindowSet
    private let planWindows: PlanWindowSet
    private let generator: GeneratorNetwork
    private let plan = PlanNetwork()
    private let encoder = StyleEncoder()
    private let critic = Critic()

    /// Generator and style encoder; they learn together.
    private let weights = Parameters()
    private let planWeights = Parameters()
    private let criticWeights: Parameters
    private let optimizer: AdamW
    private let planOptimizer: AdamW
    private let criticOptimizer: AdamW
    private var adversarialOptimizer: AdamW

    /// Steps done, over all stages.
    public private(set) var step = 0

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
    public init(
        configuration: TrainingConfiguration, windows: WindowSet, planWindows: PlanWindowSet
    ) throws(TrainingError) {
        try configuration.validate()
        guard windows.count >= configuration.batch, planWindows.count >= Self.planBatch else {
            throw .data(
                "\(windows.count) windows of four bars for the band and \(planWindows.count) for the chords are too few "
                    + "for batches of \(configuration.batch) and \(Self.planBatch)")
        }
        self.configuration = configuration
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
        let batch = planWindows.batch(Array(order[place..<place + Self.planBatch]), epoch: epoch)
        let tape = Tape()
        let loss = planLoss(tape, batch) { tape.dropout($0, probability: 0.3, using: &random) }
        tape.backward(loss)
        let schedule = CosineSchedule(
            peak: configuration.rate, warmUpSteps: 50, totalSteps: max(51, configuration.planSteps))
        let norm = try update(planWeights, planOptimizer, rate: schedule.rate(at: index))
        return Record(step: step, stage: .plan, plan: loss.scalar, gradientNorm: norm)
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
        let batch = batch(index, firstEpoch: 0)
        let tape = Tape()
        let condition = self.condition(tape, batch)
        let (loss, record) = reconstruct(tape, batch, condition: condition, using: &random)
        tape.backward(loss)
        let schedule = CosineSchedule(
            peak: configuration.rate, warmUpSteps: 50, totalSteps: max(51, configuration.steps))
        var finished = record
        finished.gradientNorm = try update(weights, optimizer, rate: schedule.rate(at: index))
        return finished
    }

    private func reconstruct(
        _ tape: Tape, _ batch: WindowBatch, condition: Variable, using random: inout SeededRandom
    ) -> (loss: Variable, record: Record) {
        let (mean, logVariance) = encoder(tape, weights, score: score(tape, batch))
        let code = tape.gaussianSample(mean: mean, logVariance: logVariance, using: &random)
        let logits = generator(tape, weights, condition: condition, code: code)
        let terms = ScoreLoss(tape, logits: logits, batch: batch)
        let divergence = tape.klDivergence(
            mean: mean, logVariance: logVariance, freeBits: configuration.freeBits)
        let loss = tape.add(terms.total, tape.scale(divergence, by: configuration.divergenceWeight))
        return (
            loss,
            Record(
                step: step, stage: .reconstruction, generator: loss.scalar, drums: terms.drums.scalar,
                gates: terms.gates.scalar, pitches: terms.pitches.scalar, velocities: terms.velocities.scalar,
                divergence: divergence.scalar, gradientNorm: 0)
        )
    }

    // MARK: - Generator against discriminator

    private func adversarialStep(_ index: Int) throws(TrainingError) -> Record {
        var random = random(for: .adversarial, index)
        var criticLoss: Float = 0
        var real: Float = 0
        var fake: Float = 0
        var batch = WindowBatch()
        for turn in 0..<configuration.criticSteps {
            batch = self.batch(index * configuration.criticSteps + turn, firstEpoch: 1_000_000)
            let lesson = try teachCritic(batch, using: &random)
            criticLoss += lesson.loss / Float(configuration.criticSteps)
            real += lesson.real / Float(configuration.criticSteps)
            fake += lesson.fake / Float(configuration.criticSteps)
        }

        let tape = Tape()
        let condition = self.condition(tape, batch)
        var (loss, record) = reconstruct(tape, batch, condition: condition, using: &random)
        criticWeights.isFrozen = true
        let verdicts = critic(
            tape, criticWeights, condition: condition,
            score: generated(tape, batch, condition: condition, using: &random))
        let adversarial = tape.add(
            tape.hingeGeneratorLoss(fake: verdicts.beats, mask: mask(batch, spans: 16)),
            tape.hingeGeneratorLoss(fake: verdicts.bars, mask: mask(batch, spans: 4)))
        loss = tape.add(loss, tape.scale(adversarial, by: configuration.adversarialWeight))
        tape.backward(loss)
        criticWeights.isFrozen = false

        record.stage = .adversarial
        record.generator = loss.scalar
        record.adversarial = adversarial.scalar
        record.discriminator = criticLoss
        record.real = real
        record.fake = fake
        record.gradientNorm = try update(weights, adversarialOptimizer, rate: configuration.adversarialRate)
        return record
    }

    /// One step of the discriminator: the real score, a sample of the generator, and a real score under another melody.
    ///
    /// - Returns: the hinge loss a verdict, and the mean verdicts.
    private func teachCritic(
        _ batch: WindowBatch, using random: inout SeededRandom
    ) throws(TrainingError) -> (loss: Float, real: Float, fake: Float) {
        let listening = Tape(recording: false)
        let fake = generated(listening, batch, condition: condition(listening, batch), using: &random).value
        let tape = Tape()
        let condition = self.condition(tape, batch)
        let beats = mask(batch, spans: 16)
        let bars = mask(batch, spans: 4)
        let real = critic(tape, criticWeights, condition: condition, score: score(tape, batch))
        let made = critic(tape, criticWeights, condition: condition, score: tape.constant(fake))
        let strange = critic(
            tape, criticWeights, condition: condition,
            score: tape.constant(Tensor(batch.style.rotatedByOneOf(batch.count), shape: styleShape(batch))))
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
        let told = tape.add(losses[0], losses[1])
        tape.backward(tape.add(told, tape.add(losses[2], losses[3])))
        _ = try update(criticWeights, criticOptimizer, rate: configuration.criticRate)
        return (
            told.scalar / 2,
            (mean(real.beats.value, where: beats) + mean(real.bars.value, where: bars)) / 2,
            (mean(made.beats.value, where: beats) + mean(made.bars.value, where: bars)) / 2
        )
    }

    private func mean(_ verdicts: Tensor, where mask: Tensor) -> Float {
        let weights = mask.values
        let total = weights.reduce(0, +)
        return total > 0 ? zip(verdicts.values, weights).reduce(0) { $0 + $1.0 * $1.1 } / total : 0
    }

    /// A sample of the generator with styles that it was not told: half from the prior, half of other windows in turn.
    private func generated(
        _ tape: Tape, _ batch: WindowBatch, condition: Variable, using random: inout SeededRandom
    ) -> Variable {
        let listening = Tape(recording: false)
        let (mean, _) = encoder(listening, weights, score: score(listening, batch))
        let size = GeneratorNetwork.codeSize
        var codes = random.gaussian(shape: [batch.count, size]).values
        let others = mean.value.values.rotatedByOneOf(batch.count)
        for sample in 0..<batch.count where sample % 2 == 1 {
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

    private func score(_ tape: Tape, _ batch: WindowBatch) -> Variable {
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

    /// The windows of a step: each stage goes through the set in a new order and with new slips each time.
    private func batch(_ index: Int, firstEpoch: Int) -> WindowBatch {
        let (epoch, place) = pass(index, size: configuration.batch, of: windows.count)
        let order = windows.order(epoch: firstEpoch + epoch)
        return windows.batch(Array(order[place..<place + configuration.batch]), epoch: firstEpoch + epoch)
    }

    private func pass(_ index: Int, size: Int, of count: Int) -> (epoch: Int, place: Int) {
        let perPass = count / size
        return (index / perPass, index % perPass * size)
    }

    // MARK: - Checkpoints and the model

    /// Everything that the next step depends on.
    public func checkpoint() -> [UInt8] {
        var file = Safetensors()
        file.metadata = ["format": Self.checkpointFormat, "genre": configuration.genre]
        file.set("step", integers: [Int64(step)])
        weights.store(in: &file)
        planWeights.store(in: &file)
        criticWeights.store(in: &file)
        optimizer.store(in: &file, prefix: "optimizer.generator.")
        planOptimizer.store(in: &file, prefix: "optimizer.plan.")
        criticOptimizer.store(in: &file, prefix: "optimizer.critic.")
        adversarialOptimizer.store(in: &file, prefix: "optimizer.adversarial.")
        return file.encoded()
    }

    /// Begins with the weights of another run's checkpoint or of a genre model, of the same widths; optimisers and step start anew. A
    /// model brings generator and chord head; style encoder and discriminator begin with fresh weights then.
    ///
    /// - Throws: `TrainingError.checkpoint` where the file does not fit; the trainer must not be used after that.
    public func start(from bytes: [UInt8]) throws(TrainingError) {
        precondition(step == 0, "a run starts before its first step")
        do {
            let file = try Safetensors(bytes: bytes)
            if file.metadata["format"] == Self.checkpointFormat {
                try weights.load(from: file)
                try criticWeights.load(from: file)
            } else {
                try weights.load(from: file, only: Set(generator.shapes.map(\.name)))
            }
            try planWeights.load(from: file)
        } catch {
            throw .checkpoint("\(error)")
        }
    }

    private static let checkpointFormat = "continuo-checkpoint-1"

    /// Takes the weights of an earlier checkpoint of this run, for the model; the step stays.
    func takeWeights(of checkpoint: [UInt8]) throws(TrainingError) {
        do {
            let file = try Safetensors(bytes: checkpoint)
            try weights.load(from: file)
            try planWeights.load(from: file)
            try criticWeights.load(from: file)
        } catch {
            throw .checkpoint("\(error)")
        }
    }

    /// Continues from a checkpoint of a run with the same configuration and data.
    ///
    /// - Throws: `TrainingError.checkpoint` where the file does not fit; this trainer must not go on then, as parts of
    ///   the file may have been taken.
    public func resume(from bytes: [UInt8]) throws(TrainingError) {
        do {
            let file = try Safetensors(bytes: bytes)
            let done = try file.integers("step", count: 1)[0]
            guard (0...Int64(totalSteps)).contains(done) else {
                throw TrainingError.checkpoint("it is at step \(done) of a run of \(totalSteps)")
            }
            try weights.load(from: file)
            try planWeights.load(from: file)
            try criticWeights.load(from: file)
            try optimizer.load(from: file, prefix: "optimizer.generator.")
            try planOptimizer.load(from: file, prefix: "optimizer.plan.")
            try criticOptimizer.load(from: file, prefix: "optimizer.critic.")
            try adversarialOptimizer.load(from: file, prefix: "optimizer.adversarial.")
            step = Int(done)
        } catch let error as TrainingError {
            throw error
        } catch {
            throw .checkpoint("\(error)")
        }
    }

    /// The model file of the weights as they are now: generator, chord head, styles of training windows. The discriminator
    /// and the style encoder stay behind.
    ///
    /// - Parameter styles: how many styles it keeps; nil as the configuration says.
    public func model(
        instrumentation: Instrumentation, groove: Groove, manner: GenreModel.Card.Manner = .init(),
        notes: [String: String], styles: Int? = nil
    ) -> [UInt8] {
        let card = GenreModel.Card(
            genre: Genre(rawValue: configuration.genre)!,  // validated
            widths: configuration.generatorWidths, instrumentation: instrumentation, ranges: configuration.style.ranges,
            groove: groove, manner: manner, notes: notes)
        let shipped = Parameters()
        for shape in generator.shapes { shipped.add(shape.name, weights[shape.name].value) }
        for shape in plan.shapes { shipped.add(shape.name, planWeights[shape.name].value) }
        return GenreModel.encode(card: card, weights: shipped, styles: styleBank(styles ?? configuration.styles))
    }

    /// The discriminator's weights as they are now, in half precision: for those who want to see what it has learned.
    public func discriminator() -> [UInt8] {
        var file = Safetensors()
        file.metadata = ["format": "continuo-discriminator-1", "genre": configuration.genre, "step": "\(step)"]
        criticWeights.store(in: &file, as: .float16)
        return file.encoded()
    }

    /// Codes of training windows in a drawn order: those in which every part sounds, of every metre a share of the bank at most; others only
    /// where there are too few.
    private func styleBank(_ size: Int) -> StyleBank {
        let order = windows.order(epoch: 3_000_000).prefix(8 * size)
        let most = max(1, size * 2 / 5)
        var full: [StyleBank.Style] = []
        var others: [StyleBank.Style] = []
        var counts: [Meter: Int] = [:]
        for start in stride(from: 0, to: order.count, by: configuration.batch) where full.count < size {
            let indices = Array(order[start..<min(order.count, start + configuration.batch)])
            let batch = windows.batch(indices, epoch: nil)
            let tape = Tape(recording: false)
            let codes = encoder(tape, weights, score: score(tape, batch)).mean.value.values
            for (row, index) in indices.enumerated() {
                let first = row * GeneratorNetwork.codeSize
                let style = StyleBank.Style(
                    code: Array(codes[first..<first + GeneratorNetwork.codeSize]), meter: windows.meter(index),
                    parts: batch.parts(row))
                if style.parts.count == Part.allCases.count, counts[style.meter, default: 0] < most {
                    counts[style.meter, default: 0] += 1
                    full.append(style)
                } else {
                    others.append(style)
                }
            }
        }
        return StyleBank(Array((full + others).prefix(size)))
    }
}

extension WindowBatch {
    /// The parts that sound in a window for a good part of it: a pitched one in at least a sixth of its steps, the drums in every other beat.
    fileprivate func parts(_ row: Int) -> Set<Part> {
        let steps = (row * ScoreLayout.windowSteps..<(row + 1) * ScoreLayout.windowSteps).filter { mask[$0] > 0 }
        let pitched = ScoreCodec.pitchedParts
        var sounding = [Int](repeating: 0, count: pitched.count)
        var hits = 0
        for step in steps {
            for index in pitched.indices
            where gates[step * pitched.count + index] != ScoreTarget.Gate.rest.rawValue { sounding[index] += 1 }
            if drums[step * ScoreCodec.drumClasses..<(step + 1) * ScoreCodec.drumClasses].contains(where: { $0 > 0 }) {
                hits += 1
            }
        }
        var parts = Set(pitched.indices.filter { sounding[$0] * 6 >= max(1, steps.count) }.map { pitched[$0] })
        if hits * 2 * Grid.stepsPerQuarter >= max(1, steps.count) { parts.insert(.drums) }
        return parts
    }
}

extension [Float] {
    /// The rows of a matrix, each moved on by one; the last becomes the first.
    fileprivate func rotatedByOneOf(_ rows: Int) -> [Float] {
        let size = count / rows
        return Array(self[(count - size)...] + self[..<(count - size)])
    }
}
