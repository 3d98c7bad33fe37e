import MIDI
import Music
import Transport

/// A click: wood blocks on bar lines and beats, handed out a little before they are due.
///
/// A state machine without a clock, as the band's player. Its notes are short, so that what was handed out may sound when it
/// is stopped.
public struct Metronome: Sendable {
    public enum Event: Hashable, Sendable {
        /// Clicks on a map's beats from an instant on; bar lines lie at multiples of the bar. With `countIn`, so many bars
        /// and no more.
        case start(map: TempoMap, meter: Meter, at: Instant, countIn: Int?)
        /// Goes on under another map.
        case retime(TempoMap, at: Instant)
        case stop(at: Instant)
        /// Time passes; to be called several times within the horizon.
        case advance(Instant)
    }

    /// General MIDI's high wood block on bar lines, the low one on beats.
    public static let barKey = Pitch(76)
    public static let beatKey = Pitch(77)
    private static let length = Nanoseconds.milliseconds(30)

    /// The grid that is clicked; nil while nothing is.
    public private(set) var map: TempoMap?
    public private(set) var meter = Meter.fourFour
    public let destination: PortAddress
    private let horizon: Nanoseconds
    /// How late the port sounds what it gets: it is sent so much earlier.
    private let latency: Nanoseconds
    /// The next click.
    private var next = Tick.zero
    private var end: Tick?
    private var handedUntil = Instant(nanoseconds: .min)

    /// - Parameter latency: how late the port sounds; within `Routing.latencyRange`, clamped to it.
    public init(
        destination: PortAddress, horizon: Nanoseconds = BandPlayer.standardHorizon, latency: Nanoseconds = .zero
    ) {
        self.latency = min(Routing.latencyRange.upperBound, max(Routing.latencyRange.lowerBound, latency))
        self.destination = destination
        self.horizon = horizon
    }

    public var isRunning: Bool { map != nil }

    /// When the bar behind the count-in begins; nil without a count-in, and once its last click was handed out and its end
    /// came within the horizon.
    public var countInEnd: Instant? {
        guard let map, let end else { return nil }
        return map.instant(of: end)
    }

    /// Follows an event.
    ///
    /// - Returns: clicks, in time order.
    public mutating func handle(_ event: Event) -> [ScheduledMessage] {
        switch event {
        case .start(let map, let meter, let time, let bars):
            self.map = map
            self.meter = meter
            next = BandPlayer.line(of: step, atOrAfter: max(time, handedUntil), map)
            end = bars.map { next + meter.bar * $0 }
            return handOut(time)
        case .retime(let map, let time):
            guard self.map != nil else { return [] }
            self.map = map
            return handOut(time)
        case .stop:
            map = nil
            return []
        case .advance(let now):
            return handOut(now)
        }
    }

    /// Felt beats; the eighths too where they are felt in threes.
    private var step: Tick { meter.isCompound ? Tick(Tick.perQuarter * 4 / meter.denominator) : meter.beat }

    private mutating func handOut(_ now: Instant) -> [ScheduledMessage] {
        guard let map else { return [] }
        var messages: [ScheduledMessage] = []
        // A machine that slept does not click for every beat that it missed.
        if map.instant(of: next) + .milliseconds(500) < now { next = BandPlayer.line(of: step, atOrAfter: now, map) }
        while map.instant(of: next) <= now + horizon + max(.zero, latency) {
            if let end, next >= end {
                self.map = nil
                return messages
            }
            let time = max(map.instant(of: next), handedUntil)
            let place = ((next.rawValue % meter.bar.rawValue) + meter.bar.rawValue) % meter.bar.rawValue
            let key = place == 0 ? Metronome.barKey : Metronome.beatKey
            let velocity = place == 0 ? 100 : place % meter.beat.rawValue == 0 ? 80 : 50
            messages.append(
                ScheduledMessage(
                    time: time - latency, destination: destination, message: .noteOn(.drums, key, Velocity(velocity))))
            messages.append(
                ScheduledMessage(
                    time: time + Metronome.length - latency, destination: destination, message: .noteOff(.drums, key)))
            handedUntil = time + Metronome.length
            next = next + step
        }
        return messages
    }
}
