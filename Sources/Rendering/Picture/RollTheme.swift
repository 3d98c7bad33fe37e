import Music

/// On which ground a picture is drawn.
public enum RollTheme: String, Sendable, CaseIterable {
    case light, dark

    var palette: RollPalette { self == .light ? .light : .dark }
}

/// The colours of a picture.
///
/// The parts and the melody can be told apart by eyes without red or green cones too, and stand out from the ground.
struct RollPalette: Hashable, Sendable {
    var paper: Drawing.Color
    var ink: Drawing.Color
    var quietInk: Drawing.Color
    var panel: Drawing.Color
    var blackRow: Drawing.Color
    var octaveLine: Drawing.Color
    var beatLine: Drawing.Color
    var barLine: Drawing.Color
    var chordPill: Drawing.Color
    var melody: Drawing.Color
    var drums: Drawing.Color
    var bass: Drawing.Color
    var chords: Drawing.Color
    var pad: Drawing.Color
    var line: Drawing.Color

    func color(_ part: Part) -> Drawing.Color {
        switch part {
        case .drums: drums
        case .bass: bass
        case .chords: chords
        case .pad: pad
        case .line: line
        }
    }

    /// For curves: as many as can be told apart.
    var series: [Drawing.Color] { [melody, bass, chords, line, pad, drums] }

    static let light = RollPalette(
        paper: .init(0xFCFBF8), ink: .init(0x2B2D42), quietInk: .init(0x6B6E82), panel: .init(0xFFFFFF),
        blackRow: .init(0xF4F3F0), octaveLine: .init(0xD8D5CE), beatLine: .init(0xEDEBE6), barLine: .init(0xB4B0A8),
        chordPill: .init(0xEFEDF6), melody: .init(0xF2333D), drums: .init(0x404E56), bass: .init(0x1B61E9),
        chords: .init(0x1FA35B), pad: .init(0x9866B3), line: .init(0x5E6E0F))

    static let dark = RollPalette(
        paper: .init(0x14161D), ink: .init(0xECEDF4), quietInk: .init(0x9DA1B5), panel: .init(0x1B1E27),
        blackRow: .init(0x171A22), octaveLine: .init(0x343947), beatLine: .init(0x252935), barLine: .init(0x4A5063),
        chordPill: .init(0x2A2E3D), melody: .init(0xFF6038), drums: .init(0xA6C2BD), bass: .init(0x2481FF),
        chords: .init(0x3FE08A), pad: .init(0xA9B6FF), line: .init(0xF5F04A))
}
