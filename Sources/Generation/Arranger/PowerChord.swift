import Music

/// The chord of an overdriven guitar: root, fifth and octave, without the third that distortion would blur.
enum PowerChord {
    /// Played out, accented and palm-muted.
    static let symbols: [UInt8] = [UInt8(ascii: "p"), UInt8(ascii: "P"), UInt8(ascii: "m")]

    /// Keys of the root in the normalised key; the octave above still lies in the guitar's range in every key.
    static let roots = 47...58

    /// Root, fifth (the chord's own, diminished or augmented) and octave, ascending.
    static func keys(_ chord: Chord) -> [Int] {
        let root = roots.first { $0 % 12 == chord.root }!
        return [root, root + chord.quality.intervals[2], root + 12]
    }
}

extension Figure {
    /// Whether it is of power chords.
    var isPower: Bool { bars.joined().contains { PowerChord.symbols.contains($0.symbol) } }

    /// Whether its chords are broken into single voices.
    var isBroken: Bool { bars.joined().contains { (UInt8(ascii: "1")...UInt8(ascii: "4")).contains($0.symbol) } }
}
