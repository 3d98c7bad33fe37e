import Controls
import Music

/// The names that profile files know: what the reader accepts, and what profiles/README.md documents.
public enum ProfileSchema {
    /// One table of a profile file.
    public enum Section: String, Sendable, CaseIterable {
        case file, inquiry, ports, button, light, lights
    }

    /// The keys of a table, in the order in which they are documented; those of `[buttons]` are `actions`.
    public static func keys(of section: Section) -> [String] {
        switch section {
        case .file:
            [
                "name", "usb", "products", "inquiry", "sounds", "keys", "confidence", "sources", "confirmed", "press",
                "handshake", "goodbye", "ports", "buttons", "lights",
            ]
        case .inquiry: ["manufacturer", "family"]
        case .ports: ["keys", "control"]
        case .button: messages + ["channel", "press", "confirmed", "light"]
        case .light: ["on", "off"]
        case .lights: ["off"] + LightState.allCases.map(\.name)
        }
    }

    /// What a button may send; a button has one of these keys.
    public static let messages = ["control", "note", "program", "sysex", "realtime", "mmc", "mackie"]

    /// The keys of `[buttons]`.
    public static let actions: [String] = {
        let parts = Part.allCases.map(\.rawValue)
        let simple = [
            "record", "play", "stop", "next", "previous", "regenerate", "loop", "undo", "redo", "erase", "half",
            "double", "tap", "metronome", "panic", "genre-next", "genre-previous", "one-button",
        ]
        return simple + (1...16).map { "genre-\($0)" } + parts.map { "lock-\($0)" } + parts.map { "mute-\($0)" }
            + parts.map { "solo-\($0)" }
    }()

    /// System real-time messages of MIDI 1.0.
    public static let realTime: [(name: String, status: UInt8)] = [
        ("start", 0xFA), ("continue", 0xFB), ("stop", 0xFC),
    ]

    /// Commands of MIDI Machine Control (RP-013), sent as `F0 7F device 06 command F7`.
    public static let machineControl: [(name: String, command: UInt8)] = [
        ("stop", 0x01), ("play", 0x02), ("deferred-play", 0x03), ("forward", 0x04), ("rewind", 0x05),
        ("record", 0x06), ("record-exit", 0x07), ("record-pause", 0x08), ("pause", 0x09), ("chase", 0x0B),
    ]

    /// Mackie Control's buttons, notes on channel 1.
    public static let mackie: [(name: String, note: UInt8)] = [
        ("record", 0x5F), ("play", 0x5E), ("stop", 0x5D), ("rewind", 0x5B), ("forward", 0x5C), ("loop", 0x56),
        ("click", 0x59), ("undo", 0x51),
    ]

    /// The known name that a mistyped one is nearest to; nil where none is near.
    public static func nearest(to name: String, among known: [String]) -> String? {
        let ranked = known.map { (name: $0, distance: distance(name, $0)) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(1, min(name.count, best.name.count) / 2) ? best.name : nil
    }

    /// How many letters are to be put in, taken out or changed (Levenshtein 1966).
    private static func distance(_ first: String, _ second: String) -> Int {
        let letters = Array(second)
        var row = Array(0...letters.count)
        for (index, letter) in first.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in letters.indices {
                let changed = diagonal + (letters[column] == letter ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(changed, row[column] + 1, diagonal + 1)
            }
        }
        return row[letters.count]
    }
}
