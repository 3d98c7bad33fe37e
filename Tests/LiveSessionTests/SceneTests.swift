import Testing

@testable import LiveSession

/// Who plays and presses what, when; and what is heard of it.
struct SceneTests {
    private func play(_ text: String) -> Scene {
        let scene = Scene(text)
        for objection in scene.objections { Issue.record("\(objection)") }
        return scene
    }

    // MARK: accompany

    @Test func theBandComesInOnWhatWasJustPlayed() {
        // Played freely at 100 a minute; the press comes on the bar line where the tune would go on.
        _ = play(
            """
            given beat 0.6
            10    piano plays C4! C4 G4 G4 A4! A4 G4:2 F4! F4 E4 E4 D4! D4 C4:2
            19.65 press accompany
            19.7  state generating
            24    take 4/4 at 100, 4 bars: C4 C4 G4 G4 A4 A4 G4 F4 F4 E4 E4 D4 D4 C4
            24    band first at 20.2
            24    band from 20.2 to 23.8: F2 each 0.6
            24    state playing
            24    willing
            """)
    }

    @Test func aPressBeforeTheLastBarIsOverWaitsForItsEnd() {
        _ = play(
            """
            given beat 0.5
            1     piano plays C4! C4 G4 G4 A4! A4 G4:2 F4! F4 E4 E4 D4! D4 C4:2
            8.4   press accompany
            12    take 4/4 at 120, 4 bars
            12    band first at 9
            """)
    }

    @Test func longAfterTheTuneThePressIsABeat() {
        _ = play(
            """
            given beat 0.5
            1     piano plays C4! C4 G4 G4 A4! A4 G4:2 F4! F4 E4 E4 D4! D4 C4:2
            20.25 press accompany
            24    band first at 20.75
            24    band from 20.75 to 23.75: F2 each 0.5
            """)
    }

    @Test func aSecondPressTakesThePhraseBefore() {
        _ = play(
            """
            given beat 0.5
            1     piano plays C4! C4 G4 G4 A4! A4 G4:2 F4! F4 E4 E4 D4! D4 C4:2
            14    piano plays E4! E4 F4 G4 G4! F4 E4 D4 C4! C4 D4 E4 E4!:1.5 D4:0.5 D4:2
            22.1  press accompany
            22.6  press accompany
            24    takes 2
            24    take 4/4 at 120, 4 bars: C4 C4 G4 G4 A4 A4 G4 F4 F4 E4 E4 D4 D4 C4
            """)
    }

    @Test func accompanyWithoutANoteIsRefused() {
        _ = play(
            """
            1     press accompany
            1.1   refused nothing was played yet
            1.1   state idle
            """)
    }

    @Test func accompanyAgainWithoutNewNotesPlaysTheSame() {
        _ = play(
            """
            given beat 0.5
            1     piano plays C4! C4 G4 G4 A4! A4 G4:2 F4! F4 E4 E4 D4! D4 C4:2
            9     press accompany
            12    press stop
            12.2  press stop
            20    press accompany
            20.1  takes 1
            22    band from 20.5 to 21.5: F2 each 0.5
            """)
    }

    @Test func aNewTuneOverTheBandIsTakenOnItsBars() {
        _ = play(
            """
            given beat 0.5
            1     piano plays C4! C4 G4 G4 A4! A4 G4:2 F4! F4 E4 E4 D4! D4 C4:2
            9     press accompany
            13    piano plays E4 E4 F4 G4 G4 F4 E4 D4
            17.1  press accompany
            20    takes 2
            20    take 4/4 at 120, 2 bars: E4 E4 F4 G4 G4 F4 E4 D4
            22    band from 9.5 to 21.5: F2 each 0.5
            """)
    }

    @Test func whatIsPlayedWhileListeningIsPausedIsNotTaken() {
        _ = play(
            """
            given beat 0.5
            0.5   press listen off
            1     piano plays C4! C4 G4 G4 A4! A4 G4:2 F4! F4 E4 E4 D4! D4 C4:2
            9     press accompany
            9.1   refused listening is paused
            9.2   press listen on
            10    piano plays C4! C4 G4 G4 A4! A4 G4:2 F4! F4 E4 E4 D4! D4 C4:2
            18    press accompany
            18.1  takes 1
            """)
    }

    @Test func whatIsForgottenIsNotTaken() {
        let scene = play(
            """
            given beat 0.5
            1     piano plays C4! C4 G4 G4 A4! A4 G4:2 F4! F4 E4 E4 D4! D4 C4:2
            9     press forget
            9.1   said 14 notes are forgotten
            9.5   press accompany
            9.6   refused nothing was played yet
            """)
        #expect(scene.stage.forgotten == [nil])
    }

    // MARK: takes

    @Test func aTakeWithoutClickIsReadFromThePlaying() {
        _ = play(
            """
            given beat 0.6
            0.5   press record
            1     piano plays C4! C4 G4 G4 A4! A4 G4:2 F4! F4 E4 E4 D4! D4 C4:2
            10.65 press record
            14    take 4/4 at 100, 4 bars
            14    band first at 11.2
            """)
    }

    @Test func withTheClickABarIsCountedIn() {
        _ = play(
            """
            given tempo 120, click on, beat 0.5
            1     press record
            1.1   state armed
            3     clicks from 1.15 to 3.1: each 0.5
            3.15  piano plays C4 D4 E4 F4 G4 F4 E4 D4
            7.15  press record
            9     take 4/4 at 120, 2 bars: C4 D4 E4 F4 G4 F4 E4 D4
            9     clicks from 3.15 to 8.65: each 0.5
            9     band first at 7.65
            """)
    }

    @Test func anOverdubIsAddedToTheRoundAndTakenOutAgain() {
        _ = play(
            """
            given tempo 120, beat 0.5
            0.5   press record
            1     piano plays C4 D4 E4 F4 G4 F4 E4 D4
            5     press record
            8     press record
            9     piano plays C5:2 E5:2
            10.9  press record
            11    take 4/4 at 120, 2 bars: C4 C5 D4 E4 E5 F4 G4 F4 E4 D4
            11    takes 2
            11    state playing
            12    press undo
            12    said undone
            13    press redo
            13    said redone
            13    willing
            """)
    }

    @Test func erasingNeverDestroysTheStoredTake() {
        let scene = play(
            """
            given tempo 120, beat 0.5
            0.5   press record
            1     piano plays C4 D4 E4 F4 G4 F4 E4 D4
            5     press record
            8     press erase
            8.1   said the take stays in the store
            12    state stopped
            13    press undo
            13.1  said undone: 2 bars of 4/4 at 120
            14    press accompany
            16    band from 14.5 to 15.5: F2 each 0.5
            16    takes 1
            """)
        #expect(scene.stage.synthesizer.panics == 0)
    }

    // MARK: the band

    @Test func alternativesAreMadeAheadAndTakeEffectAtTheNextBar() {
        _ = play(
            """
            given tempo 120, beat 0.5, generation 0.2
            0.5   press record
            1     piano plays C4 D4 E4 F4 G4 F4 E4 D4
            5     press record
            6.9   ahead pop jazz rock symphony
            8.1   press genre jazz
            8.12  state playing
            12    band from 9 to 11: C#4 each 0.5
            12.1  press next
            15    band from 13 to 15: D4 each 0.5
            15.1  press previous
            18    band from 17 to 18: C#4 each 0.5
            18.1  press genre pop
            21    band from 19 to 21: F2 each 0.5
            """)
    }

    @Test func whatAFormerModelMadeAheadIsThrownAwayAndItsGenreIsMadeAnew() {
        _ = play(
            """
            given tempo 120, beat 0.5, generation 0.2
            0.5   press record
            1     piano plays C4 D4 E4 F4 G4 F4 E4 D4
            5     press record
            6.9   ahead pop jazz rock symphony
            7     release jazz
            7.1   ahead pop rock symphony
            7.9   ahead pop jazz rock symphony
            8.1   press genre jazz
            11    band from 9 to 11: C#4 each 0.5
            11.1  press genre pop
            15    band from 13 to 15: F2 each 0.5
            15.1  release jazz
            15.2  press genre jazz
            19    band from 17 to 19: D4 each 0.5
            19.1  press previous
            23    band from 21 to 23: C#4 each 0.5
            """)
    }

    @Test func halfAndDoubleAreUnderstoodAtOnce() {
        _ = play(
            """
            given tempo 120, beat 0.5
            0.5   press record
            1     piano plays C4 D4 E4 F4 G4 F4 E4 D4
            5     press record
            8     press half
            8.1   take 4/4 at 60, 1 bars: C4 D4 E4 F4 G4 F4 E4 D4
            13    band from 9 to 13: F2 each 1
            13.1  press double
            17    take 4/4 at 120, 2 bars: C4 D4 E4 F4 G4 F4 E4 D4
            """)
    }

    @Test func aNewTempoIsTakenWithoutAJump() {
        _ = play(
            """
            given tempo 120, beat 0.5
            0.5   press record
            1     piano plays C4 D4 E4 F4 G4 F4 E4 D4
            5     press record
            8.35  press tempo 60
            14    band from 5.5 to 8.5: F2 each 0.5
            14    band from 8.5 to 13.5: F2 each 1
            """)
    }

    @Test func aLockedPartStaysAndTheOthersChange() {
        _ = play(
            """
            given tempo 120, beat 0.5
            0.5   press record
            1     piano plays C4 D4 E4 F4 G4 F4 E4 D4
            5     press record
            7     press lock bass
            7.1   press genre jazz
            12    band from 9 to 11: F2 each 0.5
            12.1  press lock bass
            12.2  press next
            16    band from 13 to 15: D4 each 0.5
            """)
    }

    @Test func muteAndSoloAreHeardAtOnce() {
        _ = play(
            """
            given tempo 120, beat 0.5
            0.5   press record
            1     piano plays C4 D4 E4 F4 G4 F4 E4 D4
            5     press record
            7.3   press mute bass
            9     band from 7.6 to 9: none
            9.3   press mute bass
            11    band from 9.5 to 10.5: F2 each 0.5
            11.3  press solo drums
            13    band from 11.6 to 13: none
            13.3  press solo drums
            15    band from 13.5 to 14.5: F2 each 0.5
            """)
    }

    @Test func theBandFollowsHowLoudlyOnePlays() {
        var stage = Stage(.init(tempo: .moderate))
        stage.answersAfter = 0.06
        stage.recordTwoBars()
        stage.wait(until: 8)
        for (number, pitch) in [60, 64, 67, 72, 67, 64].enumerated() {
            stage.down(pitch, at: 8 + Double(number) / 4, velocity: 120)
            stage.up(pitch, at: 8.2 + Double(number) / 4)
        }
        stage.wait(until: 20)
        func loudness(_ from: Double, _ to: Double) -> [UInt8] {
            stage.synthesizer.noteOns.filter { seconds($0.time) >= from && seconds($0.time) < to }.map(\.message.data2)
        }
        #expect(loudness(6, 8).allSatisfy { $0 == 80 })
        #expect(loudness(9.4, 10.4).allSatisfy { $0 > 88 })
        #expect(loudness(16, 19).allSatisfy { $0 == 80 })
    }

    // MARK: two keyboards

    @Test func chordsOfTheOtherKeyboardAreFollowed() {
        let scene = play(
            """
            given tempo 120, beat 0.5
            0.5   press record
            1     chords down C3
            1     chords down E3
            1     chords down G3
            1     piano plays C5 D5 E5 G5
            2.9   chords up C3
            2.9   chords up E3
            2.9   chords up G3
            3     chords down F3
            3     chords down A3
            3     chords down C4
            3     piano plays A5 G5 F5 E5
            4.9   chords up F3
            4.9   chords up A3
            4.9   chords up C4
            5     press record
            6     take 4/4 at 120, 2 bars
            """)
        let order = scene.stage.requests.first?.order
        #expect(order?.melody.notes.map(\.pitch.number) == [72, 74, 76, 79, 81, 79, 77, 76])
        #expect(order?.request.chords?.chords.map(\.description) == ["C", "C", "F", "F"])
        #expect(scene.stage.takes.last?.phrase.notes.count == 14)
    }

    @Test func keysBelowTheSplitAreChords() {
        let scene = play(
            """
            given tempo 120, beat 0.5
            0.5   press record
            1     split plays C3+E3+G3+C5:4 F2+A2+C3:4
            5     press record
            6     takes 1
            """)
        #expect(scene.stage.requests.first?.order.melody.notes.map(\.pitch.number) == [72])
    }

    @Test func thePedalIsKeptForTheHarmony() {
        let scene = play(
            """
            given tempo 120, beat 0.5
            0.5   press record
            1     piano pedal down
            1     piano plays C4 E4 G4 C5
            2.9   piano pedal up
            3     press record
            4     take 4/4 at 120, 1 bars: C4 E4 G4 C5
            """)
        #expect(scene.stage.takes.last?.pedal.count == 1)
        #expect(scene.stage.requests.first?.order.request.ringing.first?.length.nearestStep == 46)
        #expect(scene.stage.requests.first?.order.melody.notes.first?.length == .steps(12))
    }

    // MARK: ports

    @Test func aSynthesizerThatGoesAndComesIsPlayedToAgain() {
        _ = play(
            """
            given tempo 120, beat 0.5
            0.5   press record
            1     piano plays C4 D4 E4 F4 G4 F4 E4 D4
            5     press record
            8     synth gone
            8     refused the port that the band played to is gone
            8     state stopped
            9     synth back
            10    press accompany
            12    band from 10.5 to 11.5: F2 each 0.5
            12    press panic
            12    silent
            12    state stopped
            """)
    }
}
