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
    /// Reads a profile file, whose format profiles/README.md describes.
    ///
    /// - Parameters:
    ///   - text: the file's contents.
    ///   - file: its name, for the profile's id and for errors.
    /// - Throws: `ProfileError` for what is not TOML, keys that are not known, values out of range, two buttons on one message,
    ///   a handshake without a goodbye, lights that nothing puts out, buttons that would be music.
    public init(toml text: String, file: String) throws(ProfileError) {
        let reader = ProfileReader(text: text, file: file)
        self = try reader.profile()
    }
}

/// Reads one profile file; its extensions read the messages and the buttons.
struct ProfileReader {
    /// A place in the file that an error is about: a key, and the table that it stands in ("" for the file itself).
    struct Place {
        var key: String
        var table = ""
    }

    let text: String
    let file: String

    func profile() throws(ProfileError) -> DeviceProfile {
        let table = try parsed()
        try allow(.file, in: table, of: "the file") { Place(key: $0) }
        var profile = DeviceProfile(id: file.hasSuffix(".toml") ? String(file.dropLast(5)) : file, name: "")
        try identify(&profile, by: table)
        try vouch(for: &profile, by: table)
        profile.sounds = try flag("sounds", in: table) ?? false
        profile.keyCount = try number("keys", in: table, range: 0...128)
        profile.handshake = try messages(Place(key: "handshake"), in: table)
        profile.goodbye = try messages(Place(key: "goodbye"), in: table)
        guard profile.handshake.isEmpty == profile.goodbye.isEmpty else {
            throw fault(
                Place(key: profile.handshake.isEmpty ? "goodbye" : "handshake"),
                "a handshake and a goodbye belong together: what wakes the control port is put back at the end")
        }
        (profile.keysPort, profile.controlPort) = try ports(in: table)
        profile.buttons = try buttons(in: table)
        (profile.lights, profile.lightsOff) = try lights(in: table)
        try refuseMusic(among: profile)
        return profile
    }

    private func identify(_ profile: inout DeviceProfile, by table: TOMLTable) throws(ProfileError) {
        guard let name = table["name"]?.string, !name.isEmpty else { throw fault("name", "a name is missing") }
        profile.name = name
        for text in try strings("usb", in: table) {
            guard let identity = USBIdentity(text) else {
                throw fault("usb", "\"\(text)\" is no USB number such as \"0763:0197\"")
            }
            guard !profile.usb.contains(identity) else { throw fault("usb", "\"\(text)\" stands there twice") }
            profile.usb.append(identity)
        }
        profile.products = try strings("products", in: table)
        guard profile.products.allSatisfy({ $0.count >= 3 }) else {
            throw fault("products", "a part of a product name has three letters or more: shorter ones fit everything")
        }
        profile.inquiry = try inquiry(in: table)
        guard !profile.usb.isEmpty || !profile.products.isEmpty || profile.inquiry != nil else {
            throw fault("usb", "none of usb, products and inquiry says which keyboard it is")
        }
    }

    /// Who says so, and how surely.
    private func vouch(for profile: inout DeviceProfile, by table: TOMLTable) throws(ProfileError) {
        guard let confidence = table["confidence"]?.int, (1...3).contains(confidence) else {
            throw fault("confidence", "confidence is 1, 2 or 3")
        }
        profile.confidence = confidence
        profile.sources = try strings("sources", in: table)
        guard !profile.sources.isEmpty, profile.sources.allSatisfy({ !$0.isEmpty }) else {
            throw fault("sources", "at least one source is named")
        }
        if let value = table["confirmed"] {
            guard let text = value.string, !text.isEmpty else {
                throw fault("confirmed", "confirmed says in words which capture on the keyboard confirms the file")
            }
            profile.confirmed = text
        }
    }

    private func inquiry(in table: TOMLTable) throws(ProfileError) -> DeviceInquiry? {
        guard let value = table["inquiry"] else { return nil }
        let place = Place(key: "inquiry")
        guard let answer = value.table else {
            throw fault(place, "inquiry is a table such as { manufacturer = \"00 20 29\", family = \"02 01\" }")
        }
        try allow(.inquiry, in: answer, of: "inquiry") { _ in place }
        let manufacturer = answer["manufacturer"]?.string.flatMap(dataBytes) ?? []
        let isLong = manufacturer.first == 0
        guard manufacturer.count == (isLong ? 3 : 1) else {
            throw fault(place, "manufacturer is one byte such as \"47\", or three that begin with 00")
        }
        guard let family = answer["family"]?.string.flatMap(dataBytes), family.count == 2 else {
            throw fault(place, "family is two bytes such as \"02 01\"")
        }
        return DeviceInquiry(manufacturer: manufacturer, family: family)
    }

    private func ports(in table: TOMLTable) throws(ProfileError) -> (
        keys: DeviceProfile.Port, control: DeviceProfile.Port
    ) {
        guard let value = table["ports"] else { return (.number(1), .number(1)) }
        guard let ports = value.table else { throw fault("ports", "ports is a table") }
        try allow(.ports, in: ports, of: "[ports]") { Place(key: $0, table: "ports") }
        return (try port("keys", in: ports), try port("control", in: ports))
    }

    private func port(_ key: String, in ports: TOMLTable) throws(ProfileError) -> DeviceProfile.Port {
        guard let value = ports[key] else { return .number(1) }
        if let number = value.int, (1...16).contains(number) { return .number(number) }
        if let name = value.string, !name.isEmpty { return .named(name) }
        throw fault(Place(key: key, table: "ports"), "a port is 1 ... 16, or a part of its name such as \"DAW\"")
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

    // MARK: values

    func flag(_ key: String, in table: TOMLTable, at place: Place? = nil) throws(ProfileError) -> Bool? {
        guard let value = table[key] else { return nil }
        guard let flag = value.bool else { throw fault(place ?? Place(key: key), "\(key) is true or false") }
        return flag
    }

    func number(_ key: String, in table: TOMLTable, range: ClosedRange<Int>, at place: Place? = nil)
        throws(ProfileError) -> Int?
    {
        guard let value = table[key] else { return nil }
        guard let number = value.int, range.contains(number) else {
            throw fault(place ?? Place(key: key), "\(key) is \(range.lowerBound) ... \(range.upperBound)")
        }
        return number
    }

    func strings(_ key: String, in table: TOMLTable, at place: Place? = nil) throws(ProfileError) -> [String] {
        guard let value = table[key] else { return [] }
        guard let array = value.array else { throw fault(place ?? Place(key: key), "\(key) is a list of texts") }
        var found: [String] = []
        for element in array {
            guard let text = element.string else { throw fault(place ?? Place(key: key), "\(key) is a list of texts") }
            found.append(text)
        }
        return found
    }

    // MARK: errors

    /// Refuses keys that the schema does not know, with the nearest that it does.
    func allow(
        _ section: ProfileSchema.Section, in table: TOMLTable, of place: String, at line: (String) -> Place
    ) throws(ProfileError) {
        let known = ProfileSchema.keys(of: section)
        for key in table.keys.sorted() where !known.contains(key) {
            throw fault(line(key), "\(place) has no key \"\(key)\"" + hint(key, among: known))
        }
    }

    /// The nearest known name, or all of them.
    func hint(_ name: String, among known: [String]) -> String {
        if let nearest = ProfileSchema.nearest(to: name, among: known) { return ": is it \"\(nearest)\"?" }
        return " (known: \(known.joined(separator: ", ")))"
    }

    func fault(_ key: String, _ reason: String) -> ProfileError { fault(Place(key: key), reason) }

    /// An error at the line that sets the key within its table, else at the table's first line.
    func fault(_ place: Place, _ reason: String) -> ProfileError {
        var table = ""
        var opening: Int?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.drop { $0 == " " || $0 == "\t" }
            if words.hasPrefix("["), let end = words.firstIndex(of: "]") {
                table = String(words[words.index(after: words.startIndex)..<end])
                if table == place.table || table == place.key && place.table.isEmpty { opening = opening ?? index + 1 }
            } else if table == place.table, words.hasPrefix(place.key),
                words.dropFirst(place.key.count).first(where: { $0 != " " && $0 != "\t" }) == "="
            {
                return ProfileError(file: file, line: index + 1, reason: reason)
            }
        }
        return ProfileError(file: file, line: opening, reason: reason)
    }
}
