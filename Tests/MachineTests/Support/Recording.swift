import Foundation

/// Sound that was recorded: one channel, full scale 1.
struct Recording {
    let samples: [Float]
    /// Samples a second.
    let rate: Int

    init(samples: [Float], rate: Int) {
        self.samples = samples
        self.rate = rate
    }

    /// The mean of both channels of raw samples of 16 bits, little-endian.
    init(stereo bytes: [UInt8], rate: Int) {
        self.rate = rate
        func sample(_ at: Int) -> Float {
            Float(Int16(truncatingIfNeeded: Int(bytes[at]) | Int(bytes[at + 1]) << 8)) / 32_768
        }
        samples = stride(from: 0, to: bytes.count - 3, by: 4).map { (sample($0) + sample($0 + 2)) / 2 }
    }

    var seconds: Double { Double(samples.count) / Double(rate) }

    /// The effective value between two times; 0 where nothing was recorded.
    func rms(from start: Double, to end: Double) -> Double {
        let first = max(0, Int(start * Double(rate)))
        let last = min(samples.count, Int(end * Double(rate)))
        guard first < last else { return 0 }
        let sum = samples[first..<last].reduce(0.0) { $0 + Double($1) * Double($1) }
        return (sum / Double(last - first)).squareRoot()
    }

    /// Frames of 10 ms.
    private static let frame = 0.01
    /// A rise in a frame, against the mean of the three frames before it, that is an attack; dB.
    private static let attack = 3.0

    /// When it becomes louder at once: where notes begin. Seconds, to a frame.
    ///
    /// The energy is that of the samples' differences: attacks are bright, and a bass that sounds on is not.
    var rises: [Double] {
        let length = Int(Double(rate) * Self.frame)
        let levels = stride(from: 0, through: samples.count - length, by: length).map { start -> Double in
            var energy = 1e-8
            for index in max(1, start)..<(start + length) {
                let difference = Double(samples[index] - samples[index - 1])
                energy += difference * difference / Double(length)
            }
            return 10 * log10(energy)
        }
        guard levels.count > 6 else { return [] }
        let growth = levels.indices.map { index in
            index < 3 ? 0 : levels[index] - (levels[index - 3] + levels[index - 2] + levels[index - 1]) / 3
        }
        return growth.indices.filter { index in
            let near = growth[max(0, index - 3)...min(growth.count - 1, index + 3)]
            return growth[index] > Self.attack && growth[index] == near.max()
        }.map { Double($0) * Self.frame }
    }

    /// How well it fits a band.
    struct Fit {
        /// Where the band's time 0 lies in the recording, in seconds.
        var origin: Double
        /// The part of the band's onsets at which it becomes louder, 0...1.
        var found: Double
        /// The part of the rises that are onsets of the band, 0...1, between its first and its last one.
        var explained: Double

        /// Harmonic mean of both: soft strokes may be hidden beneath a loud one where every rise is explained, and the other way round.
        var agreement: Double { found + explained > 0 ? 2 * found * explained / (found + explained) : 0 }

        /// A band is neither a hum nor somebody else's rhythm. Recorded bands came to .77 (.63 found, all explained) and more.
        var isTheBand: Bool { agreement >= 0.74 && explained >= 0.7 && found >= 0.5 }
    }

    /// Lays the onsets of a band over the recording where they fit best.
    ///
    /// - Parameters:
    ///   - onsets: when notes of the band begin, in seconds from its beginning.
    ///   - others: onsets that may be there too.
    ///   - tolerance: how far a rise may lie from its onset, in seconds.
    func fit(onsets: [Double], others: [Double] = [], tolerance: Double = 0.04) -> Fit? {
        let rises = rises
        guard let first = onsets.min(), let last = onsets.max(), !rises.isEmpty else { return nil }
        func isNear(_ time: Double, _ times: [Double]) -> Bool { times.contains { abs($0 - time) <= tolerance } }
        func fit(_ origin: Double) -> Fit {
            let found = onsets.count { isNear(origin + $0, rises) }
            let inside = rises.filter { $0 >= origin + first - tolerance && $0 <= origin + last + tolerance }
            let explained = inside.count { isNear($0 - origin, onsets) || isNear($0 - origin, others) }
            return Fit(
                origin: origin, found: Double(found) / Double(onsets.count),
                explained: inside.isEmpty ? 0 : Double(explained) / Double(inside.count))
        }
        // It begins with one of its rises, and the whole of it was recorded.
        let origins = rises.map { $0 - first }.filter { $0 > -tolerance && $0 + last <= seconds }
        return origins.map(fit).max { $0.found * $0.explained < $1.found * $1.explained }
    }
}
