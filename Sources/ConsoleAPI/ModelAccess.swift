import Music

/// The genres' models: which play, what they are, which were before.
///
/// A genre that is not there is an `APIError` with status 404.
public protocol ModelAccess: Sendable {
    /// Every genre that can be played.
    func models() async throws -> ModelListReport

    func model(of genre: Genre) async throws -> ModelReport

    /// Goes back to an earlier version, or forward to a later one.
    func rollBack(_ genre: Genre, _ request: RollbackRequest) async throws -> ModelReport

    /// Puts a job's model to use.
    func release(_ genre: Genre, _ request: ReleaseRequest) async throws -> ModelReport
}

/// Which version is wanted: `{"version": 2}`; without one, the version before.
public struct RollbackRequest: Hashable, Sendable, Codable {
    /// 0 is the shipped model.
    public var version: Int?
    /// SHA-256 of the version's file; where it is another one, nothing is changed.
    public var hash: String?

    public init(version: Int? = nil, hash: String? = nil) {
        self.version = version
        self.hash = hash
    }

    private enum CodingKeys: String, CodingKey, CaseIterable { case version, hash }

    public init(from decoder: any Decoder) throws {
        try KnownMembers.require(CodingKeys.self, of: decoder, in: "a rollback")
        let values = try decoder.container(keyedBy: CodingKeys.self)
        version = try values.decodeIfPresent(Int.self, forKey: .version)
        hash = try values.decodeIfPresent(String.self, forKey: .hash)
    }
}

/// Which model is to be put to use: `{"job": 4}`.
public struct ReleaseRequest: Hashable, Sendable, Codable {
    /// A job that is done, or one whose model missed a gate.
    public var job: Int64
    /// Though it misses a must-gate; its card says so.
    public var force: Bool
    /// SHA-256 of the run's model file; where it is another one, nothing is changed.
    public var hash: String?

    public init(job: Int64, force: Bool = false, hash: String? = nil) {
        self.job = job
        self.force = force
        self.hash = hash
    }

    private enum CodingKeys: String, CodingKey, CaseIterable { case job, force, hash }

    /// `force` may be absent.
    public init(from decoder: any Decoder) throws {
        try KnownMembers.require(CodingKeys.self, of: decoder, in: "a release")
        let values = try decoder.container(keyedBy: CodingKeys.self)
        job = try values.decode(Int64.self, forKey: .job)
        force = try values.decodeIfPresent(Bool.self, forKey: .force) ?? false
        hash = try values.decodeIfPresent(String.self, forKey: .hash)
    }
}
