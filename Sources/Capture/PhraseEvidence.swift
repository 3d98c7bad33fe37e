/// What phrases say about the bar line: how many bars they fill, where they begin and end, where what they repeat begins,
/// and which rhythms their bars have.
///
/// - Note: well-formed groups of two, four and eight bars and parallel groups that begin alike: F. Lerdahl and
///   R. Jackendoff, *A Generative Theory of Tonal Music* (1983), grouping preference rules 5 and 6, metrical preference
///   rule 1.
struct PhraseEvidence {
    /// Evidence that a metre shares with no other: rhythms of bars, of bars by their place in four; likeness of the halves
    /// of a bar; where repetitions of rhythm and of melody begin; whether the sound ends with a bar, or with what a pickup
    /// leaves of it; 15 pairs of first and last place.
    static let ownCount = 8 + 15
    /// 2, 4, 6, 8, 10, 12, 16, and an odd number of bars from the first bar line; with a pickup and without.
    static let sharedCount = 16

    private let onsets: [PlayedOnset]
    private let model: MetricalModel
    private let patterns: [[UInt8]]
    private let steps: [Int]
    private let indices: [Int]
    /// When the last note ends, in steps.
    private let end: Double
    private let scale: Double
    /// Steps at which something begins that comes again, and how much of it.
    private let rhythms: [(step: Int, weight: Double)]
    private let melodies: [(step: Int, weight: Double)]

    init(_ onsets: [PlayedOnset], grid: [Int?], metre: Int, stepLength: Double) {
        self.onsets = onsets
        model = MetricalModel.all[metre]
        patterns = [BarPatterns.fourFour, BarPatterns.threeFour, BarPatterns.sixEight][metre]
        var steps: [Int] = []
        var indices: [Int] = []
        for (index, step) in grid.enumerated() {
            if let step {
                steps.append(step)
                indices.append(index)
            }
        }
        self.steps = steps
        self.indices = indices
        let sounding = indices.last.map { onsets[$0].length } ?? 0
        end = Double(steps.last ?? 0) + min(Double(model.bar), sounding / stepLength)
        scale = 1 / Double(max(1, onsets.count)).squareRoot()
        (rhythms, melodies) = PhraseEvidence.repetitions(onsets, steps: steps, indices: indices, bar: model.bar)
    }

    /// - Parameter shift: a step of the grid that is a bar line.
    /// - Returns: `ownCount` values of the metre, and `sharedCount` of all.
    func values(shift: Int) -> (own: [Double], shared: [Double]) {
        var own = [Double](repeating: 0, count: PhraseEvidence.ownCount)
        var shared = [Double](repeating: 0, count: PhraseEvidence.sharedCount)
        guard let first = steps.first, let last = steps.last else { return (own, shared) }
        let bar = model.bar
        let pickup = (bar - model.inBar(first - shift)) % bar
        let line = first + pickup
        (own[0], own[1]) = rhythm(line: line, last: last)
        own[2] = halves(line: line)
        (own[3], own[4]) = starts(rhythms, shift: shift)
        (own[5], own[6]) = starts(melodies, shift: shift)
        own[7] = nearness(end - Double(shift)) + (pickup > 0 ? nearness(end + Double(pickup) - Double(shift)) : 0)
        own[8 + 3 * pickupKind(pickup) + endKind(model.inBar(last - shift))] = 1
        let bars = last < line ? 0 : (last - line) / bar + 1
        let offset = pickup > 0 ? 8 : 0
        if let kind = [2, 4, 6, 8, 10, 12, 16].firstIndex(of: bars) {
            shared[offset + kind] = 1
        } else if bars % 2 == 1 {
            shared[offset + 7] = 1
        }
        return (own, shared)
    }

    /// The probability of the rhythms of whole bars, and how much likelier they are at their places in groups of four.
    private func rhythm(line: Int, last: Int) -> (Double, Double) {
        let bars = (last - line) / model.bar
        guard last >= line, bars > 0 else { return (0, 0) }
        var masks = [Int](repeating: 0, count: bars)
        for step in steps where step >= line {
            let (number, place) = (step - line).quotientAndRemainder(dividingBy: model.bar)
            if number < bars, place % 6 == 0 { masks[number] |= 1 << (place / 6) }
        }
        var cost = 0
        var gain = 0
        for (number, mask) in masks.enumerated() {
            let whole = Int(patterns[3][mask])
            cost += whole
            gain += whole - Int(patterns[[0, 1, 0, 2][number % 4]][mask])
        }
        return (-Double(cost) * scale / 10, Double(gain) * scale / 10)
    }

    /// How much more alike the halves of a bar are in harmony than the halves on both sides of a bar line.
    private func halves(line: Int) -> Double {
        guard model.secondary > 0, let last = steps.last, last > line else { return 0 }
        let half = model.secondary
        let count = (last - line) / half + 1
        guard count > 2 else { return 0 }
        var chroma = [Double](repeating: 0, count: 12 * count)
        for (step, index) in zip(steps, indices) where step >= line {
            let window = (step - line) / half * 12
            let weight = min(1.2, max(0.05, onsets[index].length))
            var classes = onsets[index].pitchClasses
            while classes != 0 {
                chroma[window + classes.trailingZeroBitCount] += weight
                classes &= classes - 1
            }
        }
        var sums = (0.0, 0.0)
        var counts = (0.0, 0.0)
        for number in 0..<(count - 1) {
            var product = 0.0
            var a = 0.0
            var b = 0.0
            for pitchClass in 0..<12 {
                let x = chroma[number * 12 + pitchClass]
                let y = chroma[number * 12 + 12 + pitchClass]
                product += x * y
                a += x * x
                b += y * y
            }
            guard a > 0, b > 0 else { continue }
            let likeness = product / (a * b).squareRoot()
            if number % 2 == 0 {
                sums.0 += likeness
                counts.0 += 1
            } else {
                sums.1 += likeness
                counts.1 += 1
            }
        }
        guard counts.0 > 0, counts.1 > 0 else { return 0 }
        return (sums.0 / counts.0 - sums.1 / counts.1) * counts.1.squareRoot()
    }

    /// How much of what comes again begins on bar lines and on the strong middles of bars.
    private func starts(_ places: [(step: Int, weight: Double)], shift: Int) -> (Double, Double) {
        var total = 1.0
        var down = 0.0
        var middle = 0.0
        for place in places {
            total += place.weight
            let step = model.inBar(place.step - shift)
            if step == 0 { down += place.weight } else if step == model.secondary { middle += place.weight }
        }
        return (down / total.squareRoot(), middle / total.squareRoot())
    }

    /// 1 on a bar line, -1 in the middle of a bar.
    private func nearness(_ step: Double) -> Double {
        let bars = step / Double(model.bar)
        return 1 - 4 * abs(bars - bars.rounded())
    }

    /// None, a beat (an eighth of a compound beat), less than half a bar, just that, more.
    private func pickupKind(_ pickup: Int) -> Int {
        let short = model.meter.isCompound ? 6 : 12
        let half = model.secondary > 0 ? model.secondary : 24
        return pickup == 0 ? 0 : pickup <= short ? 1 : pickup < half ? 2 : pickup == half ? 3 : 4
    }

    private func endKind(_ place: Int) -> Int { place == 0 ? 0 : place == model.secondary ? 1 : 2 }

    /// Passages of at least four notes that come again one, two or four bars later: in rhythm, and in rhythm and contour.
    private static func repetitions(_ onsets: [PlayedOnset], steps: [Int], indices: [Int], bar: Int)
        -> ([(step: Int, weight: Double)], [(step: Int, weight: Double)])
    {
        var rhythms: [(step: Int, weight: Double)] = []
        var melodies: [(step: Int, weight: Double)] = []
        guard let first = steps.first, let last = steps.last else { return (rhythms, melodies) }
        var at = [Int](repeating: -1, count: last - first + 1)
        for (number, step) in steps.enumerated() { at[step - first] = number }
        for lag in [bar, 2 * bar, 4 * bar] {
            var rhythm = 0
            var melody = 0
            for number in 0..<max(0, steps.count - 1) {
                let place = steps[number] + lag - first
                let other = place < at.count ? at[place] : -1
                let isSame =
                    other >= 0 && other + 1 < steps.count
                    && steps[other + 1] - steps[other] == steps[number + 1] - steps[number]
                let isAlike =
                    isSame
                    && (onsets[indices[number + 1]].highest - onsets[indices[number]].highest).signum()
                        == (onsets[indices[other + 1]].highest - onsets[indices[other]].highest).signum()
                close(&rhythm, isOpen: isSame, at: number, steps: steps, into: &rhythms)
                close(&melody, isOpen: isAlike, at: number, steps: steps, into: &melodies)
            }
            close(&rhythm, isOpen: false, at: steps.count - 1, steps: steps, into: &rhythms)
            close(&melody, isOpen: false, at: steps.count - 1, steps: steps, into: &melodies)
        }
        return (rhythms, melodies)
    }

    /// Lengthens a passage by a note, or notes down where it began.
    private static func close(
        _ length: inout Int, isOpen: Bool, at number: Int, steps: [Int],
        into found: inout [(step: Int, weight: Double)]
    ) {
        if isOpen {
            length += 1
        } else {
            if length >= 3 { found.append((steps[number - length], Double(min(length, 8)) / 8)) }
            length = 0
        }
    }
}
