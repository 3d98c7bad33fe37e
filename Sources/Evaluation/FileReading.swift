import MIDI
import Music
import StandardMIDIFile

/// Why a pair of files cannot be measured.
public enum EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Neither by name nor by nature does the file have a melody.
    case noMelody(String)
    /// No track with notes is left beside the melody and its copies.
    case nothingToMeasure
    /// The melody ends behind the longest piece that is measured.
    case tooLong(bars: Int)

    public var description: String {
        switch self {
        case .noMelody(let reason): "it has no melody: \(reason)"
        case .nothingToMeasure: "beside the melody and copies of it there are no notes"
        case .tooLong(let bars):
            "the melody has \(bars) bars, more than the \(EvaluatedPiece.maximumBars) that are measured"
        }
    }
}

extension EvaluatedPiece {
    /// The longest piece that is read from files.
    public static let maximumBars = 4_000

    /// Reads a melody and the band that was written for it.
    ///
    /// The metre is the melody file's time signature at its beginning, else 4/4. Tempo means nothing here.
    ///
    /// - Parameters:
    ///   - melody: the file with the melody: its only pitched track, the one that is named `melody...`, or the one that is most like a melody.
    ///   - output: the file with the band; nil for the other tracks of the melody's file.
    /// - Throws: `EvaluationError` for a file without melody, or without anything else.
    public init(name: String = "", melody file: MIDIFile, output: MIDIFile? = nil) throws(EvaluationError) {
        let voices = EvaluatedTrack.all(in: file)
        let pitched = voices.indices.filter { voices[$0].track.role != .drums }
        let index: Int
        if pitched.count == 1 {
            index = pitched[0]
        } else if let named = pitched.first(where: { voices[$0].track.isNamedMelody }) {
            index = named
        } else {
            let found: ImportedMelody
            do { found = try MelodyFinder(file).melody() } catch { throw .noMelody("\(error)") }
            guard
                let like = pitched.first(where: {
                    voices[$0].trackNumber == found.trackNumber && voices[$0].channel == found.channel
                })
            else { throw .noMelody("no pitched track has notes") }
            index = like
        }
        var meter = Meter.fourFour
        if let first = file.meterChanges.first, first.tick == 0, let written = first.meter { meter = written }
        let band =
            output.map { EvaluatedTrack.all(of: $0) }
            ?? voices.indices.filter { $0 != index }.map { voices[$0].track }
        self.init(name: name, melody: voices[index].track.notes, meter: meter, tracks: band)
        if bars > EvaluatedPiece.maximumBars { throw .tooLong(bars: bars) }
        if tracks.isEmpty { throw .nothingToMeasure }
    }
}
