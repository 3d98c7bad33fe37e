import Music

extension DrumClass {
    /// The key that a decoded hit plays on a kit.
    ///
    /// On the orchestra kit the toms are timpani: the low one is tuned to the chord's root, the high one to its fifth; hats are tambourine and
    /// triangle, so that no other class ever sounds on a timpani key.
    ///
    /// - Parameter chord: what sounds at the hit, in the real key; without one the timpani are C and G.
    public func pitch(in kit: DrumKit, over chord: Chord?) -> Pitch {
        guard kit == .orchestra else { return pitch }
        return switch self {
        case .kick, .snare, .stick, .shaker: pitch
        case .closedHat: Pitch(54)
        case .pedalHat: Pitch(80)
        case .openHat: Pitch(81)
        case .ride: Pitch(59)
        case .crash: Pitch(57)
        case .percussion: Pitch(39)
        case .lowTom: DrumClass.timpani(chord?.root ?? 0)
        case .highTom: DrumClass.timpani(DrumClass.fifth(of: chord))
        }
    }

    /// The class of a key on a kit; the inverse of `pitch(in:over:)` under the same chord.
    ///
    /// Timpani that play neither root nor fifth count as the nearer of the two.
    public init(_ pitch: Pitch, in kit: DrumKit, over chord: Chord?) {
        guard kit == .orchestra else {
            self.init(pitch)
            return
        }
        self =
            switch pitch.number {
            case 35, 36: .kick
            case 38, 40: .snare
            case 37, 75, 76, 77: .stick
            case DrumKit.timpaniKeys:
                DrumClass.distance(pitch.pitchClass, DrumClass.fifth(of: chord))
                    < DrumClass.distance(pitch.pitchClass, chord?.root ?? 0) ? .highTom : .lowTom
            case 54: .closedHat
            case 80: .pedalHat
            case 29, 81: .openHat
            case 30, 59: .ride
            case 55, 57: .crash
            case 69, 70, 82: .shaker
            default: .percussion
            }
    }

    /// The timpani key of a pitch class, 41 (F2) to 52 (E3).
    private static func timpani(_ pitchClass: Int) -> Pitch { Pitch(41 + (pitchClass + 7) % 12) }

    private static func fifth(of chord: Chord?) -> Int {
        guard let chord else { return 7 }
        return (chord.root + chord.quality.intervals[2]) % 12
    }

    /// Semitones between two pitch classes, 0...6.
    private static func distance(_ a: Int, _ b: Int) -> Int {
        let up = (a - b + 12) % 12
        return min(up, 12 - up)
    }
}
