import Foundation
import Tensor

/// Keeps the processes of a run together: where they begin, whether they take another step, and that their weights are the same.
struct Lockstep {
    private let trainer: GANTrainer
    private var communicator: any Communicator { trainer.communicator }

    enum Next: Equatable { case step, stop, end }

    /// Begins with rank 0's checkpoint.
    ///
    /// - Parameter checkpoint: nil where there is none; not looked at on other ranks.
    init(_ trainer: GANTrainer, checkpoint: [UInt8]?) throws {
        self.trainer = trainer
        guard trainer.communicator.count > 1 else {
            if let checkpoint { try trainer.resume(from: checkpoint) }
            return
        }
        let exists = trainer.communicator.gather([checkpoint == nil ? 0 : 1])[0][0] == 1
        if exists { try trainer.resume(from: trainer.communicator.broadcast(checkpoint ?? [])) }
    }

    /// What all do next: the run ends where rank 0 says so, and stops where anyone wants to.
    func next(isEnd: Bool, shouldStop: Bool) -> Next {
        let wishes = communicator.gather([isEnd ? 1 : 0, shouldStop ? 1 : 0])
        if wishes[0][0] == 1 { return .end }
        return wishes.contains { $0[1] == 1 } ? .stop : .step
    }

    /// - Throws: `TrainingError.processes` where weights or optimisers differ in a bit: a computer that miscalculates, or other kernels.
    func compare() throws(TrainingError) {
        guard communicator.count > 1 else { return }
        try communicator.agree(on: [("weights after step \(trainer.step)", SHA256.hexadecimal(trainer.checkpoint()))])
    }
}

extension Communicator {
    /// Sees that all processes have the same values.
    ///
    /// - Parameter values: what they are, in words for a person, and a text.
    /// - Throws: `TrainingError.processes` that names the first that differs.
    public func agree(on values: [(name: String, value: String)]) throws(TrainingError) {
        let words = values.flatMap { value in
            let digest = SHA256.digest(Array(value.value.utf8))
            return stride(from: 0, to: 32, by: 8).map { start in
                digest[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            }
        }
        let all = gather(words)
        for (other, theirs) in all.enumerated() {
            for (index, value) in values.enumerated()
            where theirs[4 * index..<4 * index + 4] != all[0][4 * index..<4 * index + 4] {
                throw .processes(
                    "rank \(other) has other \(value.name) than rank 0 (here, on rank \(rank): \(value.value)). "
                        + "All need the same program, options, data and instruction set; the last checkpoint is untouched"
                )
            }
        }
    }
}

extension TrainingRun {
    /// Takes part in the run of rank 0, which has the folder: the same steps, without a file.
    ///
    /// - Returns: whether the run is finished.
    public static func follow(_ trainer: GANTrainer, shouldStop: () -> Bool = { false }) throws -> Bool {
        let lockstep = try Lockstep(trainer, checkpoint: nil)
        while true {
            switch lockstep.next(isEnd: false, shouldStop: shouldStop()) {
            case .end: return true
            case .stop: return false
            case .step: _ = try trainer.advance()
            }
            if trainer.isAtCheckpoint { try lockstep.compare() }
        }
    }
}

extension GANTrainer {
    /// Whether a checkpoint is made after this step.
    var isAtCheckpoint: Bool { step % configuration.checkpointEvery == 0 || isFinished }
}
