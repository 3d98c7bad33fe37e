import Music

/// The chord of an overdriven guitar: root, fifth and octave, without the third that distortion would blur.
enum PowerChord {
    /// Keys of the root in the normalised key; the octave above still lies in the guitar's range in every key.
    static let roots = 47...58

    /// Root, fifth (the chord's own, diminished or augmented) and octave, ascending.
    static func keys(_ chord: Chord) -> [Int] {
        let root = roots.first { $0 % 12 == chord.root }!
        return [root, root + chord.quality.intervals[2], root + 12]
    }
}
