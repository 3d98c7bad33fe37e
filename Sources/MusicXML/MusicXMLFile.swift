import Music

/// A melody, or a melody with its band, written out as MusicXML: the text of a `.musicxml` file.
///
/// The score has one staff for the melody with the chord symbols above it, and on request one for each part of the band. A bar that
/// begins with at least half a bar of silence, in a phrase of two bars or more, is written as a pickup. Notes lie on the grid of
/// twelve steps a quarter; lengths that are no single note value are tied, and what does not lie on sixteenths is written in
/// tuplets. A staff has two voices at most: notes that begin and end together are chords, what sounds
/// over them is the second voice, and a third is cut short where it comes in.
///
/// The same music gives the same text.
///
/// - Note: *MusicXML 4.0*, W3C Music Notation Community Group (2021), `score-partwise`.
public struct MusicXMLFile: Hashable, Sendable {
    /// What is written beside the notes.
    public struct Options: Hashable, Sendable {
        /// Above the music; nothing where it is empty.
        public var title: String
        /// Who made the melody; nothing where it is empty.
        public var composer: String
        /// The key signature; nil takes the melody's likeliest key.
        public var key: Key?
        /// How note lengths are written.
        public var lengths: Lengths
        /// Whether each part of the band has a staff below the melody.
        public var writesBand: Bool

        public init(
            title: String = "", composer: String = "", key: Key? = nil, lengths: Lengths = .readable,
            writesBand: Bool = false
        ) {
            self.title = title
            self.composer = composer
            self.key = key
            self.lengths = lengths
            self.writesBand = writesBand
        }
    }

    /// How long written notes are.
    public enum Lengths: Hashable, Sendable {
        /// As the notes are: every step of a twelfth of a quarter is written.
        case exact
        /// As one would write what was played: gaps of up to a sixteenth are closed where they are short beside the note, notes held
        /// up to a sixteenth over the next one end there, and other ends go to the nearest sixteenth, or to the triplet that notes
        /// of the same beat begin on. Onsets stay.
        case readable
    }

    /// The whole text, UTF-8.
    public let text: String
    public var bytes: [UInt8] { Array(text.utf8) }

    /// Writes a melody, with its chord symbols where there are some.
    ///
    /// - Throws: `MusicXMLError` for a metre that cannot be written on the grid.
    public init(
        phrase: Phrase, chords: ChordPlan? = nil, program: Program? = nil, options: Options = Options()
    ) throws(MusicXMLError) {
        text = try MusicXMLFile.text(phrase, chords, program, band: nil, options)
    }

    /// Writes an arrangement's melody and chord symbols, and its band where that is asked for. The notes are written straight; what
    /// swings says so above the first bar.
    ///
    /// - Throws: `MusicXMLError` for a metre that cannot be written on the grid.
    public init(arrangement: Arrangement, options: Options = Options()) throws(MusicXMLError) {
        let band = arrangement.accompaniment
        text = try MusicXMLFile.text(arrangement.phrase, band.plan, band.instrumentation.melody, band: band, options)
    }

    private static func text(
        _ phrase: Phrase, _ chords: ChordPlan?, _ program: Program?, band: Accompaniment?, _ options: Options
    ) throws(MusicXMLError) -> String {
        guard let grid = BarGrid(phrase.meter) else { throw MusicXMLError(meter: phrase.meter) }
        let end = phrase.bars * grid.length
        func voices(_ notes: [NoteEvent]) -> [[WrittenChord]] {
            var chords = WrittenChord.all(of: notes.soundingOnce(until: phrase.length), until: end)
            if options.lengths == .readable { chords = WrittenChord.tidied(chords, until: end, on: grid) }
            return WrittenChord.voices(chords)
        }
        var staves = [
            Staff(
                id: "P1", name: "Melody", channel: Channel(1), program: program, voices: voices(phrase.notes),
                isDrums: false)
        ]
        for part in Part.allCases where options.writesBand {
            guard let band, let notes = band.parts[part], !notes.isEmpty else { continue }
            staves.append(
                Staff(
                    id: "P\(staves.count + 1)", name: part.rawValue.prefix(1).uppercased() + part.rawValue.dropFirst(),
                    channel: part.channel, program: band.instrumentation.programs[part],
                    voices: part == .drums ? DrumSign.voices(notes, until: end, on: grid) : voices(notes),
                    isDrums: part == .drums))
        }
        let score = Score(
            options: options, staves: staves, grid: grid, phrase: phrase, chords: chords,
            swings: !grid.isCompound && (band?.groove.swing ?? 0.5) >= 0.55)
        return score.text
    }
}

/// Why a melody cannot be written as MusicXML.
public struct MusicXMLError: Error, Hashable, Sendable, CustomStringConvertible {
    public let meter: Meter

    public var description: String {
        "cannot write the melody as MusicXML: a bar of \(meter) is no whole number of thirty-second triplets; choose another metre for it, or export it as a MIDI file"
    }
}
