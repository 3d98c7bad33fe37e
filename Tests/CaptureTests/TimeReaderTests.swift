import Capture
import Music
import TestSupport
import Testing

/// A note that begins at so many milliseconds.
private func note(_ pitch: Int, at milliseconds: Int, for length: Int = 80) -> PerformedNote {
    PerformedNote(
        pitch: Pitch(pitch), onset: .zero + .milliseconds(milliseconds), length: .milliseconds(length),
        velocity: .mezzoForte)
}

/// Evenly played notes.
private func notes(count: Int, every interval: Int, for length: Int = 80, pitches: [Int] = [60, 67, 62, 69, 64])
    -> [PerformedNote]
{
    var played: [PerformedNote] = []
    for number in 0..<count {
        played.append(note(pitches[number % pitches.count], at: number * interval, for: length))
    }
    return played
}

/// Every interval longer than the one before.
private var slowingNotes: [PerformedNote] {
    var played: [PerformedNote] = []
    for number in 0..<40 { played.append(note(60 + number % 7, at: number * number * 13)) }
    return played
}

/// How far a tempo lies from another, its half or its double, as a share.
private func octaveError(_ tempo: Tempo, _ quarters: Double) -> Double {
    [0.5, 1, 2].map { abs(tempo.quartersPerMinute * $0 / quarters - 1) }.min()!
}

@Suite struct TimeReaderTests {
    @Test(arguments: Tune.all, [72.0, 96, 124]) func knownTunesAreUnderstood(tune: Tune, feltBeats: Double) throws {
        let quarters = tune.meter.isCompound ? feltBeats * 0.75 : feltBeats
        var player = FreePlayer(seed: UInt64(quarters) + UInt64(tune.notes.count))
        let played = player.play(tune, quarters: quarters)
        let reading = try #require(TimeReader.read(played.notes))
        #expect(octaveError(reading.tempo, quarters) < 0.04)
        #expect(reading.meter == tune.meter)
        let bar = 60 / quarters * tune.meter.bar.quarters
        let bars = (reading.downbeat - played.downbeat).seconds / bar
        #expect(abs(bars - bars.rounded()) * Double(tune.meter.beatsPerBar) < 0.5)
        #expect((0...1).contains(reading.confidence))
    }

    /// The first tunes that anybody tries, exactly played and by two hands.
    @Test(arguments: [Tune.twinkle, .odeToJoy, .saints, .scarboroughFair], [UInt64?.none, 1, 2])
    func firstTunesHaveTheirBars(tune: Tune, seed: UInt64?) throws {
        var player = FreePlayer(seed: seed ?? 0)
        let played =
            seed == nil ? FreePlayer.playExactly(tune, quarters: 100) : player.play(tune, quarters: 100)
        try expectBars(of: tune, in: played)
    }

    @Test func fourBarsOfOdeToJoyAreFourBars() throws {
        try expectBars(of: .shortOde, in: FreePlayer.playExactly(.shortOde, quarters: 100))
    }

    /// Metre, bar line and number of bars of a tune played at 100 quarters a minute.
    private func expectBars(of tune: Tune, in played: (notes: [PerformedNote], downbeat: Instant)) throws {
        let reading = try #require(TimeReader.read(played.notes))
        #expect(reading.meter == tune.meter)
        #expect(abs((reading.downbeat - played.downbeat).seconds) < 0.3)
        let understood = try #require(
            Quantizer(tempo: reading.tempo, meter: reading.meter).quantize(played.notes, downbeat: reading.downbeat))
        let bar = tune.meter.stepsPerBar / 6
        let bars = (tune.notes.reduce(0) { $0 + $1.eighths } - tune.pickup + bar - 1) / bar
        // A tune in half or twice the tempo is musically the same; its bars are half or twice as many.
        let scale = (reading.tempo.quartersPerMinute / 100 * 2).rounded() / 2
        let pickupBars = tune.pickup > 0 ? 1 : 0
        #expect(Double(understood.phrase.bars - pickupBars) == (Double(bars) * scale).rounded(.up))
    }

    /// A whole tune of quarters, whose phrases of four bars would be bars of eighths at half the tempo.
    @Test(arguments: [72.0, 84, 100, 112]) func beatsThatAreTooSlowToBeFeltAreNotCounted(quarters: Double) throws {
        var player = FreePlayer(seed: UInt64(quarters))
        let reading = try #require(TimeReader.read(player.play(.odeToJoy, quarters: quarters).notes))
        #expect(abs(reading.tempo.quartersPerMinute / quarters - 1) < 0.04)
        #expect(reading.meter == .fourFour)
    }

    @Test func theDownbeatIsTheFirstBarLineFromTheFirstNoteOn() throws {
        var player = FreePlayer(seed: 5)
        let played = player.play(.happyBirthday, quarters: 100)
        let reading = try #require(TimeReader.read(played.notes))
        #expect(abs((reading.downbeat - played.downbeat).seconds) < 0.08)
    }

    @Test func aReadingQuantizesToTheTune() throws {
        var player = FreePlayer(seed: 3)
        let played = player.play(.odeToJoy, quarters: 104)
        let reading = try #require(TimeReader.read(played.notes))
        let understood = try #require(
            Quantizer(tempo: reading.tempo, meter: reading.meter)
                .quantize(played.notes, downbeat: reading.downbeat))
        let quarters = understood.phrase.notes.map(\.onset.quarters)
        let ratio = reading.tempo.quartersPerMinute / 104
        let scale = ratio < 0.7 ? 0.5 : ratio > 1.4 ? 2 : 1
        #expect(quarters.prefix(12).map { $0 / scale } == (0..<12).map(Double.init))
    }

    @Test func swungEighthsAreHeard() throws {
        var notes: [PerformedNote] = []
        for beat in 0..<32 {
            notes.append(note(60 + [0, 4, 7, 4][beat % 4], at: beat * 600, for: 360))
            if beat % 4 != 3 { notes.append(note(62 + [0, 4, 7, 4][beat % 4], at: beat * 600 + 390, for: 180)) }
        }
        let reading = try #require(TimeReader.read(notes))
        #expect(reading.meter.isCompound || reading.swing > 0.6)
    }

    @Test func straightEighthsAreHeard() throws {
        var player = FreePlayer(seed: 9)
        let reading = try #require(TimeReader.read(player.play(.auldLangSyne, quarters: 90).notes))
        #expect(reading.swing == 0.5)
    }

    @Test func halfAndDoubleTempoKeepTheMetreAndTheBarLine() throws {
        var player = FreePlayer(seed: 1)
        let reading = try #require(TimeReader.read(player.play(.odeToJoy, quarters: 100).notes))
        let half = try #require(reading.halved())
        #expect(half.tempo.quartersPerMinute == reading.tempo.quartersPerMinute / 2)
        #expect(half.meter == reading.meter)
        #expect(half.downbeat == reading.downbeat)
        #expect(half.doubled()?.tempo == reading.tempo)
    }

    @Test func noTempoLeavesItsRange() {
        let slow = TimeReading(
            tempo: Tempo(quartersPerMinute: 30)!, latestTempo: Tempo(quartersPerMinute: 30)!, meter: .fourFour,
            downbeat: .zero, confidence: 1)
        let fast = TimeReading(
            tempo: Tempo(quartersPerMinute: 240)!, latestTempo: Tempo(quartersPerMinute: 240)!, meter: .fourFour,
            downbeat: .zero, confidence: 1)
        #expect(slow.halved() == nil)
        #expect(fast.doubled() == nil)
    }

    @Test(arguments: [
        notes(count: 0, every: 500), notes(count: 1, every: 500), notes(count: 3, every: 500),
        notes(count: 12, every: 1), notes(count: 12, every: 0),
    ])
    func tooLittleIsNoReading(notes: [PerformedNote]) {
        #expect(TimeReader.read(notes) == nil)
    }

    @Test(arguments: [
        notes(count: 60, every: 70, pitches: [60, 62]), notes(count: 32, every: 500, pitches: [60]),
        notes(count: 10, every: 2500, for: 2000), notes(count: 120, every: 50, for: 40), slowingNotes,
        [note(60, at: 0), note(60, at: 1000), note(60, at: 1_000_000), note(60, at: 3_000_000)],
    ])
    func oddPlayingGivesAReadingInRange(notes: [PerformedNote]) throws {
        let reading = try #require(TimeReader.read(notes))
        #expect(Tempo.range.contains(reading.tempo.quartersPerMinute))
        #expect(Tempo.range.contains(reading.latestTempo.quartersPerMinute))
        #expect((0.5...0.67).contains(reading.swing))
        #expect(reading.downbeat >= notes[0].onset - .seconds(1))
    }

    @Test func theOrderOfNotesDoesNotMatter() throws {
        var player = FreePlayer(seed: 8)
        let notes = player.play(.greensleeves, quarters: 75).notes
        #expect(TimeReader.read(notes) == TimeReader.read(notes.reversed()))
    }
}
