import Foundation
import Testing

@testable import Rendering

struct PeakLimiterTests {
    private static let rate = 8_000

    /// Frames whose channels are alike.
    private func frames(_ samples: [Float]) -> [Float] { samples.flatMap { [$0, -$0] } }

    private func tone(_ frequency: Double, _ level: (Int) -> Double, count: Int) -> [Float] {
        frames((0..<count).map { Float(sin(2 * .pi * frequency * Double($0) / Double(Self.rate)) * level($0)) })
    }

    private func limited(_ samples: [Float], ceiling: Float, portions: [Int] = [.max]) -> [Float] {
        var limiter = PeakLimiter(sampleRate: Self.rate, ceiling: ceiling)
        var all = samples + [Float](repeating: 0, count: 2 * limiter.latency)
        var result: [Float] = []
        var number = 0
        while !all.isEmpty {
            let count = min(all.count, portions[number % portions.count])
            var portion = Array(all.prefix(count))
            limiter.apply(&portion)
            result += portion
            all.removeFirst(count)
            number += 1
        }
        return Array(result.dropFirst(2 * limiter.latency))
    }

    @Test func whatStaysBelowTheCeilingPassesBitForBit() {
        let soft = tone(440, { _ in 0.5 }, count: 4_000)
        #expect(limited(soft, ceiling: 0.5) == soft)
    }

    @Test(arguments: [UInt64](1...20))
    func noSampleIsAboveTheCeiling(seed: UInt64) {
        var state = seed
        func random() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) * 0x1p-53
        }
        let ceiling = Float(0.2 + 0.8 * random())
        let noise = (0..<6_000).map { _ in Float((random() * 2 - 1) * (random() < 0.01 ? 8 : 0.6)) }
        let result = limited(noise, ceiling: ceiling)
        #expect(result.count == noise.count)
        #expect(result.allSatisfy { $0.magnitude <= ceiling })
        #expect(result.contains { $0.magnitude > 0.6 * ceiling })
    }

    @Test func aPeakIsTurnedDownBeforeItComesAndPassesUntouchedAgainLater() {
        var samples = tone(100, { _ in 0.25 }, count: 16_000)
        samples[2 * 4_000] = 2
        let result = limited(samples, ceiling: 0.5)
        #expect(abs(result[2 * 4_000] - 0.5) < 0.001)
        let lookAhead = Self.rate / 200
        #expect(Array(result.prefix(2 * (4_000 - lookAhead))) == Array(samples.prefix(2 * (4_000 - lookAhead))))
        // Ten time constants later nothing of it is left.
        #expect(Array(result.suffix(2 * 5_000)) == Array(samples.suffix(2 * 5_000)))
        // The gain has no steps, so nothing clicks.
        let gains = stride(from: 2 * 3_900, to: 2 * 6_000, by: 2).filter { samples[$0].magnitude > 0.1 }
            .map { (frame: $0 / 2, gain: Double(result[$0] / samples[$0])) }
        for (one, next) in zip(gains, gains.dropFirst()) {
            #expect(abs(next.gain - one.gain) < 0.03 * Double(next.frame - one.frame))
        }
    }

    @Test func bothChannelsAreTurnedDownAlike() {
        var samples = [Float](repeating: 0.4, count: 4_000)
        for frame in 0..<2_000 { samples[2 * frame + 1] = 0.1 }
        samples[2 * 1_000] = 3
        let result = limited(samples, ceiling: 0.5)
        for frame in 0..<2_000 where frame != 1_000 {
            #expect(abs(result[2 * frame] - 4 * result[2 * frame + 1]) < 1e-6)
        }
    }

    @Test func portionsMakeNoDifference() {
        let loud = tone(220, { $0 % 1_000 < 300 ? 1.5 : 0.3 }, count: 5_000)
        #expect(limited(loud, ceiling: 0.7, portions: [2, 64, 1_000, 14]) == limited(loud, ceiling: 0.7))
    }

    @Test func itIsTheSameAfterManyPeaks() {
        var limiter = PeakLimiter(sampleRate: Self.rate, ceiling: 0.5)
        for _ in 0..<200 {
            var loud = tone(330, { $0 % 500 < 100 ? 1.9 : 0.4 }, count: 4_000)
            limiter.apply(&loud)
        }
        var soft = tone(330, { _ in 0.4 }, count: 16_000)
        let before = soft
        limiter.apply(&soft)
        #expect(Array(soft.suffix(8_000)) == Array(before.dropLast(2 * limiter.latency).suffix(8_000)))
        #expect(limiter.smallestGain < 0.3 && limiter.smallestGain > 0.2)
    }
}
