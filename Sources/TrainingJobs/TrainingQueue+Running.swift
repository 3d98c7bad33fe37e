import ConsoleAPI
import Foundation
import RealTime

/// How a file was at a moment: enough to see that it was replaced.
struct FileMark: Hashable {
    var inode: UInt
    var seconds: Int
    var nanoseconds: Int
    var size: Int

    /// - Returns: nil where there is no such file.
    init?(_ path: String) {
        var properties = stat()
        guard stat(path, &properties) == 0 else { return nil }
        inode = UInt(properties.st_ino)
        seconds = properties.st_mtim.tv_sec
        nanoseconds = properties.st_mtim.tv_nsec
        size = Int(properties.st_size)
    }
}

/// The child process: begun, followed, ended.
extension TrainingQueue {
    /// Does what is due, and says when to look again.
    func pass() {
        lookAtLeftovers()
        if running != nil { lookAtChild() }
        while running == nil, !isStopping, let next = next { begin(next) }
        if running == nil {
            for continuation in stopped { continuation.resume() }
            stopped = []
        }
        for id in unsaved {
            keep(id)
            if running?.job != id { clear(id) }
        }
        if running != nil || !leftovers.isEmpty || !unsaved.isEmpty {
            var due = deadline(in: settings.period)
            for end in [running?.killAt, running?.endedUnasked?.judgeAt].compactMap({ $0 }) {
                due = min(due, max(end, MonotonicClock.nanoseconds + 1_000_000))
            }
            executor.setDeadline(due) { [unowned self] in assumeIsolated { $0.pass() } }
        } else {
            executor.cancelDeadline()
        }
    }

    /// The job whose turn it is: one that was running when the daemon ended, else the one that waits longest.
    private var next: Int64? {
        guard leftovers.isEmpty else { return nil }
        return jobs.values.filter { $0.state == .queued || $0.state.isRunning }.min {
            ($0.state.isRunning ? 0 : 1, $0.changedAt, $0.id) < ($1.state.isRunning ? 0 : 1, $1.changedAt, $1.id)
        }?.id
    }

    // MARK: - Beginning

    private func begin(_ id: Int64) {
        guard let job = jobs[id] else { return }
        let isReturning = job.state.isRunning
        do throws(TrainingJobsError) {
            try store.requireSpace(settings.limits)
            try job.stage.prepare(run: store.run(of: id))
        } catch {
            return note(id) { $0.become(.failed, at: Date(), reason: "\(error)") }
        }
        let reason = isReturning ? "goes on after the daemon was restarted" : ""
        run(id, 0, becoming: (job.stage.state, reason))
    }

    /// Starts one of the stage's commands.
    ///
    /// - Parameter becoming: what the job becomes when it runs; nil leaves it as it is.
    private func run(_ id: Int64, _ index: Int, becoming change: (state: JobState, reason: String)?) {
        guard let job = jobs[id] else { return }
        let folder = store.run(of: id)
        let messages = store.messages(of: id)
        Messages.bound(messages)
        do throws(TrainingJobsError) {
            guard let program = settings.program else {
                throw .init(.unavailable, "the program continuo, which trains, is not there")
            }
            let command = job.stage.commands(for: job.request, run: folder)[index]
            let start = Messages.size(messages)
            let mark = FileMark("\(folder)/progress.json")
            let process = try BackgroundProcess(
                program, command.arguments, environment: settings.environment, output: command.output,
                messages: messages, signal: SIGINT, yields: settings.yields)
            running = Running(job: id, process: process, index: index, messagesStart: start, oldProgress: mark)
            if let descriptor = process.ending {
                executor.watch(descriptor) { [unowned self] in assumeIsolated { $0.pass() } }
            }
            note(id) { job in
                if let change { job.become(change.state, at: Date(), reason: change.reason) }
                job.child = KnownProcess.start(of: process.process).map {
                    TrainingJob.Child(process: process.process, started: $0, boot: KnownProcess.boot)
                }
            }
        } catch {
            note(id) { $0.become(.failed, at: Date(), reason: "\(error)") }
        }
    }

    /// Lets the child write its checkpoint and end; kills it where it takes too long.
    func askToEnd(within patience: Duration) {
        guard let child = running, child.endedUnasked == nil else { return }
        let end = deadline(in: patience)
        running?.killAt = min(child.killAt ?? end, end)
        if child.killAt == nil { child.process.signal(SIGINT) }
    }

    // MARK: - Following

    private func lookAtChild() {
        guard var child = running else { return }
        if let unasked = child.endedUnasked {
            if isStopping { return forget(child) }
            guard MonotonicClock.nanoseconds >= unasked.judgeAt || jobs[child.job]?.state.isRunning != true else {
                return
            }
            forget(child)
            guard jobs[child.job]?.state.isRunning == true else { return clear(child.job) }
            return note(child.job) { $0.become(.paused, at: Date(), reason: unasked.reason) }
        }
        Messages.bound(store.messages(of: child.job))
        if let ending = child.process.reap() {
            readProgress(child)
            if let descriptor = child.process.ending { executor.unwatch(descriptor) }
            return ended(child, ending)
        }
        if let killAt = child.killAt, MonotonicClock.nanoseconds >= killAt {
            report(.remark("training job \(child.job) did not end in time and was killed; its last checkpoint stays"))
            child.process.signal(SIGKILL)
            child.killAt = deadline(in: .seconds(5))
            running = child
        }
        // Requests wake the queue too; what the trainer says is told once a period all the same.
        if MonotonicClock.nanoseconds >= child.nextLook {
            running?.nextLook = deadline(in: settings.period)
            readProgress(child)
        }
    }

    /// Takes what the trainer says of itself, where it said something since it began.
    private func readProgress(_ child: Running) {
        guard let job = jobs[child.job], job.stage == .train, job.state.isRunning else { return }
        let file = "\(store.run(of: child.job))/progress.json"
        let mark = FileMark(file)
        guard mark != child.oldProgress, let progress = JobProgressReport.read(file), progress != job.progress else {
            return
        }
        if job.state == .preparing, progress.phase != .preparing {
            note(child.job) { job in
                job.progress = progress
                job.become(.training, at: Date())
            }
        } else {
            jobs[child.job]?.progress = progress
            if let job = jobs[child.job] { report(.changed(job)) }
        }
    }

    /// The child is gone: its descriptor and its mark in the job.
    private func forget(_ child: Running) {
        running = nil
        if let descriptor = child.process.ending { close(descriptor) }
        jobs[child.job]?.child = nil
    }

    // MARK: - Ending

    private func ended(_ child: Running, _ ending: BackgroundProcess.Ending) {
        guard let job = jobs[child.job] else { return forget(child) }
        // What a person wanted meanwhile holds, however the child ended; so does the end of the daemon.
        guard job.state.isRunning, !isStopping else {
            forget(child)
            keep(child.job)
            return clear(child.job)
        }
        let model = "\(store.run(of: child.job))/model.safetensors"
        switch ending {
        case .exit(0) where job.stage == .train && access(model, F_OK) != 0, .signal(SIGTERM), .signal(SIGINT),
            .signal(SIGHUP):
            // Somebody else told it to end. Where that was the system on its way down, this daemon ends soon too, and the job
            // goes on after the restart; else it stays as it is until a person says so.
            var child = child
            child.endedUnasked = ("it was interrupted from outside", deadline(in: settings.doubt))
            running = child
        case .exit(0):
            forget(child)
            succeeded(child, job)
        case .exit(let code):
            let reason = Messages.reason(in: store.messages(of: child.job), from: child.messagesStart)
            forget(child)
            fail(child.job, reason.isEmpty ? "it ended with code \(code) and said nothing" : reason)
        case .signal(SIGKILL):
            forget(child)
            fail(
                child.job,
                "it was killed while \(job.stage.gerund), as the system does where memory runs out; a smaller batch needs less"
            )
        case .signal(let number):
            forget(child)
            fail(child.job, "it crashed while \(job.stage.gerund) (\(String(cString: strsignal(number))))")
        }
    }

    private func fail(_ id: Int64, _ reason: String) {
        note(id) { $0.become(.failed, at: Date(), reason: reason) }
        tidy()
    }

    private func succeeded(_ child: Running, _ job: TrainingJob) {
        let commands = job.stage.commands(for: job.request, run: store.run(of: job.id))
        if child.index + 1 < commands.count { return run(job.id, child.index + 1, becoming: nil) }
        guard let next = job.stage.next else {
            note(job.id) { $0.become(.done, at: Date()) }
            return clear(job.id)
        }
        jobs[job.id]?.stage = next
        do throws(TrainingJobsError) {
            try next.prepare(run: store.run(of: job.id))
        } catch {
            return fail(job.id, "\(error)")
        }
        run(job.id, 0, becoming: (next.state, ""))
    }

    // MARK: - Children of an earlier daemon

    private func lookAtLeftovers() {
        for (id, killAt) in leftovers {
            guard let child = jobs[id]?.child, KnownProcess.isAlive(child) else {
                leftovers[id] = nil
                jobs[id]?.child = nil
                keep(id)
                continue
            }
            if MonotonicClock.nanoseconds >= killAt { kill(-child.process, SIGKILL) }
        }
    }
}
