import Music

/// Where onsets are likely to fall inside a stretch of the grid that repeats: a quarter, a dotted quarter in compound
/// metres, an eighth in metres such as 7/8.
struct BeatDivision: Hashable, Sendable {
    /// A place where a note may begin, and how unlikely it is (a negative logarithm; 0 for the beat itself).
    struct Position: Hashable, Sendable {
        let step: Int
        let cost: Double
    }

    /// Steps until the pattern repeats.
    let length: Int
    /// One list a way of dividing the beat: in twos, and where the metre is simple also in threes. The first position
    /// of each is the beat.
    let divisions: [[Position]]

    /// The most that a single onset's timing can cost: one wild note must not pull the grid to itself.
    var outlierCost = 8.0

    /// - Parameter stepLength: in milliseconds; what is hardly playable at the tempo is hardly meant.
    init(_ meter: Meter, stepLength: Double) {
        // Sixteenths of 100 ms (150 a minute) are rare in melodies, of 80 ms (190 a minute) very rare.
        let haste = max(0, 120 - 3 * stepLength) / 10
        if meter.isCompound {
            length = 18
            divisions = [
                [0, 3, 6, 9, 12, 15].map { Position(step: $0, cost: $0 == 0 ? 0 : $0 % 6 == 0 ? 0.3 : 1 + haste) }
            ]
        } else if meter.denominator >= 8 {
            length = 6
            divisions = [[Position(step: 0, cost: 0), Position(step: 3, cost: 0.8 + haste)]]
        } else {
            length = 12
            divisions = [
                [
                    Position(step: 0, cost: 0), Position(step: 3, cost: 1 + haste), Position(step: 6, cost: 0.35),
                    Position(step: 9, cost: 0.9 + haste),
                ],
                [Position(step: 0, cost: 0), Position(step: 4, cost: 1), Position(step: 8, cost: 0.8)],
            ]
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
        let consider = { (step: Int, cost: Double, best: inout (step: Int, cost: Double)) in
            let error = (inside - Double(step)) / deviation
            let total = min(outlierCost, error * error / 2) + cost
            if total < best.cost { best = (beat + step, total) }
        }
        for position in divisions[division] { consider(position.step, position.cost, &best) }
        consider(length, 0, &best)
        return best
    }

    /// The place for an end, without regard to how likely it is: the nearest position of a division.
    func nearest(_ place: Double, division: Int) -> Int {
        let beat = Int((place / Double(length)).rounded(.down)) * length
        let inside = place - Double(beat)
        let steps = divisions[division].map(\.step) + [length]
        return beat + steps.min { abs(inside - Double($0)) < abs(inside - Double($1)) }!
    }
}
