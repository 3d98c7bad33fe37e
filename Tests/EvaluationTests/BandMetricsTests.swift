import Music
import Testing

@testable import Evaluation

@Suite struct BandMetricsTests {
    private func piece(_ melody: [NoteEvent], _ parts: [Part: [NoteEvent]]) -> EvaluatedPiece {
        EvaluatedPiece(melody: melody, meter: .fourFour, parts: parts)
    }

    private func band(_ piece: EvaluatedPiece) -> BandMetrics { SetMetrics([piece]).pieces[0].band }

    @Test func tonalDistanceComparesPartsHalfBarByHalfBar() throws {
        let c = try #require(TonalCentroid(pitchClasses: [0]))
        let g = try #require(TonalCentroid(pitchClasses: [7]))
        let band = band(
            piece(
                [note(72, 0, 48)],
                [.bass: [note(36, 0, 24), note(36, 24, 24)], .pad: [note(60, 0, 24), note(67, 24, 24)]]))
        let pair = RolePair(first: .bass, second: .pad)
        #expect(near(band.tonalDistances[pair], c.distance(to: g) / 2))
        #expect(near(band.tonalDistance, c.distance(to: g) / 2))
        #expect(band.tonalDistances[RolePair(first: .bass, second: .line)] == nil)
    }

    @Test func halfBarsWhereOneIsSilentAreNotCompared() {
        let band = band(piece([note(72, 0, 48)], [.bass: [note(36, 0, 24)], .pad: [note(61, 24, 24)]]))
        #expect(band.tonalDistances.isEmpty)
    }

    @Test func aTailOfABarIsFree() {
        func overrun(_ end: Int) -> Double { band(piece([note(72, 0, 48)], [.pad: [note(64, 0, end)]])).overrun }
        #expect(overrun(96) == 0)
        #expect(overrun(108) == 1)
    }

    @Test func theEndGapIsWhatTheBandLeavesSilent() {
        let gap = band(piece([note(72, 0, 48)], [.pad: [note(64, 0, 30)]])).endGap
        #expect(gap == 1.5)
        #expect(band(piece([note(72, 0, 48)], [.pad: [note(64, 0, 60)]])).endGap == 0)
    }

    @Test func theLineIsNearWhereItBeginsWithinFourStepsOfTheMelody() {
        let band = band(
            piece([note(72, 0, 12), note(74, 24, 24)], [.line: [4, 5, 19, 20, 28, 29].map { note(60, $0, 2) }]))
        // 4, 20 and 28 are near; 5, 19 and 29 are not.
        #expect(band.lineNearMelody == 0.5)
    }

    @Test func qualifiedNotesLastAnEighthOfAQuarter() {
        let short = NoteEvent(pitch: Pitch(60), onset: .zero, length: Tick(59), velocity: .mezzoForte)
        let long = NoteEvent(pitch: Pitch(64), onset: .zero, length: Tick(60), velocity: .mezzoForte)
        #expect(band(piece([note(72, 0, 48)], [.chords: [short, long], .drums: [short]])).qualifiedNotes == 0.5)
    }

    // MARK: - Drum fills

    /// Four bars: snare on two and four; in bar 4 four strokes on toms at the end.
    private let drums =
        (0..<4).flatMap { [note(38, $0 * 48 + 12, 3), note(38, $0 * 48 + 36, 3)] }
        + [168, 174, 180, 186].map { note(45, $0, 3) }

    @Test func aFillIsWhereTomsAreNotUsual() throws {
        let busy = (0..<16).map { note(72, $0 * 12, 12) }
        let fills = try #require(band(piece(busy, [.drums: drums])).fills)
        #expect(fills.bars == 1)
        #expect(fills.atPhraseEnds == 0)
        #expect(fills.chance == 0)
    }

    @Test func aFillUnderAHeldNoteStandsAtAPhraseEnd() throws {
        // The melody begins nothing in the second halves of bars 2 and 4.
        let melody = [0, 24, 48, 96, 120, 144].map { note(72, $0, 12) } + [note(74, 156, 36)]
        let fills = try #require(band(piece(melody, [.drums: drums])).fills)
        #expect(fills.bars == 1)
        #expect(fills.atPhraseEnds == 1)
        #expect(fills.chance == 0.5)
    }

    @Test func drumsThatAlwaysPlayTomsDoNotFill() throws {
        let toms = (0..<4).flatMap { [note(45, $0 * 48 + 24, 3), note(45, $0 * 48 + 36, 3)] }
        let fills = try #require(band(piece([note(72, 0, 192)], [.drums: toms])).fills)
        #expect(fills.bars == 0)
        #expect(fills.atPhraseEnds == nil)
    }

    @Test func aBandWithoutDrumsHasNoFills() {
        #expect(band(piece([note(72, 0, 48)], [.pad: [note(64, 0, 48)]])).fills == nil)
    }
}

@Suite struct NoteDifferenceTests {
    private func piece(_ parts: [Part: [NoteEvent]]) -> EvaluatedPiece {
        EvaluatedPiece(melody: [note(87, 0, 48)], meter: .fourFour, parts: parts)
    }

    @Test func theSameNotesDifferByNothing() {
        let band = piece([.bass: [note(36, 0, 12)], .pad: [note(60, 0, 48)]])
        #expect(NoteDifference.share(band, band) == 0)
    }

    @Test func lengthAndLoudnessDoNotCount() {
        #expect(NoteDifference.share(piece([.bass: [note(36, 0, 12)]]), piece([.bass: [note(36, 0, 24)]])) == 0)
    }

    @Test func aNoteIsItsPartItsOnsetAndItsPitch() {
        let first = piece([.bass: [note(36, 0, 12), note(38, 12, 12), note(40, 24, 12)], .pad: [note(60, 0, 48)]])
        // One bass note moved, one at another pitch, the pad's note in another part: of eight notes two are shared.
        let second = piece([.bass: [note(36, 0, 12), note(38, 13, 12), note(41, 24, 12)], .chords: [note(60, 0, 48)]])
        #expect(NoteDifference.share(first, second) == 0.75)
    }

    @Test func notesThatOnlyOneHasCount() {
        let empty = piece([:])
        #expect(NoteDifference.share(piece([.bass: [note(36, 0, 12)]]), empty) == 1)
        #expect(NoteDifference.share(empty, empty) == nil)
    }
}
