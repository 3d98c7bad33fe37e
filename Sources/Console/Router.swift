import ConsoleAPI
import Logging
import Music

/// The routes of the API, as data: the documentation is compared with this list.
enum Route: String, CaseIterable {
    case status = "GET /v1/status"
    case metrics = "GET /metrics"
    case actions = "POST /v1/actions"
    case input = "POST /v1/input"
    case events = "GET /v1/events"
    case devices = "GET /v1/devices"
    case accept = "POST /v1/devices/{device}/accept"
    case refuse = "POST /v1/devices/{device}/refuse"
    case learning = "GET /v1/learn"
    case learn = "POST /v1/learn"
    case learnAsk = "POST /v1/learn/ask"
    case learnKeep = "POST /v1/learn/keep"
    case learnCancel = "POST /v1/learn/cancel"
    case learnUndo = "POST /v1/learn/undo"
    case takes = "GET /v1/takes"
    case importTake = "POST /v1/takes"
    case tags = "GET /v1/tags"
    case take = "GET /v1/takes/{id}"
    case deleteTake = "DELETE /v1/takes/{id}"
    case restoreTake = "POST /v1/takes/{id}/restore"
    case markTake = "POST /v1/takes/{id}/marks"
    case verifyTake = "POST /v1/takes/{id}/verify"
    case editTake = "POST /v1/takes/{id}/melody"
    case arrangeTake = "POST /v1/takes/{id}/arrangements"
    case playTake = "POST /v1/takes/{id}/play"
    case arrangement = "GET /v1/arrangements/{id}"
    case takeFile = "GET /v1/takes/{id}.mid"
    case midiFile = "GET /v1/arrangements/{id}.mid"
    case audio = "GET /v1/arrangements/{id}/audio"
    case consoleTicket = "POST /v1/console/tickets"
    case consoleSession = "POST /v1/console/session"
    case lessons = "GET /v1/lessons"
    case lesson = "GET /v1/lessons/band"
    case lessonAudio = "GET /v1/lessons/audio"
    case jobs = "GET /v1/jobs"
    case createJob = "POST /v1/jobs"
    case job = "GET /v1/jobs/{id}"
    case jobCurves = "GET /v1/jobs/{id}/curves"
    case jobSample = "GET /v1/jobs/{id}/sample"
    case deleteJob = "DELETE /v1/jobs/{id}"
    case pauseJob = "POST /v1/jobs/{id}/pause"
    case resumeJob = "POST /v1/jobs/{id}/resume"
    case cancelJob = "POST /v1/jobs/{id}/cancel"
    case models = "GET /v1/models"
    case model = "GET /v1/models/{genre}"
    case rollBackModel = "POST /v1/models/{genre}/rollback"
    case releaseModel = "POST /v1/models/{genre}/release"

    var method: Substring { rawValue.prefix { $0 != " " } }
    var path: Substring { rawValue.drop { $0 != " " }.dropFirst() }

    /// What stands in the place of a route's braces.
    enum Place: Equatable {
        case nothing
        case number(Int64)
        case name(String)
    }

    /// - Returns: what stands in the place of `{id}`, `{device}` or `{genre}`, nil where the path is another one.
    func match(_ path: String) -> Place? {
        let name = ["{device}", "{genre}"].first { self.path.range(of: $0) != nil } ?? "{id}"
        guard let brace = self.path.range(of: name) else { return path == self.path ? .nothing : nil }
        let before = self.path[..<brace.lowerBound]
        let behind = self.path[brace.upperBound...]
        guard path.hasPrefix(before), path.hasSuffix(behind), path.count > before.count + behind.count else {
            return nil
        }
        let text = path.dropFirst(before.count).dropLast(behind.count)
        if name != "{id}" { return text.contains("/") ? nil : .name(String(text)) }
        return text.utf8.allSatisfy { (48...57).contains($0) } ? Int64(text).map { .number($0) } : nil
    }
}

/// Answers requests by asking the daemon.
struct Router: Sendable {
    let control: any DaemonControl
    let logger: Logger
    var pages = ConsolePages.none
    /// Who may come over a port.
    let access: ConsoleAccess
    /// Where the page is; nil where no port is open.
    var address: String?
    /// Where other machines find it; none where it is not shared.
    var sharedAddresses: [String] = []
    /// Where the request came from, over a port.
    var peer = ""
    /// Whether the request came over the Unix socket.
    var isLocalSocket = true
    /// Whether the metrics need no token.
    var metricsAreOpen = false
    let activity: Activity

    func respond(to request: HTTPRequest) async -> HTTPResponse {
        if let page = pages.respond(to: request) { return page }
        let matches = Route.allCases.compactMap { route in route.match(request.path).map { (route, $0) } }
        guard !matches.isEmpty else {
            return .error(.notFound("there is no \(request.path)", advice: "docs/openapi.yaml lists what there is"))
        }
        guard let (route, place) = matches.first(where: { $0.0.method == request.method }) else {
            let allowed = matches.map { String($0.0.method) }.joined(separator: ", ")
            return .error(
                APIError(
                    status: 405, error: "\(request.path) does not take \(request.method)", advice: "use \(allowed)"),
                headers: [("Allow", allowed)])
        }
        do {
            let isOpen = route == .consoleSession || route == .metrics && metricsAreOpen
            if !isLocalSocket, !isOpen { try access.check(request, from: peer) }
            return try await answer(route, place, request)
        } catch let error as APIError {
            return .error(error)
        } catch {
            logger.error("request failed", metadata: ["route": "\(route.rawValue)", "error": "\(error)"])
            return .error(APIError(status: 500, error: "\(error)", advice: "the daemon's log says more"))
        }
    }

    private func answer(_ route: Route, _ place: Route.Place, _ request: HTTPRequest) async throws -> HTTPResponse {
        switch place {
        case .name(let name): try await answer(route, name: name, request)
        case .number(let id): try await answer(route, id: id, request)
        case .nothing: try await answer(route, id: 0, request)
        }
    }

    private func answer(_ route: Route, name: String, _ request: HTTPRequest) async throws -> HTTPResponse {
        switch route {
        case .model: return try .json(try await control.model(of: try genre(name)))
        case .rollBackModel:
            return try .json(try await control.rollBack(genre(name), body(RollbackRequest.self, of: request)))
        case .releaseModel:
            return try .json(try await control.release(genre(name), body(ReleaseRequest.self, of: request)))
        default:
            _ = try body(EmptyRequest.self, of: request)
            return try .json(try await control.consent(route == .accept, device: name))
        }
    }

    private func genre(_ name: String) throws(APIError) -> Genre {
        guard let genre = Genre(rawValue: name) else {
            throw .badRequest(
                "'\(name.prefix(80))' is no genre's name",
                advice: "a name has 1 to 32 of a-z, 0-9, - and _, a letter first")
        }
        return genre
    }

    private func answer(_ route: Route, id: Int64, _ request: HTTPRequest) async throws -> HTTPResponse {
        switch route {
        case .status: return try .json(try await control.status())
        case .metrics:
            let metrics = try await control.metrics() + activity.metrics
            return HTTPResponse(
                status: 200, headers: [("Content-Type", Metric.contentType)],
                body: .bytes(Array(Metric.text(of: metrics).utf8)))
        case .actions: return try .json(try await control.perform(try body(ActionRequest.self, of: request)))
        case .input:
            let input = try body(InputRequest.self, of: request)
            try await control.inject(input.messages)
            return try .json(InputReport(accepted: input.messages.count), status: 202)
        case .events:
            return HTTPResponse(
                status: 200, headers: [("Content-Type", "text/event-stream")],
                body: .events(after: try lastEvent(request)))
        case .devices: return try .json(DeviceListReport(devices: try await control.devices()))
        // Their paths have a device or a genre in them.
        case .accept, .refuse: throw APIError.badRequest("which keyboard is not said")
        case .model, .rollBackModel, .releaseModel: throw APIError.badRequest("which genre is not said")
        case .models: return try .json(try await control.models())
        case .learning: return try .json(try await control.learning())
        case .learn: return try .json(try await control.learn(.begin(try body(LearnRequest.self, of: request))))
        case .learnAsk:
            let question = try body(LearnQuestion.self, of: request)
            return try .json(try await control.learn(.ask(action: question.action)))
        case .learnKeep, .learnCancel, .learnUndo:
            _ = try body(EmptyRequest.self, of: request)
            let step: LearnStep = route == .learnKeep ? .keep : route == .learnCancel ? .cancel : .undo
            return try .json(try await control.learn(step))
        case .takes:
            return try .json(TakeListReport(takes: try await control.takes(TakeListRequest(query: request.query))))
        case .tags: return try .json(TagListReport(tags: try await control.tags()))
        case .importTake:
            try require("audio/midi", of: request)
            let take = try await control.importFile(request.body, ImportRequest(query: request.query))
            return try .json(take, status: 201)
        case .take: return try .json(try await control.take(id))
        case .deleteTake: return try .json(try await control.delete(id))
        case .restoreTake:
            _ = try body(EmptyRequest.self, of: request)
            return try .json(try await control.restore(id))
        case .markTake: return try .json(try await control.mark(id, try body(MarkRequest.self, of: request)))
        case .verifyTake:
            _ = try body(EmptyRequest.self, of: request)
            return try .json(try await control.verify(id))
        case .editTake:
            return try .json(try await control.edit(id, try body(MelodyRequest.self, of: request)), status: 201)
        case .arrangeTake:
            return try .json(try await control.arrange(id, try body(ArrangeRequest.self, of: request)), status: 201)
        case .playTake:
            let wish = try body(PlayRequest.self, of: request)
            return try .json(try await control.play(take: id, arrangement: wish.arrangement))
        case .arrangement: return try .json(try await control.arrangement(id))
        case .consoleTicket:
            _ = try body(EmptyRequest.self, of: request)
            guard isLocalSocket else {
                throw APIError(
                    status: 403, error: "tickets are given on this machine alone", advice: "run \"continuo console\"")
            }
            guard let address else {
                throw APIError.conflict(
                    "the console has no port",
                    advice: "write port = 8765 under [console] in the configuration and start continuod again")
            }
            let minutes = Int(ConsoleAccess.ticketLife / .seconds(60))
            return try .json(
                ConsoleTicketReport(
                    address: address, ticket: access.ticket(), minutes: minutes, shared: sharedAddresses), status: 201)
        case .consoleSession:
            let wish = try body(ConsoleSessionRequest.self, of: request)
            var response = try HTTPResponse.json(ConsoleSessionReport(days: ConsoleAccess.sessionDays), status: 201)
            let token = try access.admit(ticket: wish.ticket, from: peer)
            let isEncrypted = request.headers["origin"]?.hasPrefix("https://") == true
            response.headers.append(ConsoleAccess.cookieField(token, isEncrypted: isEncrypted))
            return response
        case .takeFile:
            return midi(
                try await control.midiFile(take: id, quantized: try flag("quantized", of: request)),
                name: "continuo-take-\(id)")
        case .midiFile:
            return midi(
                try await control.midiFile(arrangement: id, straight: try flag("straight", of: request)),
                name: "continuo-\(id)")
        case .audio: return try await audio(id, request)
        case .lessons: return try .json(try await control.lessons())
        case .lesson: return try .json(try await control.lesson(LessonRequest(query: request.query)))
        case .lessonAudio:
            let file = try await control.lessonAudio(LessonRequest(query: request.query))
            return HTTPResponse(
                status: 200, headers: [("Content-Type", AudioFormat.ogg.mediaType)], body: .bytes(file))
        case .jobs: return try .json(try await control.jobs())
        case .createJob:
            return try .json(try await control.create(try body(JobRequest.self, of: request)), status: 201)
        case .job: return try .json(try await control.job(id))
        case .jobCurves: return try .json(try await control.curves(ofJob: id))
        case .jobSample: return try await sample(id, request)
        case .deleteJob: return try .json(try await control.deleteJob(id))
        case .pauseJob, .resumeJob, .cancelJob:
            _ = try body(EmptyRequest.self, of: request)
            let step: JobStep = route == .pauseJob ? .pause : route == .resumeJob ? .resume : .cancel
            return try .json(try await control.change(job: id, step))
        }
    }

    /// A band's sound, or the part of the file that the client wants.
    private func audio(_ id: Int64, _ request: HTTPRequest) async throws -> HTTPResponse {
        let name = request.query["format"] ?? AudioFormat.ogg.rawValue
        guard let format = AudioFormat(rawValue: name) else {
            let known = AudioFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw APIError.badRequest("'\(name)' is no format", advice: "use one of \(known)")
        }
        let part = request.query["part"]
        if let part, part != "melody", Part(rawValue: part) == nil {
            let known = (["melody"] + Part.allCases.map(\.rawValue)).joined(separator: ", ")
            throw APIError.badRequest("'\(part)' is no part", advice: "use one of \(known)")
        }
        let file = try await control.audio(arrangement: id, part: part, format: format)
        let title = "continuo-\(id)\(part.map { "-\($0)" } ?? "").\(format.rawValue)"
        var headers = [
            ("Content-Type", format.mediaType), ("Accept-Ranges", "bytes"),
            ("Content-Disposition", "inline; filename=\"\(title)\""),
        ]
        do {
            guard let range = try ByteRange.read(request.headers["range"], length: file.count) else {
                return HTTPResponse(status: 200, headers: headers, body: .bytes(file))
            }
            headers.append(("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(file.count)"))
            return HTTPResponse(status: 206, headers: headers, body: .bytes(Array(file[range])))
        } catch {
            return .error(error, headers: [("Content-Range", "bytes */\(file.count)")])
        }
    }

    private func sample(_ job: Int64, _ request: HTTPRequest) async throws -> HTTPResponse {
        func number(_ name: String) throws(APIError) -> Int {
            guard let number = request.query[name].flatMap({ Int($0) }), number >= 0 else {
                throw .badRequest("\(name) is a number from 0", advice: "the job's curves list the samples")
            }
            return number
        }
        let name = request.query["format"] ?? SampleFormat.picture.rawValue
        guard let format = SampleFormat(rawValue: name) else {
            let known = SampleFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw APIError.badRequest("'\(name)' is no format", advice: "use one of \(known)")
        }
        let file = try await control.sample(
            ofJob: job, step: try number("step"), melody: try number("melody"), format: format)
        return HTTPResponse(status: 200, headers: [("Content-Type", format.mediaType)], body: .bytes(file))
    }

    private func midi(_ file: [UInt8], name: String) -> HTTPResponse {
        HTTPResponse(
            status: 200,
            headers: [
                ("Content-Type", "audio/midi"), ("Content-Disposition", "attachment; filename=\"\(name).mid\""),
            ], body: .bytes(file))
    }

    private func body<T: Decodable>(_ type: T.Type, of request: HTTPRequest) throws(APIError) -> T {
        try require("application/json", of: request)
        return try APICoding.decode(type, from: request.body)
    }

    /// A page of another origin cannot send these types without asking first.
    private func require(_ type: String, of request: HTTPRequest) throws(APIError) {
        let media = request.headers["content-type"]?.lowercased() ?? ""
        guard media == type || media.hasPrefix("\(type);") else {
            throw APIError(status: 415, error: "the body is not \(type)", advice: "send Content-Type: \(type)")
        }
    }

    private func flag(_ name: String, of request: HTTPRequest) throws(APIError) -> Bool {
        let text = request.query[name] ?? "false"
        guard ["true", "false"].contains(text) else { throw .badRequest("\(name) is true or false") }
        return text == "true"
    }

    private func lastEvent(_ request: HTTPRequest) throws(APIError) -> UInt64? {
        guard let text = request.headers["last-event-id"] ?? request.query["after"], !text.isEmpty else { return nil }
        guard let id = UInt64(text) else { throw .badRequest("Last-Event-ID is no number") }
        return id
    }
}

extension StringProtocol {
    /// The first place of a text in this one.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
