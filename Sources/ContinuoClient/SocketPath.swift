import Glibc

/// Finds the daemon's socket.
public enum SocketPath {
    /// Where a daemon may listen, in the order in which it is looked for.
    ///
    /// `$CONTINUO_SOCKET` alone where it is set; else the player's own daemon, then the system's.
    public static func candidates(environment: [String: String]) -> [String] {
        if let set = environment["CONTINUO_SOCKET"], !set.isEmpty { return [set] }
        var paths: [String] = []
        if let runtime = environment["XDG_RUNTIME_DIR"], !runtime.isEmpty {
            paths.append(runtime + "/continuo/continuo.sock")
        }
        return paths + ["/run/continuo/continuo.sock"]
    }

    /// The first candidate that exists; the last one where none does.
    public static func discover(environment: [String: String]) -> String {
        let paths = candidates(environment: environment)
        return paths.first { access($0, F_OK) == 0 } ?? paths[paths.count - 1]
    }
}
