import Music

/// Free playing, understood: read without a click, and moved onto the grid that was read.
///
/// For playing whose tempo is known (a click, a running band) use `Quantizer` with that tempo and bar line instead.
public struct FreeTake: Hashable, Sendable {
    /// Tempo, metre, bar line and swing.
    public let reading: TimeReading
    /// The phrase in straight notes, its bar lines those of the reading; a pickup has a bar of its own.
    public let quantization: Quantization

    /// Reads and quantizes a phrase.
    ///
    /// - Parameters:
    ///   - notes: in any order; all of them belong to the phrase.
    ///   - end: when the player ended it; nil where the last note decides (`Quantizer.quantize`).
    /// - Returns: nil for fewer than four onsets, or where no time passes.
    public static func understand(_ notes: [PerformedNote], end: Instant? = nil) -> FreeTake? {
        TimeReader.read(notes).flatMap { understand(notes, as: $0, end: end) }
    }

    /// Quantizes a phrase by a reading of it: the one that was found, or its half or double.
    ///
    /// - Returns: nil where there are no notes.
    public static func understand(_ notes: [PerformedNote], as reading: TimeReading, end: Instant? = nil) -> FreeTake? {
        Quantizer(tempo: reading.tempo, meter: reading.meter, swing: Swing(reading.swing), swung: reading.swung)
            .quantize(notes, downbeat: reading.downbeat, end: end)
            .map { FreeTake(reading: reading, quantization: $0) }
    }
}
