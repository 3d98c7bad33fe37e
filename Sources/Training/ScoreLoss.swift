import Generation
import Tensor

/// How far the generator's logits are from a batch of real scores.
struct ScoreLoss {
    let total: Variable
    /// Unweighted terms, for the record.
    let drums, gates, pitches, velocities: Variable

    /// Weight of pitches and velocities against hits and gates, which say *when*: pitches are counted at onsets only.
    static let pitchWeight: Float = 0.15
    static let velocityWeight: Float = 0.5

    /// - Parameter logits: `[batch, 192, ScoreCodec.headChannels]`
    init(_ tape: Tape, logits: Variable, batch: WindowBatch) {
        let count = batch.count
        let steps = ScoreLayout.windowSteps
        let parts = ScoreCodec.pitchedParts.count
        let mask = Tensor(batch.mask, shape: [count, steps])

        let hits = Tensor(batch.drums, shape: [count, steps, ScoreCodec.drumClasses])
        drums = tape.binaryCrossEntropy(tape.slice(logits, channels: ScoreCodec.drumHits), targets: hits, mask: mask)
        let loudness = tape.binaryCrossEntropy(
            tape.slice(logits, channels: ScoreCodec.drumVelocities),
            targets: Tensor(batch.drumVelocities, shape: hits.shape), weights: hits, mask: mask)
        gates = tape.crossEntropy(
            tape.concat((0..<parts).map { tape.slice(logits, channels: ScoreCodec.gates($0)) }), targets: batch.gates,
            classes: 3, mask: mask)

        var pitchTerms: [Variable] = []
        var velocityTerms = [loudness]
        for part in 0..<parts {
            let target = batch.onsetTargets(part: part)
            let onsets = Tensor(target.onsets, shape: [count, steps])
            let heads = tape.slice(logits, channels: ScoreCodec.pitches(part))
            if ScoreCodec.isMonophonic(part) {
                pitchTerms.append(
                    tape.crossEntropy(heads, targets: target.lowest, classes: ScoreCodec.pitchClasses, mask: onsets))
            } else {
                pitchTerms.append(
                    tape.binaryCrossEntropy(
                        heads, targets: Tensor(target.pitches, shape: [count, steps, ScoreCodec.pitchClasses]),
                        mask: onsets))
            }
            let velocity = ScoreCodec.velocity(part)
            velocityTerms.append(
                tape.binaryCrossEntropy(
                    tape.slice(logits, channels: velocity..<velocity + 1),
                    targets: Tensor(target.velocities, shape: [count, steps, 1]), mask: onsets))
        }
        pitches = ScoreLoss.sum(tape, pitchTerms)
        velocities = ScoreLoss.sum(tape, velocityTerms)
        total = ScoreLoss.sum(
            tape,
            [
                drums, gates, tape.scale(pitches, by: ScoreLoss.pitchWeight),
                tape.scale(velocities, by: ScoreLoss.velocityWeight),
            ])
    }

    private static func sum(_ tape: Tape, _ terms: [Variable]) -> Variable {
        terms.dropFirst().reduce(terms[0]) { tape.add($0, $1) }
    }
}

extension WindowBatch {
    /// What one pitched part is to say at its onsets, `[count, 192, ...]`.
    fileprivate func onsetTargets(
        part: Int
    ) -> (onsets: [Float], lowest: [Int32], pitches: [Float], velocities: [Float]) {
        let parts = ScoreCodec.pitchedParts.count
        let classes = ScoreCodec.pitchClasses
        let cells = count * ScoreLayout.windowSteps
        var onsets = [Float](repeating: 0, count: cells)
        var lowest = [Int32](repeating: 0, count: cells)
        var chosen = [Float](repeating: 0, count: cells * classes)
        var loudness = [Float](repeating: 0, count: cells)
        for cell in 0..<cells where gates[cell * parts + part] == ScoreTarget.Gate.onset.rawValue {
            let first = (cell * parts + part) * classes
            // A part's onset without a pitch in reach of the head says nothing about pitches.
            guard let low = (0..<classes).first(where: { pitches[first + $0] > 0 }) else { continue }
            onsets[cell] = mask[cell]
            lowest[cell] = Int32(low)
            for pitch in 0..<classes { chosen[cell * classes + pitch] = pitches[first + pitch] }
            loudness[cell] = velocities[cell * parts + part]
        }
        return (onsets, lowest, chosen, loudness)
    }
}

extension Tape {
    /// Hard samples of the generator's logits in the form that the critic reads real scores in; gradients pass straight through.
    ///
    /// - Parameters:
    ///   - logits: `[batch, 192, ScoreCodec.headChannels]`
    ///   - mask: `[batch, 192]`: nothing sounds where it is 0.
    /// - Returns: `[batch, 192, ScoreCodec.styleChannels]`
    func sampledScore(_ logits: Variable, mask: [Float], using random: inout SeededRandom) -> Variable {
        var planes = [bernoulliSample(slice(logits, channels: ScoreCodec.drumHits), using: &random)]
        // A plane is repeated over the pitches by a convolution with weights of one.
        let spread = constant(Tensor(shape: [ScoreCodec.pitchClasses, 1, 1], repeating: 1))
        for part in 0..<ScoreCodec.pitchedParts.count {
            let gate = gumbelSoftmaxSample(slice(logits, channels: ScoreCodec.gates(part)), classes: 3, using: &random)
            let onset = slice(gate, channels: 1..<2)
            let velocity = sigmoid(slice(logits, channels: ScoreCodec.velocity(part)..<ScoreCodec.velocity(part) + 1))
            let heads = slice(logits, channels: ScoreCodec.pitches(part))
            let pitches =
                ScoreCodec.isMonophonic(part)
                ? gumbelSoftmaxSample(heads, classes: ScoreCodec.pitchClasses, using: &random)
                : bernoulliSample(heads, using: &random)
            planes += [
                onset, slice(gate, channels: 2..<3), multiply(velocity, onset),
                multiply(pitches, conv1d(onset, spread)),
            ]
        }
        let score = concat(planes)
        var used = [Float](repeating: 0, count: score.value.count)
        for cell in mask.indices where mask[cell] > 0 {
            for channel in 0..<ScoreCodec.styleChannels { used[cell * ScoreCodec.styleChannels + channel] = 1 }
        }
        return multiply(score, constant(Tensor(used, shape: score.shape)))
    }
}
