import Music

/// How score time is laid out for the networks: windows of four bars, every bar in 48 slots.
///
/// 48 slots hold a bar of 4/4 at 12 steps a quarter. Shorter bars leave the last slots unused (and masked), so that strides of
/// 3, 4 and 4 land on sixteenths, quarters and bars in every metre.
public enum ScoreLayout {
    public static let stepsPerBar = 48
    public static let barsPerWindow = 4
    /// Neighbouring windows share two bars.
    public static let hopBars = 2
    /// Slots in a window: 192.
    public static let windowSteps = stepsPerBar * barsPerWindow
    /// Quarters in a window: 16, of 12 slots each.
    public static let beatsPerWindow = windowSteps / Grid.stepsPerQuarter
    /// Half bars in a window, each of which has a chord in the plan network's answer: 8, of 24 slots each.
    public static let planSlots = 2 * barsPerWindow
    public static let stepsPerPlanSlot = stepsPerBar / 2
}

/// Where the steps of a phrase lie in the windows.
///
/// A bar is one *cell* of up to 48 slots. A bar that is longer (12/8, 5/4) is cut at a felt beat into as many cells as it needs, the earlier ones
/// the longer ones: 12/8 into 36 + 36, 5/4 into 36 + 24, 9/8 into 36 + 18.
public struct ScoreGrid: Hashable, Sendable {
    /// A stretch of time that lies in 48 slots.
    public struct Cell: Hashable, Sendable {
        /// The bar it belongs to, from 0.
        public let bar: Int
        /// Its first step, counted from the phrase's start.
        public let start: Int
        /// Steps used, 1...48.
        public let length: Int
    }

    public let meter: Meter
    public let bars: Int
    public let cells: [Cell]
    /// Steps of the phrase.
    public let steps: Int

    /// - Precondition: at least one bar.
    public init(meter: Meter, bars: Int) {
        precondition(bars > 0, "a grid has bars")
        self.meter = meter
        self.bars = bars
        steps = max(1, (meter.bar * bars).nearestStep)
        let beats = meter.beatsPerBar
        let beatsPerCell = max(1, Tick.steps(ScoreLayout.stepsPerBar).rawValue / meter.beat.rawValue)
        let pieces = (beats + beatsPerCell - 1) / beatsPerCell
        var cells: [Cell] = []
        for bar in 0..<bars {
            var beat = 0
            for piece in 0..<pieces {
                let count = beats / pieces + (piece < beats % pieces ? 1 : 0)
                let start = (meter.bar * bar + meter.beat * beat).nearestStep
                beat += count
                let isLast = piece == pieces - 1
                let end = isLast ? meter.bar * (bar + 1) : meter.bar * bar + meter.beat * beat
                let length = end.nearestStep - start
                if length > 0 {
                    cells.append(Cell(bar: bar, start: start, length: min(length, ScoreLayout.stepsPerBar)))
                }
            }
        }
        self.cells = cells
    }

    /// The first cell of every window, a hop of two cells apart, as many as cover the phrase.
    public var windows: [Int] {
        var starts = [0]
        while let last = starts.last, last + ScoreLayout.barsPerWindow < cells.count {
            starts.append(last + ScoreLayout.hopBars)
        }
        return starts
    }

    /// The step of the phrase at a slot of the window that begins at a cell.
    ///
    /// - Returns: nil where the slot is unused: behind a short bar's end or behind the phrase.
    public func phraseStep(window firstCell: Int, slot: Int) -> Int? {
        let cell = firstCell + slot / ScoreLayout.stepsPerBar
        let inside = slot % ScoreLayout.stepsPerBar
        guard cells.indices.contains(cell), inside < cells[cell].length else { return nil }
        return cells[cell].start + inside
    }

    /// 192 numbers: 1 where a slot is used, 0 where it is not.
    public func mask(window firstCell: Int) -> [Float] {
        (0..<ScoreLayout.windowSteps).map { phraseStep(window: firstCell, slot: $0) == nil ? 0 : 1 }
    }

    /// The steps of the phrase that a window covers; empty behind the phrase.
    func range(window firstCell: Int) -> Range<Int> {
        guard cells.indices.contains(firstCell) else { return steps..<steps }
        let last = cells[min(cells.count, firstCell + ScoreLayout.barsPerWindow) - 1]
        return cells[firstCell].start..<(last.start + last.length)
    }

    /// The step where music begins that was meant at this one: the four steps of a quarter beside the straight positions (1, 5, 7, 11) move there;
    /// sixteenths, triplets and sextuplets stay.
    func snapped(_ step: Int) -> Int {
        guard let cell = cells.last(where: { $0.start <= step }) else { return step }
        let moved =
            switch (step - cell.start) % Grid.stepsPerQuarter {
            case 1, 7: step - 1
            case 5, 11: step + 1
            default: step
            }
        return min(steps - 1, moved)
    }

    /// The slot of a step in a window; nil where the window does not cover it.
    func slot(window firstCell: Int, phraseStep step: Int) -> Int? {
        for index in 0..<ScoreLayout.barsPerWindow where cells.indices.contains(firstCell + index) {
            let cell = cells[firstCell + index]
            if step >= cell.start, step < cell.start + cell.length {
                return index * ScoreLayout.stepsPerBar + step - cell.start
            }
        }
        return nil
    }
}

/// A matrix for a network, `[step, channel]`, row-major.
public struct Planes: Hashable, Sendable {
    public let steps: Int
    public let channels: Int
    public var values: [Float]

    /// All zeros.
    public init(steps: Int, channels: Int) {
        self.steps = steps
        self.channels = channels
        values = [Float](repeating: 0, count: steps * channels)
    }

    public subscript(_ step: Int, _ channel: Int) -> Float {
        get { values[step * channels + channel] }
        set { values[step * channels + channel] = newValue }
    }

    /// The same numbers as `[channel, step]`, as one-dimensional convolutions read them.
    public func channelsFirst() -> [Float] {
        var turned = [Float](repeating: 0, count: values.count)
        for step in 0..<steps {
            for channel in 0..<channels { turned[channel * steps + step] = values[step * channels + channel] }
        }
        return turned
    }
}
