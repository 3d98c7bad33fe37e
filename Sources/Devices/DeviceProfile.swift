import Music

/// What is known of a keyboard model: its ports, its buttons, what wakes its control port and what puts it back to sleep.
public struct DeviceProfile: Hashable, Sendable {
    /// The file's name without its extension.
    public var id: String
    public var name: String
    public var usb: [USBIdentity]
    /// Parts of product names, in any case: the second choice where no USB number matches.
    public var products: [String]
    /// It makes sound itself, so the band may be played to it.
    public var sounds: Bool
    /// Which of its ports carries the keys, and which the buttons, counted from 1.
    public var keysPort: Int
    public var controlPort: Int
    /// Messages that the control port wants before it speaks, and those that put the keyboard back for the next program.
    public var handshake: [[UInt8]]
    public var goodbye: [[UInt8]]
    public var buttons: [ControlBinding]
    /// Buttons alternate between on and off instead of sending press and release.
    public var isToggle: Bool
    /// 1: weak, 2: one good source, 3: two or more.
    public var confidence: Int
    public var sources: [String]

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
            id: "generic", name: "Any keyboard", usb: [], products: [], sounds: false, keysPort: 1, controlPort: 1,
            handshake: [], goodbye: [],
            buttons: anywhere.map { ControlBinding($0, $1, place: .anyPort) }
                + besideKeys.map { ControlBinding($0, $1, place: .besideKeys) },
            isToggle: false, confidence: 2, sources: ["MIDI 1.0", "RP-013 MIDI Machine Control", "Mackie Control"])
    }()
}
