import Music

/// A reading of a performance's rhythm: which grid step each onset was meant for.
struct RhythmGrid: Sendable {
    /// Steps from a bar line, ascending; nil for an onset that is no part of the rhythm (a slip, an ornament).
    var steps: [Int?]
    /// What timing alone costs; skipped onsets are paid for in it.
    var timingCost: Double
    /// Timing, rhythm, first and last place, and tempo.
    var cost: Double
    /// Seconds a step, where the search began.
    var stepLength: Double
}

/// Follows a player's beat through a performance without knowing tempo or bar line.
///
/// Viterbi's algorithm over the places of a bar; each place carries, on its best path, a Kalman filter of when its onset
/// was meant and how long a step is, so tempo drifts and stretched phrase ends are followed.
///
/// - Note: the switching state-space model of A. T. Cemgil and B. Kappen, *Monte Carlo methods for tempo tracking and
///   rhythm quantization* (2003), with one filter a state, as in C. Raphael (2001).
struct RhythmTracker {
    let model: MetricalModel
    /// Standard deviation of an onset, in seconds.
    var deviation = 0.018
    /// How much the length of a beat wanders from beat to beat.
    var wander = 0.022
    /// How inexactly a long note's length is kept.
    var stretch = 0.03
    /// How far the tempo may lie from the one the search begins with.
    var tempoDoubt = 0.06
    /// Costs of an onset beside the rhythm, and of one nowhere near its place.
    var skipCost = 6.5
    var lostCost = 9.0
    /// Paths this much worse than the best are given up.
    var beam = 11.0

    private struct Filter {
        var cost = Double.infinity
        var timing = 0.0
        var time = 0.0
        var period = 0.0
        var timeVariance = 0.0
        var covariance = 0.0
        var periodVariance = 0.0
        var step = 0
    }

    private struct Trace {
        var from: Int16 = -1
        var step: Int32 = 0
        var isSkipped = false
    }

    /// - Parameters:
    ///   - times: in seconds, strictly ascending; at least two.
    ///   - stepLength: seconds a step to begin with.
    func track(_ times: [Double], stepLength: Double) -> RhythmGrid? {
        let width = model.places.count
        var current = (0..<width).map { place in
            Filter(
                cost: model.first[place], time: times[0], period: stepLength, timeVariance: deviation * deviation,
                periodVariance: square(tempoDoubt * stepLength), step: model.places[place])
        }
        var traces = [Trace](repeating: Trace(), count: width * times.count)
        for place in 0..<width { traces[place].step = Int32(model.places[place]) }
        var following = current
        for index in 1..<times.count {
            advance(from: current, to: &following, at: times[index], traces: &traces, row: index * width)
            swap(&current, &following)
        }
        var end = -1
        var best = Double.infinity
        for place in 0..<width where current[place].cost + model.last[place] < best {
            best = current[place].cost + model.last[place]
            end = place
        }
        guard end >= 0 else { return nil }
        var steps = [Int?](repeating: nil, count: times.count)
        var place = end
        for index in stride(from: times.count - 1, through: 0, by: -1) {
            let trace = traces[index * width + place]
            if trace.isSkipped { continue }
            steps[index] = Int(trace.step)
            place = Int(trace.from)
            if place < 0 { break }
        }
        return RhythmGrid(steps: steps, timingCost: current[end].timing, cost: best, stepLength: stepLength)
    }

    private func advance(
        from current: [Filter], to following: inout [Filter], at time: Double, traces: inout [Trace], row: Int
    ) {
        let width = model.places.count
        var least = Double.infinity
        for place in 0..<width {
            let filter = current[place]
            following[place] = filter
            following[place].cost += skipCost
            following[place].timing += skipCost
            traces[row + place] = Trace(from: Int16(place), step: Int32(filter.step), isSkipped: true)
            least = min(least, filter.cost)
        }
        let base = logarithm(deviation)
        for from in 0..<width where current[from].cost <= least + beam {
            let filter = current[from]
            let expected = (time - filter.time) / filter.period
            if expected > 400 { continue }
            let spread = (filter.timeVariance + expected * expected * filter.periodVariance).squareRoot()
            let reach = 1.2 + 3 * (spread + deviation) / filter.period + 0.08 * expected
            let low = filter.step + max(1, Int((expected - reach).rounded(.up)))
            let high = max(low, filter.step + Int((expected + reach).rounded(.down)))
            var step = low
            var inside = low % model.bar
            while step <= high {
                let place = model.index[inside]
                if place >= 0 {
                    consider(
                        filter, from: from, place: place, step: step, time: time, base: base,
                        &following[place], &traces[row + place])
                }
                step += 1
                inside = inside + 1 == model.bar ? 0 : inside + 1
            }
        }
    }

    @inline(__always)
    private func consider(
        _ filter: Filter, from: Int, place: Int, step: Int, time: Double, base: Double, _ cell: inout Filter,
        _ trace: inout Trace
    ) {
        let distance = step - filter.step
        let d = Double(distance)
        var cost = filter.cost + model.following[from * model.places.count + place]
        if distance > model.bar { cost += Double((distance - 1) / model.bar) * MetricalModel.emptyBarCost }
        if cost >= cell.cost { return }
        let periodVariance = filter.periodVariance + square(wander * filter.period) * d / 12
        let covariance = filter.covariance + d * filter.periodVariance
        let timeVariance =
            filter.timeVariance + 2 * d * filter.covariance + d * d * filter.periodVariance
            + square(stretch * d * filter.period)
        let innovation = timeVariance + deviation * deviation
        let error = time - filter.time - d * filter.period
        // The logarithm is at least that of the hands' own variance.
        let least = error * error / (2 * innovation)
        if cost + min(least, lostCost) >= cell.cost { return }
        let fit = least + logarithm(innovation) / 2 - base
        let isLost = fit > lostCost
        cost += min(fit, lostCost)
        if cost >= cell.cost { return }
        cell.cost = cost
        cell.timing = filter.timing + min(fit, lostCost)
        cell.step = step
        if isLost {
            cell.time = time
            cell.period = filter.period
            cell.timeVariance = deviation * deviation
            cell.covariance = 0
            cell.periodVariance = periodVariance
        } else {
            let gain = timeVariance / innovation
            let periodGain = covariance / innovation
            cell.time = filter.time + d * filter.period + gain * error
            cell.period = max(0.004, filter.period + periodGain * error)
            cell.timeVariance = (1 - gain) * timeVariance
            cell.covariance = (1 - gain) * covariance
            cell.periodVariance = max(1e-12, periodVariance - periodGain * covariance)
        }
        trace = Trace(from: Int16(from), step: Int32(step), isSkipped: false)
    }

    @inline(__always)
    private func square(_ x: Double) -> Double { x * x }
}
