import Music
import TestSupport
import Testing

private func note(_ pitch: Int, _ onset: Int, _ length: Int, _ velocity: Int = 80) -> NoteEvent {
    NoteEvent(pitch: Pitch(pitch), onset: .steps(onset), length: .steps(length), velocity: Velocity(velocity))
}

@Suite struct PhraseTests {
    @Test func notesOutsideAreLeftOutAndNoneEndsBehindTheBars() {
        let phrase = Phrase(
            notes: [note(62, 90, 48), note(60, -1, 4), note(60, 96, 4), note(64, 0, 12)], meter: .fourFour,
            tempo: .moderate, bars: 2)
        #expect(phrase.notes == [note(64, 0, 12), note(62, 90, 6)])
        #expect(phrase.length == .steps(96))
    }

    @Test func notesAreInScoreOrder() {
        let phrase = Phrase(
            notes: [note(67, 12, 4), note(60, 12, 4), note(60, 0, 4)], meter: .threeFour, tempo: .moderate, bars: 1)
        #expect(phrase.notes == [note(60, 0, 4), note(60, 12, 4), note(67, 12, 4)])
    }

    @Test func durationsAreSummedByPitchClass() {
        let phrase = Phrase(
            notes: [note(60, 0, 12), note(72, 12, 6), note(67, 18, 24)], meter: .fourFour, tempo: .moderate, bars: 1)
        #expect(phrase.pitchClassDurations[0] == 1.5)
        #expect(phrase.pitchClassDurations[7] == 2)
        #expect(phrase.pitchClassDurations.reduce(0, +) == 3.5)
    }

    @Test func theLastNoteTipsTheKey() {
        let cMajor = [60, 62, 64, 65, 67, 69, 71].enumerated().map { note($1, $0 * 12, 12) }
        let ends = { (last: Int) in
            Phrase(notes: cMajor + [note(last, 84, 12)], meter: .fourFour, tempo: .moderate, bars: 2).key
        }
        #expect(ends(60) == Key(tonic: 0, mode: .major))
        #expect(ends(69) == Key(tonic: 9, mode: .minor))
    }

    @Test(arguments: [-100, -13, -12, -1, 1, 12, 13, 100])
    func transposingKeepsEveryNoteInRange(semitones: Int) {
        let phrase = Phrase(
            notes: [note(0, 0, 4), note(60, 4, 4), note(127, 8, 4)], meter: .fourFour, tempo: .moderate, bars: 1)
        let classes = phrase.notes.map { ($0.pitch.number + semitones + 120) % 12 }
        #expect(phrase.transposed(by: semitones).notes.map(\.pitch.pitchClass) == classes)
    }
}

@Suite struct SoundingOnceTests {
    @Test func aPitchEndsWhereItBeginsAgainAndAtTheEnd() {
        let notes = [note(60, 6, 60), note(60, 0, 24), note(62, 0, 24)]
        #expect(notes.soundingOnce(until: .steps(48)) == [note(60, 0, 6), note(62, 0, 24), note(60, 6, 42)])
    }

    @Test func ofNotesThatBeginTogetherTheLongestStays() {
        #expect([note(60, 0, 6), note(60, 0, 12)].soundingOnce(until: .steps(48)) == [note(60, 0, 12)])
    }

    @Test func notesOutsideAreLeftOut() {
        #expect([note(60, -1, 6), note(60, 48, 12)].soundingOnce(until: .steps(48)) == [])
    }
}

@Suite struct PianoRollTests {
    @Test(arguments: 0..<20)
    func aPhraseSurvivesTheRoll(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        // One note at most a pitch and 12 steps, so that notes of a pitch touch but never overlap.
        let notes = (0..<16).flatMap { quarter in
            [Int](48..<84).filter { _ in Int.random(in: 0..<8, using: &random) == 0 }.map {
                note($0, quarter * 12, Int.random(in: 1...12, using: &random), Int.random(in: 1...127, using: &random))
            }
        }
        let phrase = Phrase(notes: notes, meter: .fourFour, tempo: .moderate, bars: 4)
        #expect(PianoRoll(phrase).notes(part: 0) == phrase.notes)
    }

    @Test func repeatedNotesStayRepeated() {
        var roll = PianoRoll(parts: 2, steps: 48)
        roll.insert(note(60, 0, 12), part: 1)
        roll.insert(note(60, 12, 12), part: 1)
        #expect(roll.notes(part: 1) == [note(60, 0, 12), note(60, 12, 12)])
        #expect(roll.notes(part: 0) == [])
    }

    @Test func aLaterNoteOfAPitchEndsTheOneThatSounds() {
        var roll = PianoRoll(parts: 1, steps: 48)
        roll.insert(note(60, 0, 24), part: 0)
        roll.insert(note(60, 6, 6), part: 0)
        #expect(roll.notes(part: 0) == [note(60, 0, 6), note(60, 6, 6)])
    }

    @Test func anEarlierNoteOfAPitchEndsWhereTheLaterBegins() {
        var roll = PianoRoll(parts: 1, steps: 48)
        roll.insert(note(60, 6, 6), part: 0)
        roll.insert(note(60, 0, 24), part: 0)
        #expect(roll.notes(part: 0) == [note(60, 0, 6), note(60, 6, 6)])
    }

    @Test func whatLiesOutsideIsCutOff() {
        var roll = PianoRoll(parts: 1, steps: 12)
        roll.insert(note(60, 10, 12), part: 0)
        roll.insert(note(61, 12, 12), part: 0)
        roll.insert(note(62, -12, 12), part: 0)
        roll.insert(note(63, -1, 3), part: 0)
        #expect(roll.notes(part: 0) == [note(60, 10, 2)])
        #expect(roll.sustain.filter { $0 }.count == 4)
    }
}

@Suite struct ArrangementTests {
    private func arrangement(_ meter: Meter, _ notes: [NoteEvent]) -> Arrangement {
        Arrangement(
            phrase: Phrase(notes: [], meter: meter, tempo: .moderate, bars: 1),
            accompaniment: Accompaniment(
                genre: .jazz, parts: [.bass: notes], plan: ChordPlan(window: meter.harmonyWindow, chords: []),
                instrumentation: Instrumentation(programs: [:], melody: Program(0)), groove: Groove(swing: 2.0 / 3),
                provenance: .init(
                    seed: 1, accompanist: "arranger", modelHash: "", instructionSet: "", temperature: 1)))
    }

    @Test func theGrooveMovesOnsetsAndEnds() {
        let grooved = arrangement(.fourFour, [note(40, 0, 6), note(40, 6, 6)]).grooved(.bass)
        #expect(grooved.map(\.onset) == [Tick(0), Tick(320)])
        #expect(grooved.map(\.length) == [Tick(320), Tick(160)])
    }

    @Test func aGroovedNoteKeepsAtLeastAStep() {
        #expect(arrangement(.fourFour, [note(40, 7, 1)]).grooved(.bass).map(\.length) == [.steps(1)])
    }

    @Test func compoundMetresDoNotSwing() {
        #expect(arrangement(.sixEight, [note(40, 6, 6)]).grooved(.bass) == [note(40, 6, 6)])
    }

    @Test func aSilentPartHasNoNotes() {
        #expect(arrangement(.fourFour, []).grooved(.pad) == [])
    }
}
