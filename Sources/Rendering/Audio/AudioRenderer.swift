import Glibc
import MIDI
import Music

/// Plays an arrangement into a file, many times faster than real time.
///
/// The music is played twice: once to measure it, once to write it at the gain that was found. So memory stays small however
/// long it is. Blocking and CPU-bound: call it on a thread of its own.
public struct AudioRenderer: Sendable {
    public var soundFont: String
    public var sampleRate: Int
    /// The loudness aimed at, in LUFS.
    public var targetLoudness: Double
    /// No sample is louder than this, in dB of full scale; it wins over the loudness.
    public var peakCeiling: Double
    /// Whether the melody is heard, on the genre's melody program.
    public var includesMelody: Bool
    /// How often the phrase is played.
    public var repeats: Int

    /// - Throws: `RenderingError` naming the package to install where there is no SoundFont.
    public init(
        soundFont: String? = nil, sampleRate: Int = 44_100, targetLoudness: Double = -16, peakCeiling: Double = -1,
        includesMelody: Bool = true, repeats: Int = 1
    ) throws(RenderingError) {
        precondition((8_000...96_000).contains(sampleRate), "FluidSynth works at 8 to 96 kHz")
        precondition(
            peakCeiling <= 0 && repeats >= 1, "a ceiling is at most full scale, and music is played at least once")
        self.soundFont = try SoundFont.locate(preferred: soundFont)
        self.sampleRate = sampleRate
        self.targetLoudness = targetLoudness
        self.peakCeiling = peakCeiling
        self.includesMelody = includesMelody
        self.repeats = repeats
    }

    /// What was written.
    public struct Report: Hashable, Sendable {
        /// Length of the file with its tail.
        public var seconds: Double
        /// Largest sample in dB of full scale; nil for silence.
        public var peak: Double?
        /// Integrated loudness in LUFS; nil for silence.
        public var loudness: Double?
        /// What was applied to the synthesizer's output, in dB.
        public var gain: Double
    }

    /// The longest time that is waited for the last sound to die away, in seconds.
    static let longestTail = 8.0
    /// Below this a tail counts as silent: -66 dB of full scale.
    static let silence: Float = 0.0005

    /// Renders to a file; it appears under its name only when it is complete.
    ///
    /// - Parameter format: nil takes it from the file's name; an unknown ending means WAV.
    @discardableResult
    public func render(_ arrangement: Arrangement, to path: String, format: AudioFormat? = nil) throws(RenderingError)
        -> Report
    {
        let round = TempoMap(anchor: .zero, tempo: arrangement.phrase.tempo).length(of: arrangement.phrase.length)
        return try render(
            TimedMessages.of(arrangement, includesMelody: includesMelody), lasting: round.seconds, to: path,
            format: format)
    }

    /// Renders messages as they are, whatever they play: no mix is added, and nothing is left out.
    ///
    /// - Parameters:
    ///   - messages: in time order.
    ///   - seconds: the length of one round of the music; what still sounds then is heard to its end.
    ///   - format: nil takes it from the file's name; an unknown ending means WAV.
    @discardableResult
    public func render(
        _ messages: [TimedMessage], lasting seconds: Double, to path: String, format: AudioFormat? = nil
    ) throws(RenderingError) -> Report {
        var meter = LoudnessMeter(sampleRate: sampleRate)
        var frames = 0
        try play(messages, seconds, frames: nil) { (samples: ArraySlice<Float>) throws(RenderingError) in
            meter.add(samples)
            frames += samples.count / 2
        }
        let gain = gain(peak: Double(meter.peak), loudness: meter.loudness)
        let total = frames
        let fade = min(total, sampleRate / 20)
        var written = 0
        let file = try AudioFile(path: path, format: format ?? AudioFormat(path: path) ?? .wav, sampleRate: sampleRate)
        try play(messages, seconds, frames: total) { (samples: ArraySlice<Float>) throws(RenderingError) in
            var scaled = samples
            for index in samples.indices {
                let frame = written + (index - samples.startIndex) / 2
                // The last 50 ms fade out, so that the end never clicks.
                let envelope = min(1, Double(total - frame) / Double(max(1, fade)))
                scaled[index] = Float(Double(samples[index]) * gain * envelope)
            }
            try file.write(scaled)
            written += samples.count / 2
        }
        try file.finish()
        return Report(
            seconds: Double(total) / Double(sampleRate),
            peak: meter.peak > 0 ? 20 * log10(Double(meter.peak) * gain) : nil,
            loudness: meter.loudness.map { $0 + 20 * log10(gain) }, gain: 20 * log10(gain))
    }

    private func gain(peak: Double, loudness: Double?) -> Double {
        guard peak > 0, let loudness else { return 1 }
        return min(pow(10, (targetLoudness - loudness) / 20), pow(10, peakCeiling / 20) / peak)
    }

    /// Plays from a fresh synthesizer, so that two plays give the same samples.
    ///
    /// - Parameter frames: how many to give out; nil plays until the last sound has died away.
    private func play(
        _ messages: [TimedMessage], _ round: Double, frames: Int?,
        _ consume: (ArraySlice<Float>) throws(RenderingError) -> Void
    ) throws(RenderingError) {
        let synth = try Synthesizer(soundFont: soundFont, sampleRate: sampleRate)
        var buffer = [Float](repeating: 0, count: 2 * 4096)
        var position = 0
        func advance(to target: Int) throws(RenderingError) {
            while position < target {
                let count = min(4096, target - position)
                try synth.render(frames: count, into: &buffer)
                try consume(buffer[..<(2 * count)])
                position += count
            }
        }
        for pass in 0..<repeats {
            for timed in messages {
                let moment = Double(pass) * round + timed.seconds
                try advance(to: min(frames ?? .max, Int((moment * Double(sampleRate)).rounded())))
                synth.play(timed.message)
            }
        }
        let end = Int((Double(repeats) * round * Double(sampleRate)).rounded())
        try advance(to: min(frames ?? .max, end))
        if let frames { return try advance(to: frames) }
        let last = end + Int(AudioRenderer.longestTail * Double(sampleRate))
        while position < last {
            try synth.render(frames: 4096, into: &buffer)
            try consume(buffer[...])
            position += 4096
            if !buffer.contains(where: { $0.magnitude > AudioRenderer.silence }) { break }
        }
    }
}
