import Evaluation
import Music
import Testing

struct SessionModelTests {
    private static func scale(from pitch: Int) -> Phrase {
        let degrees = [0, 2, 4, 5, 7, 9, 11, 12, 11, 9, 7, 5, 4, 2, 4, 0]
        let notes = degrees.enumerated().map { index, degree in
            NoteEvent(pitch: Pitch(pitch + degree), onset: .quarter * index, length: .quarter, velocity: .mezzoForte)
        }
        return Phrase(notes: notes, meter: .fourFour, tempo: .moderate, bars: 4)
    }

    private let melodies = [scale(from: 60), scale(from: 65)]

    private func mechanical(_ change: (inout SessionModel.Parameters) -> Void = { _ in }) -> SessionModel {
        var parameters = SessionModel.Parameters.plain
        change(&parameters)
        return SessionModel(parameters: parameters, performance: PerformanceModel(parameters: .mechanical))
    }

    @Test func theSameSeedIsTheSameSessionAndAnotherSeedAnother() {
        let model = SessionModel()
        #expect(model.play(melodies, seed: 4) == model.play(melodies, seed: 4))
        #expect(model.play(melodies, seed: 4) != model.play(melodies, seed: 5))
        #expect(model.play([], seed: 4) == nil)
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func stretchesFollowEachOtherInOrder(seed: UInt64) throws {
        let session = try #require(SessionModel().play(melodies, seed: seed))
        #expect(zip(session.notes, session.notes.dropFirst()).allSatisfy { $0.onset <= $1.onset })
        var end = 0
        for stretch in session.stretches {
            #expect(stretch.notes.lowerBound == end)
            end = stretch.notes.upperBound
        }
        #expect(end == session.notes.count)
        #expect(session.phrases[0].notes.upperBound == end)
        let last = try #require(session.notes.map(\.end).max())
        #expect((0.05...4.1).contains((session.now - last).seconds))
    }

    @Test func aSecondPassComesInTime() throws {
        let session = try #require(mechanical { $0.repeatShare = 1 }.play([melodies[0]], seed: 3))
        #expect(session.stretches.map(\.kind) == [.melody, .secondPass])
        let start = session.notes[session.phrases[0].notes.lowerBound].onset
        let beats = (start - session.notes[0].onset).seconds / session.phrases[0].beat.seconds
        #expect(abs(beats - 16) < 1e-6)
    }

    @Test func aSlipIsFollowedByTheMelodyFromItsBeginning() throws {
        let session = try #require(mechanical { $0.restartShare = 1 }.play([melodies[0]], seed: 3))
        #expect(session.stretches.map(\.kind) == [.falseStart, .melody])
        let broken = session.stretches[0].notes
        #expect((2...6).contains(broken.count))
        let again = session.notes[broken.upperBound..<(2 * broken.upperBound)]
        #expect(session.notes[broken].dropLast().map(\.pitch) == again.dropLast().map(\.pitch))
        #expect(session.notes[broken].last?.pitch != again.last?.pitch)
    }

    // MARK: - Judging

    @Test func whatIsTakenIsComparedWithTheLastPhrases() throws {
        let session = try #require(mechanical().play(melodies, seed: 1))
        func error(_ found: [Range<Int>], press: Int = 0) -> String? {
            PhraseVerdict(name: "tune", session: session, found: found).error(press: press)
        }
        #expect(error([16..<32, 0..<16]) == nil)
        #expect(error([16..<32, 0..<16], press: 1) == nil)
        #expect(error([]) == "nothing was found")
        #expect(error([0..<32]) == "it begins in the melody before")
        #expect(error([0..<16]) == "an earlier melody was taken")
        #expect(error([20..<32]) == "it begins inside the melody")
        #expect(error([16..<30]) == "it ends too early")
        #expect(error([16..<32, 16..<20], press: 1) == "a part of a later phrase was taken")
        #expect(error([16..<32], press: 2) == nil)
    }

    @Test func aStartAtAHesitationIsNamedSo() throws {
        let session = try #require(mechanical { $0.hesitationShare = 1 }.play([melodies[0]], seed: 2))
        let place = try #require(session.phrases[0].hesitations.first)
        let verdict = PhraseVerdict(name: "tune", session: session, found: [place..<16])
        #expect(verdict.error(press: 0) == "it begins at a hesitation")
        let score = PhraseScore([verdict, PhraseVerdict(name: "tune", session: session, found: [0..<16])])
        #expect(score.share(press: 0) == 0.5)
        #expect(score.share(press: 1) == nil)
        #expect(score.gates.map(\.isPassed) == [false, false])
        #expect(score.errors(press: 0).map(\.count) == [1])
    }
}
