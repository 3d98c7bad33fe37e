import Music

/// Leads the voices of a chord sequence: complete chords in close position, each voice to the nearest tone.
///
/// The whole sequence is chosen at once (Viterbi), so that no chord is reached by a leap that the next one pays for.
struct Voicer: Sendable {
    /// Keys that may be used, in the normalised key.
    let range: ClosedRange<Int>
    /// 2 to 4; a triad of four voices doubles its root or fifth where that lies well. A seventh chord has four.
    let voices: Int
    /// Where the middle of the chord likes to lie.
    let center: Double
    /// Sevenths leave their root to the bass where they have three voices; of four, one is doubled or the root stays.
    var isRootless = false
    /// Sevenths may leave out their root or fifth, for a part that only colours.
    var mayThinOut = false

    struct Request: Sendable {
        let chord: Chord
        /// The melody's lowest key over the chord, which the top voice keeps under; nil where it rests.
        let ceiling: Int?
        /// For each pitch class, quarters that the melody sounds a semitone away from it.
        let rub: [Double]
        /// For each key, quarters that the melody sounds on it.
        var sung = [Double](repeating: 0, count: 128)
        /// The chord before goes on; it is time for another position of it.
        var isRevoiced = false
    }

    /// - Returns: for each request its keys in ascending order.
    func lead(_ requests: [Request]) -> [[Int]] {
        guard !requests.isEmpty else { return [] }
        var candidates: [[[Int]]] = []
        var known: [Chord: [[Int]]] = [:]
        for request in requests {
            let found = known[request.chord] ?? positions(of: request.chord)
            known[request.chord] = found
            candidates.append(found)
        }
        var costs = candidates[0].map { standing($0, requests[0]) }
        var back: [[Int]] = []
        for i in 1..<max(1, requests.count) where i < requests.count {
            let root = Voicer.signed(requests[i].chord.root - requests[i - 1].chord.root)
            var next: [Double] = []
            var from: [Int] = []
            for position in candidates[i] {
                var best = Double.infinity
                var bestIndex = 0
                for (j, before) in candidates[i - 1].enumerated() {
                    let stays = requests[i].isRevoiced && before == position
                    let cost = costs[j] + motion(before, position, root: root) + (stays ? Voicer.stale : 0)
                    if cost < best { (best, bestIndex) = (cost, j) }
                }
                next.append(best + standing(position, requests[i]))
                from.append(bestIndex)
            }
            costs = next
            back.append(from)
        }
        var index = costs.indices.min { costs[$0] < costs[$1] }!
        var led = [candidates[requests.count - 1][index]]
        for i in stride(from: requests.count - 1, to: 0, by: -1) {
            index = back[i - 1][index]
            led.append(candidates[i - 1][index])
        }
        return led.reversed()
    }

    /// Every close position of the chord in the range.
    private func positions(of chord: Chord) -> [[Int]] {
        let tones = chord.quality.intervals
        var sets: [[Int]] = []
        if voices == 2 {
            sets =
                tones.count == 3
                ? [[tones[0], tones[1]], [tones[1], tones[2]]] : [[tones[1], tones[3]], [tones[1], tones[2]]]
        } else if tones.count == 4 && isRootless && voices == 3 {
            sets = [[tones[1], tones[2], tones[3]], [tones[0], tones[1], tones[3]]]
        } else if tones.count == 4 && isRootless {
            sets = [tones, [tones[1], tones[2], tones[3]]]
        } else if tones.count == 3 {
            sets = voices == 3 ? [tones] : [tones, tones + [tones[0]], tones + [tones[2]]]
        } else if voices >= 4 || !mayThinOut {
            sets = [tones]
        } else {
            sets = [[tones[0], tones[1], tones[3]], [tones[1], tones[2], tones[3]], [tones[0], tones[1], tones[2]]]
        }
        var found: [[Int]] = []
        for set in sets {
            build(set.map { (chord.root + $0) % 12 }, [], &found)
        }
        return found
    }

    private func build(_ left: [Int], _ chosen: [Int], _ found: inout [[Int]]) {
        guard !left.isEmpty else {
            found.append(chosen)
            return
        }
        var tried: [Int] = []
        for (i, pitchClass) in left.enumerated() where !tried.contains(pitchClass) {
            tried.append(pitchClass)
            var rest = left
            rest.remove(at: i)
            let low = (chosen.last.map { $0 + 1 }) ?? range.lowerBound
            let high = min(range.upperBound, chosen.first.map { $0 + 15 } ?? range.upperBound)
            guard low <= high else { continue }
            for pitch in low...high where pitch % 12 == pitchClass {
                if let below = chosen.last, pitch - below > 8 { break }
                build(rest, chosen + [pitch], &found)
            }
        }
    }

    private func standing(_ position: [Int], _ request: Request) -> Double {
        let mean = Double(position.reduce(0, +)) / Double(position.count)
        var cost = 0.5 * abs(mean - center)
        let top = position[position.count - 1]
        // Under the melody where the register allows it, and on none of its keys.
        if let ceiling = request.ceiling, top >= ceiling { cost += 2 + 1.2 * Double(min(8, top - ceiling + 1)) }
        for pitch in position {
            cost += 3.5 * min(2, request.sung[pitch])
            for near in max(0, pitch - 2)...min(127, pitch + 2) where near != pitch {
                cost += 0.8 * min(2, request.sung[near])
            }
        }
        cost += 2.5 * min(2, request.sung[top])
        if position.count < voices { cost += 1.5 }
        // A semitone on top or at the bottom sounds harsh.
        if position[position.count - 1] - position[position.count - 2] == 1 { cost += 3 }
        if position[1] - position[0] == 1 { cost += 2 }
        if position[0] < 54 && position[1] - position[0] < 3 { cost += 2 }
        if position[0] < 52 && position[1] - position[0] < 5 { cost += 1 }
        for pitch in position { cost += (mayThinOut ? 2 : 1) * request.rub[pitch % 12] }
        if mayThinOut {
            let classes = Set(position.map { $0 % 12 })
            if request.chord.quality.intervals.count == 4 {
                // The seventh is the colour; without it something is lost.
                if !classes.contains(request.chord.pitchClasses[3]) { cost += 3 }
                if !classes.contains(request.chord.pitchClasses[1]) { cost += 4 }
            }
        }
        return cost
    }

    private func motion(_ a: [Int], _ b: [Int], root: Int) -> Double {
        var cost = 0.0
        var isParallel = true
        for i in 0..<min(a.count, b.count) {
            // Where the number of voices changes, they are compared from the top.
            let move = b[b.count - 1 - i] - a[a.count - 1 - i]
            cost += Double(abs(move))
            if abs(move) > 4 { cost += 1.5 }
            if move.signum() != root.signum() || abs(move) < 2 { isParallel = false }
        }
        if isParallel && root != 0 { cost += 6 }
        let top = abs(b[b.count - 1] - a[a.count - 1])
        if top > 5 { cost += 2 }
        return cost
    }

    /// What it costs not to move where a chord is revoiced: more than the next position of a triad.
    private static let stale = 16.0

    private static func signed(_ interval: Int) -> Int {
        let up = ((interval % 12) + 12) % 12
        return up > 6 ? up - 12 : up
    }
}

extension Chart {
    /// One request for each stretch of the plan, which begins at `starts` and ends at the next one.
    func voicingRequests(_ starts: [Int]) -> [Voicer.Request] {
        starts.indices.map { i in
            let end = i + 1 < starts.count ? starts[i + 1] : steps
            var ceiling: Int?
            var rub = [Double](repeating: 0, count: 12)
            var sung = [Double](repeating: 0, count: 128)
            for step in starts[i]..<end {
                guard let low = melody.sounding[step].lowest else { continue }
                ceiling = min(ceiling ?? 127, low)
                rub[(low + 1) % 12] += 1.0 / 12
                rub[(low + 11) % 12] += 1.0 / 12
                if (0..<128).contains(low) { sung[low] += 1.0 / 12 }
            }
            let chord = chords[starts[i]]
            return Voicer.Request(
                chord: chord, ceiling: ceiling, rub: rub, sung: sung,
                isRevoiced: i > 0 && chords[starts[i - 1]] == chord)
        }
    }

    /// Where a chord begins, and every second bar of one that goes on.
    var positionStarts: [Int] {
        var starts: [Int] = []
        for (i, change) in changes.enumerated() {
            let end = i + 1 < changes.count ? changes[i + 1] : steps
            starts.append(change)
            let firstBar = (change + barSteps - 1) / barSteps
            starts += stride(from: (firstBar + 2) * barSteps, to: end, by: 2 * barSteps)
        }
        return starts
    }
}
