import Controls
import Foundation
import Glibc
import Music

/// Writes profiles as files that a person can read and that `DeviceProfile(toml:file:)` reads back as the same profile.
public struct ProfileWriter: Sendable {
    /// Where the user's profiles are.
    public let folder: String

    public init(folder: String) { self.folder = folder }

    /// How many former files are kept, so often can be taken back.
    public static let formers = 9

    /// Why a profile could not be written or taken back.
    public struct WriteError: Error, Hashable, Sendable, CustomStringConvertible {
        public var description: String
    }

    /// Writes a profile into the folder, which is made where there is none.
    ///
    /// The former files of that name stay beside it as `name.toml.1` (the last) to `name.toml.9`. The file is there whole or not at all.
    ///
    /// - Parameter remarks: sentences for the file's head.
    /// - Returns: the file's path.
    /// - Throws: `WriteError`; then nothing was changed.
    public func write(_ profile: DeviceProfile, remarks: [String] = []) throws(WriteError) -> String {
        let path = path(of: profile)
        let temporary = "\(folder)/.\(profile.id).\(getpid()).new"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(ProfileWriter.text(of: profile, remarks: remarks).utf8).write(to: URL(fileURLWithPath: temporary))
        } catch {
            unlink(temporary)
            throw WriteError(
                description: "cannot write \(path): \(error.localizedDescription); nothing was changed")
        }
        if access(path, F_OK) == 0 {
            for number in stride(from: ProfileWriter.formers - 1, through: 1, by: -1) {
                rename("\(path).\(number)", "\(path).\(number + 1)")
            }
            unlink(path + ".1")
            guard link(path, path + ".1") == 0 else { throw failure("keep the former", path, temporary) }
        } else {
            // What another keyboard's file of this name left behind is not to come back.
            for number in 1...ProfileWriter.formers { unlink("\(path).\(number)") }
        }
        guard rename(temporary, path) == 0 else { throw failure("write", path, temporary) }
        return path
    }

    /// Takes the last `write` back: the former file is there again, or none where there was none.
    ///
    /// - Returns: whether a former file is there again.
    public func undo(_ profile: DeviceProfile) throws(WriteError) -> Bool {
        let path = path(of: profile)
        if rename(path + ".1", path) == 0 {
            for number in 1..<ProfileWriter.formers { rename("\(path).\(number + 1)", "\(path).\(number)") }
            return true
        }
        guard errno == ENOENT, unlink(path) == 0 else { throw failure("take back", path, nil) }
        return false
    }

    public func path(of profile: DeviceProfile) -> String { "\(folder)/\(profile.id).toml" }

    private func failure(_ what: String, _ path: String, _ temporary: String?) -> WriteError {
        let reason = String(cString: strerror(errno))
        if let temporary { unlink(temporary) }
        return WriteError(description: "cannot \(what) \(path): \(reason); nothing was changed")
    }

    // MARK: - Text

    /// The contents of a profile's file.
    ///
    /// - Precondition: no button is listened for beside the keys' port, which files cannot say.
    public static func text(of profile: DeviceProfile, remarks: [String] = []) -> String {
        var lines = remarks.map { "# \($0)" }
        lines.append("name = \(quoted(profile.name))")
        if !profile.usb.isEmpty { lines.append("usb = \(list(profile.usb.map(\.description)))") }
        if !profile.products.isEmpty { lines.append("products = \(list(profile.products))") }
        if let inquiry = profile.inquiry {
            lines.append(
                "inquiry = { manufacturer = \(bytes(inquiry.manufacturer)), family = \(bytes(inquiry.family)) }")
        }
        lines.append("sounds = \(profile.sounds)")
        if let keys = profile.keyCount { lines.append("keys = \(keys)") }
        lines.append("confidence = \(profile.confidence)")
        lines.append("sources = \(list(profile.sources))")
        if let confirmed = profile.confirmed { lines.append("confirmed = \(quoted(confirmed))") }
        if !profile.handshake.isEmpty { lines.append("handshake = \(messages(profile.handshake))") }
        if !profile.goodbye.isEmpty { lines.append("goodbye = \(messages(profile.goodbye))") }
        lines += ["", "[ports]", "keys = \(port(profile.keysPort))", "control = \(port(profile.controlPort))"]
        if !profile.buttons.isEmpty { lines += ["", "[buttons]"] + buttons(profile.buttons) }
        if !profile.lightsOff.isEmpty {
            lines += ["", "[lights]", "off = \(messages(profile.lightsOff))"]
            for state in LightState.allCases {
                if let shown = profile.lights[state] { lines.append("\(state.name) = \(messages(shown))") }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func buttons(_ buttons: [ControlBinding]) -> [String] {
        var names: [String] = []
        for button in buttons where !names.contains(button.action.name) { names.append(button.action.name) }
        return names.flatMap { name -> [String] in
            let its = buttons.filter { $0.action.name == name }
            let words = its.map { $0.trigger.words }.joined(separator: " and ")
            let tables = its.map(table)
            return ["# \(words)", "\(name) = \(tables.count == 1 ? tables[0] : "[\(tables.joined(separator: ", "))]")"]
        }
    }

    private static func table(_ button: ControlBinding) -> String {
        precondition(button.place != .besideKeys, "a file cannot say that a button is beside the keys")
        var entries: [String] = []
        switch button.trigger {
        case .control(let channel, let number): entries = ["control = \(number)", "channel = \(channel.number)"]
        case .note(let channel, let number): entries = ["note = \(number)", "channel = \(channel.number)"]
        case .program(let channel, let number): entries = ["program = \(number)", "channel = \(channel.number)"]
        case .realTime(let status):
            let name = ProfileSchema.realTime.first { $0.status == status }?.name
            entries = ["realtime = \(quoted(name ?? "start"))"]
        case .systemExclusive(let pattern):
            let command = button.trigger.machineControl
            let name = ProfileSchema.machineControl.first { $0.command == command }?.name
            if let name, pattern[2] == nil, button.place == .anyPort {
                entries = ["mmc = \(quoted(name))"]
            } else {
                let text = pattern.map { $0.map(ControlTrigger.hexadecimal) ?? "??" }.joined(separator: " ")
                entries = ["sysex = \(quoted(text))"]
            }
        }
        if button.press == .toggle { entries.append("press = \"toggle\"") }
        if !button.isConfirmed { entries.append("confirmed = false") }
        if let light = button.light { entries.append("light = { on = \(bytes(light.on)), off = \(bytes(light.off)) }") }
        return "{ \(entries.joined(separator: ", ")) }"
    }

    private static func port(_ port: DeviceProfile.Port) -> String {
        switch port {
        case .number(let number): "\(number)"
        case .named(let name): quoted(name)
        }
    }

    private static func bytes(_ bytes: [UInt8]) -> String {
        quoted(bytes.map(ControlTrigger.hexadecimal).joined(separator: " "))
    }

    private static func messages(_ messages: [[UInt8]]) -> String { "[\(messages.map(bytes).joined(separator: ", "))]" }

    private static func list(_ texts: [String]) -> String { "[\(texts.map(quoted).joined(separator: ", "))]" }

    /// A basic string of TOML 1.0.
    private static func quoted(_ text: String) -> String {
        var quoted = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\u{0}"..<" ", "\u{7F}":
                let digits = String(scalar.value, radix: 16, uppercase: true)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return "\"\(quoted)\""
    }
}
