import Controls
import MIDI
import Music
import Testing
import Transport

@Suite struct ControlMapTests {
    private func map(_ edit: (inout DeviceProfile) -> Void = { _ in }) -> ControlMap {
        var profile = DeviceProfile(
            id: "model", name: "Maker Model 49", controlPort: .number(2),
            buttons: [
                ControlBinding(.record, .control(Channel(16), 118)), ControlBinding(.play, .note(Channel(1), 94)),
                ControlBinding(.genre(2), .program(Channel(10), 3)),
            ])
        edit(&profile)
        var map = ControlMap(profile)
        map.place(among: ["MIDI 1", "MIDI 2"])
        return map
    }
    private func at(_ milliseconds: Int) -> Instant { .zero + .milliseconds(milliseconds) }
    private let record = MIDIMessage.controlChange(Channel(16), 118, 127)
    private let recordUp = MIDIMessage.controlChange(Channel(16), 118, 0)

    @Test func aButtonActsOnPressAndOnItsPortAlone() {
        var map = self.map()
        #expect(map.action(for: record, onPort: 2, at: at(0)) == .record)
        #expect(map.action(for: recordUp, onPort: 2, at: at(100)) == nil)
        #expect(map.action(for: record, onPort: 1, at: at(200)) == nil)
        #expect(map.isControl(recordUp, onPort: 2))
    }

    @Test func aBounceIsOnePress() {
        var map = self.map()
        #expect(map.action(for: record, onPort: 2, at: at(0)) == .record)
        #expect(map.action(for: record, onPort: 2, at: at(29)) == nil)
        #expect(map.action(for: record, onPort: 2, at: at(60)) == .record)
    }

    @Test func aTogglingButtonActsOnBothOfItsStates() {
        var map = self.map { for index in $0.buttons.indices { $0.buttons[index].press = .toggle } }
        #expect(map.action(for: record, onPort: 2, at: at(0)) == .record)
        #expect(map.action(for: recordUp, onPort: 2, at: at(500)) == .record)
    }

    @Test func aNoteButtonActsOnNoteOnAlone() {
        var map = self.map()
        let note = Pitch(94)
        #expect(map.action(for: .noteOn(Channel(1), note, Velocity(1)), onPort: 2, at: at(0)) == .play)
        #expect(map.action(for: .noteOff(Channel(1), note), onPort: 2, at: at(100)) == nil)
        #expect(map.action(for: MIDIMessage(status: 0x90, data1: 94, data2: 0), onPort: 2, at: at(200)) == nil)
    }

    @Test func aPadChoosesAGenre() {
        var map = self.map()
        #expect(map.action(for: .programChange(Channel(10), Program(3)), onPort: 2, at: at(0)) == .genre(2))
    }

    @Test func onlyControlsOnTheKeysPortAreSwallowed() {
        #expect(map().swallowed.isEmpty)
        let onKeys = self.map { $0.controlPort = .number(1) }
        #expect(
            Set(onKeys.swallowed) == [
                SwallowedMessage(status: 0xBF, data1: 118), SwallowedMessage(status: 0x90, data1: 94),
                SwallowedMessage(status: 0xC9, data1: 3),
            ])
    }

    @Test(
        arguments: [
            ([0xF0, 0x7F, 0x00, 0x06, 0x02, 0xF7], .play), ([0xF0, 0x7F, 0x7F, 0x06, 0x06, 0xF7], .record),
            ([0xF0, 0x7F, 0x10, 0x06, 0x01, 0xF7], .stop), ([0xF0, 0x7F, 0x10, 0x06, 0x04, 0xF7], .next),
            ([0xF0, 0x7F, 0x10, 0x06, 0x05, 0xF7], .previous), ([0xF0, 0x7E, 0x7F, 0x06, 0x01, 0xF7], nil),
            ([0xF0, 0x7F, 0x7F, 0x06, 0x02, 0x00, 0xF7], nil),
        ] as [([UInt8], ControlAction?)])
    func machineControlIsUnderstoodFromAnyKeyboard(bytes: [UInt8], action: ControlAction?) {
        var map = ControlMap(nil)
        let actions = events(bytes, pieces: 4).map { map.action(for: $0, onPort: 1) }
        #expect(actions.last == action)
        #expect(actions.dropLast().allSatisfy { $0 == nil })
    }

    @Test(arguments: [(0xFA, .play), (0xFB, .play), (0xFC, .stop), (0xF8, nil)] as [(UInt8, ControlAction?)])
    func startAndStopAreUnderstoodFromAnyKeyboard(status: UInt8, action: ControlAction?) {
        var map = ControlMap(nil)
        #expect(map.action(for: MIDIMessage(status: status), onPort: 1, at: at(0)) == action)
    }

    @Test func mackieNotesAreButtonsBesideTheKeysAndMusicOnThem() {
        var map = ControlMap(nil)
        let play = MIDIMessage.noteOn(Channel(1), Pitch(0x5E), Velocity(127))
        #expect(map.action(for: play, onPort: 1, at: at(0)) == nil)
        #expect(map.action(for: play, onPort: 2, at: at(0)) == .play)
        #expect(map.swallowed.isEmpty)
    }

    @Test func aMessageCutByAGapIsForgotten() {
        var map = ControlMap(nil)
        let pieces = events([0xF0, 0x7F, 0x7F, 0x06, 0x02, 0xF7], pieces: 4)
        #expect(map.action(for: pieces[0], onPort: 1) == nil)
        #expect(map.action(for: TransportEvent(time: at(0), source: source, kind: .gap), onPort: 1) == nil)
        #expect(map.action(for: pieces[1], onPort: 1) == nil)
    }

    private let source = PortAddress(client: 20, port: 0)

    private func events(_ bytes: [UInt8], pieces size: Int) -> [TransportEvent] {
        stride(from: 0, to: bytes.count, by: size).map { start in
            var event = TransportEvent(time: at(0), source: source, kind: .systemExclusive)
            for byte in bytes[start..<min(bytes.count, start + size)] {
                event.bytes[Int(event.count)] = byte
                event.count += 1
            }
            return event
        }
    }
}
