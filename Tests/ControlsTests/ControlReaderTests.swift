import Controls
import MIDI
import Music
import TestSupport
import Testing
import Transport

@Suite struct ControlReaderTests {
    private let source = PortAddress(client: 20, port: 0)
    private func at(_ milliseconds: Int) -> Instant { .zero + .milliseconds(milliseconds) }
    private let record = MIDIMessage.controlChange(Channel(16), 118, 127)
    private let recordUp = MIDIMessage.controlChange(Channel(16), 118, 0)
    private let soft = MIDIMessage.controlChange(Channel(1), 67, 127)
    private let softUp = MIDIMessage.controlChange(Channel(1), 67, 0)

    private func reader(
        _ buttons: [ControlBinding]? = nil, trusts: Bool = true, settings: ControlReader.Settings = .init()
    ) -> ControlReader {
        let profile = DeviceProfile(
            id: "model", name: "Maker Model 49",
            buttons: buttons ?? [ControlBinding(.record, .control(Channel(16), 118))])
        return ControlReader(profile, trusts: trusts, settings: settings)
    }

    private func actions(
        _ reader: inout ControlReader, _ messages: [(Int, MIDIMessage)], state: PlayerState = .idle
    ) -> [ControlAction] {
        messages.flatMap { reader.hear($0.1, onPort: 1, at: at($0.0), state: state).actions.map(\.action) }
    }

    @Test func aButtonActsOnceForItsPressReleaseAndBounce() {
        var reader = self.reader()
        #expect(actions(&reader, [(0, record), (10, recordUp), (20, record), (200, recordUp)]) == [.record])
    }

    @Test func aButtonThatAlternatesUndeclaredNeverActsTwiceForOnePress() {
        var reader = self.reader()
        #expect(actions(&reader, [(0, record), (1000, recordUp), (2000, record)]) == [.record, .record])
    }

    @Test func aDeclaredToggleActsAtBothOfItsStates() {
        var reader = self.reader([ControlBinding(.record, .control(Channel(16), 118), press: .toggle)])
        #expect(actions(&reader, [(0, record), (1000, recordUp)]) == [.record, .record])
    }

    @Test func onePressByThreeProtocolsIsOneAction() {
        var reader = self.reader([ControlBinding(.play, .control(Channel(1), 94))])
        #expect(
            actions(
                &reader, [(0, .controlChange(Channel(1), 94, 127)), (3, .realTimeStart), (150, .realTimeStart)])
                == [.play, .play])
        let machineControl = [UInt8]([0xF0, 0x7F, 0x10, 0x06, 0x02, 0xF7])
        var event = TransportEvent(time: at(200), source: source, kind: .systemExclusive)
        for (index, byte) in machineControl.enumerated() { event.bytes[index] = byte }
        event.count = UInt8(machineControl.count)
        #expect(reader.hear(event, onPort: 1, state: .idle).actions.isEmpty)
        event.time = at(400)
        #expect(reader.hear(event, onPort: 1, state: .idle).actions == [OneButton.Press(.play, at: at(400))])
    }

    @Test func startBesideARunningClockIsASequencersAndNotAButton() {
        var reader = ControlReader(nil)
        let clock = MIDIMessage(status: 0xF8)
        #expect(actions(&reader, [(0, clock), (20, .realTimeStart), (40, .realTimeStop)]).isEmpty)
        #expect(actions(&reader, [(400, .realTimeStart)]) == [.play])
    }

    @Test func mackieNotesAreMusicOnThePortOfTheKeys() {
        var reader = ControlReader(nil)
        let play = MIDIMessage.noteOn(Channel(1), Pitch(0x5E), Velocity(127))
        #expect(reader.hear(play, onPort: 1, at: at(0), state: .idle).actions.isEmpty)
        #expect(reader.pass(to: at(60)).music == [play])
        let beside = reader.hear(play, onPort: 2, at: at(0), state: .idle)
        #expect(beside.actions.map(\.action) == [.play])
        #expect(beside.music.isEmpty)
    }

    @Test(arguments: [true, false])
    func anUnconfirmedButtonIsMusicAndASuggestion(isMatchTrusted: Bool) {
        // Either the button is weakly sourced, or the whole match is.
        let binding = ControlBinding(.record, .control(Channel(16), 118), isConfirmed: !isMatchTrusted)
        var reader = self.reader([binding], trusts: isMatchTrusted)
        #expect(reader.hear(record, onPort: 1, at: at(0), state: .idle) == .init(played: [.init(record, at: at(0))]))
        #expect(actions(&reader, [(100, recordUp), (200, record)]).isEmpty)
        #expect(reader.suggestions == [binding])
        #expect(!reader.swallowed.contains(SwallowedMessage(status: 0xBF, data1: 118)))
    }

    @Test func aSoftPedalIsASwitchWhereThereIsNoTransport() {
        var reader = ControlReader(nil)
        #expect(reader.hear(soft, onPort: 1, at: at(0), state: .idle) == .init())
        #expect(reader.nextDeadline == at(500))
        #expect(
            reader.hear(softUp, onPort: 1, at: at(200), state: .idle)
                == .init(actions: [OneButton.Press(.play, at: at(0))]))
        #expect(reader.nextDeadline == nil)
    }

    @Test func aSoftPedalIsMusicBesideATransportAndWherePedalsAreOff() {
        var beside = reader()
        #expect(beside.hear(soft, onPort: 1, at: at(0), state: .idle).music == [soft])
        var off = ControlReader(nil, settings: .init(pedals: .off))
        #expect(off.hear(soft, onPort: 1, at: at(0), state: .idle).music == [soft])
    }

    @Test func theSustainPedalIsMusicUnlessItIsEnabled() {
        let sustain = MIDIMessage.controlChange(Channel(1), 64, 127)
        var usual = ControlReader(nil)
        #expect(usual.hear(sustain, onPort: 1, at: at(0), state: .recording).music == [sustain])
        var enabled = ControlReader(nil, settings: .init(sustainSwitch: true))
        #expect(
            enabled.hear(sustain, onPort: 1, at: at(0), state: .recording)
                == .init(actions: [OneButton.Press(.record, at: at(0))]))
    }

    @Test func aLearnedSwitchNeverActsAsSuch() {
        var reader = self.reader([ControlBinding(.oneButton, .control(Channel(16), 118))])
        #expect(actions(&reader, [(0, record), (100, recordUp)]) == [.play])
        #expect(actions(&reader, [(1000, record)], state: .idle).isEmpty)
        #expect(reader.pass(to: at(1500)).actions == [OneButton.Press(.record, at: at(1000))])
    }

    @Test func whatStartsTheBandIsSaidInWords() {
        #expect(reader().instructions == ["press Record, play, and press Record again"])
        #expect(
            ControlReader(nil).instructions == [
                "strike the two highest black keys together, and nothing else",
                "press the soft pedal; hold it for half a second to record",
                "press the sostenuto pedal; hold it for half a second to record",
                "press Start or Play, if it sends MIDI Start, MIDI Machine Control or, beside the keys, Mackie Control",
            ])
        #expect(ControlReader(nil, settings: .init(gesture: .off, pedals: .off)).instructions.count == 1)
    }

    @Test func aPedalThatWasHeldWhenInputWasLostIsUp() {
        var reader = ControlReader(nil)
        _ = reader.hear(soft, onPort: 1, at: at(0), state: .idle)
        _ = reader.hear(TransportEvent(time: at(100), source: source, kind: .gap), onPort: 1, state: .idle)
        #expect(reader.nextDeadline == nil)
        #expect(actions(&reader, [(200, softUp)]).isEmpty)
    }

    @Test(arguments: 0..<longCount(20, full: 2000))
    func aMappedControlNeverLeaksAndAllElseStaysAsItIs(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        var buttons: [ControlBinding] = []
        for action in [ControlAction.record, .play, .stop, .next, .oneButton] where Bool.random(using: &random) {
            let number = UInt8.random(in: 20..<40, using: &random)
            let trigger = [
                ControlTrigger.control(Channel(1), number), .note(Channel(1), number), .program(Channel(1), number),
            ]
            .randomElement(using: &random)!
            let isToggle = Bool.random(using: &random)
            let isConfirmed = Int.random(in: 0..<4, using: &random) > 0
            buttons.append(
                ControlBinding(action, trigger, press: isToggle ? .toggle : .momentary, isConfirmed: isConfirmed))
        }
        let settings = ControlReader.Settings(
            pedals: [.auto, .on, .off].randomElement(using: &random)!, sustainSwitch: Bool.random(using: &random))
        var reader = self.reader(buttons, trusts: Int.random(in: 0..<4, using: &random) > 0, settings: settings)
        let destination = PortAddress(client: 30, port: 0)
        let thru = ThruTable([
            ThruRoute(source: source, destination: destination, channel: nil, swallowed: reader.swallowed)
        ])
        var (expected, music, passed): ([MIDIMessage], [MIDIMessage], [MIDIMessage]) = ([], [], [])
        var held: Set<UInt8> = []
        func send(_ message: MIDIMessage, at time: Instant) {
            if !reader.isControl(message, onPort: 1) { expected.append(message) }
            music +=
                reader.hear(message, onPort: 1, at: time, state: PlayerState.allCases.randomElement(using: &random)!)
                .music
            thru.pass(message, from: source, at: .zero) { passed.append($1) }
        }
        for step in 0..<300 {
            let number = UInt8.random(in: 20..<70, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                send(.controlChange(Channel(1), number, UInt8.random(in: 0..<128, using: &random)), at: at(step * 7))
            case 1: send(.programChange(Channel(1), Program(Int(number))), at: at(step * 7))
            case _ where held.remove(number) != nil: send(.noteOff(Channel(1), Pitch(Int(number))), at: at(step * 7))
            default:
                held.insert(number)
                send(.noteOn(Channel(1), Pitch(Int(number)), Velocity(90)), at: at(step * 7))
            }
        }
        for number in held.sorted() { send(.noteOff(Channel(1), Pitch(Int(number))), at: at(3000)) }
        #expect(music == expected)
        #expect(passed == expected)
        var sounding = HeldNotes()
        for message in music { sounding.follow(message) }
        #expect(sounding.isEmpty)
    }
}
