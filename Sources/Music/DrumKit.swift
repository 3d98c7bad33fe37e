/// What the keys of the drum channel sound like, as far as it changes what a hit means.
public enum DrumKit: Hashable, Sendable {
    /// Kick, snare, hats and cymbals on the General MIDI keys; power, jazz and brush kits are of this kind.
    case standard
    /// Concert drums and cymbals, triangle and tambourine, and timpani from F2 to F3 on the keys 41 to 53 (the Orchestra Kit of General MIDI 2).
    case orchestra

    /// The kit that a program selects on channel 10; 48 is the orchestra, everything else has the General MIDI keys.
    public init(program: Program?) { self = program?.number == 48 ? .orchestra : .standard }

    /// The keys of an orchestra's kettledrums, which sound at their pitch.
    public static let timpaniKeys = 41...53

    /// Whether a key is a kettledrum.
    public func isTimpani(_ pitch: Pitch) -> Bool { self == .orchestra && DrumKit.timpaniKeys.contains(pitch.number) }
}
