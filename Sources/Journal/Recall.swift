import MIDI
import Music

/// A message out of the journal, at its place on the present clock.
public struct PlayedMessage: Hashable, Sendable {
    public var message: MIDIMessage
    /// The keyboard's product name.
    public var keyboard: String
    /// As long ago as it was played; negative where that is before the transport's start.
    public var time: Instant

    public init(message: MIDIMessage, keyboard: String, time: Instant) {
        self.message = message
        self.keyboard = keyboard
        self.time = time
    }
}

/// Places what former sessions stored on the present clock.
enum Recall {
    /// - Parameters:
    ///   - segments: the newest first.
    ///   - now: the present on the clock of the result, which is `wall` on the wall clock.
    ///   - within: how far back, in nanoseconds.
    /// - Returns: in the order in which it was played; times never decrease and are never later than `now`. Within a session
    ///   distances are those of a clock that nobody sets. Where the wall clock says that a session lies in the future, it was set
    ///   back since: the session then ends now, or where the one after it begins.
    static func place(_ segments: [Segment], now: Instant, wall: Int64, within: Int64) -> [PlayedMessage] {
        var found: [PlayedMessage] = []
        var bound = now.nanoseconds
        var session: UInt64?
        var offset: Int64 = 0
        var shift: Int64?
        var seen: Set<UInt32> = []
        let (oldest, isPastAllTime) = now.nanoseconds.subtractingReportingOverflow(within)
        for segment in segments {
            if segment.header.session != session {
                session = segment.header.session
                offset = segment.anchor.offset
                shift = nil
                seen = []
            }
            for record in segment.records.reversed() {
                if shift == nil {
                    let age = max(0, wall &- (record.boot &+ offset))
                    shift = min(now.nanoseconds &- age, bound) &- record.boot
                }
                let time = min(bound, record.boot &+ (shift ?? 0))
                guard isPastAllTime || time >= oldest else { return found.reversed() }
                guard seen.insert(record.serial).inserted else { continue }
                bound = time
                found.append(
                    PlayedMessage(
                        message: record.message, keyboard: record.keyboard, time: Instant(nanoseconds: time)))
            }
        }
        return found.reversed()
    }
}
