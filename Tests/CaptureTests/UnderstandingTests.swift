import Capture
import Music
import Testing

private func at(_ seconds: Double) -> Instant { .zero + .seconds(seconds) }

private func note(_ pitch: Int, _ onset: Double, _ length: Double = 0.4, velocity: Int = 80) -> PerformedNote {
    PerformedNote(pitch: Pitch(pitch), onset: at(onset), length: .seconds(length), velocity: Velocity(velocity))
}

private let origin = Take.Origin(keyboard: "Test", trigger: "accompany")

struct UnderstandingTests {
    private let tune = [60, 60, 67, 67, 69, 69, 67, 65, 65, 64, 64, 62, 62, 60]

    /// Twinkle, Twinkle at a tempo: two phrases of two bars with a half note at the end of each half.
    private func performance(quarter: Double, from start: Double = 10) -> [PerformedNote] {
        var time = start
        return tune.enumerated().map { index, pitch in
            let quarters = index == 6 || index == 13 ? 2.0 : 1
            defer { time += quarters * quarter }
            return note(pitch, time, quarters * quarter * 0.9)
        }
    }

    @Test func aKnownTempoIsKept() throws {
        let settings = TakeRecorder.Settings(tempo: Tempo(quartersPerMinute: 100)!, meter: .fourFour, origin: origin)
        let understood = try #require(Understanding(of: performance(quarter: 0.6), playedTo: settings, end: nil))
        #expect(understood.phrase.bars == 4)
        #expect(understood.phrase.tempo.quartersPerMinute == 100)
        #expect(abs((understood.continuation.anchor - at(10 + 16 * 0.6)).seconds) < 0.02)
        #expect(understood.continuation.anchorTick == understood.phrase.length)
    }

    @Test(arguments: [70.0, 96, 132])
    func anUnknownTempoIsRead(tempo: Double) throws {
        let settings = TakeRecorder.Settings(tempo: nil, meter: .fourFour, origin: origin)
        let played = performance(quarter: 60 / tempo)
        let understood = try #require(Understanding(of: played, playedTo: settings, end: nil))
        #expect(abs(understood.phrase.tempo.quartersPerMinute / tempo - 1) < 0.02)
        #expect(understood.phrase.meter == .fourFour)
        #expect(understood.phrase.bars == 4)
        #expect(understood.phrase.notes.map(\.pitch.number) == tune)
        #expect(abs((understood.continuation.anchor - at(10 + 16 * 60 / tempo)).seconds) < 0.05)
    }

    @Test func twoNotesAreTakenAtAModerateTempo() throws {
        let settings = TakeRecorder.Settings(tempo: nil, meter: .threeFour, origin: origin)
        let understood = try #require(
            Understanding(of: [note(60, 1), note(64, 1.5)], playedTo: settings, end: nil))
        #expect(understood.phrase.tempo == .moderate)
        #expect(understood.phrase.meter == .threeFour)
    }

    @Test func nothingIsNothing() {
        let settings = TakeRecorder.Settings(tempo: nil, meter: .fourFour, origin: origin)
        #expect(Understanding(of: [], playedTo: settings, end: nil) == nil)
    }

    @Test func notesAreLaidOnAGridThatGoesOn() {
        // Bar lines at 5 s, 7 s, 9 s ...
        let map = TempoMap(anchor: at(5), tempo: .moderate)
        let laid = Quantizer.lay([note(60, 9.01), note(62, 9.49), note(64, 10.98)], on: map, meter: .fourFour)
        #expect(laid.map(\.onset) == [Tick(3840), Tick(3840 + 480), Tick(3840 + 1920)])
    }

    @Test func aNoteALittleBeforeABarLineIsOnIt() {
        let map = TempoMap(anchor: at(5), tempo: .moderate)
        let laid = Quantizer.lay([note(60, 6.96), note(62, 7.52), note(64, 8.01)], on: map, meter: .fourFour)
        #expect(laid.map(\.onset) == [Tick(1920), Tick(2400), Tick(2880)])
    }

    @Test func thePedalLengthensWhatRingsAndNotThePhrase() {
        let phrase = Phrase(
            notes: [60, 64, 67].enumerated().map { index, pitch in
                NoteEvent(pitch: Pitch(pitch), onset: .steps(index * 12), length: .steps(6), velocity: Velocity(80))
            }, meter: .fourFour, tempo: .moderate, bars: 1)
        let map = TempoMap(anchor: at(1), tempo: .moderate)
        var take = Take(phrase: phrase, performance: [], tempoMap: map, origin: origin, isDamaged: false)
        #expect(take.ringing.isEmpty)
        take.pedal = [PedalSpan(down: at(1.1), up: at(2.75))]
        #expect(take.ringing.map(\.end) == [Tick.steps(42), .steps(42), .steps(42)])
        #expect(take.phrase == phrase)
    }
}
