import Music

/// What a button means here.
public enum ControlAction: Hashable, Sendable {
    case record
    /// Accompany what was just played.
    case play
    case stop
    case next
    case previous
    case regenerate
    case loop
    case undo
    case redo
    case erase
    case half
    case double
    case tap
    case metronome
    case panic
    /// A pad that chooses a genre, counted from 1.
    case genre(Int)
    case nextGenre
    case previousGenre
    case lock(Part)
    case mute(Part)
    case solo(Part)
    /// The one switch that does everything by how it is pressed (`OneButton`).
    case oneButton

    private static let simple: [(action: ControlAction, name: String)] = [
        (.record, "record"), (.play, "play"), (.stop, "stop"), (.next, "next"), (.previous, "previous"),
        (.regenerate, "regenerate"), (.loop, "loop"), (.undo, "undo"), (.redo, "redo"), (.erase, "erase"),
        (.half, "half"), (.double, "double"), (.tap, "tap"), (.metronome, "metronome"), (.panic, "panic"),
        (.nextGenre, "genre-next"), (.previousGenre, "genre-previous"), (.oneButton, "one-button"),
    ]

    /// The name in profile files: `record`, `genre-2`, `mute-bass`.
    public var name: String {
        switch self {
        case .genre(let number): "genre-\(number)"
        case .lock(let part): "lock-\(part.rawValue)"
        case .mute(let part): "mute-\(part.rawValue)"
        case .solo(let part): "solo-\(part.rawValue)"
        default: ControlAction.simple.first { $0.action == self }?.name ?? ""
        }
    }

    public init?(name: String) {
        if let known = ControlAction.simple.first(where: { $0.name == name }) {
            self = known.action
            return
        }
        let pieces = name.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard pieces.count == 2 else { return nil }
        if pieces[0] == "genre", let number = Int(pieces[1]), (1...16).contains(number) {
            self = .genre(number)
            return
        }
        guard let part = Part(rawValue: String(pieces[1])) else { return nil }
        switch pieces[0] {
        case "lock": self = .lock(part)
        case "mute": self = .mute(part)
        case "solo": self = .solo(part)
        default: return nil
        }
    }
}
