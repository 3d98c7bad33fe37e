/// The sounds of the kit, by General MIDI key: one for each class that a network learns.
enum KitVoice: Int, Hashable, Sendable, CaseIterable {
    case kick = 36
    case sideStick = 37
    case snare = 38
    case closedHat = 42
    case pedalHat = 44
    case lowTom = 45
    case openHat = 46
    case crash = 49
    case highTom = 50
    case ride = 51
    case tambourine = 54
    /// Shaker, maracas, a brush that sweeps.
    case shaker = 70

    /// Velocity of a plain hit in the middle of the dynamic range.
    var velocity: Int {
        switch self {
        case .kick: 92
        case .snare: 90
        case .closedHat: 64
        case .lowTom, .highTom: 88
        case .openHat: 68
        case .crash: 96
        case .ride: 68
        case .sideStick: 76
        case .pedalHat: 58
        case .tambourine: 58
        case .shaker: 50
        }
    }
}

/// A drum pattern: a figure for each sound. `X` is an accent, `x` a plain hit, `o` a ghost.
struct KitGroove: Sendable, Equatable {
    let rows: [(voice: KitVoice, figure: Figure)]
    let levels: ClosedRange<Int>
    let feel: Feel
    /// Felt beats: a groove fills the bar, a fill its end.
    let beats: Int

    init(_ family: MeterFamily, levels: ClosedRange<Int>, _ rows: KeyValuePairs<KitVoice, String>) {
        self.rows = rows.map { ($0.key, Figure($0.value, in: family)) }
        self.levels = levels
        let feels = self.rows.map(\.figure.feel)
        feel = feels.contains(.triplets) ? .triplets : feels.contains(.sixteenths) ? .sixteenths : .eighths
        beats = self.rows.map(\.figure.beats).max() ?? family.beats
        precondition(self.rows.allSatisfy { [beats] in $0.figure.beats == beats }, "rows of a groove are equally long")
    }

    static func == (a: KitGroove, b: KitGroove) -> Bool {
        a.levels == b.levels && a.rows.map(\.voice) == b.rows.map(\.voice)
            && a.rows.map(\.figure) == b.rows.map(\.figure)
    }

    /// Onsets of the kick in the groove's first bar, for a bass that locks with it.
    func kickSteps(shuffled: Bool) -> Set<Int> {
        var steps: Set<Int> = []
        for row in rows where row.voice == .kick {
            for stroke in row.figure.strokes(bar: 0, shuffled: shuffled) { steps.insert(stroke.step) }
        }
        return steps
    }
}
