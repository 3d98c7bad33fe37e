import Foundation
import Generation
import MIDI
import Music
import Playback
import TestSupport
import Testing

@testable import LiveSession

/// A day of playing on a virtual clock: nothing hangs, nothing drifts, nothing grows.
struct LongRunTests {
    @Test(arguments: 1...UInt64(longCount(2, full: 2)))
    func aDayOfRandomPlayingLeavesNothingHangingAndNothingGrowing(seed: UInt64) {
        let hours = longCount(1, full: 24)
        var day = VirtualDay(seed: seed)
        var resident: [Int] = []
        for hour in 1...hours {
            // In the usual run an hour is five minutes.
            day.play(until: Double(hour) * Double(longCount(300, full: 3600)))
            day.rest()
            resident.append(residentBytes())
            let sizes = day.sizes()
            let tooLarge = sizes.filter { $0.value > VirtualDay.bounds[$0.key, default: VirtualDay.usualBound] }
            #expect(tooLarge.isEmpty, "hour \(hour): grown without bound")
            #expect(day.held.isEmpty, "hour \(hour): \(day.held.count) notes hang")
            #expect(!day.session.isBandOn, "hour \(hour): two presses of Stop do not stop the band")
        }
        #expect(day.objections.isEmpty)
        #expect(day.bandNotes > 50 * hours && day.takes > 4 * hours && day.clocks > 50 * hours)
        // Other tests run beside this one in its first hours; what stays behind after them is this one's.
        if hours >= 24 {
            let (early, late) = (resident[6..<12].min() ?? 0, resident[18...].min() ?? 0)
            #expect(late - early < 32 << 20, "memory grows: \(resident.map { $0 >> 20 }) MiB")
        }
    }

    @Test func aBandThatPlaysForHoursStaysOnItsFirstBeat() {
        let hours = Double(longCount(1, full: 24)) / Double(longCount(12, full: 1))
        var day = VirtualDay(seed: 3, settings: .init(tempo: Tempo(quartersPerMinute: 97), entrance: .bar))
        day.recordAScale()
        day.pass(hours * 3600)

        let beat = 60 / 97.0
        let beats = (day.lastBeat - day.firstBeat) / beat
        let expected = hours * 3600 / beat
        #expect(abs(beats - beats.rounded()) * beat < 0.000_1, "the last beat lies beside the first one's grid")
        #expect(abs(beats - expected) < 12, "beats were lost: \(beats) of \(expected)")
        #expect(day.objections.isEmpty)
    }

    @Test func variationsThatWereLeftLongAgoAreLetGo() {
        var stage = Stage()
        stage.answersAfter = 0.02
        stage.recordTwoBars()
        for number in 1...100 { stage.press(.next, at: 5.5 + Double(number) / 4) }
        stage.wait(until: 32)
        let variations = stage.session.piece?.variations ?? []
        stage.press(.previous, at: 32)

        #expect(variations.count == Session.mostVariations)
        #expect(variations.last?.recipe.seed == 101, "seeds are not used again")
        #expect(stage.session.piece?.shown?.recipe.seed == 100)
        #expect(stage.refusals.isEmpty)
    }

    /// What this process occupies in memory.
    private func residentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * sysconf(CInt(_SC_PAGESIZE))
    }
}
