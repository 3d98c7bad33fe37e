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
        var time: Int
    }

    static let window = 96
    /// Clocks from which a tempo can be told.
    static let fewest = 4
    /// How many far clocks are looked at before the count or the tempo is changed.
    private static let patience = 4
    private static let shortest = 6
    private static let bendCount = 22
    private static let largestNoise = 3e6

    /// The newest clocks that belong together, at most `window`, oldest first: those that the line goes through.
    private var arrivals: [Arrival] = []
    /// Around the newest of them.
    private var fit = LineFit()
    /// The newest second differences between clocks, in nanoseconds, and what they say of the jitter.
    private var bends: [Double] = []
    private var nextBend = 0
    private var noise = ClockEstimate.largestNoise
    /// Clocks that were far from where they were expected, and nothing behind them was near.
    private var waiting: [Arrival] = []
    /// The number of the last clock that came.
    private(set) var number = -1
    private(set) var last: Instant?
    /// Nanoseconds from clock to clock, and when clock `origin` was meant.
    private(set) var interval: Double?
    /// The interval before a rest, while the clocks behind it are too few to tell a better one.
    private var known: Double?
    private var origin = 0
    private var meant = Instant.zero

    init() {
        arrivals.reserveCapacity(ClockEstimate.window)
        waiting.reserveCapacity(ClockEstimate.window)
        bends.reserveCapacity(ClockEstimate.bendCount)
    }

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
    var isSettled: Bool { arrivals.count >= 24 }

    /// Enters a clock.
    mutating func clock(at time: Instant) {
        number += 1
        last = time
        let arrival = Arrival(number: number, time: Int(time.nanoseconds))
        guard !arrivals.isEmpty, let expected = self.time(ofClock: number), let interval else { return take(arrival) }
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
        fit = LineFit()
        known = interval
    }

    /// Decides what clocks mean that come far from where they were expected.
    private mutating func resolve() {
        guard waiting.count >= ClockEstimate.patience, let interval else { return }
        let newest = waiting.suffix(ClockEstimate.patience)
        let distances = newest.map { arrival in
            time(ofClock: arrival.number).map { Double(arrival.time - Int($0.nanoseconds)) / interval } ?? 0
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
        guard let last = newest.last else { return false }
        var fit = LineFit()
        for arrival in newest { fit.add(arrival.number - last.number, arrival.time - last.time) }
        let shortest = 60e9 / (24 * Tempo.range.upperBound) * 0.9
        guard let line = fit.line, line.slope > shortest else { return false }
        return newest.allSatisfy {
            abs(Double($0.time - last.time) - line.height(at: $0.number - last.number)) < 0.2 * line.slope
        }
    }

    private mutating func take(_ arrival: Arrival) {
        if arrivals.count == ClockEstimate.window { drop(1) }
        if let last = arrivals.last { fit.center(arrival.number - last.number, arrival.time - last.time) }
        fit.add(0, 0)
        arrivals.append(arrival)
        bend()
        while arrivals.count >= ClockEstimate.fewest, let line = fit.line {
            guard arrivals.count > ClockEstimate.shortest,
                deviation(from: line, around: arrival) > max(1.2e6, 2 * noise)
            else { return accept(line, arrival) }
            drop(arrivals.count - max(ClockEstimate.shortest, arrivals.count * 3 / 4))
            known = nil
        }
        // Too few for a tempo: the one that was known, from the first of them on.
        if arrivals.count == 1 { (origin, meant) = (arrival.number, Instant(nanoseconds: Int64(arrival.time))) }
    }

    /// Leaves out the oldest clocks.
    private mutating func drop(_ count: Int) {
        guard let last = arrivals.last else { return }
        for index in 0..<count {
            fit.remove(arrivals[index].number - last.number, arrivals[index].time - last.time)
        }
        arrivals.removeFirst(count)
    }

    private mutating func accept(_ line: LineFit.Line, _ arrival: Arrival) {
        var (slope, offset) = (line.slope, line.offset)
        if let known {
            // A few clocks tell a tempo worse than the many before them did.
            let count = Double(arrivals.count)
            let doubt = 3.5 * max(0.3e6, noise) * (12 / (count * count * count)).squareRoot()
            if arrivals.count < ClockEstimate.window / 2, abs(slope - known) < doubt {
                offset -= (slope - known) * (count - 1) / 2
                slope = known
            } else {
                self.known = nil
            }
        }
        interval = slope
        origin = arrival.number
        meant = Instant(nanoseconds: Int64(arrival.time) + Int64(offset.rounded()))
    }

    /// How far the newest clocks lie beside the line, the jitter of single ones left out.
    private func deviation(from line: LineFit.Line, around last: Arrival) -> Double {
        abs(
            median(
                arrivals.suffix(ClockEstimate.shortest).map {
                    Double($0.time - last.time) - line.height(at: $0.number - last.number)
                }))
    }

    /// Learns the jitter's standard deviation, at most 3 ms, from second differences of the newest clocks, which neither a
    /// ramp nor one jump disturbs; anew every six clocks.
    private mutating func bend() {
        guard arrivals.count >= 3 else { return }
        let (a, b, c) = (arrivals[arrivals.count - 3], arrivals[arrivals.count - 2], arrivals[arrivals.count - 1])
        guard c.number - a.number == 2 else { return }
        let bend = abs(Double(c.time - 2 * b.time + a.time))
        if bends.count < ClockEstimate.bendCount { bends.append(bend) } else { bends[nextBend] = bend }
        nextBend = (nextBend + 1) % ClockEstimate.bendCount
        guard nextBend % 6 == 0, bends.count >= 6 else { return }
        noise = min(ClockEstimate.largestNoise, 1.4826 / 6.0.squareRoot() * median(bends))
    }
}
