import Generation
import Music
import Testing

@testable import Training

/// Plays the plan's root on every window's start, and a hit with it; the seed moves the velocity.
private struct PlainTeacher: Teacher {
    func accompany(_ phrase: Phrase, plan: ChordPlan, seed: UInt64) -> [Part: [NoteEvent]] {
        let onsets = plan.chords.indices.map { plan.window * $0 }
        return [
            .bass: zip(onsets, plan.chords).map {
                NoteEvent(
                    pitch: Pitch(36 + $1.root), onset: $0, length: plan.window, velocity: Velocity(40 + Int(seed % 60)))
            },
            .drums: onsets.map { NoteEvent(pitch: Pitch(36), onset: $0, length: .steps(3), velocity: .mezzoForte) },
        ]
    }
}

private func song(bars: Int, meter: Meter = .fourFour, up semitones: Int = 0, id: String = "1") -> Song {
    let scale = [60, 64, 67, 62, 60, 67, 64, 60]
    let count = bars * meter.stepsPerBar / 12
    let notes = (0..<count).map {
        NoteEvent(
            pitch: Pitch(scale[$0 % 8] + semitones), onset: .steps($0 * 12), length: .steps(12), velocity: .mezzoForte)
    }
    let windows = meter.bar.rawValue / meter.harmonyWindow.rawValue * bars
    let chords = (0..<windows).map { Chord(root: ($0 % 2 == 0 ? 0 : 7) + semitones, quality: .major) }
    return Song(
        id: id, title: "Song \(id)", section: 0, tags: [],
        melody: Phrase(notes: notes, meter: meter, tempo: .moderate, bars: bars),
        plan: ChordPlan(window: meter.harmonyWindow, chords: chords))
}

private let songs = [song(bars: 32), song(bars: 21, meter: .threeFour, id: "2"), song(bars: 17, up: 5, id: "3")]

@Suite struct WindowSetTests {
    let set = WindowSet(songs: songs, teacher: PlainTeacher())

    @Test func everyBarOfEverySongIsAccompaniedInEachRendering() {
        #expect(set.bars == 3 * (32 + 21 + 17))
        #expect(set.count > set.bars / 4)
        #expect((0..<set.count).contains { set.meter($0) == .threeFour })
    }

    @Test func aBatchHasTheShapesItPromises() {
        let batch = set.batch([0, 5, 9], epoch: nil)
        #expect(batch.count == 3)
        #expect(batch.condition.count == 3 * 192 * ConditionEncoder.channels)
        #expect(batch.mask.count == 3 * 192)
        #expect(batch.drums.count == 3 * 192 * ScoreCodec.drumClasses)
        #expect(batch.drumVelocities.count == batch.drums.count)
        #expect(batch.gates.count == 3 * 192 * 4)
        #expect(batch.pitches.count == 3 * 192 * 4 * 48)
        #expect(batch.velocities.count == 3 * 192 * 4)
        #expect(batch.style.count == 3 * 192 * ScoreCodec.styleChannels)
    }

    @Test func theSameSeedGivesTheSameWindowsAndOrder() {
        let again = WindowSet(songs: songs, teacher: PlainTeacher())
        #expect(again.order(epoch: 3) == set.order(epoch: 3))
        #expect(again.batch([1, 2], epoch: 4) == set.batch([1, 2], epoch: 4))
        #expect(set.order(epoch: 0) != set.order(epoch: 1))
        #expect(set.order(epoch: 0).sorted() == Array(0..<set.count))
    }

    @Test func anEpochsBatchesHaveNoWindowTwice() {
        let batches = set.batches(epoch: 0, size: 8)
        #expect(batches.allSatisfy { $0.count == 8 })
        #expect(Set(batches.flatMap { $0 }).count == batches.count * 8)
        #expect(set.batches(epoch: 0, size: 10_000).map(\.count) == [set.count])
    }

    @Test func theBassOfEveryWindowIsTheRootOfItsCondition() {
        let batch = set.batch(Array(0..<set.count), epoch: nil)
        let onsets = (0..<batch.count * 192).filter { batch.gates[$0 * 4] == 1 }
        #expect(!onsets.isEmpty)
        let classes = onsets.map { cell in (0..<48).first { batch.pitches[cell * 192 + $0] == 1 }.map { $0 % 12 } }
        #expect(classes.allSatisfy { $0 == 0 })
    }

    @Test func soundsLieOnlyOnUsedSlots() {
        let batch = set.batch(Array(0..<set.count), epoch: 0)
        let unused = (0..<batch.count * 192).filter { batch.mask[$0] == 0 }
        #expect(!unused.isEmpty)
        #expect(unused.allSatisfy { batch.gates[$0 * 4] == 0 && batch.drums[$0 * 12] == 0 })
    }

    @Test func partsThatAreDroppedAreSilentAndTheirBitIsOff() {
        var options = WindowSet.Options()
        options.partDrops = 1
        let silent = WindowSet(songs: songs, teacher: PlainTeacher(), options: options)
        let batch = silent.batch([0], epoch: 0)
        #expect(batch.gates.allSatisfy { $0 == 0 })
        #expect((139..<144).allSatisfy { batch.condition[$0] == 0 })
        let whole = silent.batch([0], epoch: nil)
        #expect(whole.condition[139] == 1)
        #expect(whole.condition[140] == 1)
        #expect(whole.condition[141] == 0)
    }

    @Test func augmentationDiffersBetweenEpochsAndIsOffForValidation() {
        #expect(set.batch(Array(0..<16), epoch: 0).condition != set.batch(Array(0..<16), epoch: 1).condition)
        #expect(set.batch(Array(0..<16), epoch: nil) == set.batch(Array(0..<16), epoch: nil))
    }

    @Test func aPackedNoteComesBackOnTheGrid() {
        let note = NoteEvent(pitch: Pitch(61), onset: .steps(3000), length: .steps(200), velocity: Velocity(99))
        #expect(PackedNote(note).note == note)
        #expect(MemoryLayout<PackedNote>.size == 8)
    }
}

@Suite struct PlanWindowSetTests {
    @Test func labelsAreTheSongsChordsInTheNormalKey() {
        let set = PlanWindowSet(songs: [song(bars: 8, up: 5)])
        let batch = set.batch([0], epoch: nil)
        #expect(batch.input.count == 16 * PlanEncoder.channels)
        #expect(batch.labels == [0, 7, 0, 7, 0, 7, 0, 7])
    }

    @Test func aWrongKeyMovesMelodyAndLabelsAlike() {
        var options = PlanWindowSet.Options()
        options.wrongKeys = 1
        options.noteDrops = 0
        let set = PlanWindowSet(songs: [song(bars: 8)], options: options)
        let moved = set.batch([0], epoch: 0)
        #expect([5, 7, 3, 9].map { Int32(12 - $0) }.contains(moved.labels[0]))
        // The first quarter sounds the first chord's root in both.
        #expect(moved.input[Int(moved.labels[0])] > 0.99)
    }

    @Test func theSameSeedGivesTheSameBatch() {
        let set = PlanWindowSet(songs: songs)
        #expect(set.batch([2, 3], epoch: 7) == PlanWindowSet(songs: songs).batch([2, 3], epoch: 7))
        #expect(set.order(epoch: 1).sorted() == Array(0..<set.count))
    }
}

@Suite struct ExcerptTests {
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func phrasesLieEndToEndAndNoneIsTooShort(seed: UInt64) {
        var draws = Draws(seed: seed)
        let cut = Excerpt.cut(song(bars: 33), lengths: [4, 8, 16], draws: &draws)
        #expect(cut.map(\.phrase.bars).reduce(0, +) == 33)
        #expect(cut.allSatisfy { $0.phrase.bars >= 4 })
        #expect(cut.flatMap(\.plan.chords).count == 66)
    }
}
