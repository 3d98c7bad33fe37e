import Music

/// Finds the steady beat behind jittering MIDI clocks: which clock a message is, when it was meant, how far clocks are
/// apart.
///
/// Least squares over a window of at most 96 clocks (four quarters). The window is shortened while the median of the six
/// newest deviations stands out of the jitter, so that it is long where the tempo is steady and short where it moves. At
/// 120 bpm and a jitter of standard deviation s it settles to a tempo within about s / 5,500 ms (standard deviation, 0.03 %
/// for 1.7 ms) and a phase within s / 5. On a ramp that changes tempo by the fraction a each second it uses the window W
/// seconds for which a W² / 12 is about the jitter.
///
/// A clock that comes more than 0.6 of a clock away from where it is expected waits for the ones behind it: late clocks
/// that come in a burst are counted, a lost or doubled one shifts the count, a steady new tempo begins a new window.
struct ClockEstimate: Sendable {
    private struct Arrival {
        /// Clocks are numbered without gaps; the number says where in the song a clock lies.
        var number: Int
        var time: Int64
    }

    static let window = 96
    /// Clocks from which a tempo can be told.
    static let fewest = 4
    /// How many far clocks are looked at before the count or the tempo is changed.
    private static let patience = 4
    private static let shortest = 6

    /// The newest `window` clocks that belong together, oldest first.
    private var arrivals: [Arrival] = []
    /// Clocks that were far from where they were expected, and nothing behind them was near.
    private var waiting: [Arrival] = []
    /// How many of `arrivals` the line goes through.
    private var used = 0
    /// The number of the last clock that came.
    private(set) var number = -1
    private(set) var last: Instant?
    /// Nanoseconds from clock to clock, and when clock `origin` was meant.
    private(set) var interval: Double?
    /// The interval before a rest, while the clocks behind it are too few to tell a better one.
    private var known: Double?
    private var origin = 0
    private var meant = Instant.zero

    init() { arrivals.reserveCapacity(ClockEstimate.window + 1) }

    /// When a clock was or will be meant; nil before a tempo is known.
    func time(ofClock number: Int) -> Instant? {
        interval.map { meant + Nanoseconds(Int64((Double(number - origin) * $0).rounded())) }
    }

    /// The tempo, held to `Tempo.range`; nil before one is known.
    var tempo: Tempo? { interval.map(ClockEstimate.tempo) }

    static func tempo(_ interval: Double) -> Tempo {
        let exact = 60e9 / (24 * max(1, interval))
        return Tempo(quartersPerMinute: min(Tempo.range.upperBound, max(Tempo.range.lowerBound, exact)))!
    }

    /// Whether enough clocks were heard for the tempo to be told to others.
    var isSettled: Bool { used >= 24 }

    /// Enters a clock.
    mutating func clock(at time: Instant) {
        number += 1
        last = time
        let arrival = Arrival(number: number, time: time.nanoseconds)
        guard used > 0, let expected = self.time(ofClock: number), let interval else { return take(arrival) }
        let distance = Double((time - expected).count) / interval
        if abs(distance) <= 0.6 {
            waiting.removeAll(keepingCapacity: true)
            take(arrival)
        } else {
            waiting.append(arrival)
            resolve()
        }
    }

    /// After a silence: counts the clocks that must have been missed, as nobody else did.
    mutating func bridge(to time: Instant) {
        guard let interval, let expected = self.time(ofClock: number + 1) else { return rest() }
        number += Int(max(0, (Double((time - expected).count) / interval).rounded()))
        rest()
    }

    /// Before the first clock of a song: begins anew with it unless it comes in the beat of the clocks before it.
    mutating func begin(at time: Instant) {
        guard let interval, waiting.isEmpty, let expected = self.time(ofClock: number + 1) else { return rest() }
        if abs(Double((time - expected).count)) > 0.25 * interval { rest() }
    }

    /// Forgets the clocks, but neither the tempo nor the count. The tempo holds until the clocks to come speak against it.
    mutating func rest() {
        arrivals.removeAll(keepingCapacity: true)
        waiting.removeAll(keepingCapacity: true)
        used = 0
        known = interval
    }

    /// Decides what clocks mean that come far from where they were expected.
    private mutating func resolve() {
        guard waiting.count >= ClockEstimate.patience, let interval else { return }
        let newest = waiting.suffix(ClockEstimate.patience)
        let distances = newest.map { arrival in
            time(ofClock: arrival.number).map { Double(arrival.time - $0.nanoseconds) / interval } ?? 0
        }
        let (low, high) = (distances.min() ?? 0, distances.max() ?? 0)
        let shift = Int((distances.reduce(0, +) / Double(distances.count)).rounded())
        if high - low < 0.5, shift != 0 {
            // The same beat, counted wrongly: clocks were lost on the way, or came twice.
            number += shift
            let moved = newest.map { Arrival(number: $0.number + shift, time: $0.time) }
            waiting.removeAll(keepingCapacity: true)
            for arrival in moved { take(arrival) }
        } else if isSteady(newest) || waiting.count >= 24 {
            let kept = Array(newest)
            rest()
            known = nil
            for arrival in kept { take(arrival) }
        }
    }

    /// Whether clocks lie on a line of a tempo that can be: what comes late in a burst does not.
    private func isSteady(_ newest: ArraySlice<Arrival>) -> Bool {
        guard let last = newest.last, let line = fit(newest, around: last) else { return false }
        let shortest = 60e9 / (24 * Tempo.range.upperBound) * 0.9
        guard line.slope > shortest else { return false }
        return newest.allSatisfy {
            abs(Double($0.time - last.time) - line.height(at: Double($0.number - last.number))) < 0.2 * line.slope
        }
    }

    private mutating func take(_ arrival: Arrival) {
        if arrivals.count == ClockEstimate.window { arrivals.removeFirst() }
        arrivals.append(arrival)
        used = min(used + 1, arrivals.count)
        let noise = self.noise
        while used >= ClockEstimate.fewest, let line = fit(arrivals.suffix(used), around: arrival) {
            guard used > ClockEstimate.shortest, deviation(from: line, around: arrival) > max(1.2e6, 2 * noise) else {
                return accept(line, arrival, noise)
            }
            used = max(ClockEstimate.shortest, used * 3 / 4)
            known = nil
        }
        // Too few for a tempo: the one that was known, from the first of them on.
        if used == 1 { (origin, meant) = (arrival.number, Instant(nanoseconds: arrival.time)) }
    }

    private mutating func accept(_ line: LineFit, _ arrival: Arrival, _ noise: Double) {
        var (slope, offset) = (line.slope, line.offset)
        if let known {
            // A few clocks tell a tempo worse than the many before them did.
            let doubt = 3.5 * max(0.3e6, noise) * (12 / Double(used * used * used)).squareRoot()
            if used < ClockEstimate.window / 2, abs(slope - known) < doubt {
                offset += (slope - known) * -Double(used - 1) / 2
                slope = known
            } else {
                self.known = nil
            }
        }
        interval = slope
        origin = arrival.number
        meant = Instant(nanoseconds: arrival.time + Int64(offset.rounded()))
    }

    /// How far the newest clocks lie beside the line, the jitter of single ones left out.
    private func deviation(from line: LineFit, around last: Arrival) -> Double {
        abs(
            median(
                arrivals.suffix(ClockEstimate.shortest).map {
                    Double($0.time - last.time) - line.height(at: Double($0.number - last.number))
                }))
    }

    private func fit(_ points: ArraySlice<Arrival>, around last: Arrival) -> LineFit? {
        LineFit(points.lazy.map { (x: Double($0.number - last.number), y: Double($0.time - last.time)) })
    }

    /// The jitter's standard deviation in nanoseconds, at most 3 ms: from second differences of the last 24 clocks, which
    /// neither a ramp nor one jump disturbs.
    private var noise: Double {
        let newest = Array(arrivals.suffix(24))
        guard newest.count >= 3 else { return 3e6 }
        let bends = (2..<newest.count).map {
            abs(Double(newest[$0].time - 2 * newest[$0 - 1].time + newest[$0 - 2].time))
        }
        return min(3e6, 1.4826 / 6.0.squareRoot() * median(bends))
    }
}
