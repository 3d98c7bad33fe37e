import MIDI
import Music
import Testing
import Transport

/// Routes that transpose and split the keyboard.
@Suite struct ThruTranspositionTests {
    private let keys = PortAddress(client: 20, port: 0)
    private let synth = PortAddress(client: 128, port: 0)
    private let one = Channel(1)
    private let two = Channel(2)
    private let three = Channel(3)

    private func route(
        _ transpose: Int = 0, _ range: ClosedRange<UInt8> = 0...127, channel: Channel? = nil,
        swallowed: [SwallowedMessage] = []
    ) -> ThruRoute {
        ThruRoute(
            source: keys, destination: synth, channel: channel, swallowed: swallowed, transpose: transpose, keys: range)
    }
    private func on(_ pitch: Int, _ channel: Channel = Channel(1)) -> MIDIMessage {
        .noteOn(channel, Pitch(pitch), Velocity(80))
    }
    private func off(_ pitch: Int, _ channel: Channel = Channel(1)) -> MIDIMessage { .noteOff(channel, Pitch(pitch)) }
    private func pressure(_ pitch: Int, _ value: Int, _ channel: Channel = Channel(1)) -> MIDIMessage {
        MIDIMessage(status: 0xA0 | channel.wire, data1: UInt8(pitch), data2: UInt8(value))
    }

    private func passed(_ table: ThruTable, _ messages: MIDIMessage...) -> [MIDIMessage] {
        var sent: [MIDIMessage] = []
        for message in messages { table.pass(message, from: keys, at: .zero) { sent.append($1) } }
        return sent
    }
    private func adopted(_ new: ThruTable, _ old: ThruTable) -> [MIDIMessage] {
        var sent: [MIDIMessage] = []
        new.adopt(old) { sent.append($1) }
        return sent
    }
    private func released(_ table: ThruTable) -> [MIDIMessage] {
        var sent: [MIDIMessage] = []
        table.release { sent.append($1) }
        return sent
    }

    @Test(arguments: [-48, -12, -1, 0, 1, 7, 48]) func notesAndTheirPressureAreTransposed(by semitones: Int) {
        let table = ThruTable([route(semitones, channel: two)])
        let pitch = 60 + semitones
        #expect(
            passed(table, on(60), pressure(60, 33), off(60))
                == [on(pitch, two), pressure(pitch, 33, two), off(pitch, two)])
        #expect(released(table).isEmpty)
    }

    @Test(arguments: [(12, 116), (-12, 11), (48, 80), (-48, 0)])
    func aNoteThatWouldLeaveTheRangeIsNotSent(semitones: Int, key: Int) {
        let table = ThruTable([route(semitones)])
        #expect(passed(table, on(key), pressure(key, 5), off(key)).isEmpty)
    }

    @Test func aSplitKeyboardIsTwoRoutes() {
        let table = ThruTable([route(12, 0...59, channel: two), route(0, 60...127, channel: three)])
        #expect(
            passed(table, on(59), on(60), off(59), off(60)) == [
                on(71, two), on(60, three), off(71, two), off(60, three),
            ])
    }

    @Test func whatIsAboutNoKeyPassesEveryRouteValueForValue() {
        let table = ThruTable([route(12, 0...59, channel: two), route(-5, 60...60, channel: three)])
        for value in UInt8(0)..<128 {
            for message in [
                .controlChange(one, Controller.sustain, value), .controlChange(one, Controller.modulation, value),
                MIDIMessage(status: 0xD0, data1: value), MIDIMessage(status: 0xE0, data1: 127 - value, data2: value),
                .programChange(one, Program(Int(value))),
            ] {
                #expect(passed(table, message) == [message.on(two), message.on(three)])
            }
        }
    }

    @Test func pressureOfEveryKeyPassesValueForValueOnItsSideOfTheSplit() {
        let table = ThruTable([route(0, 0...59, channel: two), route(0, 60...127, channel: three)])
        for key in 0..<128 {
            let channel = key < 60 ? two : three
            #expect(passed(table, pressure(key, 127 - key)) == [pressure(key, 127 - key, channel)])
        }
    }

    @Test func aHeldKeyEndsAsItBeganWhenTheTranspositionChanges() {
        let old = ThruTable([route(5)])
        _ = passed(old, on(60))
        let new = ThruTable([route(-7)])
        #expect(adopted(new, old).isEmpty)
        #expect(passed(new, pressure(60, 9), on(62), off(60), off(62)) == [pressure(65, 9), on(55), off(65), off(55)])
        #expect(released(new).isEmpty)
    }

    @Test func aHeldKeyEndsWhereItBeganWhenTheSplitMoves() {
        let old = ThruTable([route(0, 0...59, channel: two), route(0, 60...127, channel: three)])
        _ = passed(old, on(60))
        let new = ThruTable([route(0, 0...64, channel: two), route(0, 65...127, channel: three)])
        #expect(adopted(new, old).isEmpty)
        #expect(passed(new, off(60)).contains(off(60, three)))
        #expect(released(new).isEmpty)
    }

    @Test func aHeldKeyEndsThoughItBecameAControl() {
        let old = ThruTable([route(2)])
        _ = passed(old, on(60))
        let new = ThruTable([route(2, swallowed: [SwallowedMessage(status: 0x90, data1: 60)])])
        _ = adopted(new, old)
        #expect(passed(new, off(60), on(60), off(60)) == [off(62)])
    }

    @Test func routesAlikeButForTheirTranspositionKeepTheirOwnNotes() {
        let old = ThruTable([route(0), route(12)])
        _ = passed(old, on(60))
        let new = ThruTable([route(12), route(0)])
        #expect(adopted(new, old).isEmpty)
        #expect(Set(passed(new, off(60))) == [off(60), off(72)])
        #expect(released(new).isEmpty)
    }

    @Test func ofTwoRoutesThatBecomeOneTheOtherIsReleased() {
        let old = ThruTable([route(0), route(12)])
        _ = passed(old, on(60))
        let new = ThruTable([route(12)])
        #expect(adopted(new, old) == [off(60)])
        #expect(passed(new, off(60)) == [off(72)])
    }

    @Test func aKeyStruckAgainAfterAChangeEndsItsFirstNote() {
        let old = ThruTable([route(0)])
        _ = passed(old, on(60))
        let new = ThruTable([route(3)])
        _ = adopted(new, old)
        #expect(passed(new, on(60), off(60)) == [off(60), on(63), off(63)])
    }

    @Test func aStrayNoteOffDoesNotEndTheNoteOfAnotherKey() {
        let old = ThruTable([route(2)])
        _ = passed(old, on(58))
        let new = ThruTable([route(0)])
        _ = adopted(new, old)
        #expect(passed(new, off(60)).isEmpty)
        #expect(passed(new, off(58)) == [off(60)])
    }

    @Test func nothingHangsHoweverRoutesChangeWhileKeysAreHeld() {
        var generator = Splitting(state: 7)
        var table = ThruTable([route()])
        var sounding: Set<MIDIMessage> = []
        func hear(_ message: MIDIMessage) {
            let note = MIDIMessage(status: 0x90 | message.status & 15, data1: message.data1)
            switch message.kind {
            case .noteOn: sounding.insert(note)
            case .noteOff: sounding.remove(note)
            default: break
            }
        }
        var held: Set<Int> = []
        for _ in 0..<20_000 {
            let key = generator.next(128)
            switch generator.next(10) {
            case 0:
                let split = UInt8(generator.next(127))
                let new = ThruTable([
                    route(generator.next(97) - 48, 0...split, channel: Channel(1 + generator.next(2))),
                    route(generator.next(97) - 48, split + 1...127, channel: generator.next(2) == 0 ? nil : two),
                ])
                new.adopt(table) { hear($1) }
                table = new
            case 1...5:
                held.insert(key)
                table.pass(on(key), from: keys, at: .zero) { hear($1) }
            default:
                held.remove(key)
                table.pass(off(key), from: keys, at: .zero) { hear($1) }
            }
        }
        for key in held { table.pass(off(key), from: keys, at: .zero) { hear($1) } }
        #expect(sounding.isEmpty)
        #expect(released(table).isEmpty)
    }

    /// A linear congruential generator: the same choices in every run.
    private struct Splitting {
        var state: UInt64
        mutating func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
    }
}
