import Music
public enum FreeTake {
    public static func understand(_ notes: [PerformedNote], end: Instant?) -> (reading: TimeReading, quantization: Quantization)? {
        guard let reading = TimeReader.read(notes), let q = Quantizer(tempo: reading.tempo, meter: reading.meter).quantize(notes, downbeat: reading.downbeat, end: end) else { return nil }
        return (reading, q)
    }
}
