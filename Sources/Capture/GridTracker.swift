import Music

/// Finds which grid step each onset was meant for, when the tempo is known and the beat's place is not.
///
/// A hidden Markov model over the onsets, solved by Viterbi's algorithm. Its state is where the beat lies (a third of a
/// step fine) and how the beat is divided (twos or threes). The beat's place may wander slowly, so a player who drifts
/// from the tempo is followed; a beat is not divided both ways at once. All onsets vote for the beat's place, so an
/// early or late first note does not spoil it.
///
/// - Note: the model is that of D. Temperley, *Music and Probability* (2007), chapter 3, with the tempo given.
struct GridTracker {
    /// What an onset was meant for.
    struct Placement: Hashable {
        /// Steps from the reference; beats are the multiples of `BeatDivision.length`.
        var step: Int
        /// Steps that the player's grid lies behind the reference here.
        var offset: Double
        var division: Int
    }

    var division: BeatDivision
    /// Standard deviation of the player's timing, in steps.
    var deviation: Double
    /// Two onsets farther apart than this many steps are not meant for the same step.
    var separation: Double
    /// Where the first beat is known to lie near place 0 (a click was heard), and how exactly in steps; nil where it is
    /// not known.
    var beatAtZero: Double?

    private static let binsPerStep = 3
    private static let reach = 2
    /// Cost of the beat's place wandering by a step.
    private static let wanderCost = 6.0
    /// Cost of dividing another beat otherwise than the one before.
    private static let changeCost = 0.5
    /// Cost of dividing one beat both ways.
    private static let clashCost = 6.0
    private static let backwardCost = 20.0
    private static let collisionCost = 3.0
    /// A phrase rather begins on a beat.
    private static let pickupCost = 2.5

    private struct Cell {
        var cost = Double.infinity
        var step = 0
        var from = -1
        /// 1 or -1 where the beat's place passed from the end of the circle to its beginning or back.
        var wrap = 0
    }

    /// Places onsets.
    ///
    /// - Parameter places: onsets in steps from the reference, ascending.
    func track(_ places: [Double]) -> [Placement] {
        guard !places.isEmpty else { return [] }
        let bins = division.length * GridTracker.binsPerStep
        let kinds = division.divisions.count
        let states = bins * kinds
        var table: [[Cell]] = []
        table.reserveCapacity(places.count)

        for (index, place) in places.enumerated() {
            let gap = index + 1 < places.count ? places[index + 1] - place : 0
            var row = [Cell](repeating: Cell(), count: states)
            for state in 0..<states {
                let snapped = division.snap(place - offset(state, kinds), deviation: deviation, division: state % kinds)
                let offBeat = snapped.step % division.length != 0
                // A long note rather stands on a beat.
                let agogic = offBeat && gap > 0.9 * Double(division.length) ? 0.7 : 0
                row[state].step = snapped.step
                let emission = snapped.cost + agogic
                if index == 0 {
                    row[state].cost = emission + start(state, kinds, offBeat: offBeat)
                } else {
                    enter(&row[state], state: state, bins: bins, kinds: kinds, places: places, index, table[index - 1])
                    row[state].cost += emission
                }
            }
            table.append(row)
        }
        return trace(table, kinds: kinds)
    }

    private func offset(_ state: Int, _ kinds: Int) -> Double {
        Double(state / kinds) / Double(GridTracker.binsPerStep)
    }

    private func start(_ state: Int, _ kinds: Int, offBeat: Bool) -> Double {
        let threes = state % kinds == 0 ? 0 : GridTracker.changeCost / 2
        guard let exactness = beatAtZero else { return threes + (offBeat ? GridTracker.pickupCost : 0) }
        let circle = Double(division.length)
        let here = offset(state, kinds)
        let away = min(here, circle - here) / exactness
        return threes + away * away / 2
    }

    /// Finds the best way into a state.
    private func enter(
        _ cell: inout Cell, state: Int, bins: Int, kinds: Int, places: [Double], _ index: Int, _ before: [Cell]
    ) {
        let bin = state / kinds
        let kind = state % kinds
        let apart = places[index] - places[index - 1] > separation
        for shift in -GridTracker.reach...GridTracker.reach {
            var from = bin - shift
            var wrap = 0
            if from < 0 {
                from += bins
                wrap = 1
            } else if from >= bins {
                from -= bins
                wrap = -1
            }
            let step = cell.step - wrap * division.length
            let wander = Double(abs(shift)) / Double(GridTracker.binsPerStep) * GridTracker.wanderCost
            for formerKind in 0..<kinds {
                let former = before[from * kinds + formerKind]
                var cost = former.cost + wander
                if cost >= cell.cost { continue }
                if formerKind != kind {
                    // On the beat nothing shows how it is divided.
                    if step % division.length == 0 { continue }
                    let sameBeat = floorDivide(step, division.length) == floorDivide(former.step, division.length)
                    let shown = former.step % division.length != 0
                    cost += GridTracker.changeCost + (sameBeat && shown ? GridTracker.clashCost : 0)
                }
                if step < former.step {
                    cost += GridTracker.backwardCost
                } else if step == former.step, apart {
                    cost += GridTracker.collisionCost
                }
                if cost < cell.cost {
                    cell.cost = cost
                    cell.from = from * kinds + formerKind
                    cell.wrap = wrap
                }
            }
        }
    }

    private func trace(_ table: [[Cell]], kinds: Int) -> [Placement] {
        let last = table[table.count - 1]
        var state = last.indices.min { last[$0].cost < last[$1].cost }!
        var path: [(state: Int, wrap: Int)] = []
        for row in table.reversed() {
            path.append((state, row[state].wrap))
            state = row[state].from
        }
        var turns = 0
        var placements: [Placement] = []
        placements.reserveCapacity(table.count)
        for (index, entry) in path.reversed().enumerated() {
            turns += entry.wrap
            placements.append(
                Placement(
                    step: table[index][entry.state].step - turns * division.length,
                    offset: offset(entry.state, kinds) + Double(turns * division.length),
                    division: entry.state % kinds))
        }
        // Offsets near a whole beat mean the beat itself.
        guard let first = placements.first, beatAtZero != nil || first.offset > Double(division.length) / 2 else {
            return placements
        }
        let whole = Int((first.offset / Double(division.length)).rounded()) * division.length
        return placements.map {
            Placement(step: $0.step + whole, offset: $0.offset - Double(whole), division: $0.division)
        }
    }

    private func floorDivide(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((-a + b - 1) / b) }
}
