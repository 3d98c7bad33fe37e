/// Chooses in which octaves the voices of a chord sound, so that they move little from one chord to the next.
struct VoiceLeading {
    /// Pitches that may sound.
    let range: ClosedRange<Int>
    /// What distance from the proposed voicing costs, beside a semitone of movement: so a smooth proposal stays as it is.
    static let loyalty = 0.5
    /// What a voice costs that doubles the melody's very pitch, and one that lies above its lowest: chords belong under the tune.
    static let doubling = 4.0
    static let covering = 3.0
    /// What a voice costs that lies a second beside the melody.
    static let crowding = 1.0

    private var previous: [Int] = []

    init(range: ClosedRange<Int>) { self.range = range }

    /// Places a chord after the one that was placed before.
    ///
    /// - Parameters:
    ///   - proposed: pitches as somebody would like them; any octave.
    ///   - above: no voice is placed at or below this pitch; nil sets no limit.
    ///   - melody: pitches that the melody sounds meanwhile; they are avoided where that costs little movement.
    /// - Returns: pitches inside the range, ascending, without doublings of a pitch. Fewer than proposed where there is no room for all.
    mutating func place(_ proposed: [Int], above: Int?, under melody: Set<Int> = []) -> [Int] {
        let lowest = max(range.lowerBound, (above ?? -1) + 1)
        guard lowest <= range.upperBound, !proposed.isEmpty else { return [] }
        let wanted = Set(proposed).sorted()
        let candidates = VoiceLeading.voicings(of: wanted).filter {
            $0[0] >= lowest && $0[$0.count - 1] <= range.upperBound
        }
        let home = shiftedHome(wanted, lowest: lowest)
        let ceiling = melody.min() ?? .max
        var best: (voicing: [Int], cost: Double)?
        for voicing in candidates {
            let movement = previous.isEmpty ? 0 : VoiceLeading.distance(previous, voicing)
            var cost = movement + VoiceLeading.loyalty * VoiceLeading.distance(home, voicing)
            for pitch in voicing where pitch >= ceiling {
                cost += melody.contains(pitch) ? VoiceLeading.doubling : VoiceLeading.covering
            }
            for pitch in voicing where !melody.contains(pitch) {
                if melody.contains(where: { abs($0 - pitch) <= 2 }) { cost += VoiceLeading.crowding }
            }
            if cost < best?.cost ?? .infinity { best = (voicing, cost) }
        }
        let placed = best?.voicing ?? crowded(wanted, lowest: lowest)
        if !placed.isEmpty { previous = placed }
        return placed
    }

    /// Takes note of a chord that was placed by somebody else.
    mutating func follow(_ placed: [Int]) { previous = placed }

    /// The proposal moved as a whole by octaves towards the range: what the candidates are compared with.
    private func shiftedHome(_ wanted: [Int], lowest: Int) -> [Int] {
        var shift = 0
        while wanted[0] + shift < lowest { shift += 12 }
        while wanted[wanted.count - 1] + shift > range.upperBound, wanted[0] + shift - 12 >= lowest { shift -= 12 }
        return wanted.map { $0 + shift }
    }

    /// Where no voicing fits as a whole: every voice by itself in the octave where it fits, if there is one.
    private func crowded(_ wanted: [Int], lowest: Int) -> [Int] {
        var placed: Set<Int> = []
        for pitch in wanted {
            var moved = lowest + (((pitch - lowest) % 12) + 12) % 12
            while moved + 12 <= range.upperBound, moved < pitch || placed.contains(moved) { moved += 12 }
            if moved <= range.upperBound { placed.insert(moved) }
        }
        return placed.sorted()
    }

    /// The voicing, its inversions (lowest voices raised by an octave in turn), and its close position with inversions, in all octaves. The proposal
    /// itself comes first, so it wins ties.
    private static func voicings(of wanted: [Int]) -> [[Int]] {
        var shapes = inversions(of: wanted)
        let classes = Set(wanted.map { $0 % 12 }).sorted()
        let root = wanted[0]
        let close = classes.map { root + (($0 - root) % 12 + 12) % 12 }.sorted()
        if close.count == wanted.count { shapes += inversions(of: close) }
        return shapes.flatMap { shape in
            [0, -12, 12, -24, 24, -36, 36].map { octaves in shape.map { $0 + octaves } }
        }
    }

    private static func inversions(of shape: [Int]) -> [[Int]] {
        var found = [shape]
        var current = shape
        for _ in 1..<max(1, shape.count) {
            var raised = current.removeFirst()
            while current.contains(raised) || raised < current[current.count - 1] { raised += 12 }
            current.append(raised)
            found.append(current)
        }
        return found
    }

    /// Mean distance from each voice of one chord to the nearest of the other, both ways.
    static func distance(_ a: [Int], _ b: [Int]) -> Double {
        // Plain loops: this runs some thousand times for a phrase.
        func oneWay(_ from: [Int], _ to: [Int]) -> Double {
            var sum = 0
            for voice in from {
                var nearest = Int.max
                for other in to { nearest = min(nearest, abs(other - voice)) }
                sum += nearest
            }
            return Double(sum) / Double(from.count)
        }
        return (oneWay(a, b) + oneWay(b, a)) / 2
    }
}
