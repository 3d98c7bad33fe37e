import Controls
import Devices
import Music
import Transport

/// Where the band sounds, and why.
///
/// In this order: the configured port; a keyboard whose profile says that it sounds; another synth port; the synthesizer
/// of our own. A keyboard that is not known to sound never receives the band unasked: its inputs are often lights.
struct OutputChoice: Hashable, Sendable {
    var port: PortInfo
    /// The keyboard's own sound is used, so its melody need not go thru, and its player chooses the melody's sound.
    var isKeyboard: Bool

    /// A keyboard that is plugged in, with its ports.
    struct Plugged: Hashable, Sendable {
        var keyboard: Keyboard
        var profile: DeviceProfile?
        var ports: [PortInfo]

        /// The port that carries the keys, and receives notes where the keyboard sounds.
        var keysPort: PortInfo? { ports.isEmpty ? nil : ports[keysNumber - 1] }
    }

    /// - Parameters:
    ///   - configured: an address, or a part of a client's or port's name in any case.
    ///   - current: what is played to now; one synth port is not left for another.
    /// - Returns: nil where nothing can sound, or where the configured port is not there.
    static func choose(
        configured: String?, ports: [PortInfo], keyboards: [Plugged], current: PortAddress? = nil
    ) -> OutputChoice? {
        let destinations = ports.filter(\.isDestination)
        let keyboardPorts = Set(keyboards.flatMap { $0.ports.map(\.address) })
        if let configured {
            return destinations.first(called: configured).map {
                OutputChoice(port: $0, isKeyboard: keyboardPorts.contains($0.address))
            }
        }
        for plugged in keyboards where plugged.profile?.sounds == true {
            if let port = plugged.keysPort, port.isDestination { return OutputChoice(port: port, isKeyboard: true) }
        }
        let synths = destinations.filter { !keyboardPorts.contains($0.address) && $0.seemsToSound }
        let others = synths.filter { !$0.isOwnSynth }
        return (others.first { $0.address == current } ?? others.first ?? synths.first).map {
            OutputChoice(port: $0, isKeyboard: false)
        }
    }
}

extension [PortInfo] {
    /// The port that a person means: by its address (`20:0`), else by a part of a client's or port's name in any case.
    func first(called name: String) -> PortInfo? {
        if let address = PortAddress(name) { return first { $0.address == address } }
        return first { $0.isNamed(name) }
    }
}

extension PortInfo {
    func isNamed(_ part: String) -> Bool {
        let wanted = part.lowercased()
        return clientName.lowercased().contains(wanted) || portName.lowercased().contains(wanted)
    }

    /// The synthesizer that the unit `continuo-synth@.service` runs, by the name that it gives it.
    var isOwnSynth: Bool { card == nil && clientName == Self.nameOfOwnSynth }

    private static let nameOfOwnSynth = "FLUID Synth (Continuo)"

    /// Whether a configured name means the synthesizer of our own too, so that it has to be started before its port is there.
    static func isOwnSynth(named part: String) -> Bool { nameOfOwnSynth.lowercased().contains(part.lowercased()) }

    /// A synthesizer by its type, or, since many programs do not set it, by its name. A sound card's port is not judged by
    /// its name: it may be a keyboard whose description has not come yet.
    var seemsToSound: Bool {
        let names = ["synth", "timidity", "yoshimi", "zynadd", "sfizz", "linuxsampler", "pianoteq"]
        return isSynthesizer || card == nil && names.contains { isNamed($0) }
    }
}
