import Music
import Testing

@testable import Capture

@Suite struct SwingTests {
    /// Notes of an eighth at the beats of a quarter of 600 ms and at a share of it, with a triplet on every eighth beat.
    private func played(offBeat: Double, triplets: Bool = false) -> (notes: [PerformedNote], steps: [Int]) {
        var notes: [PerformedNote] = []
        var steps: [Int] = []
        let melody = [0, 4, 7, 4, 5, 9, 7, 2]
        func add(_ pitch: Int, _ beat: Int, _ share: Double, _ step: Int, to end: Double) {
            let error = Double((notes.count * 7) % 5 - 2) * 0.004
            notes.append(
                PerformedNote(
                    pitch: Pitch(pitch), onset: .zero + .seconds(4 + 0.6 * (Double(beat) + share) + error),
                    length: .seconds(0.6 * (end - share) * 0.92), velocity: .mezzoForte))
            steps.append(beat * 12 + step)
        }
        for beat in 0..<32 {
            let pitch = 60 + melody[beat % 8]
            if triplets, beat % 8 == 6 {
                for third in 0..<3 {
                    add(pitch + third, beat, Double(third) / 3, third * 4, to: Double(third + 1) / 3)
                }
            } else if beat % 4 == 3 {
                add(pitch, beat, 0, 0, to: 1)
            } else {
                add(pitch, beat, 0, 0, to: offBeat)
                add(pitch + 2, beat, offBeat, 6, to: 1)
            }
        }
        return (notes, steps)
    }

    @Test(arguments: [0.58, 0.62, 0.667, 0.7], [false, true])
    func swungEighthsBecomeStraightOnes(offBeat: Double, triplets: Bool) throws {
        let (notes, steps) = played(offBeat: offBeat, triplets: triplets)
        let quantizer = Quantizer(
            tempo: Tempo(quartersPerMinute: 100)!, meter: .fourFour, swing: Swing(offBeat))
        let phrase = try #require(quantizer.quantize(notes, downbeat: .zero + .seconds(4))).phrase
        #expect(phrase.notes.map(\.onset.nearestStep) == steps)
        #expect(Set(phrase.notes.map(\.length.nearestStep)) == (triplets ? [4, 6, 12] : [6, 12]))
    }

    @Test func straightEighthsStayWithoutSwing() throws {
        let (notes, steps) = played(offBeat: 0.5, triplets: true)
        let quantizer = Quantizer(tempo: Tempo(quartersPerMinute: 100)!, meter: .fourFour)
        let phrase = try #require(quantizer.quantize(notes, downbeat: .zero + .seconds(4))).phrase
        #expect(phrase.notes.map(\.onset.nearestStep) == steps)
    }

    @Test(arguments: [0, 0.1, 0.25, 0.5, 0.75, 1])
    func writtenUndoesPlayed(share: Double) {
        let swing = Swing(0.64)
        #expect(abs(swing.written(swing.played(share)) - share) < 1e-12)
        #expect(Swing.straight.played(share) == share)
    }

    private func take(_ notes: [PerformedNote], quarters: Double, swing: Swing) throws -> Take {
        let quantizer = Quantizer(tempo: Tempo(quartersPerMinute: quarters)!, meter: .fourFour, swing: swing)
        let understood = try #require(quantizer.quantize(notes, downbeat: .zero + .seconds(4)))
        return Take(
            phrase: understood.phrase, performance: notes, tempoMap: understood.tempoMap,
            origin: .init(keyboard: "test", trigger: "record"), isDamaged: false)
    }

    @Test(arguments: [0.58, 0.62, 0.667])
    func halfAndTwiceTheTempoKeepTheSwing(offBeat: Double) throws {
        let (notes, steps) = played(offBeat: offBeat)
        let take = try take(notes, quarters: 100, swing: Swing(offBeat))
        let half = take.requantized(tempo: Tempo(quartersPerMinute: 50)!, meter: .fourFour)
        #expect(half.phrase.notes.map(\.onset.nearestStep) == steps.map { $0 / 2 })
        #expect(Set(half.phrase.notes.map(\.length.nearestStep)) == [3, 6])
        let double = take.requantized(tempo: Tempo(quartersPerMinute: 200)!, meter: .fourFour)
        #expect(double.phrase.notes.map(\.onset.nearestStep) == steps.map { $0 * 2 })
        #expect(Set(double.phrase.notes.map(\.length.nearestStep)) == [12, 24])
        for other in [half, double] {
            let back = other.requantized(tempo: Tempo(quartersPerMinute: 100)!, meter: .fourFour)
            #expect(back.phrase == take.phrase)
        }
    }

    @Test func straightNotesAreNotTakenForSwungOnesInAnotherTempo() throws {
        let (notes, steps) = played(offBeat: 0.5)
        let take = try take(notes, quarters: 100, swing: .straight)
        #expect(take.swing == nil)
        let half = take.requantized(tempo: Tempo(quartersPerMinute: 50)!, meter: .fourFour)
        #expect(half.phrase.notes.map(\.onset.nearestStep) == steps.map { $0 / 2 })
    }

    @Test func theHalfAndTheDoubleOfAReadingSwingInOtherNotes() throws {
        let (notes, steps) = played(offBeat: 0.64)
        let reading = try #require(TimeReader.read(notes))
        let half = try #require(reading.halved())
        let double = try #require(reading.doubled())
        #expect(half.swung == .sixteenths && double.swung == .quarters)
        #expect(half.swing == reading.swing && half.doubled() == reading)
        #expect(half.halved() == nil || half.halved()?.swing == 0.5)
        let slow = try #require(FreeTake.understand(notes, as: half))
        #expect(slow.quantization.phrase.notes.map(\.onset.nearestStep) == steps.map { $0 / 2 })
        let fast = try #require(FreeTake.understand(notes, as: double))
        #expect(fast.quantization.phrase.notes.map(\.onset.nearestStep) == steps.map { $0 * 2 })
    }

    @Test func aSwungTakeIsUnderstoodInStraightNotes() throws {
        let (notes, steps) = played(offBeat: 0.64)
        let take = try #require(FreeTake.understand(notes))
        #expect(take.reading.swing > 0.6)
        #expect(take.quantization.phrase.notes.map(\.onset.nearestStep) == steps)
    }
}
