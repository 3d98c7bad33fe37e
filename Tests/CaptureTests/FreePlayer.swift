import Music
import TestSupport

/// A tune written down: pitches with lengths in eighths.
struct Tune: Sendable, CustomStringConvertible {
    var name: String
    var meter: Meter
    /// Eighths before the first bar line.
    var pickup: Int
    /// Pitch (0 is a rest) and eighths.
    var notes: [(pitch: Int, eighths: Int)]

    var description: String { name }

    static let odeToJoy = Tune(
        name: "Ode to Joy", meter: .fourFour, pickup: 0,
        notes: [
            (64, 2), (64, 2), (65, 2), (67, 2), (67, 2), (65, 2), (64, 2), (62, 2), (60, 2), (60, 2), (62, 2), (64, 2),
            (64, 3), (62, 1), (62, 4), (64, 2), (64, 2), (65, 2), (67, 2), (67, 2), (65, 2), (64, 2), (62, 2), (60, 2),
            (60, 2), (62, 2), (64, 2), (62, 3), (60, 1), (60, 4),
        ])

    static let auldLangSyne = Tune(
        name: "Auld Lang Syne", meter: .fourFour, pickup: 2,
        notes: [
            (60, 2), (65, 3), (65, 1), (65, 2), (69, 2), (67, 3), (65, 1), (67, 2), (69, 1), (67, 1), (65, 3), (65, 1),
            (69, 2), (72, 2), (74, 6), (74, 2), (72, 3), (69, 1), (69, 2), (65, 2), (67, 3), (65, 1), (67, 2),
            (69, 1), (67, 1), (65, 3), (62, 1), (62, 2), (60, 2), (65, 6),
        ])

    static let happyBirthday = Tune(
        name: "Happy Birthday", meter: .threeFour, pickup: 2,
        notes: [
            (60, 1), (60, 1), (62, 2), (60, 2), (65, 2), (64, 4), (60, 1), (60, 1), (62, 2), (60, 2), (67, 2), (65, 4),
            (60, 1), (60, 1), (72, 2), (69, 2), (65, 2), (64, 2), (62, 2), (70, 1), (70, 1), (69, 2), (65, 2), (67, 2),
            (65, 4),
        ])

    static let greensleeves = Tune(
        name: "Greensleeves", meter: .sixEight, pickup: 1,
        notes: [
            (69, 1), (72, 2), (74, 1), (76, 1), (77, 1), (76, 1), (74, 2), (71, 1), (67, 1), (69, 1), (71, 1), (72, 2),
            (69, 1), (69, 1), (68, 1), (69, 1), (71, 2), (68, 1), (64, 2), (69, 1), (72, 2), (74, 1), (76, 1), (77, 1),
            (76, 1), (74, 2), (71, 1), (67, 1), (69, 1), (71, 1), (72, 1), (71, 1), (69, 1), (68, 1), (66, 1), (68, 1),
            (69, 3), (69, 2),
        ])

    static let twinkle = Tune(
        name: "Twinkle, Twinkle, Little Star", meter: .fourFour, pickup: 0,
        notes: [
            (60, 2), (60, 2), (67, 2), (67, 2), (69, 2), (69, 2), (67, 4), (65, 2), (65, 2), (64, 2), (64, 2), (62, 2),
            (62, 2), (60, 4),
        ])

    static let saints = Tune(
        name: "When the Saints", meter: .fourFour, pickup: 6,
        notes: [
            (60, 2), (64, 2), (65, 2), (67, 8), (0, 2), (60, 2), (64, 2), (65, 2), (67, 8), (0, 2), (60, 2), (64, 2),
            (65, 2), (67, 4), (64, 4), (60, 4), (64, 4), (62, 8), (0, 2), (64, 2), (64, 2), (62, 2), (60, 6), (60, 2),
            (64, 4), (67, 4), (67, 2), (65, 6), (0, 2), (64, 2), (65, 2), (0, 2), (67, 4), (64, 4), (60, 4), (62, 4),
            (60, 8),
        ])

    static let scarboroughFair = Tune(
        name: "Scarborough Fair", meter: .threeFour, pickup: 0,
        notes: [
            (62, 4), (62, 2), (69, 4), (69, 2), (64, 3), (65, 1), (64, 2), (62, 6), (69, 2), (72, 2), (74, 2), (72, 2),
            (69, 2), (71, 1), (67, 1), (69, 6),
        ])

    /// The first phrase of Ode to Joy alone.
    static let shortOde = Tune(
        name: "Ode to Joy, four bars", meter: .fourFour, pickup: 0,
        notes: Array(odeToJoy.notes.prefix(15)))

    static let all = [odeToJoy, auldLangSyne, happyBirthday, greensleeves]
}

/// Plays tunes without a click: every onset a little off, the tempo drifting, the end slowing down.
struct FreePlayer {
    /// Standard deviation of an onset, in seconds.
    var deviation = 0.012
    /// The tempo's change over the whole tune, as a share.
    var drift = 0.03
    /// When the first note is played.
    var start = Instant(nanoseconds: 7_000_000_000)
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// Plays to the thousandth: every note at its place, as a sequencer does.
    static func playExactly(_ tune: Tune, quarters: Double) -> (notes: [PerformedNote], downbeat: Instant) {
        var player = FreePlayer(seed: 0)
        player.deviation = 0
        player.drift = 0
        return player.play(tune, quarters: quarters)
    }

    /// - Returns: the notes by onset, and when the first bar line was.
    mutating func play(_ tune: Tune, quarters: Double) -> (notes: [PerformedNote], downbeat: Instant) {
        let total = Double(tune.notes.reduce(0) { $0 + $1.eighths })
        let eighth = 30 / quarters
        let time = { (drift: Double, place: Double) -> Double in
            eighth * (place + drift * (place * place / total / 2 - place / 2))
        }
        var played: [PerformedNote] = []
        var place = 0
        for note in tune.notes {
            let onset = time(drift, Double(place)) + gaussian() * deviation
            let end = time(drift, Double(place + note.eighths))
            if note.pitch > 0 {
                played.append(
                    PerformedNote(
                        pitch: Pitch(note.pitch), onset: start + .seconds(onset),
                        length: .seconds(max(0.03, (end - onset) * 0.9)),
                        velocity: Velocity(Int.random(in: 66...84, using: &random))))
            }
            place += note.eighths
        }
        played.sort { $0.onset < $1.onset }
        return (played, start + .seconds(time(drift, Double(tune.pickup))))
    }

    /// The sum of twelve uniform numbers is near enough to a normal one.
    private mutating func gaussian() -> Double {
        (0..<12).reduce(-6.0) { total, _ in total + Double.random(in: 0..<1, using: &random) }
    }
}
