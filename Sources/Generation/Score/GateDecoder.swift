import Music

/// Reads the rhythm of a part from its gate logits: where notes begin and how long they last.
struct GateDecoder {
    /// A note or chord in time, `start..<end` in steps of the phrase.
    struct Span: Hashable {
        var start: Int
        var end: Int
        /// Log-odds with which it begins.
        var strength: Float
    }

    /// No note is shorter: 2 steps, a sixth of a quarter.
    static let minimumLength = 2
    /// Steps of the quarter on which music begins: sixteenths, triplets and sextuplets. The other four are a grid's width beside them.
    static let onsetSteps: Set<Int> = [0, 2, 3, 4, 6, 8, 9, 10]

    /// Whether notes may begin at each step of the phrase.
    static func mayBegin(_ grid: ScoreGrid) -> [Bool] {
        var may = [Bool](repeating: false, count: grid.steps)
        for cell in grid.cells {
            for inside in 0..<cell.length where onsetSteps.contains(inside % Grid.stepsPerQuarter) {
                may[cell.start + inside] = true
            }
        }
        for step in max(0, grid.steps - minimumLength + 1)..<grid.steps { may[step] = false }
        return may
    }

    /// The spans of a part: none overlap, none is shorter than two steps, none goes beyond the phrase.
    ///
    /// A hold where nothing sounds is a rest. Of two onsets a single step apart the stronger one stays.
    ///
    /// - Parameters:
    ///   - gates: `[steps][3]` logits.
    ///   - minimumLength: shorter notes are lengthened to this; 1 shows what was said, for judging.
    ///   - draws: where the choice at a step comes from.
    static func spans(
        gates: [[Float]], mayBegin: [Bool], minimumLength: Int = GateDecoder.minimumLength, temperature: Double,
        draws: (Int) -> Draws
    ) -> [Span] {
        var spans: [Span] = []
        var isSounding = false
        for (step, logits) in gates.enumerated() {
            switch choose(logits, isSounding, mayBegin[step], temperature, draws(step)) {
            case .onset:
                let strength = logits[1] - max(logits[0], logits[2])
                if let last = spans.last, step - last.start < GateDecoder.minimumLength {
                    if last.strength >= strength {
                        spans[spans.count - 1].end = step + 1
                        isSounding = true
                        continue
                    }
                    spans.removeLast()
                }
                if let last = spans.last, last.end > step { spans[spans.count - 1].end = step }
                spans.append(Span(start: step, end: min(gates.count, step + minimumLength), strength: strength))
                isSounding = true
            case .hold: spans[spans.count - 1].end = max(spans[spans.count - 1].end, step + 1)
            case .rest: isSounding = false
            }
        }
        return spans
    }

    private static func choose(
        _ logits: [Float], _ isSounding: Bool, _ mayBegin: Bool, _ temperature: Double, _ draws: Draws
    ) -> ScoreTarget.Gate {
        var draws = draws
        let chosen: ScoreTarget.Gate
        if temperature > 0 {
            let weights = Mathematics.softmax(logits, temperature: temperature)
            chosen = ScoreTarget.Gate(rawValue: Int32(draws.index(weights: weights)))!
        } else if logits[1] >= logits[0], logits[1] >= logits[2] {
            chosen = .onset
        } else {
            chosen = logits[2] > logits[0] ? .hold : .rest
        }
        if chosen == .onset, !mayBegin { return isSounding && logits[2] >= logits[0] ? .hold : .rest }
        return chosen == .hold && !isSounding ? .rest : chosen
    }
}
