import Music

/// Where a band finds room beside a melody: under most of them; around one that is played low, the bass under it and the chords
/// above.
struct MelodyRoom: Sendable {
    /// A tenth of the melody's sounding time lies below this key, a tenth above the other.
    let low: Int
    let high: Int

    /// What the chords need below a melody to stay there, in semitones: a close triad and a little air.
    private static let below = 9
    /// The width that chords are left with where they move above.
    private static let width = 14
    /// Between the melody and who makes room for it.
    private static let air = 3

    /// - Parameters:
    ///   - melody: its notes.
    ///   - shift: added to every key.
    /// - Returns: nil for a melody without notes, which needs no room.
    init?(_ melody: [NoteEvent], shift: Int = 0) {
        guard !melody.isEmpty else { return nil }
        let byPitch = melody.sorted { $0.pitch < $1.pitch }
        let total = byPitch.map(\.length.rawValue).reduce(0, +)
        func pitch(behind share: Int) -> Int {
            var passed = 0
            for note in byPitch {
                passed += note.length.rawValue
                if passed * 10 >= total * share { return note.pitch.number + shift }
            }
            return byPitch[byPitch.count - 1].pitch.number + shift
        }
        low = pitch(behind: 1)
        high = pitch(behind: 9)
    }

    /// The bass's range without what the melody needs; an octave stays in any case.
    func bass(_ range: ClosedRange<Int>) -> ClosedRange<Int> {
        range.lowerBound...max(range.lowerBound + 12, min(range.upperBound, low - MelodyRoom.air))
    }

    /// The range of chords or pad: as it is where they have room in it below the melody, else its part above.
    ///
    /// - Parameter reach: the lowest key that they could go down to; nil takes the range's.
    func chords(_ range: ClosedRange<Int>, reach: Int? = nil) -> ClosedRange<Int> {
        guard low - (reach ?? range.lowerBound) < MelodyRoom.below else { return range }
        let above = min(high + MelodyRoom.air, range.upperBound - MelodyRoom.width)
        return max(range.lowerBound, above)...range.upperBound
    }
}
