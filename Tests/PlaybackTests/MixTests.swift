import MIDI
import Music
import Playback
import Testing
import Transport

private func volumes(_ listener: Listener) -> [MIDIMessage] {
    listener.messages.map(\.message).filter { $0.status & 0xF0 == 0xB0 && $0.data1 == 7 }
}

private func plan(melody: Bool = false) -> PlaybackPlan {
    PlaybackPlan(
        arrangement([.bass: [note(40, 0, 24, 80)]], melody: [note(72, 0, 24, 80)], bars: 1), mix: .live)
}

@Suite struct MixTests {
    @Test func aVolumeIsHeardNowOnItsChannelAlone() {
        var (player, listener) = band(groove(), until: 600)
        listener = Listener()
        listener.hear(player.handle(.volume([.part(.bass): 50], at: at(600))))
        #expect(listener.messages.map(\.message) == [.controlChange(Channel(2), Controller.volume, 50)])
        #expect(listener.messages.map(\.time) == [at(750)])
    }

    @Test func aVolumeIsKeptInLaterSetUps() {
        var (player, listener) = band(groove(), until: 600)
        _ = player.handle(.volume([.part(.bass): 50], at: at(600)))
        listener = Listener()
        listener.hear(player.handle(.replace(groove(), at: at(700))))
        player.run(from: 700, to: 2100, &listener)
        #expect(volumes(listener).contains(.controlChange(Channel(2), Controller.volume, 50)))
        #expect(!volumes(listener).contains(.controlChange(Channel(2), Controller.volume, 100)))
    }

    @Test func aVolumeLeftOutIsTheStripsAgain() {
        var (player, listener) = band(groove(), until: 600)
        _ = player.handle(.volume([.part(.bass): 50], at: at(600)))
        listener = Listener()
        listener.hear(player.handle(.volume([:], at: at(700))))
        #expect(volumes(listener) == [.controlChange(Channel(2), Controller.volume, 100)])
    }

    @Test func aStoppedBandRemembersIt() {
        var player = BandPlayer(routing: Routing(standard: synth))
        #expect(player.handle(.volume([.part(.chords): 200], at: at(0))).isEmpty)
        var listener = Listener()
        listener.hear(player.handle(.enter(groove(), map: map, at: at(10), on: .bar)))
        #expect(volumes(listener).contains(.controlChange(Channel(3), Controller.volume, 127)))
    }

    @Test func aVolumeThatWasTakenBackByStopIsSentAgain() {
        var (player, listener) = band(groove(), until: 1900)
        _ = player.handle(.volume([.part(.bass): 50], at: at(1900)))
        listener = Listener()
        listener.hear(player.handle(.stop(at: at(1910))))
        #expect(volumes(listener) == [.controlChange(Channel(2), Controller.volume, 50)])
    }

    @Test func itIsHeardDuringTheEndingToo() {
        var (player, listener) = band(groove(), until: 1800)
        _ = player.handle(.stop(at: at(1800)))
        player.run(from: 1800, to: 2200, &listener)
        listener = Listener()
        listener.hear(player.handle(.volume([.part(.bass): 50], at: at(2200))))
        #expect(volumes(listener).count == 1)
    }

    @Test(arguments: [(1.0, 80), (1.2, 96), (0.7, 56), (0.1, 48), (9, 112), (.nan, 48)])
    func intensityScalesTheBandWithinItsRangeAndLeavesTheMelody(factor: Double, velocity: UInt8) {
        var (player, listener) = band(plan(), until: 600)
        listener = Listener()
        listener.hear(player.handle(.intensity(factor, at: at(600))))
        player.run(from: 600, to: 3100, &listener)
        let loud = Dictionary(grouping: listener.noteOns.map(\.message), by: { $0.status & 15 + 1 })
        #expect(loud[2]?.map(\.data2) == [velocity])
        #expect(loud[7]?.map(\.data2) == [80])
        let ends = listener.messages.map(\.message).filter { $0.status & 0xF0 == 0x80 }
        #expect(Set(ends) == [.noteOff(Channel(2), Pitch(40)), .noteOff(Channel(7), Pitch(72))])
    }

    @Test func theLiveMelodyKeepsOffThePlayersChannel() {
        let channels = plan().messages.filter { $0.voice == .melody }.compactMap(\.message.channel?.number)
        #expect(Set(channels) == [7])
    }
}
