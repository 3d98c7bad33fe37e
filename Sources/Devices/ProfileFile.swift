import Controls
import Music
import TOMLKit

/// Why a profile file was not taken, with its line where that is known.
public struct ProfileError: Error, Hashable, Sendable, CustomStringConvertible {
    public var file: String
    /// Counted from 1; nil where the fault is no single line's.
    public var line: Int?
    public var reason: String

    public var description: String { "profile \(file)" + (line.map { ", line \($0)" } ?? "") + ": \(reason)" }
}

extension DeviceProfile {
    /// Reads a profile file.
    ///
    /// ```toml
    /// name = "Maker Model 49"          # for people
    /// usb = ["0763:0197"]              # vendor:product as lsusb prints them; may be empty where products is not
    /// products = ["model 49"]          # optional: parts of the product name, in any case, where the number is unknown
    /// sounds = false                   # makes sound itself
    /// confidence = 3                   # 1 weak, 2 one good source, 3 two or more
    /// sources = ["where this was learned"]
    /// press = "momentary"              # optional; "toggle" where buttons alternate on and off
    /// handshake = ["9F 0C 7F"]         # optional; sent to the control port when it is opened
    /// goodbye = ["9F 0C 00"]           # and when it is left: one is not allowed without the other
    ///
    /// [ports]                          # optional; sequencer ports of the keyboard, counted from 1
    /// keys = 1
    /// control = 2
    ///
    /// [buttons]                        # record, play, stop, next, previous, loop, genre-1 ... genre-16
    /// record = { control = 118, channel = 16 }
    /// play = { note = 94, channel = 1 }
    /// genre-1 = { program = 0, channel = 10 }
    /// stop = { sysex = "F0 7F ?? 06 01 F7" }    # ?? is any byte
    /// loop = { realtime = "start" }             # start, continue, stop
    /// ```
    ///
    /// - Parameters:
    ///   - text: the file's contents.
    ///   - file: its name, for the profile's id and for errors.
    /// - Throws: `ProfileError` for what is not TOML, keys that are not known, values out of range, two buttons on one message, a
    ///   handshake without a goodbye.
    public init(toml text: String, file: String) throws(ProfileError) {
        let reader = ProfileReader(text: text, file: file)
        self = try reader.profile()
    }
}

private struct ProfileReader {
    let text: String
    let file: String

    func profile() throws(ProfileError) -> DeviceProfile {
        let table = try parsed()
        try allow(
            [
                "name", "usb", "products", "sounds", "confidence", "sources", "press", "handshake", "goodbye", "ports",
                "buttons",
            ],
            in: table, of: "the file")
        guard let name = table["name"]?.string, !name.isEmpty else { throw fault("name", "a name is missing") }
        guard let sounds = table["sounds"]?.bool else { throw fault("sounds", "sounds = true or false is missing") }
        guard let confidence = table["confidence"]?.int, (1...3).contains(confidence) else {
            throw fault("confidence", "confidence is 1, 2 or 3")
        }
        let sources = try strings("sources", in: table)
        guard !sources.isEmpty else { throw fault("sources", "at least one source is named") }
        let usb = try identities(in: table)
        let products = try strings("products", in: table)
        guard !usb.isEmpty || !products.isEmpty else {
            throw fault("usb", "neither usb nor products says which keyboard it is")
        }
        let handshake = try messages("handshake", in: table)
        let goodbye = try messages("goodbye", in: table)
        guard handshake.isEmpty == goodbye.isEmpty else {
            throw fault(handshake.isEmpty ? "goodbye" : "handshake", "a handshake and a goodbye belong together")
        }
        let ports = try ports(in: table)
        return DeviceProfile(
            id: file.hasSuffix(".toml") ? String(file.dropLast(5)) : file, name: name, usb: usb, products: products,
            sounds: sounds, keysPort: .number(ports.keys), controlPort: .number(ports.control), handshake: handshake,
            goodbye: goodbye, buttons: try buttons(in: table), confidence: confidence, sources: sources)
    }

    private func parsed() throws(ProfileError) -> TOMLTable {
        do {
            return try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw ProfileError(file: file, line: error.source.begin.line, reason: error.description)
        } catch {
            throw ProfileError(file: file, line: nil, reason: "\(error)")
        }
    }

    private func identities(in table: TOMLTable) throws(ProfileError) -> [USBIdentity] {
        var found: [USBIdentity] = []
        for text in try strings("usb", in: table) {
            guard let identity = USBIdentity(text) else {
                throw fault("usb", "\"\(text)\" is no USB number such as \"0763:0197\"")
            }
            found.append(identity)
        }
        return found
    }

    private func ports(in table: TOMLTable) throws(ProfileError) -> (keys: Int, control: Int) {
        guard let value = table["ports"] else { return (1, 1) }
        guard let ports = value.table else { throw fault("ports", "ports is a table") }
        try allow(["keys", "control"], in: ports, of: "[ports]")
        let keys = ports["keys"]?.int ?? 1
        let control = ports["control"]?.int ?? 1
        guard (1...16).contains(keys) else { throw fault("keys", "a port is 1 ... 16") }
        guard (1...16).contains(control) else { throw fault("control", "a port is 1 ... 16") }
        return (keys, control)
    }

    private func isToggle(in table: TOMLTable) throws(ProfileError) -> Bool {
        guard let value = table["press"] else { return false }
        switch value.string {
        case "momentary": return false
        case "toggle": return true
        default: throw fault("press", "press is \"momentary\" or \"toggle\"")
        }
    }

    private func buttons(in table: TOMLTable) throws(ProfileError) -> [ControlBinding] {
        guard let value = table["buttons"] else { return [] }
        guard let buttons = value.table else { throw fault("buttons", "buttons is a table") }
        let press: ControlBinding.Press = try isToggle(in: table) ? .toggle : .momentary
        var found: [ControlBinding] = []
        for key in buttons.keys.sorted() {
            guard let action = ControlAction(name: key) else {
                throw fault(
                    key,
                    "there is no action \"\(key)\" (record, play, stop, next, previous, loop, genre-1 ... genre-16)")
            }
            guard let button = buttons[key]?.table else {
                throw fault(key, "\(key) is a table such as { control = 118, channel = 16 }")
            }
            let trigger = try trigger(button, of: key)
            if let other = found.first(where: { $0.trigger == trigger }) {
                throw fault(key, "\(key) and \(other.action.name) are the same message")
            }
            found.append(ControlBinding(action, trigger, press: press))
        }
        return found
    }

    private func trigger(_ button: TOMLTable, of key: String) throws(ProfileError) -> ControlTrigger {
        try allow(["control", "note", "program", "channel", "sysex", "realtime"], in: button, of: key, line: key)
        let kinds = button.keys.filter { $0 != "channel" }
        guard kinds.count == 1 else { throw fault(key, "\(key) needs one of control, note, program, sysex, realtime") }
        switch kinds[0] {
        case "sysex":
            guard let text = button["sysex"]?.string, let pattern = pattern(text) else {
                throw fault(key, "sysex is hexadecimal bytes from F0 to F7, ?? for any")
            }
            return .systemExclusive(pattern)
        case "realtime":
            switch button["realtime"]?.string {
            case "start": return .realTime(0xFA)
            case "continue": return .realTime(0xFB)
            case "stop": return .realTime(0xFC)
            default: throw fault(key, "realtime is \"start\", \"continue\" or \"stop\"")
            }
        default:
            guard let number = button[kinds[0]]?.int, (0...127).contains(number) else {
                throw fault(key, "\(kinds[0]) is 0 ... 127")
            }
            guard let wire = button["channel"]?.int, (1...16).contains(wire) else {
                throw fault(key, "channel is 1 ... 16")
            }
            let channel = Channel(wire)
            switch kinds[0] {
            case "control": return .control(channel, UInt8(number))
            case "note": return .note(channel, UInt8(number))
            default: return .program(channel, UInt8(number))
            }
        }
    }

    private func messages(_ key: String, in table: TOMLTable) throws(ProfileError) -> [[UInt8]] {
        var found: [[UInt8]] = []
        for text in try strings(key, in: table) {
            let bytes = pattern(text, isExclusive: false)?.compactMap { $0 }
            guard let bytes, let status = bytes.first, status >= 0x80 else {
                throw fault(key, "\"\(text)\" is no message such as \"9F 0C 7F\"")
            }
            let isWhole = status == 0xF0 ? bytes.last == 0xF7 && bytes.count > 2 : bytes.count <= 3
            guard isWhole, bytes.dropFirst().dropLast(status == 0xF0 ? 1 : 0).allSatisfy({ $0 < 0x80 }) else {
                throw fault(key, "\"\(text)\" is not one whole message")
            }
            found.append(bytes)
        }
        return found
    }

    /// Hexadecimal bytes; `??` becomes nil, where that is allowed.
    private func pattern(_ text: String, isExclusive: Bool = true) -> [UInt8?]? {
        var bytes: [UInt8?] = []
        for word in text.split(separator: " ") {
            if word == "??", isExclusive {
                bytes.append(nil)
            } else if word.count == 2, let byte = UInt8(word, radix: 16) {
                bytes.append(byte)
            } else {
                return nil
            }
        }
        if isExclusive, bytes.count < 3 || bytes.first != 0xF0 || bytes.last != 0xF7 { return nil }
        return bytes
    }

    private func strings(_ key: String, in table: TOMLTable) throws(ProfileError) -> [String] {
        guard let value = table[key] else { return [] }
        guard let array = value.array else { throw fault(key, "\(key) is a list of texts") }
        var found: [String] = []
        for element in array {
            guard let text = element.string else { throw fault(key, "\(key) is a list of texts") }
            found.append(text)
        }
        return found
    }

    private func allow(_ keys: [String], in table: TOMLTable, of place: String, line: String? = nil)
        throws(ProfileError)
    {
        for key in table.keys.sorted() where !keys.contains(key) {
            throw fault(line ?? key, "\(place) has no key \"\(key)\" (known: \(keys.joined(separator: ", ")))")
        }
    }

    /// An error at the first line that sets `key` or opens its table.
    private func fault(_ key: String, _ reason: String) -> ProfileError {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let index = lines.firstIndex { line in
            let words = line.drop { $0 == " " || $0 == "\t" }
            guard words.hasPrefix(key) || words.hasPrefix("[\(key)]") else { return false }
            let rest = words.dropFirst(key.count).first { $0 != " " && $0 != "\t" }
            return words.hasPrefix("[") || rest == "="
        }
        return ProfileError(file: file, line: index.map { $0 + 1 }, reason: reason)
    }
}
