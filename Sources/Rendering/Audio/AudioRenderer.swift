import Glibc
import MIDI
import Music

/// Plays an arrangement into a file, many times faster than real time.
///
/// The music is played twice: once to measure it, once to write it at the gain that was found; a third time in between where its
/// peaks have to be limited to make it so loud. So memory stays small however long it is. Blocking and CPU-bound: call it on a
/// thread of its own.
public struct AudioRenderer: Sendable {
    public var soundFont: String
    public var sampleRate: Int
    /// The loudness aimed at, in LUFS.
    public var targetLoudness: Double
    /// No sample is louder than this, in dB of full scale: a limiter turns what would be down.
    public var peakCeiling: Double
    /// Whether the melody is heard, on the genre's melody program.
    public var includesMelody: Bool
    /// How often the phrase is played.
    public var repeats: Int
    /// Whether each part is written to a file of its own beside the whole, at the same gain and of the same length.
    ///
    /// Each is limited by itself, so together they are what the whole was before its limiter turned peaks down.
    public var writesStems = false

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
        /// The files of the parts, where they were asked for.
        public var stems: [String]
    }

    /// The longest time that is waited for the last sound to die away, in seconds.
    static let longestTail = 8.0
    /// Below this a tail counts as silent: -66 dB of full scale.
    static let silence: Float = 0.0005

    /// Renders to a file; it appears under its name only when it is complete.
    ///
    /// Stems are named after it: `song.flac` has `song-bass.flac` and so on.
    ///
    /// - Parameter format: nil takes it from the file's name; an unknown ending means WAV.
    @discardableResult
    public func render(_ arrangement: Arrangement, to path: String, format: AudioFormat? = nil) throws(RenderingError)
        -> Report
    {
        let round = TempoMap(anchor: .zero, tempo: arrangement.phrase.tempo).length(of: arrangement.phrase.length)
        var names = [TimedMessages.melodyChannel: "melody"]
        for part in Part.allCases { names[part.channel] = part.rawValue }
        return try render(
            TimedMessages.of(arrangement, includesMelody: includesMelody), lasting: round.seconds, names: names,
            to: path, format: format)
    }

    /// Renders messages as they are, whatever they play: no mix is added, and nothing is left out. Stems are the channels:
    /// `song-channel-3.flac`.
    ///
    /// - Parameters:
    ///   - messages: in time order.
    ///   - seconds: the length of one round of the music; what still sounds then is heard to its end.
    ///   - format: nil takes it from the file's name; an unknown ending means WAV.
    @discardableResult
    public func render(
        _ messages: [TimedMessage], lasting seconds: Double, to path: String, format: AudioFormat? = nil
    ) throws(RenderingError) -> Report {
        try render(messages, lasting: seconds, names: [:], to: path, format: format)
    }

    private func render(
        _ messages: [TimedMessage], lasting seconds: Double, names: [Channel: String], to path: String,
        format: AudioFormat?
    ) throws(RenderingError) -> Report {
        var meter = LoudnessMeter(sampleRate: sampleRate)
        var frames = 0
        try play(messages, seconds, frames: nil) { (samples: ArraySlice<Float>) throws(RenderingError) in
            meter.add(samples)
            frames += samples.count / 2
        }
        let gain = try gain(messages, seconds, frames, meter)
        let format = format ?? AudioFormat(path: path) ?? .wav
        let written = try write(messages, lasting: seconds, frames: frames, gain: gain, to: path, format)
        var stems: [String] = []
        for channel in writesStems ? AudioRenderer.sounding(messages) : [] {
            let stem = AudioRenderer.stem(of: path, named: names[channel] ?? "channel-\(channel.number)")
            // What is meant for no channel is meant for all.
            let its = messages.filter { $0.message.channel == nil || $0.message.channel == channel }
            _ = try write(its, lasting: seconds, frames: frames, gain: gain, to: stem, format)
            stems.append(stem)
        }
        return Report(
            seconds: Double(frames) / Double(sampleRate),
            peak: written.peak > 0 ? 20 * log10(Double(written.peak)) : nil, loudness: written.loudness,
            gain: 20 * log10(gain), stems: stems)
    }

    /// The channels that have notes, in their order.
    private static func sounding(_ messages: [TimedMessage]) -> [Channel] {
        let channels = messages.compactMap { timed -> Channel? in
            if case .noteOn(let channel, _, _) = timed.message.kind { channel } else { nil }
        }
        return Set(channels).sorted { $0.number < $1.number }
    }

    /// `song.flac` and `bass` give `song-bass.flac`.
    private static func stem(of path: String, named name: String) -> String {
        let file = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        guard let dot = path[file...].lastIndex(of: "."), dot > file else { return path + "-" + name }
        return path[..<dot] + "-" + name + path[dot...]
    }

    /// - Returns: what was written, measured.
    private func write(
        _ messages: [TimedMessage], lasting seconds: Double, frames total: Int, gain: Double, to path: String,
        _ format: AudioFormat
    ) throws(RenderingError) -> LoudnessMeter {
        var meter = LoudnessMeter(sampleRate: sampleRate)
        var mastering = Mastering(gain: gain, total: total, sampleRate: sampleRate, ceiling: peakCeiling)
        let file = try AudioFile(path: path, format: format, sampleRate: sampleRate)
        try play(messages, seconds, frames: total) { (samples: ArraySlice<Float>) throws(RenderingError) in
            let mastered = mastering.apply(samples)
            meter.add(mastered)
            try file.write(mastered)
        }
        let rest = mastering.finish()
        meter.add(rest)
        try file.write(rest)
        try file.finish()
        return meter
    }

    /// The factor that makes the music as loud as it is to be, with its peaks limited.
    ///
    /// - Parameter measured: the music as the synthesizer plays it.
    private func gain(
        _ messages: [TimedMessage], _ seconds: Double, _ frames: Int, _ measured: LoudnessMeter
    ) throws(RenderingError) -> Double {
        let peak = Double(measured.peak)
        guard peak > 0, let loudness = measured.loudness else { return 1 }
        let gain = pow(10, (targetLoudness - loudness) / 20)
        guard peak * gain > pow(10, peakCeiling / 20) else { return gain }
        var search = GainSearch(
            around: gain, peak: peak, total: frames, sampleRate: sampleRate, ceiling: peakCeiling)
        try play(messages, seconds, frames: frames) { (samples: ArraySlice<Float>) in search.add(samples) }
        return search.gain(for: targetLoudness)
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
