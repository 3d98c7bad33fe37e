/// One event of a pattern: where it begins in the bar, how long it is held, and the character that stands for it.
struct Stroke: Hashable, Sendable {
    var step: Int
    var length: Int
    var symbol: UInt8

    var end: Int { step + length }
}

/// How a beat is divided; a figure may use any division that the band's feel allows.
enum Feel: Hashable, Sendable {
    case eighths, sixteenths, triplets

    func allows(_ other: Feel) -> Bool { other == self || other == .eighths }
}

/// A rhythm written as text, the source of everything that is played.
///
/// Bars are separated by `|`, beats by spaces. The number of characters in a beat is its division: `x` a whole beat,
/// `x.` eighths, `x..` triplets (eighths in 6/8), `x...` sixteenths. `.` rests, `-` holds the event before it, anything
/// else begins an event; what the character means is the part's affair.
struct Figure: Hashable, Sendable {
    /// The strokes of each bar of the figure, by step.
    let bars: [[Stroke]]
    /// The finest division that occurs.
    let feel: Feel
    /// The intensities (0 quiet ... 3 full) that it suits.
    let levels: ClosedRange<Int>
    /// Events ring on until the harmony changes or their voice returns, as under a sustain pedal.
    let rings: Bool
    /// Felt beats in its bar.
    let beats: Int

    init(
        _ text: String, in family: MeterFamily, levels: ClosedRange<Int> = 0...3, rings: Bool = false
    ) {
        let parsed = text.split(separator: "|").map { Figure.strokes(of: $0, beatSteps: family.beatSteps) }
        let beats = parsed[0].beats
        precondition(parsed.allSatisfy { $0.beats == beats }, "the bars of a figure have the same number of beats")
        bars = parsed.map(\.strokes)
        self.beats = beats
        let inside = parsed.flatMap(\.strokes).map { $0.step % family.beatSteps }
        if family == .sixEight {
            feel = inside.contains { $0 % 6 != 0 } ? .sixteenths : .eighths
        } else if inside.contains(where: { $0 % 3 != 0 }) {
            feel = .triplets
        } else {
            feel = inside.contains { $0 % 6 != 0 } ? .sixteenths : .eighths
        }
        self.levels = levels
        self.rings = rings
    }

    /// Events a felt beat, the mean of its bars.
    var density: Double { Double(bars.joined().count) / Double(bars.count * beats) }

    /// The strokes of a bar, the figure repeated from bar 0 on; `shuffled` moves the off-beat eighth to the last triplet.
    func strokes(bar: Int, shuffled: Bool) -> [Stroke] {
        let strokes = bars[bar % bars.count]
        guard shuffled, feel == .eighths else { return strokes }
        return strokes.map { stroke in
            let first = Figure.shuffle(stroke.step)
            return Stroke(step: first, length: Figure.shuffle(stroke.end) - first, symbol: stroke.symbol)
        }
    }

    static func shuffle(_ step: Int) -> Int { step % 12 == 6 ? step + 2 : step }

    private static func strokes(of bar: Substring, beatSteps: Int) -> (strokes: [Stroke], beats: Int) {
        var strokes: [Stroke] = []
        let beats = bar.split(separator: " ")
        var isHeld = false
        for (index, beat) in beats.enumerated() {
            let symbols = Array(beat.utf8)
            precondition(
                beatSteps % symbols.count == 0, "a beat of \(beatSteps) steps has no \(symbols.count) equal parts")
            let slot = beatSteps / symbols.count
            for (position, symbol) in symbols.enumerated() {
                switch symbol {
                case UInt8(ascii: "."): isHeld = false
                case UInt8(ascii: "-"): if isHeld { strokes[strokes.count - 1].length += slot }
                default:
                    strokes.append(Stroke(step: index * beatSteps + position * slot, length: slot, symbol: symbol))
                    isHeld = true
                }
            }
        }
        return (strokes, beats.count)
    }
}
