import Music
import Testing

@testable import Generation

/// Encodes every window of a phrase, lets perfect heads say it, and decodes that.
private func roundTrip(
    _ parts: [Part: [NoteEvent]], _ phrase: Phrase, _ plan: ChordPlan, options: DecodingOptions = DecodingOptions()
) -> [Part: [NoteEvent]] {
    let normalized = NormalizedPhrase(phrase)
    let normalPlan = normalized.normal(plan)
    var logits = StitchedLogits(grid: normalized.grid)
    for window in normalized.grid.windows {
        let target = ScoreCodec.encode(parts, plan: normalPlan, normalized: normalized, window: window)
        logits.add(target.headLogits().values, window: window)
    }
    var options = options
    // As it was written: chords may lie anywhere.
    options.keepsOffMelody = false
    return ScoreCodec.decode(logits, plan: normalPlan, normalized: normalized, options: options)
}

@Suite struct ScoreCodecTests {
    @Test func headsDoNotOverlapAndFillAllChannels() {
        let ranges =
            [ScoreCodec.drumHits, ScoreCodec.drumVelocities]
            + (0..<4).flatMap { part in
                [
                    ScoreCodec.gates(part), ScoreCodec.velocity(part)..<ScoreCodec.velocity(part) + 1,
                    ScoreCodec.pitches(part),
                ]
            }
        #expect(ranges.flatMap { Array($0) }.sorted() == Array(0..<ScoreCodec.headChannels))
        #expect(ScoreCodec.headChannels == 232)
        #expect(ScoreCodec.styleChannels == 216)
    }

    @Test(arguments: [(Meter.fourFour, 8), (.threeFour, 7), (.sixEight, 5), (.twoFour, 4), (Meter(12, 8)!, 4)])
    func aBandComesBackNoteForNoteInEveryMetre(meter: Meter, bars: Int) {
        let band = band(bars: bars, meter: meter)
        let melody = scale(bars: bars, meter: meter)
        let decoded = roundTrip(band, melody, cadence(bars: bars, meter: meter))
        #expect(decoded[.bass] == band[.bass])
        #expect(decoded[.chords] == band[.chords])
        #expect(decoded[.pad] == band[.pad])
        #expect(decoded[.drums] == band[.drums])
        #expect(decoded[.line] == band[.line])
    }

    @Test(arguments: -6...6)
    func inEveryKeyThePitchClassesComeBack(semitones: Int) throws {
        let melody = scale(bars: 4).transposed(by: semitones)
        let plan = cadence(bars: 4).transposed(by: semitones)
        let moved = band(bars: 4).mapValues { notes in
            notes.map { note in
                var copy = note
                copy.pitch = Pitch(note.pitch.number + semitones)
                return copy
            }
        }
        let decoded = roundTrip(moved, melody, plan)
        for part in [Part.bass, .chords, .pad] {
            let expected = try #require(moved[part]).map { "\($0.onset.rawValue) \($0.pitch.pitchClass)" }
            #expect(
                Set(try #require(decoded[part]).map { "\($0.onset.rawValue) \($0.pitch.pitchClass)" }) == Set(expected))
        }
    }

    @Test func aNoteHeldOverTheEndOfAWindowIsNotCut() {
        let held = [note(60, 6 * 12, 200)]
        let decoded = roundTrip([.pad: held], scale(bars: 8), cadence(bars: 8))
        #expect(decoded[.pad] == held)
    }

    @Test func aPadTiesTheTonesThatTwoChordsShare() {
        let pad = [note(60, 0, 96), note(64, 0, 48), note(67, 0, 48), note(65, 48, 48), note(69, 48, 48)]
        let decoded = roundTrip([.pad: pad], scale(bars: 2), cadence(bars: 2))
        #expect(decoded[.pad] == pad.sorted(by: NoteEvent.inScoreOrder))
    }

    @Test func aPadThatStrikesItsChordAgainIsNotTied() {
        let pad = [0, 24].flatMap { onset in [60, 64, 67].map { note($0, onset, 24) } }
        let decoded = roundTrip([.pad: pad], scale(bars: 1), cadence(bars: 1))
        #expect(decoded[.pad] == pad)
    }

    @Test func velocitiesComeBackToTheNearestUnit() {
        let decoded = roundTrip(
            [.bass: [note(36, 0, 12, 33), note(36, 12, 12, 121)]], scale(bars: 1), cadence(bars: 1))
        #expect(decoded[.bass]?.map(\.velocity.number) == [33, 121])
    }

    @Test func theBassKeepsTheLowestAndTheLineTheHighestOfNotesThatBeginTogether() {
        let chord = [note(52, 0, 12), note(48, 0, 12)]
        let high = [note(74, 0, 12), note(79, 0, 12)]
        let decoded = roundTrip([.bass: chord, .line: high], phrase([], bars: 1), cadence(bars: 1))
        #expect(decoded[.bass]?.map(\.pitch.number) == [48])
        #expect(decoded[.line]?.map(\.pitch.number) == [79])
    }

    @Test func aLineOnTheMelodysPitchMovesToAnotherChordTone() {
        let melody = phrase([note(76, 0, 48)], bars: 1)
        let plan = ChordPlan(window: melody.meter.harmonyWindow, chords: [Chord(root: 0, quality: .major)])
        let normalized = NormalizedPhrase(melody, key: Key(tonic: 0, mode: .major))
        let target = ScoreCodec.encode([.line: [note(76, 0, 24)]], plan: plan, normalized: normalized, window: 0)
        var logits = StitchedLogits(grid: normalized.grid)
        logits.add(target.headLogits().values, window: 0)
        let decoded = ScoreCodec.decode(logits, plan: plan, normalized: normalized, options: DecodingOptions())
        #expect(decoded[.line]?.map(\.pitch.number) == [72])
    }

    @Test func partsThatAreOffStaySilent() {
        var options = DecodingOptions()
        options.parts = [.bass, .drums]
        let decoded = roundTrip(band(bars: 4), scale(bars: 4), cadence(bars: 4), options: options)
        #expect(Set(decoded.keys) == [.bass, .drums])
    }

    @Test func switchingAPartOffChangesNoOther() {
        var options = DecodingOptions(temperature: 1, seed: 7)
        let all = roundTrip(band(bars: 4), scale(bars: 4), cadence(bars: 4), options: options)
        options.parts = [.chords, .bass]
        let two = roundTrip(band(bars: 4), scale(bars: 4), cadence(bars: 4), options: options)
        #expect(two[.chords] == all[.chords])
    }

    @Test func aTargetMarksTheUnusedSlotsAndThePartsThatSound() {
        let normalized = NormalizedPhrase(scale(bars: 2, meter: .threeFour))
        let target = ScoreCodec.encode(
            [.bass: [note(36, 0, 36)]], plan: cadence(bars: 2, meter: .threeFour), normalized: normalized, window: 0)
        #expect(target.mask.reduce(0, +) == 72)
        #expect(target.parts == [.bass])
        let bassGates = (0..<192).map { target.gates[$0 * 4] }
        #expect(bassGates[0] == 1)
        #expect(bassGates[1..<36].allSatisfy { $0 == 2 })
        #expect(bassGates[36...].allSatisfy { $0 == 0 })
        #expect(target.pitches.reduce(0, +) == 1)
        // C2 under the root C: the base is C1 - 2 octaves = 12, so class 24.
        #expect(target.pitches[24] == 1)
    }

    @Test func stylePlanesHoldDrumsOnsetsHoldsAndPitches() {
        let normalized = NormalizedPhrase(scale(bars: 4))
        let target = ScoreCodec.encode(band(bars: 4), plan: cadence(bars: 4), normalized: normalized, window: 0)
        let planes = target.stylePlanes()
        #expect(planes[0, DrumClass.kick.rawValue] == 1)
        #expect(planes[0, 12] == 1)
        #expect(planes[1, 13] == 1)
        #expect(planes[0, 14] == Float(90) / 127)
        #expect(planes[0, 15 + 24] == 1)
    }
}

@Suite struct DecodingGuaranteeTests {
    /// Heads that say anything at all, the same for the same seed.
    static func noise(_ normalized: NormalizedPhrase, seed: UInt64) -> StitchedLogits {
        var draws = Draws(seed: seed)
        var logits = StitchedLogits(grid: normalized.grid)
        for window in normalized.grid.windows {
            let count = ScoreLayout.windowSteps * ScoreCodec.headChannels
            logits.add((0..<count).map { _ in Float(draws.uniform() * 8 - 4) }, window: window)
        }
        return logits
    }

    static let cases: [(Genre, Meter, Double, UInt64)] = [
        (.pop, .fourFour, 0, 1), (.jazz, .threeFour, 0.5, 2), (.rock, .sixEight, 1, 3), (.symphony, .twoFour, 1, 4),
        (.symphony, .fourFour, 2, 5), (.pop, Meter(5, 4)!, 1, 6), (.jazz, Meter(7, 8)!, 0, 7),
    ]

    @Test(arguments: cases)
    func anyAnswersGivePlayableMusic(genre: Genre, meter: Meter, temperature: Double, seed: UInt64) throws {
        let melody = scale(bars: 5, meter: meter, up: 3)
        let normalized = NormalizedPhrase(melody)
        let plan = normalized.normal(cadence(bars: 5, meter: meter))
        let options = DecodingOptions(genre: genre, temperature: temperature, seed: seed)
        let logits = Self.noise(normalized, seed: seed)
        let parts = ScoreCodec.decode(logits, plan: plan, normalized: normalized, options: options)
        let bass = try #require(parts[.bass])
        #expect(!bass.isEmpty)
        for (part, notes) in parts {
            #expect(notes.allSatisfy { $0.onset >= .zero && $0.end <= melody.length })
            #expect(notes.allSatisfy { $0.length >= .steps(2) })
            #expect(Set(notes.map { "\($0.onset.rawValue) \($0.pitch.number)" }).count == notes.count)
            guard part != .drums else { continue }
            let range = try #require(options.ranges[part])
            #expect(notes.allSatisfy { range.contains($0.pitch.number) })
            guard part != .bass else { continue }
            let crossing = notes.filter { note in
                bass.contains { $0.onset < note.end && $0.end > note.onset && $0.pitch >= note.pitch }
            }
            #expect(crossing.isEmpty)
        }
        for part in [Part.bass, .line] {
            let notes = try #require(parts[part])
            #expect(zip(notes, notes.dropFirst()).allSatisfy { $0.end <= $1.onset })
        }
        let unisons = try #require(parts[.line]).filter { note in
            melody.notes.contains { $0.onset < note.end && $0.end > note.onset && $0.pitch == note.pitch }
        }
        #expect(unisons.isEmpty)
        #expect(ScoreCodec.decode(logits, plan: plan, normalized: normalized, options: options) == parts)
    }

    @Test func anotherSeedGivesOtherNotesOnlyWhenDrawn() {
        let normalized = NormalizedPhrase(scale(bars: 4))
        let logits = Self.noise(normalized, seed: 9)
        func decode(_ temperature: Double, _ seed: UInt64) -> [Part: [NoteEvent]] {
            ScoreCodec.decode(
                logits, plan: cadence(bars: 4), normalized: normalized,
                options: DecodingOptions(temperature: temperature, seed: seed))
        }
        #expect(decode(0, 1) == decode(0, 2))
        #expect(decode(1, 1) != decode(1, 2))
    }

    @Test func chordsHaveTwoToFiveVoicesWhereTheyAreLikely() throws {
        let normalized = NormalizedPhrase(scale(bars: 4))
        let parts = ScoreCodec.decode(
            Self.noise(normalized, seed: 11), plan: cadence(bars: 4), normalized: normalized, options: DecodingOptions()
        )
        let sizes = Dictionary(grouping: try #require(parts[.chords]), by: \.onset).values.map(\.count)
        #expect(sizes.allSatisfy { (2...5).contains($0) })
    }
}

@Suite struct StitchedLogitsTests {
    @Test func overlappingWindowsAreAveragedWithTheMiddleOfAWindowCountingMost() {
        let grid = ScoreGrid(meter: .fourFour, bars: 6)
        let count = ScoreLayout.windowSteps * ScoreCodec.headChannels
        var logits = StitchedLogits(grid: grid)
        logits.add([Float](repeating: 0, count: count), window: 0)
        #expect(!logits.isComplete)
        logits.add([Float](repeating: 1, count: count), window: 2)
        #expect(logits.isComplete)
        #expect(logits.row(0)[0] == 0)
        #expect(logits.row(287)[0] == 1)
        #expect(logits.row(96)[0] < 0.01)
        #expect(abs(logits.row(144)[5] - 0.5) < 0.01)
    }
}

@Suite struct VoiceLeadingTests {
    @Test func rootPositionChordsThatLeapAreInvertedToMoveLittle() {
        var leading = VoiceLeading(range: 48...76)
        #expect(leading.place([60, 64, 67], above: nil) == [60, 64, 67])
        // F major in root position above it leaps by a fourth; its second inversion keeps the C.
        #expect(leading.place([65, 69, 72], above: nil) == [60, 65, 69])
        #expect(leading.place([67, 71, 74], above: nil) == [62, 67, 71])
    }

    @Test func aSmoothProposalStaysAsItIs() {
        var leading = VoiceLeading(range: 48...76)
        _ = leading.place([55, 60, 64], above: nil)
        #expect(leading.place([55, 59, 62, 65], above: nil) == [55, 59, 62, 65])
    }

    @Test func chordsKeepUnderTheMelodyAndOffItsPitch() {
        var free = VoiceLeading(range: 48...76)
        #expect(free.place([60, 64, 67], above: nil) == [60, 64, 67])
        var heard = VoiceLeading(range: 48...76)
        let placed = heard.place([60, 64, 67], above: nil, under: [64])
        #expect(!placed.contains(64))
        #expect(placed.allSatisfy { $0 < 64 })
        #expect(Set(placed.map { $0 % 12 }) == [0, 4, 7])
    }

    @Test func voicesAtOrBelowTheBassAreRaised() {
        var leading = VoiceLeading(range: 48...76)
        let placed = leading.place([48, 52, 55], above: 50)
        #expect(placed.map { $0 % 12 }.sorted() == [0, 4, 7])
        #expect(placed.allSatisfy { $0 > 50 })
    }

    @Test func withoutRoomForAllSomeVoicesAreLeftOut() {
        var leading = VoiceLeading(range: 49...65)
        let placed = leading.place([48, 52, 55, 59, 62], above: 60)
        #expect(!placed.isEmpty)
        #expect(placed.allSatisfy { (61...65).contains($0) })
    }

    @Test func withoutAnyRoomNothingSounds() {
        var leading = VoiceLeading(range: 49...65)
        #expect(leading.place([48, 52, 55], above: 65).isEmpty)
    }
}
