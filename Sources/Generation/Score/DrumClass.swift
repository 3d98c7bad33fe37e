import Music

/// What a drummer hits, as far as the networks tell it apart: 12 classes of General MIDI percussion keys.
public enum DrumClass: Int, Hashable, Sendable, CaseIterable {
    case kick, snare, stick, closedHat, pedalHat, openHat, ride, crash, highTom, lowTom, shaker, percussion

    /// The key that a decoded hit plays.
    public var pitch: Pitch {
        switch self {
        case .kick: Pitch(36)
        case .snare: Pitch(38)
        case .stick: Pitch(37)
        case .closedHat: Pitch(42)
        case .pedalHat: Pitch(44)
        case .openHat: Pitch(46)
        case .ride: Pitch(51)
        case .crash: Pitch(49)
        case .highTom: Pitch(48)
        case .lowTom: Pitch(45)
        case .shaker: Pitch(70)
        case .percussion: Pitch(54)
        }
    }

    /// The class of any percussion key; keys without a nearer relative are `percussion`.
    public init(_ pitch: Pitch) {
        self =
            switch pitch.number {
            case 35, 36: .kick
            case 38, 40: .snare
            case 37, 39, 75: .stick
            case 42: .closedHat
            case 44: .pedalHat
            case 46: .openHat
            case 51, 53, 59: .ride
            case 49, 52, 55, 57: .crash
            case 47, 48, 50: .highTom
            case 41, 43, 45: .lowTom
            case 69, 70, 82: .shaker
            default: .percussion
            }
    }
}
