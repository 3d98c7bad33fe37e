import Music
import Playback

/// How loudly the player plays now, against the take: the band follows.
struct Dynamics: Sendable {
    /// Strokes of the last seconds, oldest first.
    private var strokes: [(time: Instant, velocity: Int)] = []
    /// What the band was told last; 1 is as written.
    private(set) var factor = 1.0

    /// How far back strokes count; who plays nothing for so long is followed no more.
    static let window = Nanoseconds.seconds(4)
    private static let most = 64
    private static let fewest = 3
    /// Smaller changes are not worth telling.
    private static let step = 0.05

    mutating func hear(_ velocity: Velocity, at time: Instant) {
        strokes.append((time, velocity.number))
        if strokes.count > Dynamics.most { strokes.removeFirst() }
    }

    /// Begins anew, at 1.
    mutating func forget() {
        strokes = []
        factor = 1
    }

    /// - Parameter usual: the mean velocity of the take; asked for only while somebody plays.
    /// - Returns: the new factor, 0.7...1.3; nil where it stays.
    mutating func follow(_ now: Instant, usual: () -> Double) -> Double? {
        strokes.removeAll { now - $0.time > Dynamics.window }
        var wanted = 1.0
        if strokes.count >= Dynamics.fewest {
            let usual = usual()
            let mean = Double(strokes.reduce(0) { $0 + $1.velocity }) / Double(strokes.count)
            // Half way: a band that shouts with the player drowns the player.
            wanted = min(1.3, max(0.7, 1 + 0.5 * (mean - usual) / usual))
        }
        guard abs(wanted - factor) >= Dynamics.step || wanted == 1 && factor != 1 else { return nil }
        factor = wanted
        return wanted
    }
}

extension Session {
    mutating func followDynamics(_ now: Instant) -> [Effect] {
        guard player?.phase == .playing, let piece, !piece.melody.notes.isEmpty else { return [] }
        let factor = dynamics.follow(now) {
            Double(piece.melody.notes.reduce(0) { $0 + $1.velocity.number }) / Double(piece.melody.notes.count)
        }
        return factor.map { feed(.intensity($0, at: now)) } ?? []
    }
}
