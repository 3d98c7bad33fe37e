import Console
import ConsoleAPI
import Generation
import LiveSession
import Music
import TakeLibrary
import TakeStore

/// What the console asks of the daemon: the live side goes to the conductor, the kept side to the store, training to its desk.
struct DaemonService: DaemonControl {
    let conductor: Conductor
    let library: TakeLibrary
    let desk: JobDesk
    let shelf: ModelDesk
    let sounds: AudioDesk
    let teacher: LessonDesk

    func status() async throws -> StatusReport {
        var status = await conductor.status()
        status.problems += await desk.problems
        return status
    }

    func metrics() async throws -> [Metric] {
        var metrics = await conductor.metrics()
        metrics += Surroundings.metrics(journal: conductor.journal?.folder)
        return metrics
    }

    func perform(_ action: ActionRequest) async throws -> ActionReport { try await conductor.perform(action) }

    func inject(_ messages: [InputMessage]) async throws { try await conductor.inject(messages) }

    func events() async -> AsyncStream<ServerEvent> { await conductor.events() }

    func devices() async throws -> [DeviceReport] { await conductor.devices() }

    func consent(_ isGiven: Bool, device id: String) async throws -> DeviceReport {
        try await conductor.consent(isGiven, device: id)
    }

    func learning() async throws -> LearningReport { await conductor.learningReport() }

    func learn(_ step: LearnStep) async throws -> LearningReport { try await conductor.learn(step) }

    func play(take id: Int64, arrangement: Int64?) async throws -> ActionReport {
        let take = try await library.stored(take: id)
        let summary = try await library.take(id).arrangements
        guard let wanted = arrangement ?? summary.last?.id else {
            return try await conductor.reopen(.init(name: id, take: take.take, band: nil))
        }
        guard summary.contains(where: { $0.id == wanted }) else {
            throw APIError.notFound(
                "take \(id) has no arrangement \(wanted)", advice: "the take's report lists its arrangements")
        }
        let stored = try await library.stored(arrangement: wanted)
        let order = Session.Order(stored)
        let turns = Arranger.turns(
            of: Arrangement(phrase: order.melody, accompaniment: stored.arrangement.accompaniment))
        return try await conductor.reopen(
            .init(
                name: id, take: take.take, band: .init(arrangement: stored.arrangement, order: order, turns: turns)))
    }

    func audio(arrangement id: Int64, part: String?, format: AudioFormat) async throws -> [UInt8] {
        let midi = try await library.midiFile(arrangement: id, straight: false)
        return try await sounds.audio(arrangement: id, part: part, format: format, midi: midi)
    }

    func takes(_ request: TakeListRequest) async throws -> [TakeSummaryReport] { try await library.takes(request) }

    func tags() async throws -> [TagReport] { try await library.tags() }

    func take(_ id: Int64) async throws -> TakeReport { try await library.take(id) }

    func arrangement(_ id: Int64) async throws -> ArrangementReport { try await library.arrangement(id) }

    func midiFile(take id: Int64, quantized: Bool) async throws -> [UInt8] {
        try await library.midiFile(take: id, quantized: quantized)
    }

    func midiFile(arrangement id: Int64, straight: Bool) async throws -> [UInt8] {
        try await library.midiFile(arrangement: id, straight: straight)
    }

    func mark(_ id: Int64, _ marks: MarkRequest) async throws -> TakeSummaryReport {
        try await library.mark(id, marks)
    }

    func delete(_ id: Int64) async throws -> TakeSummaryReport { try await library.delete(id) }

    func restore(_ id: Int64) async throws -> TakeSummaryReport { try await library.restore(id) }

    func verify(_ id: Int64) async throws -> VerificationReport { try await library.verify(id) }

    func edit(_ id: Int64, _ melody: MelodyRequest) async throws -> TakeSummaryReport {
        let take = try await library.edit(id, melody)
        await conductor.publish(.takeStored(take))
        return take
    }

    func arrange(_ id: Int64, _ request: ArrangeRequest) async throws -> ArrangementReport {
        let band = try await library.arrange(id, request)
        await conductor.publish(.arrangementStored(band.summary))
        return band
    }

    func importFile(_ bytes: [UInt8], _ request: ImportRequest) async throws -> ImportReport {
        let report = try await library.importFile(bytes, request)
        await conductor.publish(.takeStored(report.take))
        return report
    }

    func lessons() async throws -> LessonsReport { try await teacher.lessons() }

    func lesson(_ request: LessonRequest) async throws -> LessonBandReport { try await teacher.lesson(request) }

    func lessonAudio(_ request: LessonRequest) async throws -> [UInt8] { try await teacher.lessonAudio(request) }

    func jobs() async throws -> JobListReport { await desk.jobs() }

    func job(_ id: Int64) async throws -> JobReport { try await desk.job(id) }

    func curves(ofJob id: Int64) async throws -> JobCurvesReport { try await desk.curves(ofJob: id) }

    func sample(ofJob id: Int64, step: Int, melody: Int, format: SampleFormat) async throws -> [UInt8] {
        try await desk.sample(ofJob: id, step: step, melody: melody, format: format)
    }

    func create(_ request: JobRequest) async throws -> JobReport { try await desk.create(request) }

    func change(job id: Int64, _ step: JobStep) async throws -> JobReport { try await desk.change(job: id, step) }

    func deleteJob(_ id: Int64) async throws -> JobReport { try await desk.deleteJob(id) }

    func models() async throws -> ModelListReport { try await shelf.models() }

    func model(of genre: Genre) async throws -> ModelReport { try await shelf.model(of: genre) }

    func rollBack(_ genre: Genre, _ request: RollbackRequest) async throws -> ModelReport {
        try await shelf.rollBack(genre, request)
    }

    func release(_ genre: Genre, _ request: ReleaseRequest) async throws -> ModelReport {
        try await shelf.release(genre, request)
    }
}
