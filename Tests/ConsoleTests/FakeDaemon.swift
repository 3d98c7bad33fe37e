import ConsoleAPI
import Foundation
import Logging
import MIDI
import Music
import Synchronization

@testable import Console

/// A daemon without sound that behaves: states change, takes are kept, events are told.
final class FakeDaemon: DaemonControl {
    private struct State {
        var state = PlayerState.idle
        var genre = Genre.pop
        var injected: [InputMessage] = []
        var wanted: TakeListRequest?
        var listeners: [AsyncStream<ServerEvent>.Continuation] = []
    }

    private let state = Mutex(State())
    /// Held while `status` is asked for; lets a test keep a request running.
    let gate = Gate()

    var injected: [InputMessage] { state.withLock { $0.injected } }

    func tell(_ event: ServerEvent) {
        for listener in state.withLock({ $0.listeners }) { listener.yield(event) }
    }

    func status() async throws -> StatusReport {
        await gate.pass()
        return state.withLock {
            StatusReport(
                version: "0.1", state: $0.state, genre: $0.genre.rawValue, genres: ["pop", "jazz"],
                keyboards: [KeyboardReport(name: "Keys", profile: "keys", usb: "1c75:02ca")], counters: ["received": 3])
        }
    }

    func metrics() async throws -> [Metric] {
        [
            Metric("continuo_keyboards", "Keyboards.", .gauge, 1),
            Metric(
                "continuo_generations_total", "Bands \\ made,\nof any kind.", .counter,
                [.init(3, .init("genre", "a \"b\" \\ c\nd"), .init("accompanist", "network"))]),
            Metric("continuo_uptime_seconds", "Uptime.", .gauge, [.init(1.25)]),
            Metric(
                "continuo_thru_latency_seconds", "Thru.",
                .init(bounds: [0.001, 0.01], counts: [4, 2, 1], sum: 0.25)),
        ]
    }

    func perform(_ action: ActionRequest) async throws -> ActionReport {
        let report = try state.withLock { state throws -> ActionReport in
            switch action {
            case .record: state.state = state.state == .recording ? .idle : .recording
            case .accompany:
                guard !state.injected.isEmpty else {
                    throw APIError.conflict("nothing was played yet", advice: "play something")
                }
                state.state = .playing
            case .stop, .panic: state.state = .stopped
            case .genre(let genre):
                guard [Genre.pop, .jazz].contains(genre) else {
                    throw APIError.unavailable("there is no \(genre.rawValue)")
                }
                state.genre = genre
            default: break
            }
            return ActionReport(state: state.state, message: "\(action.name) done")
        }
        tell(.state(report))
        return report
    }

    func inject(_ messages: [InputMessage]) async throws { state.withLock { $0.injected += messages } }

    func events() async -> AsyncStream<ServerEvent> {
        let (stream, continuation) = AsyncStream<ServerEvent>.makeStream()
        state.withLock { $0.listeners.append(continuation) }
        return stream
    }

    static let device = DeviceReport(
        name: "Keys", id: "1c75-02ca-1", usb: "1c75:02ca",
        ports: [.init(number: 1, name: "Keys MIDI 1", carries: "keys")],
        profile: "keys", basis: "usb", confidence: 1,
        buttons: [.init(action: "record", sends: "control change 118 on channel 16", acts: false, confirmed: false)],
        starts: "its play button")

    func devices() async throws -> [DeviceReport] { [FakeDaemon.device] }

    func consent(_ isGiven: Bool, device id: String) async throws -> DeviceReport {
        guard id == FakeDaemon.device.id else { throw APIError.notFound("no keyboard is called \"\(id)\"") }
        var report = FakeDaemon.device
        report.buttons[0].acts = isGiven
        return report
    }

    func learning() async throws -> LearningReport { LearningReport(step: .off, message: "nothing") }

    func learn(_ step: LearnStep) async throws -> LearningReport {
        let report =
            switch step {
            case .begin(let request):
                LearningReport(step: .asking, device: request.device, asked: request.action, message: "press")
            case .ask(let action): LearningReport(step: .asking, asked: action, message: "press")
            case .keep: LearningReport(step: .kept, message: "kept", file: "/x.toml", canUndo: true)
            case .cancel, .undo: LearningReport(step: .off, message: "\(step)")
            }
        tell(.learning(report))
        return report
    }

    func takes(_ request: TakeListRequest) async throws -> [TakeSummaryReport] {
        state.withLock { $0.wanted = request }
        return (1...9).reversed().filter { $0 < request.before ?? .max }.prefix(request.limit).map {
            FakeDaemon.take(Int64($0)).summary
        }
    }

    /// The last request for a list.
    var wanted: TakeListRequest? { state.withLock { $0.wanted } }

    func tags() async throws -> [TagReport] { [TagReport(tag: "waltz", takes: 2)] }

    func take(_ id: Int64) async throws -> TakeReport {
        guard (1...9).contains(id) else { throw APIError.notFound("there is no take \(id)") }
        return FakeDaemon.take(id)
    }

    func arrangement(_ id: Int64) async throws -> ArrangementReport {
        guard id == 3 else { throw APIError.notFound("there is no arrangement \(id)") }
        return FakeDaemon.arrangement
    }

    func midiFile(take id: Int64, quantized: Bool) async throws -> [UInt8] {
        guard id == 5 else { throw APIError.notFound("there is no take \(id)") }
        return Array("MThd".utf8) + [quantized ? 1 : 0]
    }

    func midiFile(arrangement id: Int64, straight: Bool) async throws -> [UInt8] {
        if id == 4 { throw POSIXError(.EIO) }
        guard id == 3 else { throw APIError.notFound("there is no arrangement \(id)") }
        return Array("MThd".utf8) + [straight ? 1 : 0, 255, 10]
    }

    func audio(arrangement id: Int64, part: String?, format: AudioFormat) async throws -> [UInt8] {
        guard id == 3 else { throw APIError.notFound("there is no arrangement \(id)") }
        return Array("\(part ?? "all") \(format.rawValue)".utf8)
    }

    func mark(_ id: Int64, _ marks: MarkRequest) async throws -> TakeSummaryReport {
        var summary = try await take(id).summary
        summary.tags = (marks.tag ?? []) + (marks.untag ?? []).map { "-\($0)" }
        summary.rating = marks.rating
        return summary
    }

    func delete(_ id: Int64) async throws -> TakeSummaryReport {
        var summary = try await take(id).summary
        summary.deletedAt = FakeDaemon.moment
        return summary
    }

    func restore(_ id: Int64) async throws -> TakeSummaryReport { try await take(id).summary }

    func verify(_ id: Int64) async throws -> VerificationReport {
        VerificationReport(
            takeID: try await take(id).summary.id,
            items: [.init(arrangement: FakeDaemon.arrangement.summary, outcome: .modelAbsent, detail: "gone")])
    }

    func edit(_ id: Int64, _ melody: MelodyRequest) async throws -> TakeSummaryReport {
        let phrase = try melody.phrase(like: FakeDaemon.phrase)
        var summary = try await take(id).summary
        summary.noteCount = phrase.notes.count
        return summary
    }

    func arrange(_ id: Int64, _ request: ArrangeRequest) async throws -> ArrangementReport {
        guard request.genre != "polka" else { throw APIError.badRequest("there is no genre \"polka\"") }
        _ = try await take(id)
        return FakeDaemon.arrangement
    }

    func importFile(_ bytes: [UInt8], _ request: ImportRequest) async throws -> ImportReport {
        guard bytes.starts(with: "MThd".utf8) else { throw APIError.badRequest("\(request.name) is no MIDI file") }
        var summary = FakeDaemon.take(9).summary
        summary.tags = request.tags + [request.track ?? ""]
        return ImportReport(take: summary, notices: ["a notice"])
    }

    func play(take id: Int64, arrangement: Int64?) async throws -> ActionReport {
        ActionReport(
            state: .playing, message: "plays", takeID: try await take(id).summary.id, arrangementID: arrangement)
    }

    static let job = JobReport(
        summary: JobSummaryReport(
            id: 4, genre: "waltz", data: "/songs", preset: "evening", state: .training, createdAt: moment,
            changedAt: moment,
            progress: JobProgressReport(
                phase: .training, step: 10, totalSteps: 100, stepsPerSecond: 2.5, secondsLeft: 36,
                warnings: [.init(step: 9, text: "the discriminator wins")])),
        request: JobRequest(genre: "waltz", data: "/songs", preset: "evening", settings: ["batch": "16"]),
        changes: [.init(state: .queued, at: moment, reason: ""), .init(state: .training, at: moment, reason: "")],
        run: "/jobs/4/run")

    static let lessons = LessonsReport(genre: "pop", steps: [10, 20], melodies: ["ode"], losses: curves.losses)

    func lessons() async throws -> LessonsReport { FakeDaemon.lessons }

    func lesson(_ request: LessonRequest) async throws -> LessonBandReport {
        guard request.melody == "ode" else { throw APIError.notFound("there is no melody") }
        return LessonBandReport(
            band: FakeDaemon.arrangement, author: request.author, step: request.step, verdicts: [request.shift])
    }

    func lessonAudio(_ request: LessonRequest) async throws -> [UInt8] { Array("OggS\(request.seed)".utf8) }

    func jobs() async throws -> JobListReport {
        JobListReport(jobs: [FakeDaemon.job.summary], problems: ["job 3 could not be read"])
    }

    func job(_ id: Int64) async throws -> JobReport {
        guard id == 4 else { throw APIError.notFound("there is no job \(id)") }
        return FakeDaemon.job
    }

    static let curves = JobCurvesReport(
        losses: .init(columns: ["generator", "real"], rows: [.init(step: 9, stage: "plan", values: [1.5, nil])]),
        samples: [.init(step: 9, melody: 1, formats: ["png"])])

    func curves(ofJob id: Int64) async throws -> JobCurvesReport {
        _ = try await job(id)
        return FakeDaemon.curves
    }

    func sample(ofJob id: Int64, step: Int, melody: Int, format: SampleFormat) async throws -> [UInt8] {
        guard step == 9, melody == 1 else { throw APIError.notFound("no such sample") }
        return Array(format.rawValue.utf8)
    }

    func create(_ request: JobRequest) async throws -> JobReport {
        guard request.genre == "waltz" else { throw APIError.badRequest("genre: no") }
        var report = FakeDaemon.job
        report.request = request
        tell(.job(report.summary))
        return report
    }

    func change(job id: Int64, _ step: JobStep) async throws -> JobReport {
        var report = try await job(id)
        report.summary.reason = step.rawValue
        return report
    }

    func deleteJob(_ id: Int64) async throws -> JobReport { try await job(id) }

    static let model = ModelReport(
        summary: ModelSummaryReport(
            genre: "waltz", origin: .own, version: 2, hash: "ab", weights: "cd", bytes: 2_000_000,
            released: "2026-01-01T00:00:00Z", licence: "Apache-2.0"),
        file: "/models/waltz.safetensors", card: ["data": "waltzes"],
        metrics: [.init(name: "score", title: "SCORE", aim: "higher", value: 1.05, people: [0.88, 1.08])],
        readable: "# waltz",
        history: [.init(version: 1, hash: "aa", isInUse: false), .init(version: 2, hash: "ab", isInUse: true)])

    func models() async throws -> ModelListReport { ModelListReport(models: [FakeDaemon.model]) }

    func model(of genre: Genre) async throws -> ModelReport {
        guard genre.rawValue == "waltz" else { throw APIError.notFound("there is no genre '\(genre.rawValue)'") }
        return FakeDaemon.model
    }

    func rollBack(_ genre: Genre, _ request: RollbackRequest) async throws -> ModelReport {
        var report = try await model(of: genre)
        guard request.hash == nil || request.hash == "aa" else { throw APIError.conflict("it is another one") }
        report.summary.version = request.version ?? 1
        tell(.model(report.summary))
        return report
    }

    func release(_ genre: Genre, _ request: ReleaseRequest) async throws -> ModelReport {
        guard request.force else { throw APIError.conflict("it misses SCORE", advice: "force") }
        var report = try await model(of: genre)
        report.summary.version = Int(request.job)
        return report
    }

    static let phrase = Phrase(
        notes: [NoteEvent(pitch: Pitch(60), onset: .zero, length: .quarter, velocity: .mezzoForte)], meter: .threeFour,
        tempo: .moderate, bars: 1)

    static let moment = Date(timeIntervalSince1970: 1_700_000_000)

    static func take(_ id: Int64) -> TakeReport {
        let take = Take(
            phrase: phrase,
            performance: [
                PerformedNote(pitch: Pitch(60), onset: .zero, length: .milliseconds(480), velocity: .mezzoForte)
            ],
            tempoMap: TempoMap(anchor: .zero, tempo: .moderate),
            origin: Take.Origin(keyboard: "Keys", trigger: "record"), isDamaged: false)
        return TakeReport(
            TakeSummaryReport(
                id: id, savedAt: moment, origin: take.origin, isDamaged: false, meter: phrase.meter,
                tempo: phrase.tempo, bars: phrase.bars, noteCount: 1, arrangementCount: 0, source: "played",
                key: phrase.key),
            take: take, arrangements: [])
    }

    static let arrangement = ArrangementReport(
        id: 3, takeID: 1, savedAt: moment,
        arrangement: Arrangement(
            phrase: phrase,
            accompaniment: Accompaniment(
                genre: .jazz, parts: [.bass: phrase.notes, .drums: []],
                plan: ChordPlan(
                    window: Meter.threeFour.harmonyWindow, chords: [Chord(root: 10, quality: .majorSeventh)]),
                instrumentation: Instrumentation(programs: [.bass: Program(32)], melody: Program(0)), groove: .straight,
                provenance: Accompaniment.Provenance(
                    seed: .max, accompanist: "network", modelHash: "ab", instructionSet: "avx2", temperature: 1))))
}

/// Lets all pass until it is closed.
final class Gate: Sendable {
    private struct State {
        var isClosed = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var arrivals = 0
    }

    private let state = Mutex(State())

    var arrivals: Int { state.withLock { $0.arrivals } }
    func close() { state.withLock { $0.isClosed = true } }

    func open() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            state.isClosed = false
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func pass() async {
        await withCheckedContinuation { continuation in
            let passes = state.withLock { state in
                state.arrivals += 1
                if state.isClosed { state.waiting.append(continuation) }
                return !state.isClosed
            }
            if passes { continuation.resume() }
        }
    }
}

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
