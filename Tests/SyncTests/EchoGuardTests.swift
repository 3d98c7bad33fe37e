import MIDI
import Music
import Sync
import TestSupport
import Testing
import Transport

@Suite struct EchoGuardTests {
    private let keys = PortAddress(client: 20, port: 0)
    private let keysOut = PortAddress(client: 20, port: 1)
    private let synth = PortAddress(client: 128, port: 0)
    private let patchBay = PortAddress(client: 24, port: 0)
    private func at(_ milliseconds: Int) -> Instant { .zero + .milliseconds(milliseconds) }
    private func on(_ pitch: Int, _ channel: Int = 2, velocity: Int = 80) -> MIDIMessage {
        .noteOn(Channel(channel), Pitch(pitch), Velocity(velocity))
    }
    private func off(_ pitch: Int, _ channel: Int = 2) -> MIDIMessage { .noteOff(Channel(channel), Pitch(pitch)) }

    @Test(arguments: [(0, true), (5, true), (50, true), (51, false), (-2, true), (-3, false)])
    func aNoteComesBackWithinFiftyMilliseconds(delay: Int, isEcho: Bool) {
        let echoes = Ears()
        echoes.sent(on(60), to: keysOut, at: at(1000))
        #expect(echoes.isEcho(on(60), from: keys, at: at(1000 + delay)) == isEcho)
        #expect(echoes.isEcho(off(60), from: keys, at: at(1400)) == isEcho)
    }

    @Test(arguments: [(60, 1), (61, 2), (48, 16)]) func anotherKeyOrChannelIsThePlayers(pitch: Int, channel: Int) {
        let echoes = Ears()
        echoes.sent(ScheduledMessage(time: at(1000), destination: keysOut, message: on(60)))
        #expect(!echoes.isEcho(on(pitch, channel), from: keys, at: at(1005)))
        #expect(!echoes.isEcho(off(pitch, channel), from: keys, at: at(1100)))
    }

    @Test func aNoteHasOneEcho() {
        let echoes = Ears()
        echoes.sent(on(60), to: keysOut, at: at(1000))
        #expect(echoes.isEcho(on(60), from: keys, at: at(1005)))
        #expect(!echoes.isEcho(on(60), from: keys, at: at(1030)))
    }

    @Test func thePlayersNoteOnAKeyThatAnEchoHoldsEndsItself() {
        let echoes = Ears()
        echoes.sent(on(60), to: keysOut, at: at(1000))
        #expect(echoes.isEcho(on(60), from: keys, at: at(1005)))
        #expect(!echoes.isEcho(on(60), from: keys, at: at(1200)))
        #expect(!echoes.isEcho(off(60), from: keys, at: at(1300)))
        echoes.sent(off(60), to: keysOut, at: at(1400))
        #expect(echoes.isEcho(off(60), from: keys, at: at(1405)))
    }

    @Test func aWayBackThroughAnotherClientIsProvenByTwoNotes() {
        let echoes = Ears()
        var answers: [Bool] = []
        for number in 0..<4 {
            let time = 1000 + 500 * number
            echoes.sent(on(60 + number), to: synth, at: at(time))
            answers.append(echoes.isEcho(on(60 + number), from: patchBay, at: at(time + 6 + number)))
            echoes.sent(off(60 + number), to: synth, at: at(time + 300))
            answers.append(echoes.isEcho(off(60 + number), from: patchBay, at: at(time + 306)))
        }
        #expect(answers == [false, false, false, false, true, true, true, true])
        #expect(echoes.loops == [patchBay])
    }

    @Test func aPlayerWhoPlaysAlongProvesNothing() {
        let echoes = Ears()
        // The same keys on the same channel, but other velocities and times.
        for number in 0..<20 {
            echoes.sent(on(60 + number), to: synth, at: at(1000 + 500 * number))
            #expect(!echoes.isEcho(on(60 + number, velocity: 81 + number), from: keys, at: at(1010 + 500 * number)))
        }
        #expect(echoes.loops.isEmpty)
    }

    @Test func aWayThatBringsNothingBackIsDoubtedAgain() {
        let echoes = Ears()
        for number in 0..<2 {
            echoes.sent(on(60), to: synth, at: at(1000 * number))
            _ = echoes.isEcho(on(60), from: patchBay, at: at(1000 * number + 5))
        }
        #expect(echoes.loops == [patchBay])
        for number in 0..<EchoGuard.memory + 20 { echoes.sent(on(60), to: synth, at: at(3000 + 100 * number)) }
        #expect(echoes.loops.isEmpty)
    }

    @Test func whatIsPlayedElsewhereDoesNotMakeAWayDoubtful() {
        let echoes = Ears()
        let drums = PortAddress(client: 30, port: 0)
        var passed = 0
        for number in 0..<200 {
            let time = at(1000 * number)
            for key in 36..<46 { echoes.sent(on(key, 10), to: drums, at: time) }
            echoes.sent(on(60), to: synth, at: time)
            if !echoes.isEcho(on(60), from: patchBay, at: time + .milliseconds(5)) { passed += 1 }
        }
        #expect(passed == 2)
    }

    @Test func whatWasTakenBackHasNoEcho() {
        let echoes = Ears()
        echoes.sent(on(60), to: keysOut, at: at(1000))
        echoes.sent(on(62), to: keysOut, at: at(1100))
        echoes.tookBack(keysOut, after: at(1050))
        #expect(echoes.isEcho(on(60), from: keys, at: at(1005)))
        #expect(!echoes.isEcho(on(62), from: keys, at: at(1105)))
    }

    @Test func controllersAndClocksAreNotJudged() {
        let echoes = Ears()
        for message in [MIDIMessage.controlChange(Channel(2), 64, 127), .realTimeStart] {
            echoes.sent(message, to: keysOut, at: at(1000))
            #expect(!echoes.isEcho(message, from: keys, at: at(1005)))
        }
    }

    @Test func aPortThatIsGoneIsForgotten() {
        let echoes = Ears()
        echoes.sent(on(60), to: keysOut, at: at(1000))
        _ = echoes.isEcho(on(72), from: patchBay, at: at(1001))
        #expect(echoes.isEcho(on(60), from: keys, at: at(1005)))
        echoes.forget(patchBay)
        #expect(!echoes.isEcho(on(60), from: keys, at: at(1006)))
        echoes.forget(keys)
        #expect(!echoes.isEcho(off(60), from: keys, at: at(1100)))
    }

    /// A band echoed by the keyboard it plays on, and a player on another channel: all of the band's, none of the player's.
    @Test func aBusyBandIsTakenOutAndThePlayerIsNot() {
        let echoes = Ears()
        var generator = SeededGenerator(seed: 9)
        var (missed, suppressed) = (0, 0)
        for number in 0..<2_000 {
            let (time, pitch) = (10 * number, Int.random(in: 36...84, using: &generator))
            echoes.sent(on(pitch), to: keysOut, at: at(time + 100))
            if number >= 12 {
                echoes.sent(off(pitch), to: keysOut, at: at(time + 101))
            }
            if !echoes.isEcho(on(pitch), from: keys, at: at(time + 103)) { missed += 1 }
            if echoes.isEcho(on(pitch, 1), from: keys, at: at(time + 103)) { suppressed += 1 }
            if !echoes.isEcho(off(pitch), from: keys, at: at(time + 104)) { missed += 1 }
            if echoes.isEcho(off(pitch, 1), from: keys, at: at(time + 104)) { suppressed += 1 }
        }
        #expect(missed == 0 && suppressed == 0)
    }

    /// An echo guard that expectations may ask.
    private final class Ears {
        private var echoes = EchoGuard()
        var loops: [PortAddress] { echoes.loops }
        func sent(_ message: ScheduledMessage) { echoes.sent(message) }
        func sent(_ message: MIDIMessage, to port: PortAddress, at time: Instant) {
            echoes.sent(message, to: port, at: time)
        }
        func isEcho(_ message: MIDIMessage, from port: PortAddress, at time: Instant) -> Bool {
            echoes.isEcho(message, from: port, at: time)
        }
        func tookBack(_ port: PortAddress?, after time: Instant) { echoes.tookBack(port, after: time) }
        func forget(_ port: PortAddress) { echoes.forget(port) }
    }
}
