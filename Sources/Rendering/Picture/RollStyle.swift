import Music

/// The looks of a roll: colours and measures, in one place.
enum RollStyle {
    static let paper = Drawing.Color(0xFCFBF8)
    static let ink = Drawing.Color(0x2B2D42)
    static let quietInk = Drawing.Color(0x8A8D9F)
    static let panel = Drawing.Color(0xFFFFFF)
    static let blackRow = Drawing.Color(0xF4F3F0)
    static let octaveLine = Drawing.Color(0xE2E0DB)
    static let beatLine = Drawing.Color(0xEDEBE6)
    static let barLine = Drawing.Color(0xCBC8C1)
    static let chordPill = Drawing.Color(0xEFEDF6)

    static let melody = Drawing.Color(0xE4472B)

    static func color(_ part: Part) -> Drawing.Color {
        switch part {
        case .drums: Drawing.Color(0x596275)
        case .bass: Drawing.Color(0x2F5DA8)
        case .chords: Drawing.Color(0x35A27B)
        case .pad: Drawing.Color(0xB79FDB)
        case .line: Drawing.Color(0xF0A02B)
        }
    }

    /// From the back of the picture to its front; the melody comes last.
    static let paintingOrder: [Part] = [.pad, .chords, .bass, .line]

    static let margin = 36.0
    static let keyboardWidth = 14.0
    static let gutter = 66.0
    static let headerHeight = 92.0
    static let chordRow = 34.0
    static let rowHeight = 7.0
    static let drumRow = 15.0
    static let laneGap = 12.0
    static let systemGap = 34.0
    static let footRow = 20.0
    static let width = 1480.0
}

/// Where the sounds of a drum kit stand in the lane, by General MIDI key.
enum DrumRow: Int, CaseIterable {
    case cymbal, hat, tom, snare, kick, other

    init(_ pitch: Pitch, in kit: DrumKit) {
        if kit == .orchestra {
            // Timpani stand in the toms' row, tambourine and triangle in the hats'.
            switch pitch.number {
            case DrumKit.timpaniKeys: self = .tom
            case 54, 80, 81: self = .hat
            case 55, 57, 59: self = .cymbal
            case 37, 38, 39, 40: self = .snare
            case 35, 36: self = .kick
            default: self = .other
            }
            return
        }
        switch pitch.number {
        case 49, 51, 52, 53, 55, 57, 59: self = .cymbal
        case 42, 44, 46: self = .hat
        case 41, 43, 45, 47, 48, 50: self = .tom
        case 37, 38, 39, 40: self = .snare
        case 35, 36: self = .kick
        default: self = .other
        }
    }

    func name(in kit: DrumKit) -> String {
        switch (self, kit) {
        case (.tom, .orchestra): return "timpani"
        case (.hat, .orchestra): return "triangle"
        case (.kick, .orchestra): return "bass drum"
        default: break
        }
        return switch self {
        case .cymbal: "cymbals"
        case .hat: "hi-hat"
        case .tom: "toms"
        case .snare: "snare"
        case .kick: "kick"
        case .other: "other"
        }
    }
}
