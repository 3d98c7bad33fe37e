import ArgumentParser
import ConsoleAPI
import ContinuoClient
import DaemonConfiguration
import Foundation
import Installation

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look for what keeps keyboards and sound away, and say the cure.",
        discussion: "Ends with 1 where something is broken.")
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    @Option(help: .hidden) var root = ""

    func run() async throws {
        let places = Places(
            environment: ProcessInfo.processInfo.environment, executable: program)
        var limit = rlimit()
        let isKnown = getrlimit(__rlimit_resource_t(__RLIMIT_RTPRIO.rawValue), &limit) == 0
        let doctor = Doctor(
            root: root, profileFolders: places.profiles, realTimePriority: isKnown ? UInt64(limit.rlim_cur) : nil,
            person: .present)
        let findings = doctor.findings + (await ofDaemon(doctor))
        if json {
            try printJSON(findings)
        } else {
            for finding in findings { show(finding) }
        }
        if findings.contains(where: { $0.kind == .broken }) { throw ExitCode(1) }
    }

    private var program: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }

    private func ofDaemon(_ doctor: Doctor) async -> [Doctor.Finding] {
        let status: StatusReport
        do {
            status = try await daemon.client.status()
        } catch {
            let port = (try? ConfigCommand.Found(nil)).flatMap { try? Configuration($0.files) }?.loopbackPort
            return [port.flatMap(doctor.consolePort)].compactMap { $0 } + [
                Doctor.Finding(
                    kind: .broken, what: "the daemon cannot be reached: \(error)",
                    cure: "continuod, or systemctl start continuod where it is installed")
            ]
        }
        var findings = [Doctor.Finding(kind: .good, what: "continuod \(status.version) answers")]
        if let output = status.output {
            findings.append(.init(kind: .good, what: "the band sounds on \(output)"))
        } else if let synth = status.synth {
            findings.append(.init(kind: .good, what: "the band sounds on a synthesizer of ours: \(synth)"))
        } else {
            findings.append(
                .init(
                    kind: .broken, what: "the band has no port to play to",
                    cure: "start a synthesizer such as fluidsynth, or name one as output in continuo.toml"))
        }
        let devices = (try? await daemon.client.devices()) ?? []
        for device in devices where !device.advice.isEmpty {
            findings.append(.init(kind: .weak, what: "\(device.name) waits for you", cure: device.advice))
        }
        for problem in status.problems
        where !problem.hasPrefix("profile ") && !problem.hasPrefix("the band has no port") {
            findings.append(.init(kind: .weak, what: problem))
        }
        return findings
    }

    private func show(_ finding: Doctor.Finding) {
        let mark =
            switch finding.kind {
            case .good: Ink.green("good  ")
            case .weak: Ink.bold("weak  ")
            case .broken: Ink.red("broken")
            }
        print("\(mark)  \(finding.what)")
        if !finding.cure.isEmpty { print("        cure: \(finding.cure)") }
    }
}
