import Music
import Playback

/// How the parts are heard: locked, muted, alone, and how loud.
public struct MixDesk: Hashable, Sendable {
    /// Parts that the next variations keep, note for note.
    public internal(set) var locked: Set<Part> = []
    public internal(set) var muted: Set<Voice> = []
    /// Where any part is alone, the others are silent.
    public internal(set) var alone: Set<Part> = []
    /// 0...127, of the voices whose volume was set.
    public internal(set) var volumes: [Voice: UInt8] = [:]

    public init() {}

    /// The voices that are not heard.
    ///
    /// - Parameter melodyIsHeard: whether the take is heard in the round; the player's own keys are not this melody.
    func silent(melodyIsHeard: Bool) -> Set<Voice> {
        var silent = muted
        if !melodyIsHeard { silent.insert(.melody) }
        if !alone.isEmpty { silent.formUnion(Part.allCases.filter { !alone.contains($0) }.map { .part($0) }) }
        return silent
    }
}

extension Session {
    mutating func lock(_ part: Part) -> [Effect] {
        mix.locked.formSymmetricDifference([part])
        // What was made ahead does not keep the parts that are locked now.
        ahead = []
        for request in open.keys where open[request]?.isAhead == true { open[request] = nil }
        return [
            .told(
                state,
                mix.locked.contains(part)
                    ? "\(part.rawValue) stays as it is in the next variations" : "\(part.rawValue) is free again")
        ]
    }

    mutating func mute(_ voice: Voice, _ time: Instant) -> [Effect] {
        if voice == .melody, let piece, !piece.isHeard || mix.muted.contains(.melody) {
            // The take is silent until it is wanted.
            mix.muted.remove(.melody)
            self.piece?.isHeard = true
        } else {
            mix.muted.formSymmetricDifference([voice])
        }
        return applyMix(time) + [
            .told(state, mix.muted.contains(voice) ? "\(voice.name) is muted" : "\(voice.name) is heard")
        ]
    }

    mutating func solo(_ part: Part, _ time: Instant) -> [Effect] {
        mix.alone.formSymmetricDifference([part])
        let names = Part.allCases.filter { mix.alone.contains($0) }.map(\.rawValue)
        let sentence = names.isEmpty ? "all parts are heard" : "\(names.joined(separator: ", ")) alone"
        return applyMix(time) + [.told(state, sentence)]
    }

    mutating func setVolume(_ value: UInt8, of voice: Voice, _ time: Instant) -> [Effect] {
        mix.volumes[voice] = min(127, value)
        return feed(.volume(mix.volumes, at: time)) + [.told(state, "\(voice.name) at volume \(min(127, value))")]
    }

    private mutating func applyMix(_ time: Instant) -> [Effect] {
        feed(.mute(mix.silent(melodyIsHeard: piece?.isHeard ?? false), at: time))
    }
}

extension Voice {
    /// `melody`, or the part's name.
    public var name: String {
        switch self {
        case .melody: "melody"
        case .part(let part): part.rawValue
        }
    }

    /// - Returns: nil for other names.
    public init?(name: String) {
        if name == "melody" {
            self = .melody
        } else if let part = Part(rawValue: name) {
            self = .part(part)
        } else {
            return nil
        }
    }
}
