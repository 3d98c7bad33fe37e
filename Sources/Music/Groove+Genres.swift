extension Groove {
    /// The same swing with the genre's accents and micro-timing.
    public func played(as genre: Genre) -> Groove { Groove(swing: swing, touches: Groove.touches(of: genre)) }

    /// One table a genre; a genre without one plays like pop.
    ///
    /// The offsets are plain choices of a few milliseconds, all below the 15 ms from which displaced drums were rated worse
    /// than quantized ones (Frühauf, Kopiez & Platz, *Music on the timing grid*, Musicae Scientiae 17, 2013) and within what
    /// ensembles spread by (Rasch, *Synchronization in performed ensemble music*, Acustica 43, 1979). Their direction follows
    /// custom: a snare behind the beat, in jazz the ride in front with soloists and chords behind it (Friberg & Sundström,
    /// *Swing ratios and ensemble timing in jazz performance*, Music Perception 19, 2002).
    public static func touches(of genre: Genre) -> [Voice: Touch] {
        switch genre {
        case .jazz: jazz
        case .rock: rock
        case .symphony: symphony
        default: pop
        }
    }

    private static let pop: [Voice: Touch] = [
        .kick: Touch(accents: [.downbeat: 4, .waltz: 5, .offbeat: -3, .between: -4]),
        .snare: Touch(late: 6, accents: [.backbeat: 5, .between: -4]),
        .cymbals: Touch(accents: [.downbeat: 2, .waltz: 3, .backbeat: 2, .offbeat: -5, .between: -7]),
        .percussion: Touch(late: 2, accents: [.backbeat: 3, .between: -4]),
        .bass: Touch(late: 3, accents: [.downbeat: 3, .waltz: 5, .offbeat: -3, .between: -4]),
        .chords: Touch(late: 1, accents: [.downbeat: 2, .waltz: 2, .backbeat: 2, .offbeat: -2, .between: -3]),
        .pad: Touch(late: 2),
        .line: Touch(late: 4, accents: [.downbeat: 2, .waltz: 2, .between: -2]),
    ]

    private static let jazz: [Voice: Touch] = [
        .kick: Touch(accents: [.downbeat: -2, .offbeat: 3]),
        .snare: Touch(late: 6, accents: [.offbeat: 4, .between: -3]),
        .cymbals: Touch(late: -3, accents: [.waltz: 3, .backbeat: 5, .offbeat: -3, .between: -5]),
        .percussion: Touch(late: 3, accents: [.offbeat: 2]),
        .bass: Touch(late: -1, accents: [.waltz: 4, .backbeat: 3, .offbeat: -4]),
        .chords: Touch(late: 8, accents: [.offbeat: 5, .downbeat: -2]),
        .pad: Touch(late: 5),
        .line: Touch(late: 10, accents: [.offbeat: 5, .beat: -2]),
    ]

    private static let rock: [Voice: Touch] = [
        .kick: Touch(accents: [.downbeat: 5, .waltz: 6, .between: -3]),
        .snare: Touch(late: 7, accents: [.backbeat: 8, .offbeat: -3, .between: -6]),
        .cymbals: Touch(
            late: -2, accents: [.downbeat: 4, .waltz: 4, .backbeat: 3, .beat: 3, .offbeat: -6, .between: -8]),
        .percussion: Touch(late: 4),
        .bass: Touch(late: 3, accents: [.downbeat: 4, .waltz: 5, .backbeat: 2, .offbeat: -2]),
        .chords: Touch(late: -1, accents: [.downbeat: 4, .waltz: 4, .backbeat: 3, .offbeat: -3, .between: -4]),
        .pad: Touch(late: 3),
        .line: Touch(late: 3, accents: [.downbeat: 2, .waltz: 2]),
    ]

    private static let symphony: [Voice: Touch] = [
        .kick: Touch(late: 4, accents: [.downbeat: 4, .waltz: 6]),
        .snare: Touch(late: 4, accents: [.downbeat: 3, .waltz: 4, .between: -4]),
        .cymbals: Touch(late: 4, accents: [.downbeat: 3, .waltz: 4]),
        .percussion: Touch(late: 4, accents: [.downbeat: 3, .waltz: 4]),
        .bass: Touch(late: 2, accents: [.downbeat: 4, .waltz: 7, .beat: -1, .offbeat: -3]),
        .chords: Touch(late: 3, accents: [.downbeat: 3, .waltz: -2, .offbeat: -3, .between: -3]),
        .pad: Touch(late: 6, accents: [.downbeat: 2, .waltz: 2]),
        .line: Touch(late: -2, accents: [.downbeat: 2, .waltz: 3, .offbeat: -1, .between: -2]),
    ]
}
