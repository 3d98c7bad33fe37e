import Generation
import Music
import Tensor

/// Training windows of a generator: songs cut into phrases, accompanied by a teacher, in windows of four bars.
///
/// Only the notes are kept, eight bytes each; planes are written when a batch is asked for. All is determined by the songs, the teacher, the
/// options and, for the augmentation, the epoch.
public struct WindowSet: Sendable {
    public struct Options: Hashable, Sendable {
        public var seed: UInt64 = 1
        /// How often each song is accompanied, cut into other phrases each time.
        public var renderings = 3
        /// How sources are mixed; its limits are not applied here (`SongMix.limited`).
        public var mix = SongMix()
        /// Lengths in bars from which phrases are drawn.
        public var phraseBars = [4, 8, 8, 8, 12, 16]
        /// Share of the windows that are moved by the second best key, to bear wrong estimates.
        public var secondBestKeys = 0.1
        /// Share of the melody's notes that the network does not hear.
        public var noteDrops = 0.05
        /// Share of the windows that hear the melody an octave higher or lower.
        public var octaveShifts = 0.15
        /// Probability that a part is switched off and left out of a window.
        public var partDrops = 0.1
        /// What the keys of the teacher's drums mean.
        public var kit = DrumKit.standard

        public init() {}
    }

    /// A phrase with its accompaniment.
    private struct Piece: Sendable {
        var excerpt: Excerpt
        var grid: ScoreGrid
        var parts: [Part: [PackedNote]]
    }

    private struct Window: Sendable {
        var piece: Int
        var firstCell: Int
        var key: Excerpt.KeyChoice
    }

    public let options: Options
    private var pieces: [Piece] = []
    private var windows: [Window] = []

    /// Cuts every song, with the parts that people wrote where the mix wants them, otherwise accompanied by the teacher.
    ///
    /// - Parameter songs: of one side of the split.
    public init(songs: [Song], teacher: some Teacher, options: Options = Options()) {
        precondition(!options.phraseBars.isEmpty, "phrases have a length")
        precondition(
            options.mix.taught.allSatisfy { Part(rawValue: $0) != nil }, "a mix names parts (SongMix.validate)")
        self.options = options
        for (index, song) in songs.enumerated() {
            let isOwn = options.mix.usesOwnParts(song)
            for rendering in 0..<options.mix.renderings(of: song, otherwise: options.renderings) {
                let stream = UInt64(index) << 16 | UInt64(rendering)
                var draws = Draws(seed: Draws.seed(options.seed, stream: stream))
                for excerpt in Excerpt.cut(song, lengths: options.phraseBars, draws: &draws) {
                    var parts = isOwn ? excerpt.parts : [:]
                    for name in options.mix.taught { parts[Part(rawValue: name)!] = nil }  // a part, see above
                    let missing = Part.allCases.filter {
                        parts[$0, default: []].isEmpty
                            && (!isOwn || (options.mix.added + options.mix.taught).contains($0.rawValue))
                    }
                    let seed = draws.next()
                    if !missing.isEmpty {
                        let taught = teacher.accompany(excerpt.phrase, plan: excerpt.plan, seed: seed)
                        for part in missing { parts[part] = taught[part] }
                    }
                    add(excerpt, parts, draws: &draws)
                }
            }
        }
    }

    private mutating func add(_ excerpt: Excerpt, _ parts: [Part: [NoteEvent]], draws: inout Draws) {
        let grid = ScoreGrid(meter: excerpt.phrase.meter, bars: excerpt.phrase.bars)
        var excerpt = excerpt
        excerpt.parts = [:]
        pieces.append(Piece(excerpt: excerpt, grid: grid, parts: parts.mapValues { $0.map { PackedNote($0) } }))
        windows += grid.windows.map {
            Window(
                piece: pieces.count - 1, firstCell: $0,
                key: .drawn(secondBest: options.secondBestKeys, draws: &draws))
        }
    }

    /// Windows in the set.
    public var count: Int { windows.count }
    /// Bars of the pieces that the windows are cut from.
    public var bars: Int { pieces.reduce(0) { $0 + $1.excerpt.phrase.bars } }
    /// The metre of a window.
    public func meter(_ index: Int) -> Meter { pieces[windows[index].piece].grid.meter }

    /// The indices of all windows in the order of an epoch: the same order for the same epoch.
    public func order(epoch: Int) -> [Int] {
        var draws = Draws(seed: Draws.seed(options.seed, stream: 0xE90C_0000 &+ UInt64(epoch)))
        return Array(0..<count).shuffled(using: &draws)
    }

    /// The epoch's order in batches of `size`; what does not fill the last one is left out, unless it is the only one.
    public func batches(epoch: Int, size: Int) -> [[Int]] {
        precondition(size > 0, "a batch has windows")
        let order = order(epoch: epoch)
        if order.count <= size { return order.isEmpty ? [] : [order] }
        return (0..<order.count / size).map { Array(order[$0 * size..<($0 + 1) * size]) }
    }

    /// Writes the planes of some windows.
    ///
    /// - Parameter epoch: seeds the augmentation; nil leaves the music as it is (validation).
    public func batch(_ indices: [Int], epoch: Int?) -> WindowBatch {
        let written = Workers.map(indices.count) { place -> (condition: Planes, target: ScoreTarget) in
            let index = indices[place]
            let window = windows[index]
            let piece = pieces[window.piece]
            let key = piece.excerpt.key(window: window.firstCell, grid: piece.grid, choice: window.key)
            var parts = piece.parts.filter { !$0.value.isEmpty }
            var phrase = piece.excerpt.phrase
            if let epoch {
                let stream = UInt64(epoch) << 32 | UInt64(index)
                var draws = Draws(seed: Draws.seed(options.seed &+ 1, stream: stream))
                phrase = piece.excerpt.slipped(
                    noteDrops: options.noteDrops, octaves: options.octaveShifts, draws: &draws)
                for part in Part.allCases where draws.happens(options.partDrops) { parts[part] = nil }
            }
            let normalized = NormalizedPhrase(phrase, key: key)
            let plan = normalized.normal(piece.excerpt.plan)
            let target = ScoreCodec.encode(
                parts.mapValues { $0.map(\.note) }, plan: plan, normalized: normalized, window: window.firstCell,
                kit: options.kit)
            let condition = ConditionEncoder(normalized, plan: plan, parts: Set(parts.keys))
            return (condition.planes(window: window.firstCell), target)
        }
        var batch = WindowBatch(capacity: indices.count)
        for window in written { batch.append(window.condition, window.target) }
        return batch
    }
}

/// Some training windows as flat arrays, row-major, the window first: ready to become tensors.
public struct WindowBatch: Hashable, Sendable {
    public private(set) var count = 0
    /// `[count, 192, 144]`.
    public private(set) var condition: [Float] = []
    /// `[count, 192]`.
    public private(set) var mask: [Float] = []
    /// `[count, 192, 12]`.
    public private(set) var drums: [Float] = []
    /// `[count, 192, 12]`.
    public private(set) var drumVelocities: [Float] = []
    /// `[count, 192, 4]`, 0 rest, 1 onset, 2 hold.
    public private(set) var gates: [Int32] = []
    /// `[count, 192, 4, 48]`.
    public private(set) var pitches: [Float] = []
    /// `[count, 192, 4]`.
    public private(set) var velocities: [Float] = []
    /// `[count, 192, 216]`: the style encoder's and the critic's view of the target.
    public private(set) var style: [Float] = []

    /// An empty batch with room for some windows.
    public init(capacity: Int = 0) {
        let slots = capacity * ScoreLayout.windowSteps
        condition.reserveCapacity(slots * ConditionEncoder.channels)
        pitches.reserveCapacity(slots * ScoreCodec.pitchedParts.count * ScoreCodec.pitchClasses)
        style.reserveCapacity(slots * ScoreCodec.styleChannels)
    }

    public mutating func append(_ condition: Planes, _ target: ScoreTarget) {
        count += 1
        self.condition += condition.values
        mask += target.mask
        drums += target.drums
        drumVelocities += target.drumVelocities
        gates += target.gates
        pitches += target.pitches
        velocities += target.velocities
        style += target.stylePlanes().values
    }
}
