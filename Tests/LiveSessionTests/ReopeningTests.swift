import Generation
import Music
import Playback
import Testing

@testable import LiveSession

/// A take of the store comes back on the desk.
struct ReopeningTests {
    /// A take with its band, as the store has it after a first session.
    private static func kept() throws -> Session.Kept {
        var stage = Stage()
        stage.recordTwoBars()
        stage.answer(at: 5.1)
        let order = try #require(stage.orders.first)
        #expect(order.phrase == stage.takes[0].phrase)
        return Session.Kept(
            name: 41, take: stage.takes[0],
            band: .init(arrangement: stage.arrangements[0].1, order: order, turns: .none))
    }

    @Test func itsOwnBandComesInOnTheNextBeatNoteForNote() throws {
        let kept = try Self.kept()
        var stage = Stage()
        stage.reopen(kept, at: 10)
        stage.wait(until: 20)
        #expect(stage.wishes == 0, "nothing is made anew")
        #expect(stage.known.map(\.name) == [41] && stage.takes.isEmpty && stage.arrangements.isEmpty)
        let beat = 60 / kept.take.phrase.tempo.quartersPerMinute
        let bass = try #require(kept.band?.arrangement.accompaniment.parts[.bass])
        let heard = stage.bandNotes(from: 10).filter { note in bass.contains { $0.pitch.number == note.pitch } }
        let first = try #require(heard.first).time
        #expect(abs(first - (10 + beat)) < 0.002)
        #expect(heard.prefix(bass.count).map(\.pitch) == bass.map(\.pitch.number))
        // The melody is heard with it.
        let melody = Set(kept.take.phrase.notes.map(\.pitch.number))
        #expect(stage.bandNotes(from: 10).contains { melody.contains($0.pitch) })
    }

    @Test func whatIsMadeForItLaterBelongsToItsNameInTheStore() throws {
        var stage = Stage()
        let kept = try Self.kept()
        stage.reopen(kept, at: 10)
        stage.press(.next, at: 12)
        stage.answer(at: 12.1)
        #expect(stage.arrangements.map(\.0) == [stage.known[0].number])
        let former = try #require(kept.band?.order.request.seed)
        #expect(stage.orders[0].request.seed == former + 1)
        stage.press(.previous, at: 14)
        #expect(stage.arrangements.count == 1, "the first variation is there")
    }

    @Test func withoutABandOneIsMade() throws {
        var kept = try Self.kept()
        kept.band = nil
        var stage = Stage()
        stage.reopen(kept, at: 10)
        #expect(stage.wishes == 1)
        stage.answer(at: 10.1)
        stage.wait(until: 14)
        #expect(!stage.bandNotes(from: 10).isEmpty)
    }

    @Test func undoBringsThePresentTakeBack() throws {
        var stage = Stage()
        stage.recordTwoBars()
        stage.answer(at: 5.1)
        let present = stage.takes[0]
        stage.reopen(try Self.kept(), at: 8)
        stage.press(.undo, at: 9)
        #expect(stage.session.piece?.take == present)
    }

    @Test func aTakeThatIsBeingRecordedIsNotInterrupted() throws {
        var stage = Stage()
        stage.press(.record, at: 1)
        stage.play([60, 62], from: 2)
        stage.reopen(try Self.kept(), at: 3.5)
        #expect(stage.refusals.map(\.0) == ["a take is being recorded"])
        #expect(stage.known.isEmpty)
    }
}
