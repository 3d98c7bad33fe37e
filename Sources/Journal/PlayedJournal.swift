import FoundationEssentials
import MIDI
import Music
import RealTime
import Synchronization

/// Keeps everything that is played, on the disk, so that a crash or a power cut costs at most its last second.
///
/// `append` only puts a message into memory; a thread of the journal writes and syncs at most once a second, and only when something
/// was played. The folder (mode 0700) holds segments (0600) that are only ever appended to; each record has its own checksum, so
/// whatever a power cut leaves behind is read up to its last whole record. A disk that is full, read-only or gone is said once in
/// `problem`; what is played meanwhile waits in memory and is written when the disk takes it again.
///
/// One journal writes to a folder; a second one says so in `problem` and waits for the first one's end.
///
/// What `forget` takes away is overwritten, removed and synced. Flash media (SD cards, SSDs) write elsewhere what is
/// overwritten, and file systems may keep copies (snapshots, a journal of data): until they use those blocks again, somebody who reads
/// the bare medium may find it. Who needs more keeps the folder on an encrypted disk, in memory (tmpfs), or sets `keep` to zero.
public final class PlayedJournal: Sendable {
    public let folder: String
    public let limits: JournalLimits

    private let core: JournalCore
    private let thread: RealTimeThread

    /// What the journal tells of itself.
    public enum Report: Hashable, Sendable {
        /// It cannot be written at present, in words with what to do next. Said once.
        case problem(String)
        /// It is written again after a problem; how many messages did not find room in memory meanwhile.
        case recovered(lost: Int)
        /// Something that a person may want to know: a broken file was renamed.
        case remark(String)
    }

    /// Opens the journal, making the folder where it does not exist. Returns at once: the disk is looked at on the journal's thread.
    ///
    /// - Parameter report: called on threads of the journal's.
    public convenience init(
        folder: String, limits: JournalLimits = JournalLimits(), report: @escaping @Sendable (Report) -> Void = { _ in }
    ) {
        self.init(folder: folder, limits: limits, clock: .system, calls: .system, report: report)
    }

    init(
        folder: String, limits: JournalLimits, clock: JournalClock, calls: FileCalls,
        report: @escaping @Sendable (Report) -> Void = { _ in }
    ) {
        self.folder = folder
        self.limits = limits
        let core = JournalCore(
            JournalFolder(path: folder, limits: limits, clock: clock, calls: calls), clock: clock, report: report)
        self.core = core
        thread = RealTimeThread(name: "journal", request: .normal(niceness: 0)) { core.run() }
    }

    deinit { close() }

    /// Keeps a message. Never waits for the disk.
    ///
    /// - Parameters:
    ///   - keyboard: its product name.
    ///   - time: when it was played, on the transport's clock; from a moment ago.
    public func append(message: MIDIMessage, keyboard: String, at time: Instant) {
        core.append(message, keyboard, at: time)
    }

    /// While this is set, nothing that is played is kept. What was played before stays.
    public var isPaused: Bool {
        get { core.isPaused }
        set { core.isPaused = newValue }
    }

    /// Why nothing can be written at present, with what to do next; nil while all is well.
    public var problem: String? { core.problem }

    /// How many messages could be kept neither on the disk nor in memory, all told.
    public var lost: Int { core.lost }

    /// Waits until everything that was played is on the disk, or cannot be written (`problem`). Waits for the disk: not for the
    /// conductor's thread.
    public func flush() { core.flush() }

    /// Takes what was played off the disk and out of memory. Waits for the disk: not for the conductor's thread.
    ///
    /// What a flash medium may keep of it, see the type's description. A recalled note may lack its end where the boundary lay in it.
    ///
    /// - Parameter since: everything played from this moment on, by the wall clock; nil for all.
    /// - Returns: how many notes were forgotten.
    /// - Throws: where the disk refuses; some of it may be gone by then, and forgetting again goes on.
    @discardableResult
    public func forget(since: Date? = nil) throws(JournalError) -> Int { try core.forget(since: since) }

    /// What was played before this journal was opened. Waits for the disk: not for the conductor's thread.
    ///
    /// A program that ended in the middle of a note stored its beginning alone.
    ///
    /// - Parameters:
    ///   - now: the present, on the transport's clock.
    ///   - within: how far back.
    /// - Returns: in the order in which it was played, at instants up to `now`, as far back as the wall clock says; a wall clock that
    ///   was set back moves what it says was played in the future to just now.
    public func recall(now: Instant, within: Duration) -> [PlayedMessage] { core.recall(now: now, within: within) }

    /// Writes what waits and ends the journal's thread; what is appended afterwards is not kept. Closing twice is no error.
    public func close() {
        core.stop()
        thread.join()
    }
}
