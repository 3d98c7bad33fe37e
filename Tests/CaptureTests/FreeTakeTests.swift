import Capture
import Music
import TestSupport
import Testing

@Suite struct FreeTakeTests {
    @Test(arguments: [84.0, 104, 120]) func aTunePlayedFreelyBecomesTheTune(quarters: Double) throws {
        var player = FreePlayer(seed: 3)
        let tune = Tune.odeToJoy
        let take = try #require(FreeTake.understand(player.play(tune, quarters: quarters).notes))
        // At half the tempo, which is as right, it is written in half the values.
        let eighth = take.reading.tempo.quartersPerMinute < 0.75 * quarters ? 3 : 6
        var place = 0
        let written = tune.notes.map { note in
            defer { place += note.eighths * eighth }
            return place
        }
        #expect(take.quantization.phrase.notes.map(\.onset.nearestStep) == written)
        #expect(take.quantization.phrase.meter == .fourFour)
    }

    @Test func aPickupLiesBeforeTheBarLineThatWasRead() throws {
        var player = FreePlayer(seed: 5)
        let take = try #require(FreeTake.understand(player.play(.happyBirthday, quarters: 100).notes))
        #expect(take.quantization.phrase.meter == .threeFour)
        #expect(take.quantization.phrase.notes[0].onset.nearestStep == 24)
        let lineOfBarTwo = take.quantization.tempoMap.instant(of: .steps(36))
        #expect(abs((lineOfBarTwo - take.reading.downbeat).seconds) < 0.1)
    }

    @Test func thePressEndsThePhrase() throws {
        var player = FreePlayer(seed: 3)
        let notes = player.play(.odeToJoy, quarters: 104).notes
        let free = try #require(FreeTake.understand(notes))
        let bar = 240 / free.reading.tempo.quartersPerMinute
        let ended = try #require(FreeTake.understand(notes, end: free.reading.downbeat + .seconds(2 * bar)))
        #expect(ended.reading == free.reading)
        #expect(ended.quantization.phrase.bars == 2 && free.quantization.phrase.bars > 2)
    }

    @Test func twiceTheTempoIsTwiceTheBars() throws {
        var player = FreePlayer(seed: 3)
        let notes = player.play(.odeToJoy, quarters: 84).notes
        let free = try #require(FreeTake.understand(notes))
        let doubled = try #require(free.reading.doubled().flatMap { FreeTake.understand(notes, as: $0) })
        #expect(doubled.quantization.phrase.bars == 2 * free.quantization.phrase.bars)
    }

    @Test func threeOnsetsAreNoTake() {
        var player = FreePlayer(seed: 1)
        #expect(FreeTake.understand(Array(player.play(.odeToJoy, quarters: 100).notes.prefix(3))) == nil)
        #expect(FreeTake.understand([]) == nil)
    }
}
