import Foundation
import Glibc

/// How much of the disk training may use.
public struct TrainingLimits: Hashable, Sendable {
    /// How many finished jobs are kept; the oldest give way.
    public var finishedJobs = 20
    /// How many bytes finished jobs may take together.
    public var finishedBytes: Int64 = 4 << 30
    /// How many bytes of the disk must be free for a job to begin.
    public var freeBytes: Int64 = 1 << 30

    public init() {}
}

extension JobStore {
    /// Bytes that this user may still write on the folder's disk; nil where that cannot be told.
    func free() -> Int64? {
        var space = statvfs()
        guard statvfs(folder, &space) == 0 else { return nil }
        return Int64(clamping: space.f_bavail) * Int64(clamping: space.f_frsize)
    }

    /// - Throws: where the disk has less free than a job needs.
    func requireSpace(_ limits: TrainingLimits) throws(TrainingJobsError) {
        guard let free = free(), free < limits.freeBytes else { return }
        throw .init(
            .unavailable,
            "the disk of \(folder) has \(Self.words(free)) free, and a training job needs \(Self.words(limits.freeBytes))",
            advice:
                "free some space (\"continuo jobs delete\" removes finished jobs), or lower free_megabytes under [training]"
        )
    }

    /// Bytes on the disk in a job's folder.
    func size(of id: Int64) -> Int64 {
        Self.files(in: folder(of: id)).reduce(0) { sum, path in
            var properties = stat()
            return lstat(path, &properties) == 0 ? sum + Int64(properties.st_blocks) * 512 : sum
        }
    }

    /// Removes what only going on would need: checkpoints. The model, the figures and the pictures stay.
    func removeCheckpoints(of id: Int64) {
        let model = "\(run(of: id))/model.safetensors"
        removeLargeFiles(of: id) { $0 != model }
    }

    /// Removes everything large that a cancelled job made.
    func removeLargeFiles(of id: Int64) { removeLargeFiles(of: id) { _ in true } }

    private func removeLargeFiles(of id: Int64, _ isWanted: (String) -> Bool) {
        for path in Self.files(in: run(of: id)) where isWanted(path) {
            // Figures and logs are small by their own limits, and tell what happened.
            let isLarge = [".safetensors", ".wav", ".flac", ".tmp"].contains { path.hasSuffix($0) }
            if isLarge { unlink(path) }
        }
    }

    /// Which of the finished jobs have to go, the oldest first.
    ///
    /// The youngest stays whatever its size: what was made last is wanted most.
    func superfluous(among jobs: [TrainingJob], _ limits: TrainingLimits) -> [Int64] {
        let finished = jobs.filter { $0.state.isFinished && $0.child == nil }.sorted {
            ($0.changedAt, $0.id) > ($1.changedAt, $1.id)
        }
        var bytes: Int64 = 0
        var gone: [Int64] = []
        for (place, job) in finished.enumerated() {
            bytes += size(of: job.id)
            if place > 0, place >= limits.finishedJobs || bytes > limits.finishedBytes { gone.append(job.id) }
        }
        return gone.reversed()
    }

    private static func files(in folder: String) -> [String] {
        guard let walk = FileManager.default.enumerator(atPath: folder) else { return [] }
        return walk.compactMap { ($0 as? String).map { "\(folder)/\($0)" } }
    }

    static func words(_ bytes: Int64) -> String {
        let tenths = max(0, bytes) / ((1 << 30) / 10)
        return bytes >= 1 << 30 ? "\(tenths / 10).\(tenths % 10) GB" : "\(max(0, bytes) / (1 << 20)) MB"
    }
}
