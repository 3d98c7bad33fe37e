import Controls
import Devices
import MIDI
import Transport

/// Which buttons act: those of a sure source, and those that the player has agreed to.
extension KeyboardDesk {
    /// Whether a keyboard may be sent what its profile says. Who agrees to a profile's buttons says that it is this keyboard's.
    func isTrusted(_ match: ProfileMatch?) -> Bool {
        match.map { $0.isTrusted || accepted.contains($0.profile.id) } ?? false
    }

    /// Reads a keyboard's controls by its profile, the player's consent and the settings from now on.
    mutating func readControls(_ card: Int) {
        guard let known = connected[card] else { return }
        var profile = known.match?.profile
        if let match = known.match {
            let isAccepted = accepted.contains(match.profile.id)
            profile?.buttons = match.buttons.map { button in
                var button = button
                button.isConfirmed = button.isConfirmed || isAccepted
                return button
            }
        }
        let own = known.settings
        var reader = ControlReader(
            profile,
            settings: .init(
                gesture: own.gesture ?? controls.gesture, pedals: own.pedals ?? controls.pedals,
                sustainSwitch: own.sustainSwitch ?? controls.sustainSwitch))
        reader.place(among: known.plugged.portNames)
        connected[card]?.controls = reader
    }

    /// Uses other profiles and consents from now on, for the keyboards that are there too.
    ///
    /// - Returns: keyboards that became something else, with the end of what they held.
    mutating func serve(
        profiles: ProfileLibrary? = nil, accepted: Set<String>? = nil, _ transport: any MIDITransport
    ) -> [(keyboard: Connected, music: [MIDIMessage])] {
        if let profiles { self.profiles = profiles }
        if let accepted { self.accepted = accepted }
        return connected.keys.sorted().compactMap { card in
            if let changed = recognize(card, transport, forgets: true) { return changed }
            guard accepted != nil, let known = connected[card] else { return nil }
            // A key that becomes a button while it is held would never end.
            let music = release(card)
            readControls(card)
            return music.isEmpty ? nil : (known, music)
        }
    }
}
