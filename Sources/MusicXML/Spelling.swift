import Music

/// A note's name on the staff: a letter, sharps or flats, and an octave.
struct SpelledPitch: Hashable {
    var step: String
    /// Semitones: 1 for a sharp, -1 for a flat.
    var alter: Int
    /// The octave of the letter: B# is written in the octave below the one that it sounds in.
    var octave: Int
}

/// Names the twelve pitch classes in a key, each in one way.
///
/// Twelve fifths in a row are named, those that are nearest to the key: in C major from Ab to C#, in A minor from Eb to G#, so that
/// leading notes of minor keys are sharpened sevenths.
struct Spelling {
    /// The signature: sharps, or flats where negative; -6...6.
    let fifths: Int
    private let first: Int

    init(_ key: Key) {
        let tonic = key.mode == .minor ? (key.tonic + 3) % 12 : key.tonic
        fifths = [0, -5, 2, -3, 4, -1, 6, 1, -4, 3, -2, 5][tonic]
        first = fifths - (key.mode == .minor ? 3 : 4)
    }

    /// The letter and the accidental of a pitch class.
    func name(pitchClass: Int) -> (step: String, alter: Int) {
        // Seven semitones are a fifth, and seven times seven is one modulo twelve.
        let place = first + ((pitchClass * 7 - first) % 12 + 12) % 12
        // F is one fifth below C.
        let row = place + 1
        let alter = row >= 0 ? row / 7 : -((-row + 6) / 7)
        return (["F", "C", "G", "D", "A", "E", "B"][row - alter * 7], alter)
    }

    func spelled(_ pitch: Pitch) -> SpelledPitch {
        let (step, alter) = name(pitchClass: pitch.pitchClass)
        // The octave is that of the letter without its accidental: Cb4 sounds as B3.
        let natural = pitch.number - alter
        return SpelledPitch(step: step, alter: alter, octave: (natural + 12) / 12 - 2)
    }
}
