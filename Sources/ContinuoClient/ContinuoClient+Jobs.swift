import ConsoleAPI

extension ContinuoClient: LessonAccess {
    public func lessons() async throws(ClientError) -> LessonsReport { try await get("/v1/lessons") }

    public func lesson(_ request: LessonRequest) async throws(ClientError) -> LessonBandReport {
        try await get("/v1/lessons/band?\(request.query)")
    }

    public func lessonAudio(_ request: LessonRequest) async throws(ClientError) -> [UInt8] {
        try await call("GET", "/v1/lessons/audio?\(request.query)", body: nil)
    }
}

extension ContinuoClient: JobAccess {
    public func jobs() async throws(ClientError) -> JobListReport { try await get("/v1/jobs") }

    public func job(_ id: Int64) async throws(ClientError) -> JobReport { try await get("/v1/jobs/\(id)") }

    public func curves(ofJob id: Int64) async throws(ClientError) -> JobCurvesReport {
        try await get("/v1/jobs/\(id)/curves")
    }

    public func sample(
        ofJob id: Int64, step: Int, melody: Int, format: SampleFormat
    ) async throws(ClientError) -> [UInt8] {
        let query = "step=\(step)&melody=\(melody)&format=\(format.rawValue)"
        return try await call("GET", "/v1/jobs/\(id)/sample?\(query)", body: nil)
    }

    public func create(_ request: JobRequest) async throws(ClientError) -> JobReport {
        try await post("/v1/jobs", request)
    }

    public func change(job id: Int64, _ step: JobStep) async throws(ClientError) -> JobReport {
        try await post("/v1/jobs/\(id)/\(step.rawValue)", EmptyRequest())
    }

    public func deleteJob(_ id: Int64) async throws(ClientError) -> JobReport {
        try decoded(try await call("DELETE", "/v1/jobs/\(id)", body: nil))
    }
}
