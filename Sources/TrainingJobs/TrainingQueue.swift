import ConsoleAPI
import Foundation
import RealTime

/// Trains genres, one after the other, by child processes of the command line: `continuo train`, then `evaluate`, then
/// `models release`.
///
/// What it acknowledges is on the disk. It runs on a thread of its own, which starts the children and which they end with; after a
/// restart it goes on where it was. A paused job stays paused.
public actor TrainingQueue {
    /// To be stopped when nobody asks the queue anything any more; that ends the children too.
    public nonisolated let executor: ConductorExecutor
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    public struct Settings: Sendable {
        /// Where jobs and their runs lie.
        public var folder: String
        /// The command line; nil where there is none.
        public var program: String?
        public var environment: [String: String]
        public var limits = TrainingLimits()
        /// Children run when nothing else wants to, which on a busy machine may be a long while.
        public var yields = true
        /// How long a child may take for its checkpoint.
        public var patience = Duration.seconds(60)
        /// The same while the daemon ends, which systemd does not wait for much longer.
        public var lastPatience = Duration.seconds(3)
        /// How often progress is looked at.
        public var period = Duration.seconds(1)
        /// How long a child that somebody else ended is not judged: the machine may be shutting down.
        public var doubt = Duration.seconds(2)

        public init(folder: String, program: String?, environment: [String: String]) {
            self.folder = folder
            self.program = program
            self.environment = environment
        }
    }

    /// What is told while it happens.
    public enum Report: Sendable {
        /// A job's state or progress changed.
        case changed(TrainingJob)
        /// Something is wrong, in a sentence.
        case problem(String)
        /// Something for the log, in a sentence.
        case remark(String)
    }

    /// The child that works at present.
    struct Running {
        var job: Int64
        var process: BackgroundProcess
        /// Which of the stage's commands.
        var index: Int
        /// Where its own messages begin.
        var messagesStart: UInt64
        /// How the progress file was before it began; nil where there was none.
        var oldProgress: FileMark?
        /// When its progress is looked at next.
        var nextLook: Int64 = 0
        /// When it is killed; nil while it is not asked to end.
        var killAt: Int64?
        /// When it was asked to end without us, and has.
        var endedUnasked: (reason: String, judgeAt: Int64)?
    }

    let settings: Settings
    let store: JobStore
    let report: @Sendable (Report) -> Void
    var jobs: [Int64: TrainingJob] = [:]
    var running: Running?
    /// Children of an earlier daemon that still end, and when each is killed.
    var leftovers: [Int64: Int64] = [:]
    /// Jobs whose state could not be written yet.
    var unsaved: Set<Int64> = []
    var isStopping = false
    var stopped: [CheckedContinuation<Void, Never>] = []
    /// What cannot be read, in sentences.
    public private(set) var problems: [String] = []

    /// Nothing happens before `start`.
    ///
    /// - Parameter report: called on the queue's thread; must return soon.
    public init(_ settings: Settings, report: @escaping @Sendable (Report) -> Void) {
        self.settings = settings
        self.report = report
        store = JobStore(folder: settings.folder)
        executor = ConductorExecutor(name: "training")
    }

    /// Reads the jobs and goes on with the one that was running.
    public func start() {
        do { try store.makeRoot() } catch { problems.append("\(error)") }
        let found = store.load()
        problems += found.problems
        for problem in problems { report(.problem(problem)) }
        for job in found.jobs {
            jobs[job.id] = job
            guard let child = job.child else { continue }
            if KnownProcess.isAlive(child) {
                // It had its signal when the daemon died; this one is for a daemon that died before it could be arranged.
                kill(-child.process, SIGINT)
                leftovers[job.id] = deadline(in: settings.patience)
            } else {
                jobs[job.id]?.child = nil
                keep(job.id)
            }
        }
        tidy()
        pass()
    }

    /// Ends the child, which leaves its checkpoint; its job goes on with the next daemon.
    public func stop() async {
        isStopping = true
        askToEnd(within: settings.lastPatience)
        pass()
        if running != nil { await withCheckedContinuation { stopped.append($0) } }
        executor.cancelDeadline()
    }

    // MARK: - Jobs

    /// Every job, the newest first.
    public func list() -> [TrainingJob] { jobs.values.sorted { $0.id > $1.id } }

    public func job(_ id: Int64) throws(TrainingJobsError) -> TrainingJob {
        guard let job = jobs[id] else {
            throw .init(.noSuchJob, "there is no job \(id)", advice: "the list of jobs shows which there are")
        }
        return job
    }

    /// Whether a process works for a job: a paused or cancelled one may still write its checkpoint.
    public func isBusy(_ id: Int64) throws(TrainingJobsError) -> Bool { try job(id).child != nil }

    /// Where a job's run lies.
    public nonisolated func run(of id: Int64) -> String { store.run(of: id) }

    /// Takes a job into the queue.
    public func create(_ request: JobRequest) throws(TrainingJobsError) -> TrainingJob {
        try request.validate()
        try refuseWhileEnding()
        guard let program = settings.program, access(program, X_OK) == 0 else {
            throw .init(
                .unavailable, "the program continuo, which trains, is not there",
                advice: "install it beside continuod, or say where it is: program under [training]")
        }
        try store.requireSpace(settings.limits)
        let id = try store.makeFolder()
        let job = TrainingJob(id: id, request: request, at: Date())
        do {
            try store.save(job)
        } catch {
            try? store.remove(id)
            throw error
        }
        jobs[id] = job
        report(.changed(job))
        pass()
        return jobs[id] ?? job
    }

    public func pause(_ id: Int64) throws(TrainingJobsError) -> TrainingJob {
        let job = try job(id)
        switch job.state {
        case .paused: return job
        case .queued, .preparing, .training, .evaluating: break
        case .releasing: throw .init(.notNow, "job \(id) is being released", advice: "that takes a moment; look again")
        case .done, .failed, .cancelled: throw Self.over(job)
        }
        try commit(id) { $0.become(.paused, at: Date()) }
        if running?.job == id { askToEnd(within: settings.patience) }
        pass()
        return try self.job(id)
    }

    /// Lets a paused job go on, or a failed one try again from its last checkpoint.
    public func resume(_ id: Int64) throws(TrainingJobsError) -> TrainingJob {
        let job = try job(id)
        switch job.state {
        case .paused, .failed: break
        case .queued, .preparing, .training, .evaluating, .releasing: return job
        case .done, .cancelled: throw Self.over(job)
        }
        try refuseWhileEnding()
        try store.requireSpace(settings.limits)
        try commit(id) { $0.become(.queued, at: Date(), reason: job.state == .failed ? "tried again" : "resumed") }
        pass()
        return try self.job(id)
    }

    /// Ends a job for good; the large files that it made are removed.
    public func cancel(_ id: Int64) throws(TrainingJobsError) -> TrainingJob {
        let job = try job(id)
        switch job.state {
        case .cancelled: return job
        case .queued, .preparing, .training, .paused, .evaluating: break
        case .releasing: throw .init(.notNow, "job \(id) is being released", advice: "that takes a moment; look again")
        case .done, .failed: throw Self.over(job)
        }
        try commit(id) { $0.become(.cancelled, at: Date()) }
        // Its checkpoint is of no use any more, but it is asked first all the same: it may be writing.
        if running?.job == id { askToEnd(within: settings.patience) } else { clear(id) }
        pass()
        return try self.job(id)
    }

    /// A job's model was put to use by somebody else: one that failed because it missed a gate is done after all.
    public func released(_ id: Int64) {
        guard let job = jobs[id], job.state == .failed else { return }
        note(id) { $0.become(.done, at: Date(), reason: "released by hand") }
        clear(id)
    }

    /// Removes a job that does not run, with all that it made; a model that it released stays.
    ///
    /// - Returns: the job as it was.
    public func delete(_ id: Int64) throws(TrainingJobsError) -> TrainingJob {
        let job = try job(id)
        guard !job.state.isRunning, job.child == nil else {
            throw .init(.notNow, "job \(id) is still running", advice: "cancel it first, and wait until it has ended")
        }
        try store.remove(id)
        jobs[id] = nil
        unsaved.remove(id)
        return job
    }

    private static func over(_ job: TrainingJob) -> TrainingJobsError {
        .init(
            .notNow, "job \(job.id) is \(job.state.rawValue)",
            advice: job.state == .failed ? "resume tries it again; delete removes it" : "begin another one")
    }

    private func refuseWhileEnding() throws(TrainingJobsError) {
        if isStopping { throw .init(.unavailable, "the daemon is ending") }
    }

    // MARK: - Changing

    /// Changes a job and brings it to the disk, or changes nothing.
    func commit(_ id: Int64, _ change: (inout TrainingJob) -> Void) throws(TrainingJobsError) {
        guard var job = jobs[id] else { return }
        change(&job)
        try store.save(job)
        jobs[id] = job
        unsaved.remove(id)
        report(.changed(job))
    }

    /// Changes a job though it may not reach the disk: what happened has happened. Writing is tried again.
    func note(_ id: Int64, _ change: (inout TrainingJob) -> Void) {
        guard var job = jobs[id] else { return }
        change(&job)
        jobs[id] = job
        keep(id)
        report(.changed(job))
    }

    func keep(_ id: Int64) {
        guard let job = jobs[id] else { return }
        do {
            try store.save(job)
            unsaved.remove(id)
        } catch {
            if unsaved.insert(id).inserted { report(.problem("\(error); it is tried again")) }
        }
    }

    /// Removes what a cancelled or finished job does not need, and jobs beyond the limits.
    ///
    /// Not before its state is on the disk: the next daemon would go on without a checkpoint.
    func clear(_ id: Int64) {
        guard !unsaved.contains(id) else { return }
        switch jobs[id]?.state {
        case .cancelled: store.removeLargeFiles(of: id)
        case .done: store.removeCheckpoints(of: id)
        default: break
        }
        tidy()
    }

    func tidy() {
        for id in store.superfluous(among: Array(jobs.values), settings.limits) {
            do {
                try store.remove(id)
                jobs[id] = nil
                unsaved.remove(id)
                report(
                    .remark("training job \(id) was removed: finished jobs are kept within the limits under [training]")
                )
            } catch { report(.problem("\(error)")) }
        }
    }

    func deadline(in wait: Duration) -> Int64 { MonotonicClock.nanoseconds + Int64(wait / .nanoseconds(1)) }
}
