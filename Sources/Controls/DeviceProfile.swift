import Music

/// What is known of a keyboard model: its ports, its keys, its buttons and lights, what wakes its control port and what puts
/// it back to sleep.
public struct DeviceProfile: Hashable, Sendable {
    /// Which of a keyboard's sequencer ports is meant.
    public enum Port: Hashable, Sendable {
        /// Counted from 1.
        case number(Int)
        /// A part of the port's name in any case, for keyboards that name their ports: "DAW".
        case named(String)

        /// Which of a keyboard's ports it is, counted from 1; nil where it is not among them.
        public func number(among names: [String]) -> Int? {
            switch self {
            case .number(let number): names.indices.contains(number - 1) ? number : nil
            case .named(let part):
                names.firstIndex { $0.lowercased().contains(part.lowercased()) }.map { $0 + 1 }
            }
        }
    }

    /// The file's name without its extension.
    public var id: String
    public var name: String
    public var usb: [USBIdentity]
    /// Parts of product names, in any case: the second choice where no USB number matches.
    public var products: [String]
    /// What it answers to the universal device inquiry: the third choice.
    public var inquiry: DeviceInquiry?
    /// It makes sound itself, so the band may be played to it.
    public var sounds: Bool
    /// How many keys it has: 0 for pads and faders alone, nil where that is not known or differs within the family.
    public var keyCount: Int?
    /// The port that carries the keys, and the one that carries the buttons.
    public var keysPort: Port
    public var controlPort: Port
    /// Messages that the control port wants before it speaks, and those that put the keyboard back for the next program.
    public var handshake: [[UInt8]]
    public var goodbye: [[UInt8]]
    public var buttons: [ControlBinding]
    /// What the control port is sent to show a state; states that are not here show nothing.
    public var lights: [LightState: [[UInt8]]]
    /// What puts all of these lights out.
    public var lightsOff: [[UInt8]]
    /// 1: weak, 2: one good source, 3: two or more.
    public var confidence: Int
    public var sources: [String]
    /// A capture of its buttons that was made on the keyboard itself; nil where nobody has.
    public var confirmed: String?

    public init(
        id: String, name: String, usb: [USBIdentity] = [], products: [String] = [], inquiry: DeviceInquiry? = nil,
        sounds: Bool = false, keyCount: Int? = nil, keysPort: Port = .number(1), controlPort: Port = .number(1),
        handshake: [[UInt8]] = [], goodbye: [[UInt8]] = [], buttons: [ControlBinding] = [],
        lights: [LightState: [[UInt8]]] = [:], lightsOff: [[UInt8]] = [], confidence: Int = 1, sources: [String] = [],
        confirmed: String? = nil
    ) {
        self.id = id
        self.name = name
        self.usb = usb
        self.products = products
        self.inquiry = inquiry
        self.sounds = sounds
        self.keyCount = keyCount
        self.keysPort = keysPort
        self.controlPort = controlPort
        self.handshake = handshake
        self.goodbye = goodbye
        self.buttons = buttons
        self.lights = lights
        self.lightsOff = lightsOff
        self.confidence = confidence
        self.sources = sources
        self.confirmed = confirmed
    }

    /// For keyboards that nobody has described: Start/Stop and MIDI Machine Control on any port, Mackie Control's notes
    /// only beside the port of the keys, where they cannot be music.
    ///
    /// MIDI 1.0 real-time messages; MMC (RP-013): `F0 7F device 06 command F7`; Mackie Control notes on channel 1.
    public static let generic: DeviceProfile = {
        func mmc(_ command: UInt8) -> ControlTrigger { .systemExclusive([0xF0, 0x7F, nil, 0x06, command, 0xF7]) }
        func mackie(_ note: UInt8) -> ControlTrigger { .note(Channel(1), note) }
        let anywhere: [(ControlAction, ControlTrigger)] = [
            (.play, .realTime(0xFA)), (.play, .realTime(0xFB)), (.stop, .realTime(0xFC)), (.stop, mmc(0x01)),
            (.play, mmc(0x02)), (.play, mmc(0x03)), (.next, mmc(0x04)), (.previous, mmc(0x05)), (.record, mmc(0x06)),
            (.loop, mmc(0x0B)),
        ]
        let besideKeys: [(ControlAction, ControlTrigger)] = [
            (.previous, mackie(0x5B)), (.next, mackie(0x5C)), (.stop, mackie(0x5D)), (.play, mackie(0x5E)),
            (.record, mackie(0x5F)), (.loop, mackie(0x56)),
        ]
        return DeviceProfile(
            id: "generic", name: "Any keyboard",
            buttons: anywhere.map { ControlBinding($0, $1, place: .anyPort) }
                + besideKeys.map { ControlBinding($0, $1, place: .besideKeys) },
            confidence: 2, sources: ["MIDI 1.0", "RP-013 MIDI Machine Control", "Mackie Control"])
    }()
}
