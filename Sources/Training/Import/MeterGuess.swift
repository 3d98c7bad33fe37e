import Music

/// Hears the metre of music that names none.
///
/// Bars of a metre are alike: what lies a bar apart is compared, place by place, weighted by how much begins there; low notes and drums count most, as
/// they mark the bars. 4/4 is believed unless another metre fits clearly better, as it does what the standard says of a file without a time signature.
enum MeterGuess {
    private static let candidates = [(4, 4), (3, 4), (5, 4), (6, 8), (7, 8)].compactMap { Meter($0, $1) }
    /// How much better another metre than 4/4 must fit.
    private static let margin = 0.06

    /// - Parameter notes: of all voices, in any order.
    static func meter(_ notes: [NoteEvent]) -> Meter {
        guard let end = notes.map(\.onset.nearestStep).max(), end >= 4 * 48 else { return .fourFour }
        // Half beats are fine enough to tell bars by, and far fewer than steps.
        let unit = Grid.stepsPerQuarter / 2
        var weights = [[Double]](repeating: [0, 0, 0], count: end / unit + 1)
        for note in notes {
            let pitch = note.pitch.number
            weights[note.onset.nearestStep / unit][pitch < 48 ? 0 : pitch < 64 ? 1 : 2] += pitch < 48 ? 2 : 1
        }
        for index in weights.indices { weights[index] = weights[index].map { $0.squareRoot() } }
        func likeness(_ lag: Int) -> Double {
            guard weights.count > 2 * lag else { return 0 }
            var (product, first, second) = (0.0, 0.0, 0.0)
            for index in 0..<weights.count - lag {
                for register in 0..<3 {
                    let (a, b) = (weights[index][register], weights[index + lag][register])
                    product += a * b
                    first += a * a
                    second += b * b
                }
            }
            return first * second == 0 ? 0 : product / (first * second).squareRoot()
        }
        // A bar repeats after one and after two; half bars repeat too, but not what their bars are made of.
        func fit(_ meter: Meter) -> Double {
            let bar = meter.stepsPerBar / unit
            return (likeness(bar) + likeness(2 * bar)) / 2
        }
        let rated = candidates.map { (meter: $0, fit: fit($0)) }
        let usual = rated[0]
        // 6/8 and 3/4 have bars of one length: eighths in threes, or quarters.
        guard let best = rated.dropFirst().max(by: { $0.fit < $1.fit }), best.fit > usual.fit + margin else {
            return usual.meter
        }
        guard best.meter.stepsPerBar == Meter.threeFour.stepsPerBar else { return best.meter }
        var (third, half) = (0.0, 0.0)
        for (index, weight) in weights.enumerated() {
            switch index % 6 {
            case 2, 4: third += weight[0] + weight[1]
            case 3: half += weight[0] + weight[1]
            default: break
            }
        }
        return half > third ? .sixEight : .threeFour
    }
}
