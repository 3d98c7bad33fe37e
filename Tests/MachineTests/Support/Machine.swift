import Foundation
import VirtualKeyboard

/// An emulated machine: Debian's kernel with the real ALSA sequencer, `snd-usb-audio` and udev, and keyboards made of software.
final class Machine: Sendable {
    enum Mode: String, Sendable {
        /// A shell script is PID 1; there is nothing but udev and what the test starts.
        case plain
        /// systemd is PID 1.
        case systemd
        /// A Debian on a disk of its own, with systemd and dpkg; what is written there is forgotten.
        case debian
    }

    /// Whether the machine tests are to run: CONTINUO_MACHINE=1 is set by `make test` once the guests are built.
    static let isWanted = ProcessInfo.processInfo.environment["CONTINUO_MACHINE"] == "1"

    let mode: Mode
    /// One keyboard for each USB port, none of them plugged in: the machine's own ports, then those of its hub.
    let keyboards: [VirtualKeyboard]
    private let agent: GuestAgent
    private let qemu: QEMU
    /// The folder with console.log, qemu.log and the reports of failed tests.
    let logs: URL

    /// The machine's own ports for keyboards; a hub is in the next one.
    static let ownPorts = 2
    static let hubPorts = 8
    /// How long to wait for what should come at once. A busy machine emulates slowly, and only a failure costs the time.
    static let patience = VirtualKeyboard.patience
    private static let bootLimit = Duration.seconds(180)
    private static let package = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    // MARK: Life

    /// Boots a guest and waits until it takes commands.
    ///
    /// - Parameter name: tells the logs of several machines apart.
    static func boot(_ mode: Mode, name: String) async throws -> Machine {
        let start = ContinuousClock.now
        let machine = try Machine(mode, name: name)
        let state = await machine.agent.state.wait(atMost: bootLimit) { $0 == .booting ? nil : $0 }
        if state == .ready {
            print("The \(mode.rawValue) guest of \(name) was ready after \(ContinuousClock.now - start)")
            return machine
        }
        await machine.stop()
        if state == .gone {
            throw MachineError.ended(during: "booting the \(mode.rawValue) guest", console: machine.consoleTail)
        }
        throw MachineError.neverReady(
            mode: mode.rawValue, seconds: Int(bootLimit.components.seconds), console: machine.consoleTail)
    }

    private init(_ mode: Mode, name: String) throws {
        let environment = ProcessInfo.processInfo.environment
        let image =
            environment["CONTINUO_MACHINE_IMAGE"].map { URL(filePath: $0) }
            ?? Self.package.appending(path: ".build/machine")
        let layers = image.appending(path: "\(mode.rawValue).cpio")
        guard FileManager.default.fileExists(atPath: layers.path) else { throw MachineError.noImage(layers.path) }
        logs = image.appending(path: "logs/\(name)")
        try? FileManager.default.removeItem(at: logs)
        try FileManager.default.createDirectory(at: logs, withIntermediateDirectories: true)

        let boot = Self.package.appending(path: "Tests/Machine/boot").path
        var options = [boot, image.path, mode.rawValue, "-serial", "file:\(logs.path)/console.log"]
        options += ["-device", "virtio-serial-pci", "-chardev", "socket,id=agent,fd=3"]
        options += ["-device", "virtserialport,chardev=agent,name=agent,nr=1", "-device", "qemu-xhci,id=xhci"]
        let hub = Self.ownPorts + 1
        options += ["-device", "usb-hub,bus=xhci.0,port=\(hub),ports=\(Self.hubPorts)"]
        let places = (1...Self.ownPorts).map { "\($0)" } + (1...Self.hubPorts).map { "\(hub).\($0)" }
        for (number, place) in places.enumerated() {
            options += ["-chardev", "socket,id=usb\(number),fd=\(4 + number)"]
            options += ["-device", "usb-redir,chardev=usb\(number),bus=xhci.0,port=\(place)"]
        }
        let pairs = try (0...places.count).map { _ in try Self.socketPair() }
        qemu = try QEMU(arguments: options, connections: pairs.map(\.theirs), output: logs.appending(path: "qemu.log"))
        agent = GuestAgent(connection: pairs[0].ours)
        keyboards = pairs[1...].map { VirtualKeyboard(connection: $0.ours) }
        self.mode = mode
    }

    private static func socketPair() throws -> (ours: CInt, theirs: CInt) {
        var ends: [CInt] = [-1, -1]
        let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        return (ends[0], ends[1])
    }

    /// Ends the machine at once.
    func stop() async {
        await qemu.stop()
        for keyboard in keyboards { keyboard.close() }
        agent.close()
    }

    /// Unplugs all keyboards and ends all commands, so that the next test finds the machine as the first one did.
    func tidy() async throws {
        for command in agent.running { command.signal(SIGKILL) }
        for command in agent.running { _ = await command.result(within: .seconds(10)) }
        for keyboard in keyboards where keyboard.isPlugged { try await keyboard.unplug() }
        try await eventually("all sound cards are gone") {
            try await self.run("ls -d /proc/asound/card[0-9]*").status == 0 ? nil : true
        }
    }

    // MARK: Commands

    /// Starts a shell command in the guest.
    func start(_ script: String) -> GuestCommand { agent.start(script) }

    /// Runs a shell command in the guest to its end, whatever its exit status.
    @discardableResult
    func run(_ script: String, within limit: Duration = patience) async throws -> CommandResult {
        try await result(of: agent.start(script), within: limit)
    }

    /// Runs a shell command in the guest that has to succeed.
    ///
    /// - Returns: its standard output.
    @discardableResult
    func succeed(_ script: String, within limit: Duration = patience) async throws -> String {
        let result = try await run(script, within: limit)
        guard result.status == 0 else { throw MachineError.failed(script, result) }
        return result.text
    }

    /// Writes a file in the guest.
    func write(_ bytes: [UInt8], to path: String) async throws {
        let command = agent.write(bytes, to: path)
        let result = try await result(of: command, within: Self.patience)
        guard result.status == 0 else { throw MachineError.failed(command.script, result) }
    }

    func write(_ text: String, to path: String) async throws {
        try await write(Array(text.utf8), to: path)
    }

    /// Reads a file in the guest.
    func contents(of path: String) async throws -> [UInt8] {
        let command = agent.start("cat '\(path)'")
        let result = try await result(of: command, within: Self.patience)
        guard result.status == 0 else { throw MachineError.failed(command.script, result) }
        return result.output
    }

    private func result(of command: GuestCommand, within limit: Duration) async throws -> CommandResult {
        if let result = await command.result(within: limit) { return result }
        let progress = command.progress.value
        if progress.ending == .lostMachine {
            _ = await qemu.waitStatus.wait(atMost: .seconds(5)) { $0 }  // the console is complete then
            throw MachineError.ended(during: command.script, console: consoleTail)
        }
        command.signal(SIGKILL)
        let soFar = String(decoding: progress.output + progress.errorOutput, as: UTF8.self)
        throw MachineError.tooSlow(command.script, limit: limit, soFar: soFar)
    }

    /// Asks again and again until there is an answer.
    ///
    /// - Throws: ``MachineError/neverHappened(_:limit:)`` after the limit; what `poll` throws, at once.
    @discardableResult
    func eventually<Found>(
        _ what: String, within limit: Duration = patience, _ poll: () async throws -> Found?
    ) async throws -> Found {
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if let found = try await poll() { return found }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw MachineError.neverHappened(what, limit: limit)
    }

    // MARK: Reports

    /// The last lines of the guest's console.
    var consoleTail: String {
        let console = (try? Data(contentsOf: logs.appending(path: "console.log"))) ?? Data()
        let qemuOutput = (try? Data(contentsOf: logs.appending(path: "qemu.log"))) ?? Data()
        let lines = String(decoding: qemuOutput + console, as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.suffix(80).joined(separator: "\n")
    }

    /// What a reader of a failed test wants to know about the guest.
    func report() async -> String {
        var sections = [("console", consoleTail)]
        var commands = [
            "aconnect -l", "cat /proc/asound/seq/clients", "cat /proc/asound/cards",
            "ps -o pid,stat,args | grep -v ' \\['",
            "dmesg | tail -n 20", "[ ! -e /var/log/continuod.log ] || tail -n 80 /var/log/continuod.log",
        ]
        if mode != .plain {
            commands += ["systemctl --failed --no-pager", "journalctl -b -n 80 --no-pager -o short-monotonic"]
        }
        for script in commands where agent.state.value == .ready {
            let result = try? await run(script, within: .seconds(10))
            sections.append((script, result.map { $0.text + $0.errorText } ?? "no answer in 10 s"))
        }
        return sections.map { "--- \($0.0)\n\($0.1)" }.joined(separator: "\n")
    }
}
