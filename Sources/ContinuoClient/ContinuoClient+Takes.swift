import ConsoleAPI

extension ContinuoClient: TakeAccess {
    public func takes(
        _ request: TakeListRequest = TakeListRequest()
    ) async throws(ClientError) -> [TakeSummaryReport] {
        let list: TakeListReport = try await get("/v1/takes?" + request.query)
        return list.takes
    }

    public func tags() async throws(ClientError) -> [TagReport] {
        let list: TagListReport = try await get("/v1/tags")
        return list.tags
    }

    public func take(_ id: Int64) async throws(ClientError) -> TakeReport { try await get("/v1/takes/\(id)") }

    public func arrangement(_ id: Int64) async throws(ClientError) -> ArrangementReport {
        try await get("/v1/arrangements/\(id)")
    }

    public func midiFile(take id: Int64, quantized: Bool) async throws(ClientError) -> [UInt8] {
        try await call("GET", "/v1/takes/\(id).mid?quantized=\(quantized)", body: nil)
    }

    public func midiFile(arrangement id: Int64, straight: Bool) async throws(ClientError) -> [UInt8] {
        try await call("GET", "/v1/arrangements/\(id).mid?straight=\(straight)", body: nil)
    }

    public func mark(_ id: Int64, _ marks: MarkRequest) async throws(ClientError) -> TakeSummaryReport {
        try await post("/v1/takes/\(id)/marks", marks)
    }

    public func delete(_ id: Int64) async throws(ClientError) -> TakeSummaryReport {
        try decoded(try await call("DELETE", "/v1/takes/\(id)", body: nil))
    }

    public func restore(_ id: Int64) async throws(ClientError) -> TakeSummaryReport {
        try await post("/v1/takes/\(id)/restore", EmptyRequest())
    }

    public func verify(_ id: Int64) async throws(ClientError) -> VerificationReport {
        var patient = self
        // A take with many bands is made again as a whole.
        patient.timeout = max(timeout, 120)
        return try await patient.post("/v1/takes/\(id)/verify", EmptyRequest())
    }

    public func edit(_ id: Int64, _ melody: MelodyRequest) async throws(ClientError) -> TakeSummaryReport {
        try await post("/v1/takes/\(id)/melody", melody)
    }

    public func arrange(_ id: Int64, _ request: ArrangeRequest) async throws(ClientError) -> ArrangementReport {
        try await post("/v1/takes/\(id)/arrangements", request)
    }

    public func importFile(_ bytes: [UInt8], _ request: ImportRequest) async throws(ClientError) -> ImportReport {
        try decoded(try await call("POST", "/v1/takes?" + request.query, body: bytes, type: "audio/midi"))
    }
}
