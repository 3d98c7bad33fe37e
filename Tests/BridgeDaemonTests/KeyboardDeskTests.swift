import Controls
import Devices
import Logging
import MIDI
import Music
import Testing
import Transport

@testable import BridgeDaemon

let quiet = Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() }

/// Keyboards on an embedded transport with a virtual clock.
struct KeyboardDeskTests {
    private let transport = EmbeddedTransport(clock: .virtual)
    private let monitor = EmbeddedDeviceMonitor()
    private var desk: KeyboardDesk

    init() {
        var profile = DeviceProfile.generic
        profile.id = "launchkey"
        profile.name = "Launchkey"
        profile.usb = [USBIdentity(vendor: 0x1235, product: 0x0102)]
        profile.controlPort = .number(2)
        profile.handshake = [[0x9F, 0x0C, 0x7F]]
        profile.goodbye = [[0x9F, 0x0C, 0x00]]
        profile.buttons = [
            ControlBinding(.record, .control(Channel(16), 117)), ControlBinding(.play, .control(Channel(16), 115)),
            ControlBinding(.next, .control(Channel(1), 103), place: .anyPort),
        ]
        desk = KeyboardDesk(profiles: ProfileLibrary(profiles: [profile]), logger: quiet)
    }

    private let launchkey = Keyboard(
        card: 1, usb: USBIdentity(vendor: 0x1235, product: 0x0102), serial: nil, path: "usb-1", productName: "Launchkey"
    )
    private let other = Keyboard(
        card: 1, usb: USBIdentity(vendor: 0x09E8, product: 0x0076), serial: nil, path: "usb-2", productName: "LPK25")

    private mutating func look() throws -> (came: [String], went: [String]) {
        let change = desk.look(ports: try transport.ports(), cards: try monitor.keyboards(), transport)
        return (change.came.map(\.name), change.went.map(\.name))
    }

    /// Reads everything that the transport has for us.
    private mutating func events() -> [TransportEvent] {
        var events: [TransportEvent] = []
        while let event = transport.nextEvent() { events.append(event) }
        return events
    }

    /// What the daemon makes of ports that exit.
    private mutating func exits() -> [String] {
        events().filter { $0.kind == .portExited }.compactMap { desk.portExited($0.source)?.name }
    }

    @Test mutating func theDeviceMayBeKnownBeforeItsPort() throws {
        monitor.plug(other)
        #expect(try look().came.isEmpty)
        _ = transport.addSource("LPK25 MIDI 1", card: 1)
        #expect(try look().came == ["LPK25"])
        #expect(try look().came.isEmpty)
    }

    @Test mutating func thePortMayBeThereBeforeTheDeviceIsKnown() throws {
        _ = transport.addSource("LPK25 MIDI 1", card: 1)
        #expect(try look().came.isEmpty)
        monitor.plug(other)
        #expect(try look().came == ["LPK25"])
    }

    @Test mutating func anUnpluggedKeyboardGoesOnce() throws {
        let keys = transport.addSource("Keys", card: 1)
        let buttons = transport.addSource("Buttons", card: 1)
        monitor.plug(launchkey)
        _ = try look()
        _ = events()
        // One port after the other; udev comes last.
        transport.removePort(keys)
        #expect(exits() == ["Launchkey"])
        let first = try look()
        #expect(first.came.isEmpty && first.went.isEmpty)
        transport.removePort(buttons)
        #expect(exits().isEmpty)
        let second = try look()
        #expect(second.came.isEmpty && second.went.isEmpty)
        monitor.unplug(card: 1)
        let third = try look()
        #expect(third.came.isEmpty && third.went.isEmpty)
        #expect(desk.connected.isEmpty)
    }

    /// udev forgets a keyboard when it goes, and for a moment also one that has taken the number of one that went.
    @Test mutating func aKeyboardThatUdevForgetsIsThereAsLongAsItsPorts() throws {
        let keys = transport.addSource("Keys", card: 1)
        monitor.plug(other)
        _ = try look()
        _ = events()
        monitor.unplug(card: 1)
        #expect(try look().went.isEmpty)
        monitor.plug(other)
        let again = try look()
        #expect(again.came.isEmpty && again.went.isEmpty)
        monitor.unplug(card: 1)
        transport.removePort(keys)
        #expect(exits() == ["LPK25"])
        #expect(try look().went.isEmpty)
    }

    @Test mutating func anotherKeyboardMayGetTheSameCardNumber() throws {
        let keys = transport.addSource("Keys", card: 1)
        monitor.plug(other)
        _ = try look()
        transport.removePort(keys)
        monitor.unplug(card: 1)
        _ = transport.addSource("Keys", card: 1)
        monitor.plug(launchkey)
        #expect(exits() == ["LPK25"])
        #expect(try look().came == ["Launchkey"])
    }

    @Test mutating func aKeyboardThatComesBackIsHeardAgain() throws {
        let keys = transport.addSource("Keys", card: 1)
        monitor.plug(other)
        _ = try look()
        transport.removePort(keys)
        #expect(exits() == ["LPK25"])
        _ = try look()
        let again = transport.addSource("Keys", card: 1)
        #expect(try look().came == ["LPK25"])
        _ = events()
        transport.inject(.noteOn(Channel(1), Pitch(60), Velocity(80)), from: again)
        #expect(events().compactMap { desk.hear($0)?.music.count } == [1])
    }

    @Test mutating func portsThatComeOneAfterAnotherAreOneArrival() throws {
        monitor.plug(launchkey)
        _ = transport.addSource("Keys", card: 1)
        #expect(try look().came == ["Launchkey"])
        let buttons = transport.addSource("Buttons", card: 1)
        let change = try look()
        #expect(change.came.isEmpty && change.went.isEmpty)
        _ = events()
        transport.inject(.controlChange(Channel(16), 117, 127), from: buttons)
        #expect(events().compactMap { desk.hear($0)?.action } == [.record])
    }

    @Test mutating func theControlPortIsWokenAndPutToSleep() throws {
        _ = transport.addSource("Keys", card: 1)
        let control = transport.addDestination("Control", card: 1, isSynthesizer: false)
        monitor.plug(launchkey)
        _ = try look()
        let woken = transport.drainSounded()
        #expect(woken.map(\.message) == [MIDIMessage(status: 0x9F, data1: 0x0C, data2: 0x7F)])
        #expect(woken.map(\.destination) == [control])
        desk.sayGoodbye(transport)
        #expect(transport.drainSounded().map(\.message) == [MIDIMessage(status: 0x9F, data1: 0x0C, data2: 0)])
    }

    @Test mutating func buttonsAreNeverMusic() throws {
        let keys = transport.addSource("Keys", card: 1)
        let buttons = transport.addSource("Buttons", card: 1)
        monitor.plug(launchkey)
        _ = try look()
        _ = events()
        transport.inject(.controlChange(Channel(16), 115, 127), from: buttons)
        transport.inject(.noteOn(Channel(16), Pitch(40), Velocity(9)), from: buttons)
        transport.inject(.controlChange(Channel(1), 103, 127), from: keys)
        transport.inject(.noteOn(Channel(1), Pitch(60), Velocity(80)), from: keys)
        transport.inject(.controlChange(Channel(1), 64, 127), from: keys)
        let heard = events().compactMap { desk.hear($0) }
        #expect(heard.map(\.action) == [.play, nil, .next, nil, nil])
        #expect(
            heard.map(\.music) == [
                [], [], [], [.noteOn(Channel(1), Pitch(60), Velocity(80))], [.controlChange(Channel(1), 64, 127)],
            ])
    }

    @Test mutating func buttonsAreSwallowedOnTheirWayThru() throws {
        let keys = transport.addSource("Keys", card: 1)
        monitor.plug(launchkey)
        _ = try look()
        let synth = transport.addDestination("Synth")
        try transport.startPlaying(to: synth)
        let info = try #require(try transport.ports().first { $0.address == synth })
        transport.setThru(desk.routes(to: OutputChoice(port: info, isKeyboard: false)))
        transport.inject(.controlChange(Channel(1), 103, 127), from: keys)
        transport.inject(.noteOn(Channel(9), Pitch(60), Velocity(80)), from: keys)
        #expect(transport.drainSounded().map(\.message) == [.noteOn(Channel(1), Pitch(60), Velocity(80))])
    }

    @Test mutating func aKeyboardThatSoundsNeedsNoThru() throws {
        var profile = DeviceProfile.generic
        profile.sounds = true
        profile.usb = [USBIdentity(vendor: 0x1235, product: 0x0102)]
        desk = KeyboardDesk(profiles: ProfileLibrary(profiles: [profile]), logger: quiet)
        _ = transport.addSource("Keys", card: 1)
        monitor.plug(launchkey)
        _ = try look()
        let synth = transport.addDestination("Synth")
        let info = try #require(try transport.ports().first { $0.address == synth })
        #expect(desk.routes(to: OutputChoice(port: info, isKeyboard: false)).isEmpty)
    }

    @Test mutating func moreKeyboardsThanRoutesAreNoCrash() throws {
        for card in 1...40 {
            _ = transport.addSource("Keys", card: card)
            monitor.plug(Keyboard(card: card, usb: nil, serial: nil, path: "\(card)", productName: "Keys \(card)"))
        }
        #expect(try look().came.count == 40)
        let synth = transport.addDestination("Synth")
        let info = try #require(try transport.ports().first { $0.address == synth })
        #expect(desk.routes(to: OutputChoice(port: info, isKeyboard: false)).count == ThruTable.limit)
    }

    @Test mutating func aGapEndsWhatIsHeld() throws {
        let keys = transport.addSource("Keys", card: 1)
        monitor.plug(other)
        _ = try look()
        _ = events()
        transport.inject(.noteOn(Channel(1), Pitch(60), Velocity(80)), from: keys)
        _ = events().map { desk.hear($0) }
        #expect(desk.gap().map(\.music) == [[.noteOff(Channel(1), Pitch(60))]])
        #expect(desk.gap().isEmpty)
    }

    @Test mutating func anUnknownKeyboardHasAStopButtonOnceOneWasHeard() throws {
        _ = transport.addSource("Keys", card: 1)
        monitor.plug(launchkey)
        _ = try look()
        #expect(desk.connected[1]?.hasStop == false)
        monitor.plug(other)
        _ = try look()
        #expect(desk.connected[1]?.hasStop == false)
        transport.inject(MIDIMessage(status: 0xFC), from: try #require(desk.connected[1]?.plugged.ports.first?.address))
        #expect(events().compactMap { desk.hear($0)?.action } == [.stop])
        #expect(desk.connected[1]?.hasStop == true)
    }
}

extension KeyboardDesk {
    /// What is heard of an event while nothing plays, without times.
    mutating func hear(
        _ event: TransportEvent
    ) -> (keyboard: Connected, action: ControlAction?, music: [MIDIMessage])? {
        hear(event, state: .idle).map { ($0.keyboard, $0.presses.first?.action, $0.music.map(\.message)) }
    }
}

extension KeyboardDesk.Connected {
    var hasStop: Bool { controls.hasStop }
}
