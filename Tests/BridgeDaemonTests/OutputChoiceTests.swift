import Controls
import Devices
import Music
import Testing
import Transport

@testable import BridgeDaemon

struct OutputChoiceTests {
    private static func port(
        _ client: UInt8, _ name: String, port: String = "Port-0", card: Int? = nil, isSource: Bool = false,
        isDestination: Bool = true, isSynthesizer: Bool = false
    ) -> PortInfo {
        PortInfo(
            address: PortAddress(client: client, port: 0), clientName: name, portName: port, card: card,
            isSource: isSource, isDestination: isDestination, isSynthesizer: isSynthesizer)
    }

    private static let midiThrough = port(14, "Midi Through", isSource: true)
    private static let fluid = port(128, "FLUID Synth (1234)")
    private static let own = port(129, "FLUID Synth (Continuo)")
    private static let second = port(130, "Qsynth")
    private static let typed = port(131, "Nameless", isSynthesizer: true)
    private static let sequencer = port(132, "Rosegarden")
    private static let onlyHeard = port(133, "Synth in", isSource: true, isDestination: false)
    private static let silent = port(20, "LPK25", card: 1, isSource: true)
    private static let sounding = port(24, "Stage Piano", card: 2, isSource: true)
    /// A sound card's port whose keyboard was not described yet.
    private static let undescribed = port(28, "USB Synthesizer Keys", card: 3, isSource: true)

    private static func plugged(_ port: PortInfo, sounds: Bool?) -> OutputChoice.Plugged {
        var profile = DeviceProfile.generic
        profile.sounds = sounds ?? false
        return .init(
            keyboard: Keyboard(card: port.card ?? 0, usb: nil, serial: nil, path: "", productName: port.clientName),
            profile: sounds == nil ? nil : profile, ports: [port])
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var configured: String?
        var ports: [PortInfo]
        var keyboards: [OutputChoice.Plugged] = []
        var current: PortAddress?
        var expected: PortAddress?
        var isKeyboard = false
    }

    private static let rows = [
        Row(testDescription: "nothing is there", ports: [], expected: nil),
        Row(testDescription: "a synth by its name", ports: [midiThrough, fluid], expected: fluid.address),
        Row(testDescription: "the synth of our own, where there is no other", ports: [own], expected: own.address),
        Row(
            testDescription: "another synth goes before our own, even while it sounds", ports: [own, fluid],
            current: own.address, expected: fluid.address),
        Row(testDescription: "a synth by its type", ports: [midiThrough, typed], expected: typed.address),
        Row(testDescription: "Midi Through is no output", ports: [midiThrough, sequencer], expected: nil),
        Row(testDescription: "what can only be heard is no output", ports: [onlyHeard], expected: nil),
        Row(
            testDescription: "a keyboard that sounds goes before a synth", ports: [fluid, sounding],
            keyboards: [plugged(sounding, sounds: true)], expected: sounding.address, isKeyboard: true),
        Row(
            testDescription: "a silent keyboard is left alone", ports: [silent],
            keyboards: [plugged(silent, sounds: false)],
            expected: nil),
        Row(
            testDescription: "an unknown keyboard is left alone, whatever it says of itself",
            ports: [port(20, "Synth", card: 1, isSource: true, isSynthesizer: true)],
            keyboards: [plugged(port(20, "Synth", card: 1, isSource: true, isSynthesizer: true), sounds: nil)],
            expected: nil),
        Row(testDescription: "a card's port is not chosen by its name", ports: [undescribed], expected: nil),
        Row(
            testDescription: "the synth in use stays", ports: [fluid, second], current: second.address,
            expected: second.address),
        Row(
            testDescription: "the synth in use is gone", ports: [fluid], current: second.address,
            expected: fluid.address),
        Row(
            testDescription: "a configured address", configured: "14:0", ports: [midiThrough, fluid],
            expected: midiThrough.address),
        Row(
            testDescription: "a part of a configured name in any case", configured: "rose", ports: [fluid, sequencer],
            expected: sequencer.address),
        Row(
            testDescription: "a configured silent keyboard", configured: "LPK25", ports: [fluid, silent],
            keyboards: [plugged(silent, sounds: false)], expected: silent.address, isKeyboard: true),
        Row(testDescription: "a configured address that is absent", configured: "40:0", ports: [fluid], expected: nil),
        Row(testDescription: "a configured name that is absent", configured: "Timidity", ports: [fluid], expected: nil),
        Row(
            testDescription: "a configured source is no output", configured: "Synth in", ports: [onlyHeard],
            expected: nil),
    ]

    @Test(arguments: rows) func theBandSoundsWhereItShould(row: Row) {
        let chosen = OutputChoice.choose(
            configured: row.configured, ports: row.ports, keyboards: row.keyboards, current: row.current)
        #expect(chosen?.port.address == row.expected)
        #expect(chosen?.isKeyboard ?? false == row.isKeyboard)
    }
}
