import Foundation
import Testing

/// Whether a band is recognized in its samples, on sound that is made here.
struct RecordingTests {
    private static let rate = 16_000
    /// Two bars at 120 a minute.
    private static let band = [0, 0.25, 0.5, 1, 1.25, 1.75, 2, 2.5, 2.75, 3, 3.25, 3.5]

    /// Strokes over a soft pad, from a time on.
    private static func played(_ onsets: [Double], at origin: Double, seconds: Double = 7) -> Recording {
        var samples = [Float](repeating: 0, count: Int(seconds * Double(rate)))
        var state: UInt64 = 7
        for onset in onsets {
            let start = Int((origin + onset) * Double(rate))
            for index in start..<max(start, samples.count) {
                samples[index] += Float(0.4 * exp(-12 * Double(index - start) / Double(rate)) * noise(&state))
            }
        }
        let first = Int(origin * Double(rate))
        for index in first..<min(samples.count, first + 4 * rate) {
            samples[index] += Float(0.02 * sin(2 * .pi * 330 * Double(index) / Double(rate)))
        }
        return Recording(samples: samples, rate: rate)
    }

    /// -0.5...0.5
    private static func noise(_ state: inout UInt64) -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) * 0x1p-53 - 0.5
    }

    private static func hum(_ level: Double) -> Recording {
        Recording(
            samples: (0..<(7 * rate)).map { Float(level * sin(2 * .pi * 100 * Double($0) / Double(rate))) }, rate: rate)
    }

    @Test(arguments: [0.5, 1.234, 2.9]) func theBandIsFoundWhereItBegins(origin: Double) throws {
        let fit = try #require(Self.played(Self.band, at: origin).fit(onsets: Self.band))
        #expect(fit.isTheBand, "\(fit)")
        #expect(abs(fit.origin - origin) < 0.03)
    }

    @Test func aPlayerWhoPlaysAlongIsNoOtherBand() throws {
        let melody = [0.125, 0.625, 1.125, 1.625, 2.125, 2.625]
        let both = Self.played((Self.band + melody).sorted(), at: 1)
        #expect(try #require(both.fit(onsets: Self.band, others: melody)).isTheBand)
    }

    @Test(arguments: [
        // a waltz, triplets, twice as slow, only the first beat, a band that ends in its second bar
        stride(from: 0, to: 3.6, by: 0.3).map { $0 }, stride(from: 0, to: 3.6, by: 1.0 / 6).map { $0 },
        band.map { $0 * 2 }, [0], band.filter { $0 < 1.5 },
    ]) func anotherBandIsNotTakenForIt(onsets: [Double]) {
        let fit = Self.played(onsets, at: 0.5, seconds: 9).fit(onsets: Self.band)
        #expect(fit?.isTheBand != true, "\(String(describing: fit))")
    }

    @Test func aBandWhoseNotesAreLateIsNotTakenForIt() {
        // Every other note lies a sixteenth behind its place.
        let shifted = Self.band.enumerated().map { $0.offset.isMultiple(of: 2) ? $0.element : $0.element + 0.125 }
        let fit = Self.played(shifted, at: 0.5).fit(onsets: Self.band)
        #expect(fit?.isTheBand != true, "\(String(describing: fit))")
    }

    @Test(arguments: [0.0, 0.001, 0.5]) func silenceAndAHumAreNoBand(level: Double) {
        let recording = Self.hum(level)
        #expect(recording.fit(onsets: Self.band)?.isTheBand != true)
        #expect(abs(recording.rms(from: 0, to: 7) - level / 2.0.squareRoot()) < 0.001)
    }

    @Test func noiseIsNoBand() {
        var state: UInt64 = 7
        let samples = (0..<(7 * Self.rate)).map { _ in Float(Self.noise(&state)) }
        let fit = Recording(samples: samples, rate: Self.rate).fit(onsets: Self.band)
        #expect(fit?.isTheBand != true)
    }

    @Test func rawSamplesAreRead() {
        let recording = Recording(stereo: [0, 0x40, 0, 0x40, 0, 0xC0, 0, 0x40, 1], rate: 8_000)
        #expect(recording.samples == [0.5, 0])
        #expect(recording.rms(from: 5, to: 6) == 0)
    }
}
