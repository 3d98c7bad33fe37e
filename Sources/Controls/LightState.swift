import Music

/// What a keyboard's lights and the state port show.
///
/// The raw values are those of the state port: control change 119 on channel 16.
public enum LightState: UInt8, Hashable, Sendable, CaseIterable {
    case idle, armed, recording, generating, playing, stopped
    /// The last take lost input, and is marked so.
    case damaged

    /// How it is shown where the profile's messages can only switch a light on and off.
    public enum Rhythm: Hashable, Sendable {
        case steady, slowBlink, fastBlink, doubleBlink
    }

    public var rhythm: Rhythm {
        switch self {
        case .idle, .recording, .playing, .stopped: .steady
        case .armed: .slowBlink
        case .generating: .fastBlink
        case .damaged: .doubleBlink
        }
    }

    /// As profile files name it.
    public var name: String { "\(self)" }

    public init?(name: String) {
        guard let state = LightState.allCases.first(where: { $0.name == name }) else { return nil }
        self = state
    }

    public init(_ state: PlayerState, isDamaged: Bool) {
        switch state {
        case .idle: self = isDamaged ? .damaged : .idle
        case .armed: self = .armed
        case .recording: self = .recording
        case .generating: self = .generating
        case .playing: self = .playing
        case .stopped: self = isDamaged ? .damaged : .stopped
        }
    }
}
