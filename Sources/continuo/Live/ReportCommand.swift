import ArgumentParser
import ConsoleAPI
import ContinuoClient
import DaemonConfiguration
import Foundation
import Installation
import Tensor

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write a report for a bug: how the system is, without private data.",
        discussion: """
            Everything is in one text file that you can read before you send it: versions, sound cards, limits, what the doctor finds, the \
            configuration, the models, how the daemon is and what it logged last. Takes, notes and tags are not in it; your login \
            name, home folder, machine's name, serial numbers and network addresses are taken out.
            """)
    @Option(name: .shortAndLong, help: "File to write; - is standard output.", completion: .file())
    var output = "continuo-report.txt"
    @Option(help: "Lines of the daemon's log.") var lines = 200
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON: the sections by name, instead of writing a file.") var json = false
    @Option(help: .hidden) var root = ""

    func validate() throws {
        guard (0...10_000).contains(lines) else { throw ValidationError("--lines is 0 to 10000.") }
    }

    func run() async throws {
        let status = try? await daemon.client.status()
        let devices = try? await daemon.client.devices()
        let environment = ProcessInfo.processInfo.environment
        let scrubber = Scrubber(
            home: environment["HOME"] ?? "", user: NSUserName(), host: hostName,
            secrets: (devices ?? []).map(\.id))
        var sections: [(String, String)] = [
            ("continuo", continuoVersion), ("system", system), ("processor", processor), ("sound cards", cards),
            ("sequencer clients", read("/proc/asound/seq/clients")), ("limits", read("/proc/self/limits")),
            ("doctor", doctor), ("configuration", configuration), ("models", models),
        ]
        sections.append(("daemon", status.map(describe) ?? "it does not answer"))
        sections.append(("keyboards", devices.map(describe) ?? "the daemon does not answer"))
        for scope in [[], ["--user"]] {
            let name = scope.isEmpty ? "log of the system's daemon" : "log of your daemon"
            sections.append(
                (
                    name,
                    run("journalctl", scope + ["-u", "continuod", "-n", "\(lines)", "--no-pager", "-o", "short-iso"])
                ))
        }
        let clean = sections.map { ($0.0, scrubber.clean($0.1)) }
        if json { return try printJSON(Dictionary(uniqueKeysWithValues: clean)) }
        let text = clean.map { "== \($0.0) ==\n\($0.1.trimmingCharacters(in: .newlines))\n" }.joined(separator: "\n")
        // Others on the machine need not read it.
        umask(0o077)
        try writeFile(Array(text.utf8), to: output)
        guard output != "-" else { return }
        print("\(output): read it before you send it")
    }

    private var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    // MARK: - Sections

    private func read(_ path: String) -> String {
        (try? String(contentsOfFile: root + path, encoding: .utf8)) ?? "\(path) cannot be read"
    }

    private var system: String {
        let names = read("/etc/os-release").split(separator: "\n").filter { $0.hasPrefix("PRETTY_NAME=") }
        return (names.map(String.init) + [read("/proc/version")]).joined(separator: "\n")
    }

    private var processor: String {
        let model = read("/proc/cpuinfo").split(separator: "\n").first { $0.hasPrefix("model name") } ?? "unknown"
        return
            "\(model)\n\(ProcessInfo.processInfo.activeProcessorCount) cores, computes with \(InstructionSet.current)"
    }

    private var cards: String { read("/proc/asound/cards") }

    private var doctor: String {
        var limit = rlimit()
        let isKnown = getrlimit(__rlimit_resource_t(__RLIMIT_RTPRIO.rawValue), &limit) == 0
        let doctor = Doctor(
            root: root, profileFolders: Places.ofThisProgram.profiles,
            realTimePriority: isKnown ? UInt64(limit.rlim_cur) : nil, person: .present)
        return doctor.findings.map { "\($0.kind.rawValue): \($0.what)" }.joined(separator: "\n")
    }

    private var configuration: String {
        do {
            let found = try ConfigCommand.Found(nil)
            return try Configuration.entries(found.files).map { entry in
                "\(entry.key) = \(entry.value)  (\(entry.source)\(entry.line.map { ":\($0)" } ?? ""))"
            }.joined(separator: "\n")
        } catch { return "\(error)" }
    }

    private var models: String {
        let folders = ModelFolders(Places.ofThisProgram.models)
        return folders.genres.map { genre in
            let found = folders.model(of: genre)
            let model = found.model.map { "\(found.file ?? "") \($0.hash)" } ?? "the arranger"
            return ([genre.rawValue + ": " + model] + found.problems).joined(separator: "\n  ")
        }.joined(separator: "\n")
    }

    private func describe(_ status: StatusReport) -> String {
        var lines = [
            "version \(status.version), \(status.state.rawValue), up \(Int(status.uptime)) s",
            "band on \(status.output ?? "no port")" + (status.synth.map { "; synthesizer: \($0)" } ?? ""),
        ]
        lines += status.timingRows.map { "\($0.0): \($0.1)" }
        lines += status.counters.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return (lines + status.problems.map { "problem: \($0)" }).joined(separator: "\n")
    }

    private func describe(_ devices: [DeviceReport]) -> String {
        guard !devices.isEmpty else { return "none" }
        return devices.map { device in
            let profile = device.profile.map { "profile \($0)" } ?? "no profile"
            let buttons = device.buttons.map { "  \($0.action): \($0.sends)\($0.acts ? "" : " (does not act)")" }
            return (["\(device.name), usb \(device.usb ?? "unknown"), \(profile)"] + buttons).joined(separator: "\n")
        }.joined(separator: "\n")
    }

    /// What a program prints; its failure is said in the report and stops nothing.
    private func run(_ program: String, _ arguments: [String]) -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        do { try process.run() } catch { return "\(program) cannot be run: \(error.localizedDescription)" }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
