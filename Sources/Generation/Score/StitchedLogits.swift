import Music

/// The heads' answers for a whole phrase, joined from overlapping windows.
///
/// Every window counts most in its middle and least at its ends (a triangle), so a note that is held over a window's end is judged by both
/// windows and is not cut.
public struct StitchedLogits: Sendable {
    public let grid: ScoreGrid
    private var sums: [Float]
    private var weights: [Float]

    public init(grid: ScoreGrid) {
        self.grid = grid
        sums = [Float](repeating: 0, count: grid.steps * ScoreCodec.headChannels)
        weights = [Float](repeating: 0, count: grid.steps)
    }

    /// Adds the answer for the window that begins at a cell.
    ///
    /// - Parameter logits: row-major `[192, 232]`, finite numbers; what stands in unused slots is ignored.
    public mutating func add(_ logits: [Float], window firstCell: Int) {
        let channels = ScoreCodec.headChannels
        precondition(logits.count == ScoreLayout.windowSteps * channels, "an answer is [192, 232]")
        for slot in 0..<ScoreLayout.windowSteps {
            guard let step = grid.phraseStep(window: firstCell, slot: slot) else { continue }
            let weight = Float(min(slot, ScoreLayout.windowSteps - 1 - slot)) + 0.5
            weights[step] += weight
            for channel in 0..<channels {
                sums[step * channels + channel] += weight * logits[slot * channels + channel]
            }
        }
    }

    /// Whether a window has spoken about every step.
    public var isComplete: Bool { weights.allSatisfy { $0 > 0 } }

    /// The joined logits of a step of the phrase, 232 of them; zeros where no window spoke.
    public func row(_ step: Int) -> [Float] {
        let channels = ScoreCodec.headChannels
        let row = sums[step * channels..<(step + 1) * channels]
        return weights[step] > 0 ? row.map { $0 / weights[step] } : [Float](repeating: 0, count: channels)
    }
}
