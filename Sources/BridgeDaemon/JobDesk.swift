import ConsoleAPI
import DaemonConfiguration
import FoundationEssentials
import Installation
import Logging
import Music
import Synchronization
import TrainingJobs

/// The training queue in the words of the API, with its events and its log.
final class JobDesk: JobAccess {
    private let queue: TrainingQueue
    private let models: ModelFolders
    private let events: AsyncStream<JobSummaryReport>.Continuation
    private let telling: Task<Void, Never>

    /// - Parameter publish: tells an event to everyone who listens.
    init(
        configuration: Configuration, places: Places, logger: Logger,
        publish: @escaping @Sendable (ServerEvent) async -> Void
    ) {
        let own = ContinuoProgram.ofThisProcess(configured: configuration.training.program)
        var settings = TrainingQueue.Settings(
            folder: "\(configuration.stateFolder ?? places.state)/training",
            program: own.path, environment: own.environment)
        settings.limits.finishedJobs = configuration.training.finishedJobs
        settings.limits.finishedBytes = configuration.training.finishedBytes
        settings.limits.freeBytes = configuration.training.freeBytes
        models = ModelFolders(places.models)

        // One task tells them, so that they stay in their order.
        let (stream, continuation) = AsyncStream.makeStream(
            of: JobSummaryReport.self, bufferingPolicy: .bufferingNewest(256))
        events = continuation
        telling = Task { for await summary in stream { await publish(.job(summary)) } }
        let told = LastStates()
        queue = TrainingQueue(settings) { report in
            switch report {
            case .changed(let job):
                if told.isNew(job) {
                    logger.notice(
                        "training job is \(job.state.rawValue)",
                        metadata: [
                            "job": "\(job.id)", "genre": "\(job.request.genre)", "reason": "\(job.reason)",
                        ])
                }
                continuation.yield(JobSummaryReport(job))
            case .problem(let problem): logger.error("\(problem)")
            case .remark(let remark): logger.notice("\(remark)")
            }
        }
    }

    func start() async { await queue.start() }

    /// The trainer writes its checkpoint and ends; its job goes on with the next daemon.
    func stop() async {
        await queue.stop()
        events.finish()
        await telling.value
    }

    /// Ends the thread, when nobody asks any more.
    func end() { queue.executor.stop() }

    /// What is wrong at present, in sentences.
    var problems: [String] { get async { await queue.problems } }

    func jobs() async -> JobListReport {
        JobListReport(jobs: await queue.list().map { JobSummaryReport($0) }, problems: await queue.problems)
    }

    func job(_ id: Int64) async throws -> JobReport { try await asked { try await queue.job(id) } }

    func curves(ofJob id: Int64) async throws -> JobCurvesReport {
        RunFiles(folder: try await job(id).run).curves
    }

    func sample(ofJob id: Int64, step: Int, melody: Int, format: SampleFormat) async throws -> [UInt8] {
        guard let file = RunFiles(folder: try await job(id).run).sample(step: step, melody: melody, format: format)
        else {
            throw APIError.notFound(
                "job \(id) has no sample of melody \(melody) at step \(step) as \(format.rawValue)",
                advice: "its curves list the samples")
        }
        return file
    }

    func create(_ request: JobRequest) async throws -> JobReport {
        if let start = request.start, let genre = Genre(rawValue: start), models.model(of: genre).model == nil {
            throw APIError.badRequest(
                "start: there is no model for \"\(start)\" to begin with", advice: "\"continuo models\" lists them")
        }
        return try await asked { try await queue.create(request) }
    }

    func change(job id: Int64, _ step: JobStep) async throws -> JobReport {
        try await asked {
            switch step {
            case .pause: try await queue.pause(id)
            case .resume: try await queue.resume(id)
            case .cancel: try await queue.cancel(id)
            }
        }
    }

    func deleteJob(_ id: Int64) async throws -> JobReport { try await asked { try await queue.delete(id) } }

    /// A job's model was put to use by hand.
    func released(_ id: Int64) async { await queue.released(id) }

    private func asked(_ question: () async throws -> TrainingJob) async throws -> JobReport {
        do {
            let job = try await question()
            return JobReport(job, run: queue.run(of: job.id))
        } catch let error as TrainingJobsError {
            throw APIError(error)
        }
    }
}

/// Which states were told, so that progress does not fill the log.
private final class LastStates: Sendable {
    private let changes = Mutex<[Int64: Int]>([:])

    func isNew(_ job: TrainingJob) -> Bool {
        changes.withLock { changes in
            defer { changes[job.id] = job.changes.count }
            return changes[job.id] != job.changes.count
        }
    }
}

extension JobSummaryReport {
    init(_ job: TrainingJob) {
        self.init(
            id: job.id, genre: job.request.genre, data: job.request.data, preset: job.request.preset,
            state: job.state, reason: job.reason, createdAt: job.createdAt, changedAt: job.changedAt,
            progress: job.progress)
    }
}

extension JobReport {
    init(_ job: TrainingJob, run: String) {
        self.init(summary: JobSummaryReport(job), request: job.request, changes: job.changes, run: run)
    }
}

extension APIError {
    init(_ error: TrainingJobsError) {
        let status =
            switch error.kind {
            case .invalid: 400
            case .noSuchJob: 404
            case .notNow: 409
            case .unavailable: 503
            case .failed: 500
            }
        self.init(status: status, error: error.message, advice: error.advice)
    }
}
