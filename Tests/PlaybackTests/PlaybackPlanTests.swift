import MIDI
import Music
import Playback
import Testing

@Suite struct PlaybackPlanTests {
    @Test func programsVolumesAndPansComeFirst() {
        let plan = PlaybackPlan(arrangement([.bass: [note(40, 0, 12)]]))
        let bass = plan.setup.filter { $0.voice == .part(.bass) }.map(\.message)
        #expect(
            bass == [
                .programChange(Channel(2), Program(33)), .controlChange(Channel(2), 7, 100),
                .controlChange(Channel(2), 10, 64),
            ])
        #expect(!plan.setup.contains { $0.voice == .melody })
    }

    @Test func everyPartPlaysOnItsChannel() {
        let parts = Dictionary(uniqueKeysWithValues: Part.allCases.map { ($0, [note(40, 0, 12)]) })
        let plan = PlaybackPlan(arrangement(parts, melody: [note(72, 0, 12)]), mix: .full)
        let channels = Dictionary(grouping: plan.messages, by: \.voice).mapValues {
            Set($0.compactMap(\.message.channel?.number))
        }
        #expect(
            channels == [
                .part(.drums): [10], .part(.bass): [2], .part(.chords): [3], .part(.pad): [4], .part(.line): [5],
                .melody: [1],
            ])
    }

    @Test func noteOffsComeBeforeNoteOnsOfTheSameTime() {
        let plan = PlaybackPlan(arrangement([.bass: [note(40, 0, 12), note(40, 12, 12), note(35, 12, 12)]]))
        let c = Channel(2)
        #expect(
            plan.messages.map(\.message) == [
                .noteOn(c, Pitch(40), Velocity(80)), .noteOff(c, Pitch(40)), .noteOn(c, Pitch(35), Velocity(80)),
                .noteOn(c, Pitch(40), Velocity(80)), .noteOff(c, Pitch(35)), .noteOff(c, Pitch(40)),
            ])
    }

    @Test func theGrooveIsApplied() {
        let plan = PlaybackPlan(arrangement([.line: [note(70, 6, 6)]], groove: Groove(swing: 2.0 / 3)))
        #expect(plan.messages.map(\.tick) == [Tick(320), Tick(480)])
    }

    @Test func noNoteHangsOverTheEndOfTheRound() {
        let plan = PlaybackPlan(arrangement([.pad: [note(60, 90, 48)]]))
        #expect(plan.messages.map(\.tick) == [.steps(90), .steps(96)])
    }

    @Test func aVoiceWithoutAStripIsNotPlayed() {
        let plan = PlaybackPlan(arrangement([.pad: [note(60, 0, 48)]]), mix: Mix(strips: [:]))
        #expect(plan.messages.isEmpty)
        #expect(plan.setup.isEmpty)
    }

    @Test(arguments: 0..<20, [Meter.fourFour, .threeFour, .sixEight])
    func everyNoteOnHasItsNoteOffInTheSameRound(seed: UInt64, meter: Meter) {
        let plan = PlaybackPlan(randomArrangement(seed: seed, meter: meter, bpm: 120))
        var held = HeldNotes()
        var illegal = 0
        for message in plan.messages.map(\.message) {
            switch message.kind {
            case .noteOn(let channel, let pitch, _): illegal += held.press(channel, pitch) > 1 ? 1 : 0
            case .noteOff(let channel, let pitch): illegal += held.release(channel, pitch) ? 0 : 1
            default: illegal += 1
            }
        }
        #expect(illegal == 0)
        #expect(held.isEmpty)
        #expect(plan.messages.allSatisfy { $0.tick >= .zero && $0.tick <= plan.length })
        #expect(zip(plan.messages, plan.messages.dropFirst()).allSatisfy { $0.tick <= $1.tick })
    }
}

@Suite struct PanicTests {
    @Test func trackedNotesEndFirstThenEachChannelIsSilenced() {
        var held = HeldNotes()
        held.press(Channel(3), c4)
        let c = Channel(3)
        #expect(
            Panic.messages(held: held, channels: [c]) == [
                .noteOff(c, c4), .controlChange(c, 64, 0), .controlChange(c, 66, 0), .controlChange(c, 67, 0),
                MIDIMessage(status: 0xE2, data1: 0, data2: 64), MIDIMessage(status: 0xD2), .controlChange(c, 123, 0),
                .controlChange(c, 120, 0),
            ])
    }

    @Test func allChannelsAreSilencedUnlessToldOtherwise() {
        let messages = Panic.messages()
        #expect(messages.count == 16 * 7)
        #expect(Set(messages.compactMap(\.channel)).count == 16)
    }
}
