import ConsoleAPI
import Glibc
import Music

/// The arguments of `continuo train`, checked before they are kept.
extension JobRequest {
    /// The options of `continuo train`, without those that say where the run lies.
    ///
    /// Each is one word with its value, `--leaning=-1.5`, so that no value is taken for an option.
    public var arguments: [String] {
        var arguments = ["--genre=\(genre)", "--data=\(data)"]
        for (name, value) in [("filter", filter), ("preset", preset), ("start", start)] {
            if let value { arguments.append("--\(name)=\(value)") }
        }
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
            if TrainingSetting.all[name] == .flag {
                if value == "true" { arguments.append("--\(name)") }
            } else {
                arguments.append("--\(name)=\(value)")
            }
        }
        return arguments
    }

    /// Checks everything that can be known before a process is started.
    ///
    /// - Throws: `TrainingJobsError` of the kind `invalid`.
    public func validate() throws(TrainingJobsError) {
        guard Genre(rawValue: genre) != nil else {
            throw .init(
                .invalid, "genre: \"\(genre)\" is no genre's name",
                advice: "a name has 1 to 32 of a-z, 0-9, - and _, a letter first")
        }
        try Self.readable(data, as: "data", isFolderAllowed: true)
        for (name, value) in [("filter", filter), ("preset", preset), ("start", start)] {
            if let value { try TrainingSetting.Kind.text.check(value, of: name) }
        }
        if let start, Genre(rawValue: start) == nil { try Self.readable(start, as: "start", isFolderAllowed: false) }
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
            guard let kind = TrainingSetting.all[name] else {
                throw .init(
                    .invalid, "settings: \"\(name)\" is no setting of a job",
                    advice: "there are \(TrainingSetting.all.keys.sorted().joined(separator: ", "))")
            }
            try kind.check(value, of: name)
        }
    }

    /// Whether this process may read a file, or a data set's folder.
    private static func readable(
        _ path: String, as name: String, isFolderAllowed: Bool
    ) throws(TrainingJobsError) {
        try TrainingSetting.Kind.text.check(path, of: name)
        guard path.hasPrefix("/") else {
            throw .init(
                .invalid, "\(name): \"\(path)\" is no absolute path",
                advice: "the daemon has another current folder than you; give the whole path")
        }
        func refused(_ path: String, _ cause: String) -> TrainingJobsError {
            TrainingJobsError(
                .invalid, "\(name): the daemon cannot read \(path): \(cause)",
                advice:
                    "the system's daemon sees neither home folders nor /tmp: put data where it may read them, as in /srv"
            )
        }
        var properties = stat()
        guard stat(path, &properties) == 0 else { throw refused(path, String(cString: strerror(errno))) }
        var file = path
        if properties.st_mode & S_IFMT == S_IFDIR {
            guard isFolderAllowed else { throw .init(.invalid, "\(name): \(path) is a folder, not a file") }
            file = "\(path)/pieces.jsonl"
            guard stat(file, &properties) == 0 || errno == EACCES else {
                throw .init(
                    .invalid, "\(name): \(path) is no data set: it has no pieces.jsonl",
                    advice: "\"continuo data prepare\" makes one")
            }
        }
        guard access(file, R_OK) == 0 else { throw refused(file, String(cString: strerror(errno))) }
    }
}

/// The options of `continuo train` that a job may be given.
///
/// A list of what is allowed, not of what is not: those that name a file to write would let whoever may talk with the daemon write
/// anywhere that it may.
public enum TrainingSetting {
    public enum Kind: Hashable, Sendable {
        case text
        /// A whole number, not below 0.
        case count
        case number
        /// `true` or `false`.
        case flag

        /// - Throws: `TrainingJobsError` of the kind `invalid`.
        func check(_ value: String, of name: String) throws(TrainingJobsError) {
            let isFine =
                switch self {
                case .text:
                    !value.isEmpty && value.utf8.count <= 4096 && value.utf8.allSatisfy { $0 >= 32 && $0 != 127 }
                case .count: UInt64(value) != nil
                case .number: Double(value)?.isFinite == true
                case .flag: value == "true" || value == "false"
                }
            guard isFine else { throw .init(.invalid, "\(name): \"\(value.prefix(80))\" is no \(words)") }
        }

        private var words: String {
            switch self {
            case .text: "text of 1 to 4096 characters on one line"
            case .count: "whole number"
            case .number: "number"
            case .flag: "true or false"
            }
        }
    }

    /// By the option's name without dashes; genre, data, filter, preset and start are members of the request.
    public static let all: [String: Kind] = [
        "teacher": .text, "mix": .text, "limit": .text, "render": .text, "add-parts": .text, "teach-parts": .text,
        "seed": .count, "renderings": .count, "epochs": .count, "plan-steps": .count, "steps": .count,
        "adversarial-steps": .count, "batch": .count, "critic-steps": .count, "checkpoint-every": .count,
        "rate": .number, "adversarial-rate": .number, "critic-rate": .number, "mismatch-weight": .number,
        "adversarial-weight": .number, "temperature-scale": .number, "leaning": .number, "line-reserve": .number,
        "style-spread": .number, "divergence-weight": .number, "free-bits": .number, "note-drops": .number,
        "octave-shifts": .number, "part-drops": .number, "second-best-keys": .number, "width": .text,
        "patience": .count, "licence": .text, "samples": .text, "threads": .count,
    ]

    /// Options of `continuo train` that no job may be given: the queue gives them, or they write elsewhere.
    public static let withheld: Set<String> = ["run", "resume", "output", "learn", "json", "help", "version"]
}
