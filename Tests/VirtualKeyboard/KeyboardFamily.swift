/// A family of keyboards as the computer meets it: what it says of itself, and what its buttons send.
///
/// The messages are those of the published sources that the project's profiles name; they stand here a second time, so that a slip in
/// a profile is noticed.
package struct KeyboardFamily: Sendable {
    /// What a button sends when it is pressed and let go.
    package struct Button: Equatable, Sendable {
        /// Counted from 0.
        package var port: Int
        package var press: [UInt8]
        /// Empty where letting go says nothing.
        package var release: [UInt8]
        /// A key that is struck together with the one of `press`; nil for a button.
        package var partner: UInt8?

        package init(port: Int = 0, _ press: [UInt8], _ release: [UInt8] = []) {
            self.port = port
            self.press = press
            self.release = release
        }

        /// A button that sends 127, then 0.
        package static func control(_ number: UInt8, channel: Int, port: Int = 0) -> Button {
            let status = 0xB0 | UInt8(channel - 1)
            return Button(port: port, [status, number, 127], [status, number, 0])
        }

        /// A button of Mackie Control.
        package static func mackie(_ note: UInt8, port: Int) -> Button {
            Button(port: port, [0x90, note, 127], [0x90, note, 0])
        }

        /// Two keys struck together, where the keyboard has no buttons.
        package static func keys(_ first: UInt8, _ second: UInt8) -> Button {
            var button = Button([0x90, first, 90], [0x80, first, 0])
            button.partner = second
            return button
        }

        /// Everything that is sent, in its order.
        var messages: [[UInt8]] {
            let others = partner.map { ([[0x90, $0, 90]], [[0x80, $0, 0]]) } ?? ([], [])
            return ([press] + others.0 + [release] + others.1).filter { !$0.isEmpty }
        }

        /// MIDI Machine Control (RP-013).
        package static func machineControl(_ command: UInt8) -> Button {
            Button([0xF0, 0x7F, 0x7F, 0x06, command, 0xF7])
        }
    }

    package var model: KeyboardModel
    /// The name of its profile's file; nil where nobody has described it.
    package var profile: String?
    package var record: Button?
    package var accompany: Button?
    package var stop: Button?
    package var next: Button?
    package var genre: Button?

    package init(
        _ model: KeyboardModel, profile: String?, record: Button? = nil, accompany: Button? = nil, stop: Button? = nil,
        next: Button? = nil, genre: Button? = nil
    ) {
        self.model = model
        self.profile = profile
        self.record = record
        self.accompany = accompany
        self.stop = stop
        self.next = next
        self.genre = genre
    }

    package var buttons: [Button] { [record, accompany, stop, next, genre].compactMap(\.self) }
}

extension KeyboardFamily {
    /// One port, control changes on channel 16.
    package static let oxygen = KeyboardFamily(
        KeyboardModel(vendor: 0x0763, product: 0x0197, manufacturer: "M-Audio", name: "Oxygen 49"),
        profile: "m-audio-oxygen", record: .control(118, channel: 16), accompany: .control(117, channel: 16),
        stop: .control(116, channel: 16), next: .control(115, channel: 16))

    /// The buttons are on the second port, and silent until a program greets it. No Stop.
    package static let launchkeyMini = KeyboardFamily(
        KeyboardModel(
            vendor: 0x1235, product: 0x0102, manufacturer: "Focusrite - Novation", name: "Launchkey Mini MK3",
            outputs: 2,
            inputs: 2, mode: KeyboardMode(port: 1, begin: [0x9F, 0x0C, 0x7F], end: [0x9F, 0x0C, 0x00])),
        profile: "novation-launchkey-mini-mk3", record: .control(117, channel: 16, port: 1),
        accompany: .control(115, channel: 16, port: 1), next: .control(102, channel: 16, port: 1),
        genre: Button(port: 1, [0x90, 113, 100], [0x80, 113, 0]))

    /// Nobody has described it; its buttons speak MIDI Machine Control.
    package static let machineControl = KeyboardFamily(
        KeyboardModel(vendor: 0x1234, product: 0x0101, name: "Tape Keys 61"), profile: nil, record: .machineControl(6),
        accompany: .machineControl(2), stop: .machineControl(1), next: .machineControl(4))

    /// The notes of Mackie Control on the second of three ports.
    package static let yamahaKX = KeyboardFamily(
        KeyboardModel(vendor: 0x0499, product: 0x100D, manufacturer: "Yamaha", name: "UC-KX", outputs: 3, inputs: 2),
        profile: "yamaha-kx", record: .mackie(95, port: 1), accompany: .mackie(94, port: 1), stop: .mackie(93, port: 1),
        next: .mackie(92, port: 1))

    /// Nobody has described it; its buttons are Start and Stop of MIDI.
    package static let stagePiano = KeyboardFamily(
        KeyboardModel(vendor: 0x1234, product: 0x0202, name: "Stage Piano"), profile: nil, accompany: Button([0xFA]),
        stop: Button([0xFC]))

    /// Nothing but pads, which send program changes.
    package static let mpkMini = KeyboardFamily(
        KeyboardModel(vendor: 0x09E8, product: 0x007C, manufacturer: "Akai", name: "MPK mini"),
        profile: "akai-mpk-mini",
        genre: Button([0xCF, 1]))

    /// Keys, and nothing else: the two highest black ones are Play.
    package static let lpk25 = KeyboardFamily(
        KeyboardModel(vendor: 0x09E8, product: 0x0076, manufacturer: "Akai", name: "LPK25"), profile: "akai-lpk25",
        accompany: .keys(68, 70))

    /// Nobody has described it, and it has no buttons; but a soft pedal can be plugged in.
    package static let unknown = KeyboardFamily(
        KeyboardModel(vendor: 0x1234, product: 0x0303, name: "Nameless Keys"), profile: nil)

    package static let all = [oxygen, launchkeyMini, machineControl, yamahaKX, stagePiano, mpkMini, lpk25, unknown]
}
