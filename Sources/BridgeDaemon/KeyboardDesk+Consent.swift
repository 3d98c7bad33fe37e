import Controls
import Devices
import MIDI
import Transport

/// Which buttons act: those of a sure source, and those that the player has agreed to.
extension KeyboardDesk {
    /// The profile with the buttons that may act; nil for a keyboard that nobody has described.
    func consented(_ recognized: KeyboardRecognition) -> DeviceProfile? {
        guard var profile = recognized.profile else { return nil }
        if accepted.contains(profile.id) {
            for index in profile.buttons.indices { profile.buttons[index].isConfirmed = true }
        } else {
            let match = ProfileMatch(profile: profile, basis: recognized.isExact ? .usb : .product)
            profile.buttons = match.buttons.filter(\.isConfirmed)
        }
        return profile
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
            let names = known.plugged.portNames
            let recognized = self.profiles.recognize(
                known.plugged.keyboard, portNames: names, inquiry: known.answer)
            var controls = ControlMap(consented(recognized))
            controls.place(among: names)
            connected[card]?.controls = controls
            return nil
        }
    }
}
