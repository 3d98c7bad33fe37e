import Capture
import Generation
import Music

extension Session {
    /// Tells melody and chords apart.
    ///
    /// - Parameter chords: what a keyboard or a half of one played that is for chords; where there is none, the hands are told
    ///   apart by what they play.
    /// - Returns: the take with everything that was played, the melody that the band listens to, and the chords that the player
    ///   gave; nil where there are none.
    static func hands(of take: Take, chords: [PerformedNote]) -> (take: Take, melody: Phrase, plan: ChordPlan?) {
        guard !chords.isEmpty else {
            let hands = Hands.separate(take.phrase)
            return (take, hands.melody, hands.chords)
        }
        let phrase = take.phrase
        let laid = Quantizer.lay(chords, on: take.tempoMap, meter: phrase.meter).compactMap { note -> NoteEvent? in
            // What begins a little before bar 1 is meant on it.
            var placed = note
            if note.onset < .zero, note.end > .zero {
                placed.onset = .zero
                placed.length = note.end
            }
            return placed.onset >= .zero && placed.onset < phrase.length ? placed : nil
        }
        let left = Phrase(notes: laid, meter: phrase.meter, tempo: phrase.tempo, bars: phrase.bars)
        var whole = take
        whole.phrase = Phrase(
            notes: (phrase.notes + left.notes).soundingOnce(until: phrase.length), meter: phrase.meter,
            tempo: phrase.tempo, bars: phrase.bars)
        whole.performance = (take.performance + chords).sorted { ($0.onset, $0.pitch) < ($1.onset, $1.pitch) }
        return (whole, phrase, Hands.separate(left, split: Pitch(127)).chords)
    }
}
