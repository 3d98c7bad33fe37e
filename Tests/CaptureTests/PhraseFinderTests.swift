import Capture
import Music
import TestSupport
import Testing

private let finder = PhraseFinder()

/// Tunes played one after the other, with silence between them.
private func played(_ tunes: [(Tune, silence: Double)], quarters: Double = 100, seed: UInt64 = 2) -> (
    notes: [PerformedNote], ranges: [Range<Int>]
) {
    var player = FreePlayer(seed: seed)
    var notes: [PerformedNote] = []
    var ranges: [Range<Int>] = []
    for (tune, silence) in tunes {
        if let last = notes.last { player.start = last.end + .seconds(silence) }
        let begin = notes.count
        notes += player.play(tune, quarters: quarters).notes
        ranges.append(begin..<notes.count)
    }
    return (notes, ranges)
}

@Suite struct PhraseFinderTests {
    @Test func nothingPlayedIsNoPhrase() {
        #expect(finder.phrases(in: [], now: .zero) == [])
        #expect(finder.lastPhrase(in: [], now: .zero) == nil)
    }

    @Test func aTriedKeyIsNoPhrase() {
        let (notes, ranges) = played([
            (.odeToJoy, 0), (Tune(name: "key", meter: .fourFour, pickup: 0, notes: [(60, 2)]), 4),
        ])
        #expect(finder.lastPhrase(in: notes, now: notes.last!.end) == ranges[0])
    }

    /// What would be tried keys beside a phrase is what was meant where there is nothing else.
    @Test func aFewQuickNotesAloneAreThePhrase() {
        let notes = [60, 64, 67, 72].enumerated().map { index, pitch in
            PerformedNote(
                pitch: Pitch(pitch), onset: .zero + .milliseconds(150 * index), length: .milliseconds(120),
                velocity: Velocity(80))
        }
        #expect(finder.phrases(in: notes, now: notes.last!.end) == [0..<4])
    }

    @Test(arguments: [1.8, 2.5, 6, 60]) func silenceParts(silence: Double) {
        let (notes, ranges) = played([(.happyBirthday, 0), (.odeToJoy, silence)])
        #expect(finder.phrases(in: notes, now: notes.last!.end) == [ranges[1], ranges[0]])
    }

    @Test func aPhraseWithoutPausesStaysWhole() {
        let (notes, ranges) = played([(.greensleeves, 0)])
        #expect(finder.phrases(in: notes, now: notes.last!.end) == [ranges[0]])
    }

    @Test func ofTwoPassesTheLastCounts() {
        let (notes, ranges) = played([(.happyBirthday, 0), (.happyBirthday, 0.1)])
        #expect(finder.phrases(in: notes, now: notes.last!.end) == [ranges[1], ranges[0]])
    }

    @Test func ofThreePassesTheLastTwoAreFound() {
        let (notes, ranges) = played([(.auldLangSyne, 0), (.auldLangSyne, 0.05), (.auldLangSyne, 0.05)])
        #expect(finder.phrases(in: notes, now: notes.last!.end) == [ranges[2], ranges[1]])
    }

    @Test func restsOfTheMelodyDoNotPart() {
        var halting = Tune(name: "halting", meter: .fourFour, pickup: 0, notes: [])
        for pitch in 60..<66 { halting.notes += [(pitch, 2), (pitch + 2, 2), (pitch + 4, 1), (0, 3)] }
        let (notes, ranges) = played([(halting, 0)])
        #expect(finder.phrases(in: notes, now: notes.last!.end) == [ranges[0]])
    }

    @Test func whatIsPlayedLaterThanNowIsLeftOut() {
        let (notes, ranges) = played([(.odeToJoy, 0), (.greensleeves, 5)])
        #expect(finder.lastPhrase(in: notes, now: notes[ranges[0].upperBound - 1].end) == ranges[0])
    }

    @Test func asManyPhrasesAsAskedFor() {
        let (notes, ranges) = played([(.odeToJoy, 0), (.greensleeves, 4), (.happyBirthday, 4), (.auldLangSyne, 4)])
        #expect(finder.phrases(in: notes, now: notes.last!.end, most: 3) == [ranges[3], ranges[2], ranges[1]])
    }

    @Test(arguments: [0.6, 1.0, 1.6]) func aStartBrokenOffAtASlipIsNoPartOfThePhrase(silence: Double) {
        let slip = Tune(name: "slip", meter: .fourFour, pickup: 0, notes: [(64, 2), (64, 2), (65, 2), (66, 1)])
        let (notes, ranges) = played([(.happyBirthday, 0), (slip, 4), (.odeToJoy, silence)])
        #expect(finder.phrases(in: notes, now: notes.last!.end) == [ranges[2], ranges[0]])
    }

    @Test func aRunBeforeAPhraseIsNoPhrase() {
        let run = Tune(
            name: "run", meter: .fourFour, pickup: 0,
            notes: [60, 62, 64, 65, 67, 69, 71, 72, 71, 69, 67, 65].map { ($0, 1) })
        var (notes, ranges) = played([(.happyBirthday, 0), (run, 4), (.odeToJoy, 1.5)])
        // The run is played twice as fast as eighths.
        let begin = notes[ranges[1].lowerBound].onset
        let saved = Nanoseconds.seconds((notes[ranges[1].upperBound].onset - begin).seconds / 4)
        for index in ranges[1] {
            let away = (notes[index].onset - begin).seconds / 2
            notes[index].onset = begin + saved + .seconds(away)
            notes[index].length = .seconds(notes[index].length.seconds / 2)
        }
        #expect(finder.phrases(in: notes, now: notes.last!.end) == [ranges[2], ranges[0]])
    }
}
