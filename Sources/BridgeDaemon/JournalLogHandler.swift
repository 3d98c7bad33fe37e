import Glibc
import Logging
import Synchronization

/// From which level on lines are written; all handlers that share it follow.
public final class LogThreshold: Sendable {
    private let value: Mutex<Logger.Level>

    public init(_ level: Logger.Level) { value = Mutex(level) }

    public var level: Logger.Level {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}

/// Writes log lines to standard error: with the journal's priority prefixes under systemd, with the level's name elsewhere.
///
/// Source: sd-daemon(3), "<N>" prefixes.
public struct JournalLogHandler: LogHandler {
    public var logLevel: Logger.Level {
        get { threshold.level }
        // Of this handler alone.
        set { threshold = LogThreshold(newValue) }
    }
    private var threshold: LogThreshold
    public var metadata: Logger.Metadata = [:]
    private let isJournal = getenv("JOURNAL_STREAM") != nil

    public init(threshold: LogThreshold) { self.threshold = threshold }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        let details = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let head = isJournal ? "<\(priority(event.level))>" : "\(event.level): "
        // An event is one line, whatever a keyboard's name or a library's message holds.
        let text = "\(head)\(event.message)\(details)".map { $0.isNewline ? " " : $0 }
        let line = Array((String(text) + "\n").utf8)
        _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    private func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
