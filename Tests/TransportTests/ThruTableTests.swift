import MIDI
import Music
import Testing
import Transport

@Suite struct ThruTableTests {
    private let keys = PortAddress(client: 20, port: 0)
    private let synth = PortAddress(client: 128, port: 0)
    private let other = PortAddress(client: 129, port: 0)
    private let c4 = MIDIMessage.noteOn(Channel(1), Pitch(60), Velocity(80))

    @Test func aMessageGoesToEveryRouteOfItsSourceOnTheRoutesChannel() {
        let table = ThruTable([
            ThruRoute(source: keys, destination: synth, channel: Channel(4), swallowed: []),
            ThruRoute(source: keys, destination: other, channel: nil, swallowed: []),
            ThruRoute(source: other, destination: other, channel: nil, swallowed: []),
        ])
        #expect(passed(table, c4) == [Sent(synth, c4.on(Channel(4))), Sent(other, c4)])
    }

    @Test(arguments: [
        (SwallowedMessage(status: 0xB0, data1: 118), MIDIMessage(status: 0xB0, data1: 118, data2: 127), true),
        (SwallowedMessage(status: 0xB0, data1: 118), MIDIMessage(status: 0xB0, data1: 118, data2: 0), true),
        (SwallowedMessage(status: 0xB0, data1: 118), MIDIMessage(status: 0xB0, data1: 117, data2: 127), false),
        (SwallowedMessage(status: 0xB0, data1: 118), MIDIMessage(status: 0xB1, data1: 118, data2: 127), false),
        (SwallowedMessage(status: 0x90, data1: 94), MIDIMessage(status: 0x80, data1: 94, data2: 0), true),
        (SwallowedMessage(status: 0x80, data1: 94), MIDIMessage(status: 0x90, data1: 94, data2: 1), true),
        (SwallowedMessage(status: 0xC9, data1: 3), MIDIMessage(status: 0xC9, data1: 3), true),
        (SwallowedMessage(status: 0xC9, data1: 3), MIDIMessage(status: 0xC9, data1: 4), false),
        (SwallowedMessage(status: 0xE0, data1: 0), MIDIMessage(status: 0xE0, data1: 77, data2: 1), true),
    ])
    func aSwallowedControlDoesNotPass(control: SwallowedMessage, message: MIDIMessage, isSwallowed: Bool) {
        let table = ThruTable([ThruRoute(source: keys, destination: synth, channel: nil, swallowed: [control])])
        #expect(passed(table, message).isEmpty == isSwallowed)
    }

    @Test func systemMessagesDoNotPass() {
        let table = ThruTable([ThruRoute(source: keys, destination: synth, channel: nil, swallowed: [])])
        #expect(passed(table, .realTimeStart).isEmpty)
    }

    @Test func notesOfARouteThatIsReplacedAreReleased() {
        let old = ThruTable([ThruRoute(source: keys, destination: synth, channel: nil, swallowed: [])])
        _ = passed(old, c4)
        let new = ThruTable([ThruRoute(source: keys, destination: other, channel: nil, swallowed: [])])
        var released: [Sent] = []
        new.adopt(old) { released.append(Sent($0, $1)) }
        #expect(released == [Sent(synth, .noteOff(Channel(1), Pitch(60)))])
    }

    @Test func notesOfARouteThatStaysAreKeptAndReleasedLater() {
        let route = ThruRoute(source: keys, destination: synth, channel: nil, swallowed: [])
        let old = ThruTable([route])
        _ = passed(old, c4)
        let new = ThruTable([ThruRoute(source: other, destination: synth, channel: nil, swallowed: []), route])
        var released: [Sent] = []
        new.adopt(old) { released.append(Sent($0, $1)) }
        #expect(released.isEmpty)
        new.release(source: keys) { released.append(Sent($0, $1)) }
        #expect(released == [Sent(synth, .noteOff(Channel(1), Pitch(60)))])
    }

    private struct Sent: Hashable {
        var destination: PortAddress
        var message: MIDIMessage
        init(_ destination: PortAddress, _ message: MIDIMessage) {
            self.destination = destination
            self.message = message
        }
    }

    private func passed(_ table: ThruTable, _ message: MIDIMessage) -> [Sent] {
        var sent: [Sent] = []
        table.pass(message, from: keys, at: .zero) { sent.append(Sent($0, $1)) }
        return sent
    }
}
