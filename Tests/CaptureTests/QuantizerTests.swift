import Capture
import Music
import Testing

/// Notes at 120 a minute: onsets and lengths in steps (41.7 ms), errors in milliseconds.
private func played(_ pitch: Int, _ onset: Double, _ length: Double, early: Int = 0, at start: Double = 10)
    -> PerformedNote
{
    PerformedNote(
        pitch: Pitch(pitch), onset: Instant(nanoseconds: Int64((start + onset / 24) * 1e9)) - .milliseconds(early),
        length: .seconds(length / 24) + .milliseconds(2), velocity: .mezzoForte)
}

private func instant(step: Double) -> Instant { Instant(nanoseconds: Int64((10 + step / 24) * 1e9)) }

private let quantizer = Quantizer(tempo: .moderate, meter: .fourFour)

@Suite struct QuantizerTests {
    @Test func nothingPlayedIsNoPhrase() {
        #expect(quantizer.quantize([]) == nil)
    }

    @Test func oneNoteIsAPhraseOfABarThatBeginsWithIt() throws {
        let understood = try #require(quantizer.quantize([played(60, 0, 11)]))
        #expect(understood.phrase.bars == 1)
        #expect(understood.phrase.notes.map(\.onset) == [.zero])
        #expect(understood.phrase.notes.map(\.length) == [.quarter])
        #expect(understood.tempoMap.instant(of: .zero) == instant(step: 0))
    }

    @Test func anEarlyFirstNoteDoesNotMoveTheGrid() throws {
        let notes = [played(60, 0, 12, early: 40)] + (1..<8).map { played(60 + $0, Double($0) * 12, 12) }
        let understood = try #require(quantizer.quantize(notes))
        #expect(understood.phrase.notes.map(\.onset.nearestStep) == [0, 12, 24, 36, 48, 60, 72, 84])
        #expect(understood.tempoMap.instant(of: .zero) == instant(step: 0))
    }

    @Test func chordNotesGoTogether() throws {
        let notes = [
            played(60, 0, 20), played(64, 0, 20, early: -18), played(67, 0, 20, early: -30), played(72, 24, 20),
        ]
        let understood = try #require(quantizer.quantize(notes))
        #expect(understood.phrase.notes.map(\.onset.nearestStep) == [0, 0, 0, 24])
    }

    @Test func tripletsAndSixteenthsAreToldApart() throws {
        let steps = [0.0, 12, 16, 20, 24, 27, 30, 33, 36]
        let understood = try #require(quantizer.quantize(steps.map { played(60, $0, 2, early: Int($0) % 3 * 6) }))
        #expect(understood.phrase.notes.map { Double($0.onset.nearestStep) } == steps)
    }

    @Test func aPickupGetsABarOfItsOwn() throws {
        let notes = [played(67, -6, 5)] + (0..<4).map { played(72, Double($0) * 12, 11) }
        let understood = try #require(quantizer.quantize(notes))
        #expect(understood.phrase.bars == 2)
        #expect(understood.phrase.notes.map(\.onset.nearestStep) == [42, 48, 60, 72, 84])
        #expect(understood.tempoMap.instant(of: .steps(48)) == instant(step: 0))
    }

    @Test func aKnownDownbeatDecidesWhereBarOneIs() throws {
        let notes = [played(60, 6, 6), played(62, 12, 12), played(64, 24, 12)]
        let understood = try #require(quantizer.quantize(notes, downbeat: instant(step: 0)))
        #expect(understood.phrase.notes.map(\.onset.nearestStep) == [6, 12, 24])
    }

    @Test func aFirstNoteJustBeforeAKnownDownbeatIsTheDownbeat() throws {
        let notes = [played(60, 0, 12, early: 45), played(62, 12, 12), played(64, 24, 12)]
        let understood = try #require(quantizer.quantize(notes, downbeat: instant(step: 0)))
        #expect(understood.phrase.notes.map(\.onset.nearestStep) == [0, 12, 24])
    }

    @Test func emptyBarsBehindAKnownDownbeatAreLeftOut() throws {
        let understood = try #require(
            quantizer.quantize([played(60, 108, 12), played(62, 120, 12)], downbeat: instant(step: 0)))
        #expect(understood.phrase.bars == 1)
        #expect(understood.phrase.notes.map(\.onset.nearestStep) == [12, 24])
        #expect(understood.tempoMap.instant(of: .zero) == instant(step: 96))
    }

    struct Press: Sendable, CustomTestStringConvertible {
        let press: Double
        let bars: Int
        var testDescription: String { "press at step \(press)" }
    }

    /// Eight quarters: two bars, 96 steps; half a beat is 6 steps.
    @Test(arguments: [
        Press(press: 96, bars: 2), Press(press: 90.5, bars: 2), Press(press: 101.5, bars: 2),
        Press(press: 120, bars: 2),
        Press(press: 88, bars: 2), Press(press: 137, bars: 2), Press(press: 142.5, bars: 3), Press(press: 70, bars: 2),
        Press(press: 53, bars: 1),
    ])
    func theEndIsWholeBars(_ row: Press) throws {
        let notes = (0..<8).map { played(60 + $0, Double($0) * 12, 11) }.filter { $0.onset < instant(step: row.press) }
        let understood = try #require(quantizer.quantize(notes, end: instant(step: row.press)))
        #expect(understood.phrase.bars == row.bars)
    }

    @Test func theDownbeatStruckWithALatePressBelongsToTheNextRound() throws {
        let notes = (0..<9).map { played(60 + $0, Double($0) * 12, 11) }
        let understood = try #require(quantizer.quantize(notes, end: instant(step: 98)))
        #expect(understood.phrase.bars == 2)
        #expect(understood.phrase.notes.count == 8)
        #expect(understood.leftOut == 1)
    }

    @Test func aFinalNoteOnTheBarLineKeepsItsBar() throws {
        let notes = (0..<5).map { played(60 + $0, Double($0) * 12, 11) }
        #expect(try #require(quantizer.quantize(notes)).phrase.bars == 2)
    }

    @Test func aGapThatArticulationLeavesIsClosedAndARestStays() throws {
        let notes = [played(60, 0, 9), played(62, 12, 6), played(64, 24, 13), played(65, 36, 12)]
        let understood = try #require(quantizer.quantize(notes))
        #expect(understood.phrase.notes.map(\.length.nearestStep) == [12, 6, 12, 12])
    }

    @Test func aHeldBassUnderAMelodyStaysHeld() throws {
        let notes = [played(36, 0, 47), played(72, 0, 11), played(74, 12, 11), played(76, 24, 23)]
        let understood = try #require(quantizer.quantize(notes))
        #expect(understood.phrase.notes.map(\.length.nearestStep) == [48, 12, 12, 24])
    }

    @Test func overlappingNotesOfAPitchAreCut() throws {
        let notes = [played(60, 0, 30), played(60, 12, 12), played(62, 24, 24)]
        let understood = try #require(quantizer.quantize(notes))
        #expect(understood.phrase.notes.map(\.length.nearestStep) == [12, 12, 24])
    }

    @Test func aGraceNoteLastsAStep() throws {
        let notes = [played(60, 0, 0.1), played(62, 24, 12), played(64, 36, 12)]
        #expect(try #require(quantizer.quantize(notes)).phrase.notes[0].length == .steps(1))
    }

    @Test func whatComesBehind64BarsIsLeftOut() throws {
        let notes = (0..<70).map { played(60, Double($0) * 48, 40) }
        let understood = try #require(quantizer.quantize(notes))
        #expect(understood.phrase.bars == 64)
        #expect(understood.leftOut == 6)
    }

    @Test func aPlayerWhoDriftsIsFollowed() throws {
        // One per cent fast over 16 bars: the last bar line comes two thirds of a beat early.
        let notes = (0..<64).map { played(60 + $0 % 12, Double($0) * 12 * 0.99, 11) }
        let understood = try #require(quantizer.quantize(notes))
        #expect(understood.phrase.notes.map(\.onset.nearestStep) == (0..<64).map { $0 * 12 })
        let late = understood.latestTempoMap.instant(of: .steps(63 * 12)) - notes[63].onset
        #expect(abs(late.seconds) < 0.03)
    }

    @Test func halfTimeIsTheSamePerformanceInHalfTheBars() throws {
        let performance = (0..<16).map { played(60 + $0 % 5, Double($0) * 12, 12) }
        let understood = try #require(quantizer.quantize(performance))
        let take = Take(
            phrase: understood.phrase, performance: performance, tempoMap: understood.tempoMap,
            origin: .init(keyboard: "test", trigger: "record"), isDamaged: false)
        let half = take.requantized(tempo: Tempo(quartersPerMinute: 60)!, meter: .fourFour)
        #expect(take.phrase.bars == 4)
        #expect(half.phrase.bars == 2)
        #expect(half.phrase.notes.map(\.onset.nearestStep) == (0..<16).map { $0 * 6 })
        #expect(half.performance == performance)
        #expect(half.requantized(tempo: .moderate, meter: .fourFour) == take)
    }
}
