import ConsoleAPI
import FoundationEssentials
import Installation
import TrainingJobs

/// Shows how a GAN makes music: child processes, one at a time, so that a hand on the noise dial never disturbs the band.
actor LessonDesk: LessonAccess {
    private let places: Places
    private let folder: String
    private let program: (path: String?, environment: [String: String])
    /// Seconds that a band may take, its sound included.
    private let patience = 60.0
    /// What was made lately, by what was asked for.
    private var kept: [(key: String, bytes: [UInt8])] = []
    private static let mostKept = 48
    /// Counts requests: those that wait behind a newer one give way to it.
    private var newest = 0
    /// Ends when all that were asked for before have ended.
    private var last: Task<Void, Never>?

    init(places: Places, folder: String, configured: String?) {
        self.places = places
        self.folder = folder
        let own = ContinuoProgram.ofThisProcess(configured: configured)
        program = (own.path, own.environment)
    }

    func lessons() async throws -> LessonsReport {
        guard let lesson = places.lessons.first else {
            throw APIError.notFound(
                "there is no run to learn from",
                advice: "continuo-models brings one; \"continuo train --learn\" keeps another")
        }
        return LessonsReport(
            genre: lesson.genre.rawValue, steps: lesson.steps, melodies: places.melodyNames,
            losses: RunFiles(folder: lesson.path).curves.losses)
    }

    func lesson(_ request: LessonRequest) async throws -> LessonBandReport {
        try APICoding.decode(LessonBandReport.self, from: try await file(request, "json"))
    }

    func lessonAudio(_ request: LessonRequest) async throws -> [UInt8] { try await file(request, "ogg") }

    private func file(_ request: LessonRequest, _ format: String) async throws -> [UInt8] {
        guard places.melodyNames.contains(request.melody) else {
            throw APIError.notFound(
                "there is no melody \"\(request.melody)\"", advice: "GET /v1/lessons lists them")
        }
        let steps = places.lessons.first?.steps ?? []
        if let step = request.step, !steps.contains(step) {
            throw APIError.notFound(
                "the generator was not kept after step \(step)", advice: "GET /v1/lessons lists the steps")
        }
        let key = "\(request.query)&\(format)"
        if let known = kept.first(where: { $0.key == key }) { return known.bytes }
        newest += 1
        let number = newest
        let before = last
        let work = Task {
            await before?.value
            return try await self.turn(of: number, request, format, key)
        }
        last = Task { _ = await work.result }
        return try await work.value
    }

    private func turn(of number: Int, _ request: LessonRequest, _ format: String, _ key: String) async throws -> [UInt8]
    {
        if let known = kept.first(where: { $0.key == key }) { return known.bytes }
        // Several pictures of a page may wait; a dial that is turned must not pile up.
        guard newest - number < 16 else {
            throw APIError.conflict("newer wishes went before this one", advice: "ask again")
        }
        let bytes = try await make(request, format)
        kept.append((key, bytes))
        if kept.count > Self.mostKept { kept.removeFirst() }
        return bytes
    }

    private func make(_ request: LessonRequest, _ format: String) async throws -> [UInt8] {
        guard let path = program.path else {
            throw APIError.unavailable(
                "the program \"continuo\" was not found",
                advice: "install it beside continuod, or say under [training] where it is (program)")
        }
        let place = "\(folder)/band.\(format)"
        var arguments = [
            "lesson", request.melody, "--by=\(request.author.rawValue)", "--seed=\(request.seed)",
            "--shift=\(request.shift)", "--output=\(place)",
        ]
        if let step = request.step { arguments.append("--step=\(step)") }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try await BackgroundCommand.run(
                path, arguments, environment: program.environment, messages: "\(folder)/messages", limit: patience)
            return [UInt8](try Data(contentsOf: URL(fileURLWithPath: place)))
        } catch {
            throw APIError.unavailable("the lesson cannot be shown: \(error)", advice: "continuo lesson says more")
        }
    }
}
