import Foundation

/// `progress.json`: how far a run is, for programs that watch it; replaced whole, at most once a second.
struct ProgressFile {
    struct Content: Codable, Hashable {
        enum Phase: String, Codable { case preparing, training, finished }
        struct Warning: Codable, Hashable {
            /// Counted from 1.
            var step: Int
            var text: String
        }

        var phase = Phase.preparing
        /// Steps done.
        var step = 0
        var totalSteps = 0
        var stepsPerSecond = 0.0
        var secondsLeft: Double?
        var warnings: [Warning] = []
        /// ISO 8601, UTC.
        var updated = ""
    }

    private let file: URL
    private(set) var content = Content()
    private var last: ContinuousClock.Instant?

    init(file: URL) { self.file = file }

    /// Changes the content and writes it, unless it was written within the last second.
    ///
    /// - Parameter now: writes in any case.
    mutating func update(now: Bool = false, _ change: (inout Content) -> Void) throws {
        change(&content)
        if !now, let last, ContinuousClock.now - last < .seconds(1) { return }
        last = ContinuousClock.now
        content.updated = Date().ISO8601Format()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        do {
            try encoder.encode(content).write(to: file, options: .atomic)
        } catch {
            throw TrainingError.folder("\(file.path): \(error.localizedDescription)")
        }
    }
}

/// The folders `checkpoints/STEP`, of which some are kept: the first, the last, and some between.
public enum CheckpointFolders {
    public static let most = 12

    /// The steps whose folders are kept: at most `most`, the first and the last among them, those between as far apart as they can be.
    ///
    /// Taken again after each checkpoint it thins out the crowded places.
    public static func kept(_ steps: [Int], most: Int = most) -> [Int] {
        precondition(most >= 2, "the first and the last are kept")
        var kept = Array(Set(steps)).sorted()
        while kept.count > most {
            // The one whose neighbours are nearest to each other is missed least.
            let inner = 1..<kept.count - 1
            let crowded = inner.min { kept[$0 + 1] - kept[$0 - 1] < kept[$1 + 1] - kept[$1 - 1] }
            kept.remove(at: crowded ?? 1)
        }
        return kept
    }

    /// Removes the folders that are not kept.
    public static func tidy(_ folder: URL, most: Int = most) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let steps = names.compactMap { Int($0) }
        let stay = Set(kept(steps, most: most))
        for step in steps where !stay.contains(step) {
            // What cannot be removed stays: it harms nobody.
            try? FileManager.default.removeItem(at: folder.appendingPathComponent("\(step)"))
        }
    }
}
