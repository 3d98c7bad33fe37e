import Controls
import TOMLKit

/// The messages that are sent to a keyboard: handshake, goodbye and lights.
extension ProfileReader {
    /// What shows each state, and what puts all of it out.
    func lights(in table: TOMLTable) throws(ProfileError) -> (states: [LightState: [[UInt8]]], off: [[UInt8]]) {
        guard let value = table["lights"] else { return ([:], []) }
        guard let lights = value.table else { throw fault("lights", "lights is a table") }
        try allow(.lights, in: lights, of: "[lights]") { Place(key: $0, table: "lights") }
        let off = try messages(Place(key: "off", table: "lights"), in: lights)
        var states: [LightState: [[UInt8]]] = [:]
        for state in LightState.allCases {
            let shown = try messages(Place(key: state.name, table: "lights"), in: lights)
            if !shown.isEmpty { states[state] = shown }
        }
        guard !off.isEmpty else {
            throw fault(Place(key: "off", table: "lights"), "lights need off = [...]: what puts them out")
        }
        return (states, off)
    }

    /// The light of one button.
    func light(_ button: TOMLTable, at place: Place) throws(ProfileError) -> ButtonLight? {
        guard let value = button["light"] else { return nil }
        guard let light = value.table else {
            throw fault(place, "light is a table such as { on = \"90 10 7F\", off = \"90 10 00\" }")
        }
        try allow(.light, in: light, of: "light") { _ in place }
        guard let on = light["on"]?.string, let off = light["off"]?.string else {
            throw fault(place, "a light needs on and off")
        }
        return ButtonLight(on: try message(on, at: place), off: try message(off, at: place))
    }

    func messages(_ place: Place, in table: TOMLTable) throws(ProfileError) -> [[UInt8]] {
        var found: [[UInt8]] = []
        for text in try strings(place.key, in: table, at: place) { found.append(try message(text, at: place)) }
        return found
    }

    /// One whole message in hexadecimal.
    private func message(_ text: String, at place: Place) throws(ProfileError) -> [UInt8] {
        let bytes = hexadecimal(text)?.compactMap { $0 } ?? []
        guard let status = bytes.first, status >= 0x80 else {
            throw fault(place, "\"\(text)\" is no message such as \"9F 0C 7F\"")
        }
        let isWhole =
            status == 0xF0
            ? bytes.count > 2 && bytes.last == 0xF7 && bytes.dropFirst().dropLast().allSatisfy { $0 < 0x80 }
            : bytes.count == ProfileReader.length(status) && bytes.dropFirst().allSatisfy { $0 < 0x80 }
        guard isWhole else { throw fault(place, "\"\(text)\" is not one whole message") }
        return bytes
    }

    /// How many bytes a message has, with its status (MIDI 1.0, table 1); 0 for none that is whole without others.
    private static func length(_ status: UInt8) -> Int {
        switch status {
        case 0xC0...0xDF, 0xF1, 0xF3: 2
        case 0x80...0xEF, 0xF2: 3
        case 0xF6, 0xF8...0xFF: 1
        default: 0
        }
    }

    /// Data bytes of a message: all below 80.
    func dataBytes(_ text: String) -> [UInt8]? {
        hexadecimal(text).map { $0.compactMap { $0 } }.flatMap { bytes in
            bytes.allSatisfy { $0 < 0x80 } ? bytes : nil
        }
    }

    /// Hexadecimal bytes; `??` becomes nil, where that is allowed.
    func hexadecimal(_ text: String, allowsAny: Bool = false) -> [UInt8?]? {
        var bytes: [UInt8?] = []
        for word in text.split(separator: " ") {
            if word == "??", allowsAny {
                bytes.append(nil)
            } else if word.count == 2, let byte = UInt8(word, radix: 16) {
                bytes.append(byte)
            } else {
                return nil
            }
        }
        return bytes
    }
}
