import ConsoleAPI
import Music

extension ContinuoClient: ModelAccess {
    public func models() async throws(ClientError) -> ModelListReport { try await get("/v1/models") }

    public func model(of genre: Genre) async throws(ClientError) -> ModelReport {
        try await get("/v1/models/\(genre.rawValue)")
    }

    public func rollBack(_ genre: Genre, _ request: RollbackRequest) async throws(ClientError) -> ModelReport {
        try await post("/v1/models/\(genre.rawValue)/rollback", request)
    }

    public func release(_ genre: Genre, _ request: ReleaseRequest) async throws(ClientError) -> ModelReport {
        try await post("/v1/models/\(genre.rawValue)/release", request)
    }
}
