import Generation
import Music

/// Training windows of a plan network: melodies with the chords that people wrote.
public struct PlanWindowSet: Sendable {
    public struct Options: Hashable, Sendable {
        public var seed: UInt64 = 1
        /// How often each song is cut into phrases, otherwise each time.
        public var cuttings = 2
        /// Lengths in bars from which phrases are drawn.
        public var phraseBars = [4, 8, 8, 8, 12, 16]
        /// Share of the melody's notes that the network does not hear.
        public var noteDrops = 0.05
        /// Share of the windows that are heard in a wrong key, a fifth or a minor third away (melody and chords alike).
        public var wrongKeys = 0.25

        public init() {}
    }

    private struct Window: Sendable {
        var excerpt: Int
        var firstCell: Int
        var key: Excerpt.KeyChoice
    }

    public let options: Options
    private var excerpts: [Excerpt] = []
    private var windows: [Window] = []

    /// - Parameter songs: of one side of the split.
    public init(songs: [Song], options: Options = Options()) {
        precondition(!options.phraseBars.isEmpty, "phrases have a length")
        self.options = options
        for (index, song) in songs.enumerated() {
            for cutting in 0..<options.cuttings {
                var draws = Draws(seed: Draws.seed(options.seed, stream: UInt64(index) << 16 | UInt64(cutting)))
                for excerpt in Excerpt.cut(song, lengths: options.phraseBars, draws: &draws) {
                    excerpts.append(excerpt)
                    let grid = ScoreGrid(meter: excerpt.phrase.meter, bars: excerpt.phrase.bars)
                    for firstCell in grid.windows {
                        let key = Excerpt.KeyChoice.drawn(secondBest: 0, draws: &draws)
                        windows.append(Window(excerpt: excerpts.count - 1, firstCell: firstCell, key: key))
                    }
                }
            }
        }
    }

    public var count: Int { windows.count }

    /// The indices of all windows in the order of an epoch: the same order for the same epoch.
    public func order(epoch: Int) -> [Int] {
        var draws = Draws(seed: Draws.seed(options.seed, stream: 0xE90C_0000 &+ UInt64(epoch)))
        return Array(0..<count).shuffled(using: &draws)
    }

    /// Writes the planes and labels of some windows.
    ///
    /// - Parameter epoch: seeds slips and wrong keys; nil leaves the music as it is (validation).
    public func batch(_ indices: [Int], epoch: Int?) -> PlanBatch {
        var batch = PlanBatch()
        for index in indices {
            let window = windows[index]
            let excerpt = excerpts[window.excerpt]
            let grid = ScoreGrid(meter: excerpt.phrase.meter, bars: excerpt.phrase.bars)
            var key = excerpt.key(window: window.firstCell, grid: grid, choice: window.key)
            var phrase = excerpt.phrase
            if let epoch {
                var draws = Draws(seed: Draws.seed(options.seed &+ 1, stream: UInt64(epoch) << 32 | UInt64(index)))
                phrase = excerpt.slipped(noteDrops: options.noteDrops, octaves: 0, draws: &draws)
                if draws.happens(options.wrongKeys) {
                    let away = [5, 7, 3, 9][draws.index(weights: [1, 1, 1, 1])]
                    key = Key(tonic: key.tonic + away, mode: key.mode)
                }
            }
            let normalized = NormalizedPhrase(phrase, key: key)
            let labels = PlanEncoder.labels(normalized.normal(excerpt.plan), grid: grid, window: window.firstCell)
            batch.append(PlanEncoder(normalized).planes(window: window.firstCell), labels)
        }
        return batch
    }
}

/// Some windows for a plan network as flat arrays, row-major.
public struct PlanBatch: Hashable, Sendable {
    public private(set) var count = 0
    /// `[count, 16, 40]`.
    public private(set) var input: [Float] = []
    /// `[count, 8]`: chord indices in the normal key, -1 where a half bar is unused.
    public private(set) var labels: [Int32] = []

    public init() {}

    public mutating func append(_ planes: Planes, _ labels: [Int32]) {
        count += 1
        input += planes.values
        self.labels += labels
    }
}
