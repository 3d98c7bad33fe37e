import Foundation
import Installation

/// The opt-in that lets other machines reach the console: a drop-in of the configuration, and for the system's unit one of its sandbox.
struct ConsoleSharing {
    /// A file that sharing adds.
    struct DropIn {
        var path: String
        var text: String
    }

    /// Whether the daemon is the system's.
    let isSystem: Bool
    /// Whether it listens where systemd's units have it listen; another one was started by hand.
    private let isUnits: Bool
    let port: Int
    let dropIns: [DropIn]

    /// - Parameters:
    ///   - socket: the daemon's; the system's is under /run/continuo.
    ///   - port: what to serve on.
    init(socket: String, port: Int, environment: [String: String] = ProcessInfo.processInfo.environment) {
        isSystem = socket.hasPrefix("/run/continuo/")
        isUnits = isSystem || environment["XDG_RUNTIME_DIR"].map { socket == "\($0)/continuo/continuo.sock" } == true
        self.port = port
        let home = environment["HOME"] ?? "/"
        let user = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(home)/.config"
        let folder = isSystem ? "/etc/continuo" : "\(user)/continuo"
        let note = "# Written by \"continuo console --share\"; \"continuo console --unshare\" takes it back.\n"
        var dropIns = [
            DropIn(
                path: "\(folder)/continuo.toml.d/90-share.toml",
                text: note + "[console]\nport = \(port)\nlisten = \"network\"\n")
        ]
        if isSystem {
            dropIns.append(
                DropIn(
                    path: "/etc/systemd/system/continuod.service.d/90-share.conf",
                    text: note + """
                        # Private networks and this machine, and still nobody on the internet.
                        [Service]
                        RestrictAddressFamilies=AF_INET
                        IPAddressAllow=localhost 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16

                        """))
        }
        self.dropIns = dropIns
    }

    var isWritten: Bool { dropIns.allSatisfy { FileManager.default.fileExists(atPath: $0.path) } }

    /// - Throws: an `ExitCode` after telling what could not be written and what to do instead.
    func write() throws {
        for dropIn in dropIns {
            let folder = URL(fileURLWithPath: dropIn.path).deletingLastPathComponent().path
            do {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                try Data(dropIn.text.utf8).write(to: URL(fileURLWithPath: dropIn.path), options: .atomic)
            } catch {
                let files = dropIns.map { "\($0.path):\n\($0.text)" }.joined(separator: "\n")
                note("These files share the console:\n\n\(files)")
                throw fail(
                    "cannot write \(dropIn.path): \(error.localizedDescription) "
                        + (isSystem ? "(run \"sudo continuo console --share\")" : "(write it yourself)"),
                    ExitReason.noPermission)
            }
        }
    }

    /// - Returns: whether there was anything to take back.
    func remove() throws -> Bool {
        var found = false
        for dropIn in dropIns where FileManager.default.fileExists(atPath: dropIn.path) {
            found = true
            do { try FileManager.default.removeItem(atPath: dropIn.path) } catch {
                throw fail(
                    "cannot remove \(dropIn.path): \(error.localizedDescription) "
                        + (isSystem ? "(run \"sudo continuo console --unshare\")" : ""), ExitReason.noPermission)
            }
        }
        return found
    }

    /// The command that makes the daemon follow, for a person.
    var restartCommand: String {
        isSystem
            ? "sudo systemctl daemon-reload && sudo systemctl restart continuod" : "systemctl --user restart continuod"
    }

    /// Starts the daemon again where systemd runs it.
    ///
    /// - Returns: false where it does not, or may not be asked.
    func restart() -> Bool {
        guard isUnits else { return false }
        let scope = isSystem ? [] : ["--user"]
        guard systemctl(scope + ["is-active", "--quiet", "continuod.service"]) else { return false }
        return systemctl(scope + ["daemon-reload"]) && systemctl(scope + ["restart", "continuod.service"])
    }

    private func systemctl(_ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["systemctl"] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
