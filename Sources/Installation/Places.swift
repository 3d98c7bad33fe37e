import FoundationEssentials
import Glibc

/// Where the programs find and keep their files: the system's places under systemd, the user's by the XDG rules otherwise.
public struct Places: Sendable {
    /// Takes and the database.
    public var state: String
    /// The API's socket.
    public var socket: String
    /// Where a synthesizer of our own is asked for: beside the runtime folder, which ends with the daemon.
    /// Nil where neither systemd nor a session has given one.
    public var synthSocket: String?
    /// Folders with device profiles, the strongest first.
    public var profiles: [String]
    /// Folders with genre models, the strongest first.
    public var models: [String]
    /// Folders with melodies to judge models by, the strongest first.
    public var melodies: [String]
    /// Folders with the console's page, the strongest first.
    public var console: [String]
    /// The configuration file that is read when none is named; need not exist, its drop-ins (`continuo.toml.d`) may all the same.
    public var configuration: String

    /// - Parameters:
    ///   - environment: the process's environment.
    ///   - executable: the running program's path; a source tree's own `models` and `profiles` are found from it.
    public init(environment: [String: String], executable: String) {
        let home = environment["HOME"] ?? "/"
        func xdg(_ name: String, _ fallback: String) -> String {
            let folder = environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(home)/\(fallback)"
            return "\(folder)/continuo"
        }
        // systemd gives a list separated by colons; the first is ours.
        func systemd(_ name: String) -> String? {
            environment[name].flatMap { $0.split(separator: ":").first.map(String.init) }
        }
        state = systemd("STATE_DIRECTORY") ?? xdg("XDG_STATE_HOME", ".local/state")
        let runtime =
            systemd("RUNTIME_DIRECTORY")
            ?? environment["XDG_RUNTIME_DIR"].map { "\($0)/continuo" }
            ?? "/tmp/continuo-\(getuid())"
        socket = environment["CONTINUO_SOCKET"] ?? "\(runtime)/continuo.sock"
        let given = systemd("RUNTIME_DIRECTORY") ?? environment["XDG_RUNTIME_DIR"].map { "\($0)/continuo" }
        synthSocket = given.flatMap { folder in
            folder.lastIndex(of: "/").map { "\(folder[..<$0])/continuo-synth.sock" }
        }
        let user = xdg("XDG_CONFIG_HOME", ".config")
        let shared = Places.sharedFolders(executable: executable)
        // A service cannot write into anybody's home.
        let own = systemd("STATE_DIRECTORY").map { ["\($0)/profiles"] } ?? []
        profiles = own + ["\(user)/profiles", "/etc/continuo/profiles"] + shared.map { "\($0)/profiles" }
        models = ["\(state)/models"] + shared.map { "\($0)/models" }
        melodies = shared.flatMap { ["\($0)/melodies", "\($0)/Examples/melodies"] }
        console = shared.map { "\($0)/console" }
        let system = "/etc/continuo/continuo.toml"
        let personal = "\(user)/continuo.toml"
        let isPersonal = [personal, personal + ".d"].contains { FileManager.default.fileExists(atPath: $0) }
        configuration = isPersonal ? personal : system
    }

    /// Folders that hold `models` and `profiles`: beside an installed program, in the source tree of a built one, the system's.
    private static func sharedFolders(executable: String) -> [String] {
        var folders: [String] = []
        var folder = executable
        for _ in 0..<5 {
            guard let slash = folder.lastIndex(of: "/"), slash != folder.startIndex else { break }
            folder = String(folder[..<slash])
            folders.append("\(folder)/share/continuo")
            // A source tree is known by its package description, so that a stray folder called `models` is not taken for ours.
            if FileManager.default.fileExists(atPath: "\(folder)/Package.swift") { folders.append(folder) }
        }
        return folders + ["/usr/local/share/continuo", "/usr/share/continuo"]
    }
}
