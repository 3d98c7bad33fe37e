import ConsoleAPI

extension ContinuoClient: JobAccess {
    public func jobs() async throws(ClientError) -> JobListReport { try await get("/v1/jobs") }

    public func job(_ id: Int64) async throws(ClientError) -> JobReport { try await get("/v1/jobs/\(id)") }

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
