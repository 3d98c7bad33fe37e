import ConsoleAPI

/// What the console asks of the daemon. The daemon implements it; tests have one of their own.
///
/// Methods may throw an `APIError`, whose status and words reach the client; any other error becomes a 500 with its description.
public protocol DaemonControl: LessonAccess, TakeAccess, JobAccess, ModelAccess {
    func status() async throws -> StatusReport

    /// What monitoring reads. The console adds what it counts itself.
    func metrics() async throws -> [Metric]

    func perform(_ action: ActionRequest) async throws -> ActionReport

    /// Takes messages as if they were played on a keyboard; the delays count from now.
    func inject(_ messages: [InputMessage]) async throws

    /// Everything that happens from now on. Called once by each `ConsoleServer`; the console numbers and keeps the events.
    func events() async -> AsyncStream<ServerEvent>

    /// Every keyboard that is plugged in.
    func devices() async throws -> [DeviceReport]

    /// Lets a keyboard's unconfirmed buttons act, or not any more.
    ///
    /// - Parameter id: of `DeviceReport`.
    func consent(_ isGiven: Bool, device id: String) async throws -> DeviceReport

    func learning() async throws -> LearningReport

    func learn(_ step: LearnStep) async throws -> LearningReport

    /// Sets a stored take on the desk and lets the band play it.
    ///
    /// - Parameter arrangement: one of the take's arrangements; nil lets its newest play, or makes one.
    func play(take id: Int64, arrangement: Int64?) async throws -> ActionReport

    /// A stored band as an audio file.
    ///
    /// - Parameter part: `melody` or a part's name; nil is all together.
    func audio(arrangement id: Int64, part: String?, format: AudioFormat) async throws -> [UInt8]
}

/// What is wanted of learning.
public enum LearnStep: Hashable, Sendable {
    case begin(LearnRequest)
    /// Asks for the button of an action.
    case ask(action: String)
    /// Writes what was learned and uses it from now on.
    case keep
    case cancel
    /// Takes the last profile that was written back.
    case undo
}
