import Controls
import Music
import TOMLKit

/// The buttons of a profile file.
extension ProfileReader {
    func buttons(in table: TOMLTable) throws(ProfileError) -> [ControlBinding] {
        let usual = try press(in: table, at: Place(key: "press")) ?? .momentary
        guard let value = table["buttons"] else { return [] }
        guard let buttons = value.table else { throw fault("buttons", "buttons is a table") }
        var found: [ControlBinding] = []
        for key in buttons.keys.sorted() {
            let place = Place(key: key, table: "buttons")
            guard let action = ControlAction(name: key) else {
                throw fault(place, "there is no action \"\(key)\"" + hint(key, among: ProfileSchema.actions))
            }
            for button in try tables(buttons[key], of: place) {
                let binding = try binding(action, button, press: usual, at: place)
                if let other = found.first(where: { $0.trigger.overlaps(binding.trigger) }) {
                    throw fault(place, "\(key) and \(other.action.name) are the same message")
                }
                found.append(binding)
            }
        }
        return found
    }

    /// Refuses notes that the keys send too.
    ///
    /// Keys play on channel 1 unless they are set otherwise; pads on channel 10 are no keys.
    func refuseMusic(among profile: DeviceProfile) throws(ProfileError) {
        guard profile.keyCount != 0, profile.keysPort == profile.controlPort else { return }
        for button in profile.buttons {
            guard case .note(Channel(1), _) = button.trigger else { continue }
            throw fault(
                Place(key: button.action.name, table: "buttons"),
                "\(button.action.name) is a note of the keys: a note button needs another port or channel than theirs,"
                    + " or keys = 0")
        }
    }

    /// One message or a list of them.
    private func tables(_ value: (any TOMLValueConvertible)?, of place: Place) throws(ProfileError) -> [TOMLTable] {
        if let table = value?.table { return [table] }
        let reason = "\(place.key) is a table such as { control = 118, channel = 16 }, or a list of such tables"
        guard let array = value?.array, !array.isEmpty else { throw fault(place, reason) }
        var found: [TOMLTable] = []
        for element in array {
            guard let table = element.table else { throw fault(place, reason) }
            found.append(table)
        }
        return found
    }

    private func binding(
        _ action: ControlAction, _ button: TOMLTable, press usual: ControlBinding.Press, at place: Place
    ) throws(ProfileError) -> ControlBinding {
        try allow(.button, in: button, of: place.key) { _ in place }
        let kinds = ProfileSchema.messages.filter { button[$0] != nil }
        guard kinds.count == 1 else {
            throw fault(place, "\(place.key) needs one of \(ProfileSchema.messages.joined(separator: ", "))")
        }
        return ControlBinding(
            action, try trigger(kinds[0], button, at: place),
            // Neither is ever music, and both are common to all keyboards.
            place: ["realtime", "mmc"].contains(kinds[0]) ? .anyPort : .controlPort,
            press: try press(in: button, at: place) ?? usual,
            isConfirmed: try flag("confirmed", in: button, at: place) ?? true, light: try light(button, at: place))
    }

    private func press(in table: TOMLTable, at place: Place) throws(ProfileError) -> ControlBinding.Press? {
        guard let value = table["press"] else { return nil }
        switch value.string {
        case "momentary": return .momentary
        case "toggle": return .toggle
        default: throw fault(place, "press is \"momentary\" or \"toggle\"")
        }
    }

    private func trigger(_ kind: String, _ button: TOMLTable, at place: Place) throws(ProfileError) -> ControlTrigger {
        if ["control", "note", "program"].contains(kind) { return try channelMessage(kind, button, at: place) }
        guard button["channel"] == nil else { throw fault(place, "\(kind) has no channel") }
        let text = button[kind]?.string
        switch kind {
        case "sysex":
            guard let text, let pattern = hexadecimal(text, allowsAny: true), pattern.count > 2,
                pattern.first == 0xF0, pattern.last == 0xF7,
                pattern.dropFirst().dropLast().allSatisfy({ ($0 ?? 0) < 0x80 })
            else { throw fault(place, "sysex is hexadecimal bytes from F0 to F7, ?? for any") }
            return .systemExclusive(pattern)
        case "realtime":
            return .realTime(try byte(text, kind, ProfileSchema.realTime.map { ($0.name, $0.status) }, at: place))
        case "mmc":
            let commands = ProfileSchema.machineControl.map { ($0.name, $0.command) }
            return .systemExclusive([0xF0, 0x7F, nil, 0x06, try byte(text, kind, commands, at: place), 0xF7])
        default:
            return .note(Channel(1), try byte(text, kind, ProfileSchema.mackie.map { ($0.name, $0.note) }, at: place))
        }
    }

    private func channelMessage(_ kind: String, _ button: TOMLTable, at place: Place) throws(ProfileError)
        -> ControlTrigger
    {
        // `kind` is there: it was found among the button's keys.
        let number = UInt8(try self.number(kind, in: button, range: 0...127, at: place) ?? 0)
        guard let wire = try self.number("channel", in: button, range: 1...16, at: place) else {
            throw fault(place, "channel is 1 ... 16")
        }
        switch kind {
        case "control": return .control(Channel(wire), number)
        case "note": return .note(Channel(wire), number)
        default: return .program(Channel(wire), number)
        }
    }

    /// A message by its name.
    private func byte(_ name: String?, _ kind: String, _ known: [(name: String, byte: UInt8)], at place: Place)
        throws(ProfileError) -> UInt8
    {
        if let found = known.first(where: { $0.name == name }) { return found.byte }
        let names = known.map(\.name)
        throw fault(place, "\(kind) is a name, not \"\(name ?? "")\"" + hint(name ?? "", among: names))
    }
}

extension ControlTrigger {
    /// Whether one message can be both.
    fileprivate func overlaps(_ other: ControlTrigger) -> Bool {
        guard case .systemExclusive(let mine) = self, case .systemExclusive(let theirs) = other else {
            return self == other
        }
        return mine.count == theirs.count && zip(mine, theirs).allSatisfy { $0 == nil || $1 == nil || $0 == $1 }
    }
}
