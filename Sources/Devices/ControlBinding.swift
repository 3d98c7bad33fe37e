import MIDI
import Music
import Transport

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
    case lock(Part)
    case mute(Part)
    case solo(Part)

    private static let simple: [(action: ControlAction, name: String)] = [
        (.record, "record"), (.play, "play"), (.stop, "stop"), (.next, "next"), (.previous, "previous"),
        (.regenerate, "regenerate"), (.loop, "loop"), (.undo, "undo"), (.redo, "redo"), (.erase, "erase"),
        (.half, "half"), (.double, "double"), (.tap, "tap"), (.metronome, "metronome"), (.panic, "panic"),
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

/// What a button sends.
public enum ControlTrigger: Hashable, Sendable {
    case control(Channel, UInt8)
    case note(Channel, UInt8)
    case program(Channel, UInt8)
    /// A whole system exclusive message; nil stands for any byte.
    case systemExclusive([UInt8?])
    /// 0xFA start, 0xFB continue, 0xFC stop.
    case realTime(UInt8)

    /// What must not go thru for this button; nil for what never goes thru.
    public var swallowed: SwallowedMessage? {
        switch self {
        case .control(let channel, let number): SwallowedMessage(status: 0xB0 | channel.wire, data1: number)
        case .note(let channel, let number): SwallowedMessage(status: 0x90 | channel.wire, data1: number)
        case .program(let channel, let number): SwallowedMessage(status: 0xC0 | channel.wire, data1: number)
        case .systemExclusive, .realTime: nil
        }
    }

    /// Whether a message is this button, pressed or released.
    func matches(_ message: MIDIMessage) -> Bool {
        switch self {
        case .control(let channel, let number): message.status == 0xB0 | channel.wire && message.data1 == number
        case .note(let channel, let number):
            // Note-on 0x9c and note-off 0x8c.
            message.status & 0xEF == 0x80 | channel.wire && message.data1 == number
        case .program(let channel, let number): message.status == 0xC0 | channel.wire && message.data1 == number
        case .realTime(let status): message.status == status
        case .systemExclusive: false
        }
    }

    func matches(systemExclusive bytes: [UInt8]) -> Bool {
        guard case .systemExclusive(let pattern) = self, pattern.count == bytes.count else { return false }
        return zip(pattern, bytes).allSatisfy { $0 == nil || $0 == $1 }
    }
}

/// One button: what it sends, and what that means.
public struct ControlBinding: Hashable, Sendable {
    /// On which of a keyboard's ports it is listened for.
    public enum Place: Hashable, Sendable {
        case controlPort
        case anyPort
        /// Every port but the one that carries the keys: for notes that would be music there.
        case besideKeys
    }

    public var action: ControlAction
    public var trigger: ControlTrigger
    public var place: Place

    public init(_ action: ControlAction, _ trigger: ControlTrigger, place: Place = .controlPort) {
        self.action = action
        self.trigger = trigger
        self.place = place
    }
}
