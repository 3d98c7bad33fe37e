import Music

/// Where onsets are likely to fall inside a stretch of the grid that repeats: a quarter, a dotted quarter in compound
/// metres, an eighth in metres such as 7/8.
struct BeatDivision: Hashable, Sendable {
    /// A place where a note may begin.
    struct Position: Hashable, Sendable {
        let step: Int
        /// How unlikely it is (a negative logarithm; 0 for the beat itself).
        let cost: Double
        /// Where it is played, in steps: elsewhere than it is written where the player swings.
        let place: Double
    }

    /// How pairs of notes are played; straight where they do not swing.
    private let swing: Swing
    /// Steps of such a pair.
    private let pair: Int
    /// Steps until the pattern repeats.
    let length: Int
    /// One list a way of dividing the beat: in twos, and where the metre is simple also in threes. The first position
    /// of each is the beat.
    let divisions: [[Position]]

    /// The most that a single onset's timing can cost: one wild note must not pull the grid to itself.
    var outlierCost = 8.0

    /// - Parameters:
    ///   - stepLength: in milliseconds; what is hardly playable at the tempo is hardly meant.
    ///   - swing: where the second of two swung notes is played; metres whose beat is no quarter do not swing.
    ///   - swung: which notes those are.
    init(_ meter: Meter, stepLength: Double, swing: Swing = .straight, swung: SwungNotes = .eighths) {
        // Sixteenths of 100 ms (150 a minute) are rare in melodies, of 80 ms (190 a minute) very rare.
        let haste = max(0, 120 - 3 * stepLength) / 10
        let straight = { (step: Int, cost: Double) in Position(step: step, cost: cost, place: Double(step)) }
        let isSwinging = !meter.isCompound && meter.denominator < 8
        self.swing = isSwinging ? swing : .straight
        pair = swung.pair
        if meter.isCompound {
            length = 18
            divisions = [[0, 3, 6, 9, 12, 15].map { straight($0, $0 == 0 ? 0 : $0 % 6 == 0 ? 0.3 : 1 + haste) }]
        } else if meter.denominator >= 8 {
            length = 6
            divisions = [[straight(0, 0), straight(3, 0.8 + haste)]]
        } else {
            let pair = pair
            let played = { (step: Int, cost: Double) in
                let place = Double(pair) * (Double(step / pair) + swing.played(Double(step % pair) / Double(pair)))
                return Position(step: step, cost: cost, place: place)
            }
            switch swing == .straight ? .eighths : swung {
            case .eighths:
                length = 12
                // Where eighths swing, three even notes are a triplet.
                let sixteenth = haste + (swing == .straight ? 0 : 2)
                divisions = [
                    [played(0, 0), played(3, 1 + sixteenth), played(6, 0.35), played(9, 0.9 + sixteenth)],
                    [straight(0, 0), straight(4, 1), straight(8, 0.8)],
                ]
            case .sixteenths:
                length = 12
                divisions = [
                    [played(0, 0), played(3, 0.9), played(6, 0.35), played(9, 0.9)],
                    [straight(0, 0), straight(4, 1), straight(8, 0.8)],
                ]
            case .quarters:
                length = 24
                divisions = [
                    [played(0, 0), played(6, 3 + haste), played(12, 0.35), played(18, 2.9 + haste)],
                    [straight(0, 0), straight(8, 1), straight(16, 0.8)],
                ]
            }
        }
    }

    /// The best place for an onset.
    ///
    /// - Parameters:
    ///   - place: where it was played, in steps from a beat.
    ///   - deviation: standard deviation of the player's timing, in steps.
    ///   - division: index into `divisions`.
    /// - Returns: the whole step, and the cost of place and timing together.
    func snap(_ place: Double, deviation: Double, division: Int) -> (step: Int, cost: Double) {
        let beat = Int((place / Double(length)).rounded(.down)) * length
        let inside = place - Double(beat)
        var best = (step: 0, cost: Double.infinity)
        let consider = { (step: Int, place: Double, cost: Double, best: inout (step: Int, cost: Double)) in
            let error = (inside - place) / deviation
            let total = min(outlierCost, error * error / 2) + cost
            if total < best.cost { best = (beat + step, total) }
        }
        for position in divisions[division] { consider(position.step, position.place, position.cost, &best) }
        consider(length, Double(length), 0, &best)
        return best
    }

    /// Where a step is played, in steps: elsewhere than it is written where the player swings.
    func place(of step: Int, division: Int) -> Double {
        let beat = Int((Double(step) / Double(length)).rounded(.down)) * length
        let position = divisions[division].first { $0.step == step - beat }
        return Double(beat) + (position?.place ?? Double(step - beat))
    }

    /// Where what was played at a place would have been played without swing; triplets do not swing.
    func straightened(_ place: Double, division: Int) -> Double {
        guard swing != .straight, division == 0 else { return place }
        let start = (place / Double(pair)).rounded(.down)
        return Double(pair) * (start + swing.written(place / Double(pair) - start))
    }

    /// The place for an end, without regard to how likely it is: the nearest position of a division.
    func nearest(_ place: Double, division: Int) -> Int {
        let beat = Int((place / Double(length)).rounded(.down)) * length
        let inside = place - Double(beat)
        let steps = divisions[division].map(\.step) + [length]
        return beat + steps.min { abs(inside - Double($0)) < abs(inside - Double($1)) }!
    }
}
