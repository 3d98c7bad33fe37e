import CSupport
import Foundation

/// A child process that disturbs nobody: it runs when nothing else wants to, and ends with the thread that started it.
///
/// Started by `csupport_spawn_background`, which says what exactly it does not inherit.
struct BackgroundProcess {
    let process: Int32
    /// Becomes readable when it ends; nil where the kernel has no such thing.
    let ending: Int32?

    /// How it ended.
    enum Ending: Hashable, Sendable {
        case exit(Int32)
        case signal(Int32)
    }

    /// - Parameters:
    ///   - program: an absolute path.
    ///   - output: file that its standard output replaces.
    ///   - messages: file that its standard error is appended to, and its standard output without `output`.
    ///   - signal: what it gets when this thread ends.
    ///   - yields: it runs when nothing else wants to; otherwise as an ordinary process.
    /// - Throws: in words where it cannot be started.
    init(
        _ program: String, _ arguments: [String], environment: [String: String], output: String?, messages: String,
        signal: Int32, yields: Bool
    ) throws(TrainingJobsError) {
        func open(_ path: String, _ mode: Int32) throws(TrainingJobsError) -> Int32 {
            let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC | mode, 0o660)
            guard descriptor >= 0 else {
                throw .init(.unavailable, "cannot write \(path): \(String(cString: strerror(errno)))")
            }
            return descriptor
        }
        let errors = try open(messages, O_APPEND)
        defer { close(errors) }
        let out: Int32
        if let output { out = try open(output, O_TRUNC) } else { out = errors }
        defer { if out != errors { close(out) } }
        let words = Self.strings([program] + arguments)
        let surroundings = Self.strings(environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
        defer { for text in words + surroundings { free(text) } }
        let code = csupport_spawn_background(program, words, surroundings, out, errors, signal, yields ? 1 : 0)
        guard code > 0 else {
            throw .init(
                .unavailable, "cannot start \(program): \(String(cString: strerror(-code)))",
                advice: "program under [training] says where \"continuo\" is")
        }
        process = code
        let descriptor = csupport_pidfd(code)
        ending = descriptor >= 0 ? descriptor : nil
    }

    /// Words for C, with the nil at their end; to be freed.
    private static func strings(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        texts.map { strdup($0) } + [nil]
    }

    /// Sends a signal to it and to all that it started. Nothing happens where it has ended.
    func signal(_ number: Int32) { kill(-process, number) }

    /// Takes note of its end; called until it answers.
    ///
    /// - Returns: nil while it runs.
    func reap() -> Ending? {
        var status: Int32 = 0
        let code = waitpid(process, &status, WNOHANG)
        guard code != 0, !(code < 0 && errno == EINTR) else { return nil }
        // It ended and somebody else took note: nothing is known of how.
        guard code > 0 else { return .exit(-1) }
        return status & 0x7F == 0 ? .exit(status >> 8 & 0xFF) : .signal(status & 0x7F)
    }
}

/// A process of an earlier daemon, which is not our child.
enum KnownProcess {
    /// `/proc/PID/stat`, field 22: clock ticks between the machine's start and the process's. Nil where it has ended.
    static func start(of process: Int32) -> UInt64? {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
            // The name in parentheses may hold anything; what follows it may not.
            let name = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: name)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
        return UInt64(fields[19])
    }

    /// Which start of the machine this is.
    static var boot: String {
        let text = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    static func isAlive(_ child: TrainingJob.Child) -> Bool {
        child.boot == boot && start(of: child.process) == child.started
    }
}

/// What a child process said on its standard error.
enum Messages {
    /// How much of the file is kept.
    static let most = 1 << 20

    /// The last lines that say what was wrong, as a clause; empty where there are none.
    ///
    /// - Parameter offset: where the child's own words begin.
    static func reason(in path: String, from offset: UInt64) -> String {
        guard let file = FileHandle(forReadingAtPath: path), let end = try? file.seekToEnd() else { return "" }
        let window: UInt64 = 4096
        let start = max(offset > end ? 0 : offset, end > window ? end - window : 0)
        guard (try? file.seek(toOffset: start)) != nil, let data = try? file.read(upToCount: Int(window)) else {
            return ""
        }
        let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).map { line in
            line.filter { $0 >= " " && $0 != "\u{7F}" }.trimmingCharacters(in: .whitespaces)
        }.filter { line in !line.isEmpty && !line.hasPrefix("Usage: ") && !line.hasPrefix("See '") }
        // The program's own complaint says it all; what stands before it may be a table.
        let marks = ["continuo: ", "Error: "]
        let own = lines.lastIndex { line in marks.contains { line.hasPrefix($0) } }
        return lines[(own ?? 0)...].suffix(3).map { line in
            marks.first { line.hasPrefix($0) }.map { String(line.dropFirst($0.count)) } ?? line
        }.joined(separator: "; ")
    }

    static func size(_ path: String) -> UInt64 {
        var properties = stat()
        return stat(path, &properties) == 0 ? UInt64(properties.st_size) : 0
    }

    /// Forgets what was said where it grows too large; a child appends, so it goes on at the beginning.
    static func bound(_ path: String) { if size(path) > most { truncate(path, 0) } }
}
