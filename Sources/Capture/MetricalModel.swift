import Music

/// How likely notes begin at the places of a bar: a Markov chain over places, learned from songs.
///
/// - Note: the "metrical Markov model" of rhythm transcription (H. Takeda et al., 2004; C. Raphael, *A hybrid graphical
///   model for rhythmic parsing*, 2001): whatever lies in a bar follows from the place of the note before.
struct MetricalModel: Sendable {
    let meter: Meter
    /// Grid steps in a bar.
    let bar: Int
    /// The places, ascending steps within a bar.
    let places: [Int]
    /// Index into `places` by step; -1 where notes do not begin.
    let index: [Int]
    /// A negative natural logarithm a pair of places: of the first onset, what the place of the second costs.
    let next: [[Double]]
    /// The same, row after row.
    let following: [Double]
    let first: [Double]
    let last: [Double]
    /// Steps of a felt beat.
    let beat: Int
    /// The weaker strong beat, in steps; -1 where there is none.
    let secondary: Int

    /// Cost of every whole bar in which nothing begins.
    static let emptyBarCost = 3.5
    /// Cost of an onset where the model knows no place.
    static let strayCost = 8.0

    init(_ meter: Meter, next: [[UInt8]], first: [UInt8], last: [UInt8]) {
        self.meter = meter
        bar = meter.stepsPerBar
        beat = meter.beat.nearestStep
        let inside = meter.isCompound ? [0, 3, 6, 9, 12, 15] : [0, 3, 4, 6, 8, 9]
        let beatSteps = meter.beat.nearestStep
        places = (0..<meter.beatsPerBar).flatMap { number in inside.map { number * beatSteps + $0 } }
        var lookup = [Int](repeating: -1, count: meter.stepsPerBar)
        for (number, step) in places.enumerated() { lookup[step] = number }
        index = lookup
        self.next = next.map { $0.map { Double($0) / 10 } }
        following = self.next.flatMap { $0 }
        self.first = first.map { Double($0) / 10 }
        self.last = last.map { Double($0) / 10 }
        secondary = meter == .threeFour ? -1 : meter.stepsPerBar / 2
    }

    static let fourFour = MetricalModel(
        .fourFour, next: MetricalTables.fourFour, first: MetricalTables.fourFourFirst,
        last: MetricalTables.fourFourLast)
    static let threeFour = MetricalModel(
        .threeFour, next: MetricalTables.threeFour, first: MetricalTables.threeFourFirst,
        last: MetricalTables.threeFourLast)
    static let sixEight = MetricalModel(
        .sixEight, next: MetricalTables.sixEight, first: MetricalTables.sixEightFirst,
        last: MetricalTables.sixEightLast)
    static let all = [fourFour, threeFour, sixEight]

    /// What a rhythm costs.
    ///
    /// - Parameter steps: ascending; any multiple of the bar is a bar line.
    func rhythmCost(_ steps: [Int]) -> Double {
        var cost = 0.0
        var former: (place: Int, step: Int)?
        for step in steps {
            let place = index[inBar(step)]
            if place < 0 {
                cost += MetricalModel.strayCost
                continue
            }
            if let former {
                cost += next[former.place][place]
                cost += Double((step - former.step - 1) / bar) * MetricalModel.emptyBarCost
            }
            former = (place, step)
        }
        return cost
    }

    func firstCost(_ step: Int) -> Double { edge(first, step) }
    func lastCost(_ step: Int) -> Double { edge(last, step) }

    func inBar(_ step: Int) -> Int {
        let rest = step % bar
        return rest < 0 ? rest + bar : rest
    }

    private func edge(_ table: [Double], _ step: Int) -> Double {
        let place = index[inBar(step)]
        return place < 0 ? MetricalModel.strayCost : table[place]
    }
}
