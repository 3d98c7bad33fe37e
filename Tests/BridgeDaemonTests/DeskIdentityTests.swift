import DaemonConfiguration
import Controls
import Devices
import MIDI
import Music
import Testing
import Transport

@testable import BridgeDaemon

/// Who a keyboard is, what it is for, and what counts as one, on an embedded transport with a virtual clock.
struct DeskIdentityTests {
    private let transport = EmbeddedTransport(clock: .virtual)
    private let monitor = EmbeddedDeviceMonitor()
    private var desk = KeyboardDesk(profiles: ProfileLibrary(profiles: []), logger: quiet)

    private static let model = USBIdentity(vendor: 0x09E8, product: 0x0076)
    private static let middle = MIDIMessage.noteOn(Channel(1), Pitch(60), Velocity(80))

    private func lpk(_ card: Int, serial: String? = nil, path: String = "") -> Keyboard {
        Keyboard(card: card, usb: DeskIdentityTests.model, serial: serial, path: path, productName: "LPK25")
    }

    @discardableResult
    private mutating func look() throws -> KeyboardDesk.Change {
        desk.look(ports: try transport.ports(), cards: try monitor.keyboards(), transport)
    }

    /// What the desk makes of everything that arrived.
    private mutating func hear() -> [MIDIMessage] {
        var music: [MIDIMessage] = []
        while let event = transport.nextEvent() {
            if event.kind == .portExited { _ = desk.portExited(event.source) }
            music += desk.hear(event)?.music ?? []
        }
        return music
    }

    private var names: [String] { desk.connected.values.map(\.name).sorted() }

    // MARK: - Device inquiry

    private static let answer: [UInt8] = [
        0xF0, 0x7E, 0x00, 0x06, 0x02, 0x47, 0x49, 0x00, 0x19, 0x00, 0x01, 0x00, 0x00, 0x00, 0xF7,
    ]

    private static var akai: DeviceProfile {
        DeviceProfile(
            id: "mpk", name: "MPK mini", inquiry: DeviceInquiry(manufacturer: [0x47], family: [0x49, 0x00]),
            buttons: [ControlBinding(.record, .control(Channel(1), 119))], confidence: 3)
    }

    /// Asks a keyboard of unknown numbers who it is, and hears its answer after a while.
    private mutating func askAndAnswer(after wait: Nanoseconds) throws -> (PortAddress, recognized: Bool) {
        desk = KeyboardDesk(profiles: ProfileLibrary(profiles: [DeskIdentityTests.akai]), logger: quiet)
        let port = transport.addPort("Keys", card: 1)
        monitor.plug(lpk(1))
        try look()
        _ = hear()
        let asked = transport.drainSounded()
        #expect(asked.map(\.content) == [.systemExclusive(DeviceInquiry.question)])
        #expect(asked.map(\.destination) == [port])
        transport.advance(by: wait)
        desk.pass(to: transport.now(), transport)
        transport.inject(systemExclusive: DeskIdentityTests.answer, from: port)
        var recognized = false
        while let event = transport.nextEvent() {
            if desk.hearAnswer(event, transport) != nil { recognized = true }
            #expect(desk.hear(event).map { $0.action == nil && $0.music.isEmpty } ?? true)
        }
        return (port, recognized)
    }

    @Test mutating func aKeyboardIsKnownByWhatItSaysOfItself() throws {
        let (port, recognized) = try askAndAnswer(after: .milliseconds(400))
        #expect(recognized)
        #expect(desk.connected[1]?.plugged.profile?.id == "mpk")
        let press = TransportEvent(
            time: transport.now(), source: port, message: .controlChange(Channel(1), 119, 127))
        #expect(desk.hear(press)?.action == .record)
        #expect(desk.nextDeadline == nil)
        // It is asked once.
        _ = transport.addPort("Second", card: 1)
        try look()
        #expect(transport.drainSounded().isEmpty)
    }

    @Test mutating func anAnswerThatComesTooLateIsNone() throws {
        let (_, recognized) = try askAndAnswer(after: .milliseconds(1001))
        #expect(!recognized && desk.connected[1]?.plugged.profile == nil)
        #expect(desk.nextDeadline == nil)
    }

    @Test mutating func theAnswerNeverGoesThru() throws {
        let synth = transport.addDestination("Synth")
        try transport.startPlaying(to: synth)
        desk = KeyboardDesk(profiles: ProfileLibrary(profiles: [DeskIdentityTests.akai]), logger: quiet)
        let port = transport.addPort("Keys", card: 1)
        monitor.plug(lpk(1))
        try look()
        let info = try #require(try transport.ports().first { $0.address == synth })
        transport.setThru(desk.routes(to: OutputChoice(port: info, isKeyboard: false)))
        transport.inject(systemExclusive: DeskIdentityTests.answer, from: port)
        #expect(!transport.drainSounded().contains { $0.destination == synth })
    }

    @Test mutating func whoIsKnownByItsNumbersIsNotAsked() throws {
        var profile = DeskIdentityTests.akai
        profile.usb = [DeskIdentityTests.model]
        desk = KeyboardDesk(profiles: ProfileLibrary(profiles: [profile]), logger: quiet)
        _ = transport.addPort("Keys", card: 1)
        monitor.plug(lpk(1))
        try look()
        #expect(transport.drainSounded().isEmpty && desk.nextDeadline == nil)
    }

    // MARK: - Two equal ones

    private mutating func twoEqual(_ settings: [String: Configuration.KeyboardSettings]) throws {
        desk = KeyboardDesk(profiles: ProfileLibrary(profiles: []), settings: settings, logger: quiet)
        for card in 1...2 { _ = transport.addSource("Keys", card: card) }
        monitor.plug(lpk(1, serial: "A", path: "usb-1"))
        monitor.plug(lpk(2, serial: "B", path: "usb-2"))
        try look()
    }

    private static var chords: Configuration.KeyboardSettings {
        var settings = Configuration.KeyboardSettings()
        settings.role = .chords
        return settings
    }

    @Test mutating func twoEqualKeyboardsHaveNamesOfTheirOwn() throws {
        try twoEqual([:])
        #expect(names == ["LPK25", "LPK25 (2)"])
        #expect(desk.connected[2]?.source.name == "LPK25 (2)")
    }

    @Test mutating func aNameThatFitsTwoIsRefusedWithWords() throws {
        try twoEqual(["LPK25": DeskIdentityTests.chords])
        #expect(desk.connected.values.allSatisfy { $0.settings.role == .everything })
        #expect(
            desk.problems == [
                "[keyboard.\"LPK25\"] fits 2 keyboards that are plugged in, so none of them gets its settings: LPK25 is \"serial:A\", LPK25 (2) is \"serial:B\"; name the one that you mean by what stands in quotes"
            ])
        // With one of them gone there is nothing to mistake.
        monitor.unplug(card: 2)
        for port in try transport.ports() where port.card == 2 { transport.removePort(port.address) }
        let change = try look()
        #expect(change.changed.map(\.keyboard.name) == ["LPK25"])
        #expect(desk.problems.isEmpty && desk.connected[1]?.settings.role == .chords)
    }

    @Test mutating func aSerialNumberTellsThemApartOnAnyCard() throws {
        try twoEqual(["serial:B": DeskIdentityTests.chords])
        #expect(desk.connected[1]?.settings.role == .everything && desk.connected[2]?.settings.role == .chords)
        for port in try transport.ports() { transport.removePort(port.address) }
        for card in 1...2 { monitor.unplug(card: card) }
        _ = hear()
        try look()
        #expect(desk.connected.isEmpty)
        _ = transport.addSource("Keys", card: 1)
        monitor.plug(lpk(1, serial: "B", path: "usb-7"))
        try look()
        #expect(desk.connected[1]?.settings.role == .chords && desk.connected[1]?.name == "LPK25 (2)")
    }

    @Test mutating func otherSettingsEndWhatIsHeldUnderTheOldOnes() throws {
        var up = Configuration.KeyboardSettings()
        up.transposition = 12
        desk = KeyboardDesk(profiles: ProfileLibrary(profiles: []), settings: ["LPK25": up], logger: quiet)
        let keys = transport.addSource("Keys", card: 1)
        monitor.plug(lpk(1, serial: "A"))
        try look()
        transport.inject(DeskIdentityTests.middle, from: keys)
        #expect(hear() == [.noteOn(Channel(1), Pitch(72), Velocity(80))])
        // Its twin comes: neither is meant.
        _ = transport.addSource("Keys", card: 2)
        monitor.plug(lpk(2, serial: "B"))
        let change = try look()
        #expect(change.changed.flatMap(\.music) == [.noteOff(Channel(1), Pitch(72))])
        #expect(change.came.map(\.settings.transposition) == [0])
    }

    // MARK: - Ports without a device

    @Test mutating func aNamedPortOfAProgramIsAKeyboardWhileItIsThere() throws {
        desk = KeyboardDesk(profiles: ProfileLibrary(profiles: []), inputs: ["ble piano"], logger: quiet)
        _ = transport.addSource("Out", client: "Other")
        #expect(try look().came.isEmpty)
        let port = transport.addSource("BLE Piano Bluetooth", client: "BLE Piano")
        #expect(try look().came.map(\.name) == ["BLE Piano Bluetooth"])
        #expect(try look().came.isEmpty)
        _ = hear()
        transport.inject(DeskIdentityTests.middle, from: port)
        #expect(hear() == [DeskIdentityTests.middle])
        transport.removePort(port)
        _ = hear()
        #expect(try look().came.isEmpty && desk.connected.isEmpty)
        let again = transport.addSource("BLE Piano Bluetooth", client: "BLE Piano")
        #expect(try look().came.map(\.name) == ["BLE Piano Bluetooth"])
        transport.inject(DeskIdentityTests.middle, from: again)
        #expect(hear() == [DeskIdentityTests.middle])
    }

    @Test mutating func aNamedPortIsKnownByItsName() throws {
        let profile = DeviceProfile(id: "piano", name: "Piano", products: ["BLE Piano"])
        desk = KeyboardDesk(profiles: ProfileLibrary(profiles: [profile]), inputs: ["BLE"], logger: quiet)
        _ = transport.addSource("Bluetooth", client: "BLE Piano")
        try look()
        #expect(desk.connected.values.map { $0.plugged.profile?.id } == ["piano"])
    }

    @Test mutating func eachNamedSocketOfAnInterfaceIsAKeyboardOfItsOwn() throws {
        desk = KeyboardDesk(
            profiles: ProfileLibrary(profiles: []), inputs: ["DIN 2", "DIN 3"], logger: quiet)
        let sockets = (1...4).map { transport.addPort("mio DIN \($0)", client: "mio", card: 1) }
        monitor.plug(Keyboard(card: 1, usb: nil, serial: nil, path: "", productName: "mio"))
        try look()
        #expect(names == ["mio", "mio DIN 2", "mio DIN 3"])
        #expect(desk.connected[1]?.plugged.ports.map(\.address) == [sockets[0], sockets[3]])
        _ = hear()
        for socket in sockets { transport.inject(DeskIdentityTests.middle, from: socket) }
        // The fourth socket is the interface's second port, where its buttons would be.
        #expect(hear().count == 3)
        #expect(Set(desk.connected.values.map(\.source.number)).count == 3)
    }

    @Test mutating func aKeyboardOfItsOwnStaysOneThoughItsPortIsNamed() throws {
        desk = KeyboardDesk(profiles: ProfileLibrary(profiles: []), inputs: ["LPK25"], logger: quiet)
        _ = transport.addPort("LPK25 MIDI 1", client: "LPK25", card: 1)
        monitor.plug(lpk(1))
        #expect(try look().came.map(\.plugged.keyboard.usb) == [DeskIdentityTests.model])
    }

    // MARK: - Many, and before the start

    @Test mutating func eightKeyboardsOnAHubThatWereThereBeforeTheStartAreAllHeard() throws {
        var ports: [PortAddress] = []
        for card in 1...8 {
            ports.append(transport.addPort("Keys", card: card))
            monitor.plug(lpk(card, serial: card % 2 == 0 ? "S\(card)" : nil, path: "usb-\(card)"))
        }
        while monitor.nextEvent() != nil {}
        _ = hear()
        #expect(try look().came.count == 8)
        #expect(Set(names).count == 8)
        for (index, port) in ports.enumerated() {
            transport.inject(.noteOn(Channel(1), Pitch(60 + index), Velocity(80)), from: port)
        }
        #expect(hear() == (0..<8).map { .noteOn(Channel(1), Pitch(60 + $0), Velocity(80)) })
        let synth = transport.addDestination("Synth")
        let info = try #require(try transport.ports().first { $0.address == synth })
        #expect(desk.routes(to: OutputChoice(port: info, isKeyboard: false)).map(\.source) == ports)
    }

    // MARK: - Roles

    private static var pads: DeviceProfile {
        DeviceProfile(
            id: "pads", name: "Pads", usb: [model], keyCount: 0,
            buttons: [ControlBinding(.genre(1), .note(Channel(10), 36))], confidence: 2)
    }

    @Test(arguments: [nil, false, true])
    mutating func whatHasNoKeysIsControlUnlessThePlayerSaysOtherwise(isControl: Bool?) throws {
        var settings = Configuration.KeyboardSettings()
        settings.isControl = isControl
        desk = KeyboardDesk(
            profiles: ProfileLibrary(profiles: [DeskIdentityTests.pads]), settings: ["LPK25": settings], logger: quiet)
        let port = transport.addPort("Pads", card: 1)
        monitor.plug(lpk(1))
        try look()
        _ = hear()
        transport.inject(DeskIdentityTests.middle, from: port)
        transport.inject(.controlChange(Channel(1), 64, 127), from: port)
        #expect(hear().count == (isControl == false ? 2 : 0))
        let press = TransportEvent(
            time: transport.now(), source: port, message: .noteOn(Channel(10), Pitch(36), Velocity(90)))
        #expect(desk.hear(press)?.action == .genre(1))
        let synth = transport.addDestination("Synth")
        let info = try #require(try transport.ports().first { $0.address == synth })
        let routes = desk.routes(to: OutputChoice(port: info, isKeyboard: false))
        #expect(routes.count == (isControl == false ? 1 : 0))
    }

    @Test mutating func twoKeyboardsOfKeysAreBothEverything() throws {
        try twoEqual([:])
        #expect(desk.connected.values.allSatisfy { $0.source.role == .everything && !$0.isControl })
    }
}
