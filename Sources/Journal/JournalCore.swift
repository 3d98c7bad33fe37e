import FoundationEssentials
import MIDI
import Music
import RealTime
import Synchronization

/// What a journal's own thread and its callers share.
final class JournalCore: Sendable {
    /// How many messages wait in memory while the disk takes none: some minutes of dense playing.
    static let patience = 32_768
    /// How often the disk is synced at most.
    static let interval: Int64 = 1_000_000_000
    /// How long a failing disk is left alone at most.
    static let longestPause: Int64 = 30_000_000_000

    /// What waits to be written.
    fileprivate struct Pending {
        var records: [PlayedRecord] = []
        var serial: UInt32 = 0
        var isPaused = false
        var isStopping = false
        /// What is added to an instant to get monotonic time.
        var zero: Int64?
        var last = Int64.min
        var lost = 0
        var lostSinceProblem = 0
    }

    /// How writing goes.
    fileprivate struct Health {
        var problem: String?
        var failures = 0
        var lastAttempt = Int64.min
        var nextCheck = Int64.min
    }

    private let pending = Mutex(Pending())
    private let health = Mutex(Health())
    /// Taken before `pending` where both are.
    private let disk: Mutex<JournalFolder>
    private let wake = EventSignal()
    private let limits: JournalLimits
    private let clock: JournalClock
    private let report: @Sendable (PlayedJournal.Report) -> Void

    init(
        _ folder: consuming sending JournalFolder, clock: JournalClock,
        report: @escaping @Sendable (PlayedJournal.Report) -> Void
    ) {
        limits = folder.limits
        self.clock = clock
        self.report = report
        disk = Mutex(folder)
    }

    // MARK: what is played

    func append(_ message: MIDIMessage, _ keyboard: String, at time: Instant) {
        guard limits.keep > .zero else { return }
        let monotonic = clock.monotonic()
        let suspended = clock.boot() &- monotonic
        let isFirst = pending.withLock { pending in
            guard !pending.isPaused, !pending.isStopping else { return false }
            let boot = time.nanoseconds &+ pending.adjusted(to: time, monotonic: monotonic) &+ suspended
            if pending.records.count >= JournalCore.patience {
                let dropped = JournalCore.patience / 16
                pending.records.removeFirst(dropped)
                pending.lost += dropped
                pending.lostSinceProblem += dropped
            }
            pending.records.append(
                PlayedRecord(message: message, keyboard: keyboard, boot: boot, serial: pending.serial))
            pending.serial &+= 1
            return pending.records.count == 1
        }
        if isFirst { wake.raise() }
    }

    var isPaused: Bool {
        get { pending.withLock { $0.isPaused } }
        set { pending.withLock { $0.isPaused = newValue } }
    }

    var problem: String? { health.withLock { $0.problem } }
    var lost: Int { pending.withLock { $0.lost } }

    // MARK: the thread

    func run() {
        let alarm = Alarm()
        look()
        while true {
            let (isWaiting, isStopping) = pending.withLock { (!$0.records.isEmpty, $0.isStopping) }
            if isStopping { break }
            let now = clock.monotonic()
            let due = health.withLock { health in
                isWaiting || health.problem != nil ? health.nextAttempt : health.nextCheck
            }
            if due <= now {
                if isWaiting { write() } else { look() }
            } else {
                alarm.wait(until: due, orReadable: wake.descriptor)
                wake.clear()
            }
        }
        write()
        disk.withLock { $0.leave() }
    }

    func stop() {
        pending.withLock { $0.isStopping = true }
        wake.raise()
    }

    /// Opens the folder where it is not open, and removes what is too old.
    private func look() {
        disk.withLock { disk in
            attempt(isWrite: false, isCheck: true) { () throws(JournalError) in
                try disk.open()
                try disk.trim()
            }
            tell(&disk)
        }
    }

    /// Writes what waits.
    private func write() {
        disk.withLock { disk in
            let batch = pending.withLock { pending in
                defer { pending.records = [] }
                return pending.records
            }
            guard !batch.isEmpty else { return }
            let isCheck = clock.monotonic() >= health.withLock { $0.nextCheck }
            attempt(isWrite: true, isCheck: isCheck) { () throws(JournalError) in
                do throws(JournalError) {
                    try disk.store(batch)
                } catch {
                    pending.withLock { $0.records.insert(contentsOf: batch, at: 0) }
                    throw error
                }
                if isCheck { try disk.trim() }
            }
            tell(&disk)
        }
    }

    func flush() {
        look()
        write()
    }

    /// Does something with the disk, and keeps account of how it went.
    private func attempt(isWrite: Bool, isCheck: Bool, _ body: () throws(JournalError) -> Void) {
        let now = clock.monotonic()
        var failure: JournalError?
        do throws(JournalError) { try body() } catch { failure = error }
        let next = health.withLock { health -> PlayedJournal.Report? in
            if isCheck { health.nextCheck = now &+ limits.periodNanoseconds }
            // That the folder can be looked at does not say that it takes what waits.
            if failure == nil, !isWrite, pending.withLock({ !$0.records.isEmpty }) { return nil }
            health.lastAttempt = now
            guard let failure else {
                defer { (health.problem, health.failures) = (nil, 0) }
                guard health.problem != nil else { return nil }
                return .recovered(lost: pending.withLock { $0.takeLostSinceProblem() })
            }
            health.failures += 1
            let isNew = health.problem == nil
            let text = "\(failure); playing goes on, and what is played is kept in memory until it can be written"
            health.problem = text
            return isNew ? .problem(text) : nil
        }
        if let next { report(next) }
    }

    private func tell(_ disk: inout JournalFolder) {
        let remarks = disk.remarks
        disk.remarks = []
        for remark in remarks { report(.remark(remark)) }
    }

    // MARK: looking back

    func forget(since: Date?) throws(JournalError) -> Int {
        // Clamped to where 64 bits of nanoseconds end.
        let boundary = since.map { Int64((max(-9e9, min(9e9, $0.timeIntervalSince1970)) * 1000).rounded()) * 1_000_000 }
        return try disk.withLock { (disk) throws(JournalError) -> Int in
            let offset = clock.anchor.offset
            let inMemory = pending.withLock { pending in
                let before = pending.records.count(where: \.isNoteOn)
                pending.records.removeAll { record in boundary.map { record.boot &+ offset >= $0 } ?? true }
                return before - pending.records.count(where: \.isNoteOn)
            }
            try disk.open()
            return inMemory + (try disk.forget(since: boundary))
        }
    }

    func recall(now: Instant, within: Duration) -> [PlayedMessage] {
        let asked = clock.monotonic()
        look()
        return disk.withLock { disk in
            // The look may have taken a while; the present is when the caller said so.
            let wall = clock.wall() &- (clock.monotonic() &- asked)
            return Recall.place(
                disk.segments(excluding: disk.session), now: now, wall: wall, within: within.wholeNanoseconds)
        }
    }
}

extension JournalCore.Pending {
    /// The zero of the transport's clock on the monotonic one, measured anew after each ten seconds of silence: the two drift apart
    /// by some parts in a million.
    fileprivate mutating func adjusted(to time: Instant, monotonic: Int64) -> Int64 {
        defer { last = time.nanoseconds }
        let measured = monotonic &- time.nanoseconds
        if let zero, abs(measured &- zero) < 5_000_000_000, time.nanoseconds &- last < 10_000_000_000 { return zero }
        zero = measured
        return measured
    }

    fileprivate mutating func takeLostSinceProblem() -> Int {
        defer { lostSinceProblem = 0 }
        return lostSinceProblem
    }
}

extension JournalCore.Health {
    /// When the disk may be written to again: a second after the last time, longer and longer while it fails.
    fileprivate var nextAttempt: Int64 {
        guard lastAttempt > .min else { return .min }
        let pause = min(JournalCore.longestPause, JournalCore.interval << Int64(min(5, max(0, failures - 1))))
        return lastAttempt &+ pause
    }
}
