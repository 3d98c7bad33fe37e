import ArgumentParser
import Foundation
import Training

#if MPI
    import MessagePassing
#endif

/// The processes that train together: those that `mpirun` or `srun` started, or this one alone.
struct TrainProcesses {
    let communicator: any Communicator

    /// Rank 0 speaks and writes for all.
    var isFirst: Bool { communicator.rank == 0 }
    var count: Int { communicator.count }

    /// Joins the job that this process was started in.
    static func join(environment: [String: String] = ProcessInfo.processInfo.environment) throws -> TrainProcesses {
        let started = launched(environment)
        #if MPI
            guard let started else { return TrainProcesses(communicator: SingleProcess()) }
            let communicator: MPICommunicator
            do { communicator = try MPICommunicator() } catch {
                throw fail("cannot join the job: \(error)", ExitReason.unavailable)
            }
            // Otherwise each would take itself for the only one, and all write the same files.
            guard communicator.count == started else {
                let seen = communicator.count
                communicator.leave()
                throw fail(
                    "cannot join the job: it was started with \(started) processes, and Open MPI sees \(seen). Under Slurm "
                        + "try srun --mpi=pmix, or mpirun in place of srun", ExitReason.unavailable)
            }
            return TrainProcesses(communicator: communicator)
        #else
            if let started, started > 1 {
                throw fail(
                    "cannot train with \(started) processes: this program is built without MPI, and all would write the "
                        + "same run. Build it with \"swift build -c release --traits MPI\", or start one process and share "
                        + "its work among processors with --threads", ExitReason.unavailable)
            }
            return TrainProcesses(communicator: SingleProcess())
        #endif
    }

    /// Processes that a launcher says it started; nil where none did.
    ///
    /// `SLURM_NTASKS` is set in a batch script too, which is one process; a step's number of tasks is not.
    static func launched(_ environment: [String: String]) -> Int? {
        ["OMPI_COMM_WORLD_SIZE", "SLURM_STEP_NUM_TASKS", "PMI_SIZE"].lazy.compactMap {
            environment[$0].flatMap { Int($0) }
        }
        .first
    }

    /// Threads for each process where none are asked for: those that it may run on, without taking those of its neighbours.
    static func threads(
        environment: [String: String] = ProcessInfo.processInfo.environment, allowed: Int, machine: Int
    ) -> Int {
        let beside =
            ["OMPI_COMM_WORLD_LOCAL_SIZE", "SLURM_NTASKS_PER_NODE"].lazy
            .compactMap { environment[$0].flatMap { Int($0) } }.first ?? 1
        return min(64, max(1, min(allowed, machine / max(1, beside))))
    }

    /// Does this process's part. Where it fails all end, since the others would wait for it for ever.
    func run(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            #if MPI
                if let job = communicator as? MPICommunicator, job.count > 1 {
                    let code = error as? ExitCode ?? fail("\(error)", ExitReason.failedInside)
                    job.abort(code.rawValue)
                }
            #endif
            throw error
        }
        #if MPI
            (communicator as? MPICommunicator)?.leave()
        #endif
    }
}
