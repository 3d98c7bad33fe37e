import Music

/// When the beats of a performance come: the timekeeper's time, without the hands' noise.
struct PerformedClock {
    private let beat: Tick
    private let phraseLength: Tick
    /// Seconds at each beat from bar 1 on.
    private let times: [Double]

    /// Lays the beats of a take out.
    ///
    /// The length of a beat is the tempo's, times 1/f-like drift, times the phrase's parabola, plus the timekeeper's
    /// independent error.
    init(
        bars: Int, barLength: Tick, beat: Tick, beatSeconds: Double, parameters: PerformanceModel.Parameters,
        draws: inout Draws
    ) {
        self.beat = beat
        let phraseBars = min(bars, parameters.phraseBars)
        phraseLength = barLength * phraseBars
        let beats = barLength.rawValue * bars / beat.rawValue + parameters.beatsBehind
        let lengthening = draws.uniform(parameters.phraseEndLengthening)
        var drift = Drift(deviation: parameters.driftDeviation, draws: &draws)
        var times = [0.0]
        for index in 0..<beats {
            let inside = (index * beat.rawValue) % phraseLength.rawValue
            let place = (Double(inside) + Double(beat.rawValue) / 2) / Double(phraseLength.rawValue)
            let shape = lengthening * PerformedClock.lengthening(at: place)
            let slow = 1 + drift.next(&draws) + shape
            let error = parameters.clockDeviation * draws.normal()
            times.append(times[index] + beatSeconds * max(0.5, slow + error))
        }
        self.times = times
    }

    /// The phrase's parabola: 1 at its end, 0 where it is fastest, a third of the way at the beginning.
    ///
    /// - Parameter place: 0 at the phrase's beginning, 1 at its end.
    static func lengthening(at place: Double) -> Double {
        let apex = 0.4
        let side = place < apex ? (apex - place) / apex : (place - apex) / (1 - apex)
        return side * side * (place < apex ? 1.0 / 3 : 1)
    }

    /// Seconds from the first bar line; inside a beat the tempo is even, behind the last beat as in it.
    ///
    /// - Precondition: `tick` is not negative.
    func seconds(at tick: Tick) -> Double {
        precondition(tick >= .zero, "a position is not before bar 1")
        let index = min(tick.rawValue / beat.rawValue, times.count - 2)
        let share = Double(tick.rawValue - index * beat.rawValue) / Double(beat.rawValue)
        return times[index] + share * (times[index + 1] - times[index])
    }

    /// Where in its phrase a position lies, 0..<1.
    func placeInPhrase(_ tick: Tick) -> Double {
        Double(tick.rawValue % phraseLength.rawValue) / Double(phraseLength.rawValue)
    }
}

/// Slow noise with a spectrum near 1/f: the sum of first-order autoregressions whose time constants are 2, 8 and 32
/// beats, each of the same variance.
struct Drift {
    private static let constants = [2.0, 8, 32]
    private let scale: Double
    private var states: [Double]

    /// - Parameter deviation: standard deviation of the sum.
    init(deviation: Double, draws: inout Draws) {
        scale = deviation / Double(Drift.constants.count).squareRoot()
        states = Drift.constants.map { _ in draws.normal() }
    }

    mutating func next(_ draws: inout Draws) -> Double {
        for index in states.indices {
            let memory = 1 - 1 / Drift.constants[index]
            states[index] = memory * states[index] + (1 - memory * memory).squareRoot() * draws.normal()
        }
        return scale * states.reduce(0, +)
    }
}
