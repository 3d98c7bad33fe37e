import MIDI
import Music
import StandardMIDIFile
import Testing

@Suite struct ChordMarkersTests {
    /// A file of four bars in 4/4 with markers at the bars.
    private func chords(_ markers: [String]) throws -> [String]? {
        let file = MIDIFile(
            format: .parallel, ticksPerQuarter: 480,
            tracks: [
                .init(events: markers.enumerated().map { meta($0 * 1920, MetaType.marker, Array($1.utf8)) }),
                melodyTrack("Melody", (0..<16).map { 60 + $0 % 5 }),
            ])
        return try ImportedTake(bytes: file.bytes, file: "x.mid").chords?.chords.map(\.description)
    }

    @Test(arguments: [
        ("C7", "C7"), ("Am7", "Am7"), ("F/C", "F"), ("B♭maj9", "Bbmaj7"), ("C-7", "Cm7"), ("F#ø", "F#m7b5"),
        ("Gsus4", "G7"),
        ("Db", "C#"), ("Cb", "B"), ("Fdim", "Fdim7"), ("E°7", "Edim7"), ("Dm7b5", "Dm7b5"), ("Dm7(b5)", "Dm7b5"),
        ("D-7b5", "Dm7b5"), ("C6/9", "C"), ("Cmaj", "C"), ("CM7", "Cmaj7"), ("CΔ", "Cmaj7"), ("Am(maj7)", "Am"),
        ("Am9", "Am7"), ("Amin6", "Am"), ("G13(#11)", "G7"), ("C+", "C7"), ("Caug7", "C7"), ("Cadd9", "C"),
        ("Ebmaj7/G", "Ebmaj7"),
        ("G7alt", "G7"), ("F sus2", "F7"),
    ])
    func symbolsAreReadAsTheNearestOfOurs(written: String, read: String) throws {
        #expect(try chords([written, "C#m7"])?.first == read)
    }

    @Test(arguments: [
        "Verse", "Chorus", "Bridge", "Coda", "Ending", "Break", "Drums", "Fine", "Amen", "Intro", "H7", "", "m7",
    ])
    func otherMarkersAreNone(text: String) throws {
        #expect(try chords([text]) == nil)
    }

    @Test func theNamesOfSectionsAreNoChords() throws {
        #expect(try chords(["A", "B", "A", "C"]) == nil)
        #expect(try chords(["Verse", "Chorus", "Verse", "Am7"]) == nil)
    }

    @Test func aChordHoldsUntilTheNextOne() throws {
        #expect(try chords(["Am7", "D7"]) == ["Am7", "Am7", "D7", "D7", "D7", "D7", "D7", "D7"])
    }
}
