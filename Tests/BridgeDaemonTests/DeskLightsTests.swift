import Controls
import Devices
import MIDI
import Music
import Testing
import Transport

@testable import BridgeDaemon

/// Handshake, lights and goodbye, on an embedded transport with a virtual clock.
struct DeskLightsTests {
    private let transport = EmbeddedTransport(clock: .virtual)
    private let monitor = EmbeddedDeviceMonitor()
    private var desk: KeyboardDesk

    private static let numbers = USBIdentity(vendor: 0x1235, product: 0x0102)
    private static let hello: [UInt8] = [0x9F, 0x0C, 0x7F]
    private static let goodbye: [UInt8] = [0x9F, 0x0C, 0x00]
    private static let lit: [UInt8] = [0xBF, 117, 127]
    private static let dark: [UInt8] = [0xBF, 117, 0]
    private static let loopLit: [UInt8] = [0x9F, 40, 9]
    private static let loopDark: [UInt8] = [0x9F, 40, 0]

    private static var profile: DeviceProfile {
        DeviceProfile(
            id: "launchkey", name: "Launchkey", usb: [numbers], products: ["Launchkey"], controlPort: .number(2),
            handshake: [hello], goodbye: [goodbye],
            buttons: [
                ControlBinding(
                    .loop, .note(Channel(16), 40), light: ButtonLight(on: loopLit, off: loopDark))
            ], lights: [.recording: [lit], .armed: [lit]], lightsOff: [dark], confidence: 2)
    }

    init() {
        desk = KeyboardDesk(profiles: ProfileLibrary(profiles: [DeskLightsTests.profile]), logger: quiet)
    }

    private func plug(_ usb: USBIdentity? = DeskLightsTests.numbers) {
        monitor.plug(Keyboard(card: 1, usb: usb, serial: nil, path: "usb-1", productName: "Launchkey"))
    }

    private mutating func look() throws {
        _ = desk.look(ports: try transport.ports(), cards: try monitor.keyboards(), transport)
    }

    /// What a port was sent since the last call.
    private func sent(to port: PortAddress) -> [[UInt8]] {
        transport.drainSounded().filter { $0.destination == port }.map { sounded in
            switch sounded.content {
            case .message(let message): [message.status, message.data1, message.data2]
            case .systemExclusive(let bytes): bytes
            }
        }
    }

    /// Plugs a keyboard in and lets it wake up.
    private mutating func wakeUp() throws -> PortAddress {
        _ = transport.addPort("Keys", card: 1)
        let control = transport.addPort("Control", card: 1)
        plug()
        try look()
        desk.show(.idle, buttonsOn: [], transport)
        transport.advance(by: KeyboardDesk.wakingTime)
        desk.pass(to: transport.now(), transport)
        _ = transport.drainSounded()
        return control
    }

    @Test mutating func lightsFollowTheHandshakeOnceTheKeyboardIsAwake() throws {
        _ = transport.addPort("Keys", card: 1)
        let control = transport.addPort("Control", card: 1)
        plug()
        desk.show(.recording, buttonsOn: [.loop], transport)
        try look()
        #expect(sent(to: control) == [DeskLightsTests.hello])
        let due = try #require(desk.nextDeadline)
        transport.advance(to: due)
        desk.pass(to: due, transport)
        #expect(sent(to: control) == [DeskLightsTests.lit, DeskLightsTests.loopLit])
        #expect(desk.nextDeadline == nil)
    }

    @Test mutating func aControlPortThatComesLaterIsWokenAndLit() throws {
        _ = transport.addPort("Keys", card: 1)
        plug()
        try look()
        desk.show(.recording, buttonsOn: [], transport)
        #expect(transport.drainSounded().isEmpty && desk.nextDeadline == nil)
        let control = transport.addPort("Control", card: 1)
        try look()
        #expect(sent(to: control) == [DeskLightsTests.hello])
        transport.advance(by: KeyboardDesk.wakingTime)
        desk.pass(to: transport.now(), transport)
        #expect(sent(to: control) == [DeskLightsTests.lit, DeskLightsTests.loopDark])
    }

    @Test mutating func armedBlinks() throws {
        let control = try wakeUp()
        desk.show(.armed, buttonsOn: [], transport)
        var seen: [[UInt8]] = sent(to: control)
        for _ in 0..<3 {
            let due = try #require(desk.nextDeadline)
            transport.advance(to: due)
            desk.pass(to: due, transport)
            seen += sent(to: control)
        }
        #expect(seen == [DeskLightsTests.lit, DeskLightsTests.dark, DeskLightsTests.lit, DeskLightsTests.dark])
    }

    @Test mutating func nothingIsSentWhereNothingChanged() throws {
        let control = try wakeUp()
        for _ in 0..<5 { desk.show(.idle, buttonsOn: [], transport) }
        #expect(sent(to: control).isEmpty)
    }

    @Test mutating func aKeyboardThatIsOnlyKnownByItsNameIsSentNoMode() throws {
        _ = transport.addPort("Keys", card: 1)
        let control = transport.addPort("Control", card: 1)
        plug(USBIdentity(vendor: 1, product: 2))
        desk.show(.recording, buttonsOn: [.loop], transport)
        try look()
        desk.sayGoodbye(transport)
        #expect(sent(to: control) == [DeviceInquiry.question])
    }

    @Test mutating func theLightsGoOutBeforeTheGoodbye() throws {
        let control = try wakeUp()
        desk.show(.recording, buttonsOn: [.loop], transport)
        _ = transport.drainSounded()
        desk.sayGoodbye(transport)
        #expect(
            sent(to: control) == [DeskLightsTests.dark, DeskLightsTests.loopDark, DeskLightsTests.goodbye])
        desk.pass(to: transport.now() + .seconds(60), transport)
        #expect(sent(to: control).isEmpty && desk.nextDeadline == nil)
    }

    @Test mutating func goodbyeIsNotSaidToAPortThatIsGone() throws {
        let control = try wakeUp()
        desk.show(.recording, buttonsOn: [], transport)
        _ = transport.drainSounded()
        transport.removePort(control)
        desk.sayGoodbye(transport)
        #expect(transport.drainSounded().isEmpty && transport.counters.sendFailures == 0)
    }

    @Test mutating func afterASuspendItIsWokenAndLitAgain() throws {
        let control = try wakeUp()
        desk.show(.recording, buttonsOn: [], transport)
        _ = transport.drainSounded()
        desk.wakeAll(transport)
        #expect(sent(to: control) == [DeskLightsTests.hello])
        transport.advance(by: KeyboardDesk.wakingTime)
        desk.pass(to: transport.now(), transport)
        #expect(sent(to: control) == [DeskLightsTests.lit, DeskLightsTests.loopDark])
    }

    @Test mutating func aSilenceEndsNoLightAndNoMode() throws {
        let control = try wakeUp()
        desk.show(.idle, buttonsOn: [.loop], transport)
        #expect(sent(to: control) == [DeskLightsTests.loopLit])
        transport.silence(nil, thru: true)
        #expect(sent(to: control).isEmpty)
    }

    @Test mutating func lightsOfAPortWhereAllNotesWereEndedAreLitAgain() throws {
        let control = try wakeUp()
        desk.show(.idle, buttonsOn: [.loop], transport)
        _ = transport.drainSounded()
        desk.refresh(on: control, transport)
        #expect(sent(to: control) == [DeskLightsTests.dark, DeskLightsTests.loopLit])
    }

    @Test mutating func aReplugLightsItAnew() throws {
        var control = try wakeUp()
        desk.show(.recording, buttonsOn: [], transport)
        for _ in 0..<30 {
            for port in try transport.ports() { transport.removePort(port.address) }
            monitor.unplug(card: 1)
            while let event = transport.nextEvent() {
                if event.kind == .portExited { _ = desk.portExited(event.source) }
            }
            try look()
            #expect(desk.nextDeadline == nil)
            _ = transport.drainSounded()
            _ = transport.addPort("Keys", card: 1)
            control = transport.addPort("Control", card: 1)
            plug()
            try look()
            #expect(sent(to: control) == [DeskLightsTests.hello])
            transport.advance(by: KeyboardDesk.wakingTime)
            desk.pass(to: transport.now(), transport)
            #expect(sent(to: control) == [DeskLightsTests.lit, DeskLightsTests.loopDark])
        }
        #expect(transport.counters.sendFailures == 0)
    }

    @Test mutating func consentGreetsAKeyboardThatWasNotTrustedAndItsWithdrawalSaysGoodbye() throws {
        var profile = DeskLightsTests.profile
        profile.confidence = 1
        desk = KeyboardDesk(profiles: ProfileLibrary(profiles: [profile]), logger: quiet)
        _ = transport.addPort("Keys", card: 1)
        let control = transport.addPort("Control", card: 1)
        plug()
        try look()
        #expect(sent(to: control).isEmpty)
        _ = desk.serve(accepted: [profile.id], transport)
        #expect(sent(to: control) == [DeskLightsTests.hello])
        _ = desk.serve(accepted: [], transport)
        #expect(sent(to: control).contains(DeskLightsTests.goodbye))
    }
}
