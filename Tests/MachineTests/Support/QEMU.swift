import Foundation
import VirtualKeyboard

/// A QEMU process: started on a thread of its own, which waits for its end.
///
/// It can't outlive this process. The kernel kills it when the thread that started it ends (`setpriv --pdeathsig`), however
/// this process dies; that is why the thread stays until the end.
final class QEMU: Sendable {
    /// The wait status once QEMU has ended; nil while it runs.
    let waitStatus = Watched<CInt?>(nil)
    private let processID = Watched<pid_t?>(nil)

    /// Starts `Tests/Machine/boot` with some arguments.
    ///
    /// - Parameters:
    ///   - connections: sockets that QEMU finds as descriptors 3, 4, ... They are closed here.
    ///   - output: the file that takes what QEMU itself says.
    /// - Throws: ``MachineError/cannotStart(_:)``
    init(arguments: [String], connections: [CInt], output: URL) throws {
        let thread = Thread { [self] in
            let process = Self.spawn(arguments, connections, output)
            for connection in connections { close(connection) }
            processID.update { $0 = process }
            var status: CInt = 0
            while let process, waitpid(process, &status, 0) < 0, errno == EINTR {}
            waitStatus.update { [status] in $0 = status }
        }
        thread.start()
    }

    /// Kills QEMU and waits until it is gone.
    func stop() async {
        let process = await processID.wait(atMost: .seconds(10)) { $0 }
        if waitStatus.value == nil, let process { kill(process, SIGKILL) }
        _ = await waitStatus.wait(atMost: .seconds(10)) { $0 }
    }

    /// - Returns: the process; nil if there is none, and `output` says why.
    private static func spawn(_ arguments: [String], _ connections: [CInt], _ output: URL) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output.path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // Via high numbers, so that no source is overwritten before its turn.
        let sources = connections.map { fcntl($0, F_DUPFD_CLOEXEC, 100) }
        defer { for source in sources { close(source) } }
        for (place, source) in sources.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, source, CInt(3 + place))
        }
        let words = ["setpriv", "--pdeathsig", "KILL", "--"] + arguments
        let cWords = words.map { strdup($0) } + [nil]
        defer { for word in cWords { free(word) } }
        var process: pid_t = 0
        return posix_spawnp(&process, words[0], &actions, nil, cWords, environ) == 0 ? process : nil
    }
}
