import Generation
import Music
import Tensor

/// A trainer's checkpoints, and the model that it has learned.
extension GANTrainer {
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
