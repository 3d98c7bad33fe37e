import ConsoleAPI
import Controls
import Devices
import Installation
import MIDI
import Music
import RealTime
import TakeStore
import Testing
import Transport

@testable import BridgeDaemon

/// What the conductor shows on the state port and on keyboards' lights.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ConductorLightsTests {
    private let folder: TemporaryFolder
    private let wire = WatchedTransport()
    private let monitor = EmbeddedDeviceMonitor()
    private let store: TakeStore

    private static let lit = MIDIMessage.controlChange(Channel(16), 117, 127)
    private static let dark = MIDIMessage.controlChange(Channel(16), 117, 0)
    private static let hello = MIDIMessage.controlChange(Channel(16), 1, 1)
    private static let goodbye = MIDIMessage.controlChange(Channel(16), 1, 0)

    init() throws {
        folder = try TemporaryFolder()
        store = try TakeStore(path: "\(folder.path)/continuo.sqlite", logger: quiet)
    }

    private func conduct(_ profiles: [DeviceProfile] = [], _ body: (Conductor) async throws -> Void) async throws {
        try await conducting(transport: wire, monitor: monitor, store: store, profiles: profiles, body)
    }

    private func play(_ conductor: Conductor) async throws {
        try await conductor.inject([
            InputMessage(.noteOn(Channel(1), Pitch(60), Velocity(80))),
            InputMessage(.noteOff(Channel(1), Pitch(60)), delay: 0.1),
        ])
    }

    private func states(_ messages: [MIDIMessage]) -> [LightState?] {
        messages.map { message in
            #expect(message.status == 0xBF && message.data1 == 119)
            return LightState(rawValue: message.data2)
        }
    }

    @Test func theStatePortSaysEachStateOnce() async throws {
        _ = wire.inner.addDestination("Synth")
        try await conduct { conductor in
            _ = try await conductor.perform(.tempo(Tempo(quartersPerMinute: 400)!))
            _ = try await conductor.perform(.record)
            try await play(conductor)
            try await Task.sleep(for: .milliseconds(300))
            _ = try await conductor.perform(.record)
            try await eventually("the band plays") { await conductor.status().state == .playing }
            _ = try await conductor.perform(.panic)
            try await eventually("the band is silent") { await conductor.status().state == .stopped }
            #expect(
                states(wire.inner.drainAnnounced()) == [.idle, .armed, .recording, .generating, .playing, .stopped])
        }
    }

    @Test func aTakeThatLostInputIsShownUntilTheNextBegins() async throws {
        try await conduct { conductor in
            _ = try await conductor.perform(.record)
            try await play(conductor)
            wire.inner.injectGap()
            try await Task.sleep(for: .milliseconds(200))
            _ = try await conductor.perform(.record)
            _ = try await conductor.perform(.panic)
            try await eventually("the damage is shown") { await conductor.announcedState == .damaged }
            // Arming alone is no take.
            _ = try await conductor.perform(.record)
            #expect(await conductor.announcedState == .armed)
            try await play(conductor)
            try await eventually("a take has begun") { await conductor.announcedState == .recording }
            try await Task.sleep(for: .milliseconds(200))
            _ = try await conductor.perform(.record)
            _ = try await conductor.perform(.panic)
            try await eventually("the new take is whole") {
                let state = await conductor.announcedState
                return state == .idle || state == .stopped
            }
        }
    }

    @Test func aKeyboardIsLitWhileItIsThereAndLeftDark() async throws {
        let control = wire.inner.addPort("Control", card: 1)
        let numbers = USBIdentity(vendor: 1, product: 2)
        monitor.plug(Keyboard(card: 1, usb: numbers, serial: nil, path: "", productName: "K"))
        let profile = DeviceProfile(
            id: "k", name: "K", usb: [numbers], handshake: [[0xBF, 1, 1]], goodbye: [[0xBF, 1, 0]],
            lights: [.armed: [[0xBF, 117, 127]]], lightsOff: [[0xBF, 117, 0]], confidence: 2)
        let (hello, lit, dark) = (ConductorLightsTests.hello, ConductorLightsTests.lit, ConductorLightsTests.dark)
        try await conduct([profile]) { conductor in
            try await eventually("it is woken and dark") { wire.sent == [hello, dark] }
            _ = try await conductor.perform(.record)
            try await eventually("it blinks") { wire.sent.starts(with: [hello, dark, lit, dark, lit]) }
            let before = wire.sent.count
            await conductor.resumed()
            try await eventually("it is woken again") { wire.sent.dropFirst(before).contains(hello) }
            wire.inner.removePort(control)
            try await eventually("it is missed") { await conductor.status().keyboards.isEmpty }
            _ = wire.inner.addPort("Control", card: 1)
            try await eventually("it is back") { await conductor.status().keyboards.count == 1 }
        }
        #expect(wire.sent.last == ConductorLightsTests.goodbye)
        #expect(wire.sent.last { $0.data1 == 117 } != lit)
    }
}
