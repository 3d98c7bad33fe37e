/// Swing, accents and micro-timing, applied when music is played or exported; the notes themselves stay on the grid.
public struct Groove: Hashable, Sendable {
    /// Where the second of two eighths falls, as a share of the quarter: 0.5 is straight, 2/3 a triplet swing.
    public var swing: Double

    /// What the players of the band do with each of their notes; a voice that is not named plays as written.
    public var touches: [Voice: Touch]

    public static let straight = Groove(swing: 0.5)

    /// - Parameter swing: clamped to 0.5...0.75.
    public init(swing: Double, touches: [Voice: Touch] = [:]) {
        self.swing = Swing(swing).offBeat
        self.touches = touches
    }

    /// Somebody in the band who plays a little early or late: a part, or what a drummer hits.
    public enum Voice: String, Hashable, Sendable, CaseIterable {
        case kick, snare, cymbals, percussion, bass, chords, pad, line

        /// Who plays a note. Sticks and claps stand for the snare; the cymbals are hats, rides and crashes of General MIDI.
        public init(_ part: Part, _ pitch: Pitch) {
            self =
                switch part {
                case .bass: .bass
                case .chords: .chords
                case .pad: .pad
                case .line: .line
                case .drums:
                    switch pitch.number {
                    case 35, 36: .kick
                    case 37...40: .snare
                    case 42, 44, 46, 49, 51, 52, 53, 55, 57, 59: .cymbals
                    default: .percussion
                    }
                }
        }
    }

    /// A place in the bar that may be stressed.
    public enum Place: String, Hashable, Sendable, CaseIterable {
        /// The first beat; that of a bar of three has a name of its own.
        case downbeat, waltz
        /// The second of two felt beats, or the second and fourth of four.
        case backbeat
        /// Any other beat.
        case beat
        /// The middle of a beat, or the last third of one in three.
        case offbeat
        /// Everywhere else.
        case between

        /// - Parameter onset: as written, before any swing.
        public init(_ onset: Tick, in meter: Meter) {
            let bar = meter.bar.rawValue
            let beat = max(1, meter.beat.rawValue)
            let inBar = ((onset.rawValue % bar) + bar) % bar
            let inBeat = inBar % beat
            if inBar == 0 {
                self = !meter.isCompound && meter.beatsPerBar == 3 ? .waltz : .downbeat
            } else if inBeat == 0 {
                self = meter.beatsPerBar % 2 == 0 && inBar / beat % 2 == 1 ? .backbeat : .beat
            } else {
                self = inBeat * 3 == beat * 2 || !meter.isCompound && inBeat * 2 == beat ? .offbeat : .between
            }
        }
    }

    /// How one voice plays.
    public struct Touch: Hashable, Sendable {
        /// Milliseconds behind the beat; ahead of it where negative.
        public var late: Double
        /// Added to velocities, by place.
        public var accents: [Place: Int]

        public init(late: Double = 0, accents: [Place: Int] = [:]) {
            self.late = late
            self.accents = accents
        }

        /// How far a note moves at a tempo: at most a quarter of a grid step, so that what is played is still read as it was
        /// written.
        public func shift(at tempo: Tempo) -> Tick {
            let ticks = Tick.quarters(late / 60_000 * tempo.quartersPerMinute).rawValue
            return Tick(min(Grid.ticksPerStep / 4, max(-Grid.ticksPerStep / 4, ticks)))
        }
    }

    /// Moves a tick: inside each quarter, time before the middle is stretched and time behind it is pressed together.
    ///
    /// Triplet positions (steps 4 and 8) stay where they are: they carry their swing already.
    public func apply(_ tick: Tick) -> Tick {
        guard swing != 0.5 else { return tick }
        let quarter = Tick.perQuarter
        let inside = ((tick.rawValue % quarter) + quarter) % quarter
        if inside % (quarter / 3) == 0 { return tick }
        let moved = Swing(swing).played(Double(inside) / Double(quarter)) * Double(quarter)
        return Tick(tick.rawValue - inside + Int(moved.rounded()))
    }

    /// The grid step that is heard at a tick, or nearest to it: undoes `apply` and small offsets.
    public func writtenStep(of tick: Tick) -> Int {
        let near = tick.nearestStep
        let reach = Grid.stepsPerQuarter / 4 + 1
        return (near - reach...near + reach).min {
            let a = abs((apply(.steps($0)) - tick).rawValue)
            let b = abs((apply(.steps($1)) - tick).rawValue)
            return a < b
        }!
    }
}
