import ArgumentParser
import BridgeDaemon
import ConsoleAPI
import DaemonConfiguration
import Foundation
import Installation
import Logging

/// The daemon's program.
@main
struct Continuod: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "continuod",
        abstract: "Listens to MIDI keyboards and answers their melodies with a band.",
        discussion: """
            Needs no configuration. Without a sound system (no ALSA sequencer) it serves its API alone.
            Files beside the configuration file, continuo.toml.d/*.toml, are read after it. SIGHUP has all of them read again; where \
            something is wrong in them, the old configuration holds.
            Exit codes: 0 stopped as told, 64 wrong usage, 78 wrong configuration, 70 cannot run.
            """,
        version: continuoVersion)

    @Option(help: "Configuration file; by default the user's, else /etc/continuo/continuo.toml, if there is one.")
    var config: String?
    @Option(help: "alsa, embedded or auto, instead of the configuration's.") var transport: String?
    @Option(help: "Unix socket of the API, instead of the configuration's.") var socket: String?
    @Option(help: "Folder of the takes, instead of the configuration's.") var state: String?
    @Flag(
        help: """
            End what a daemon that crashed left sounding on the ports that it played to, and end. The systemd units do this after a \
            crash.
            """)
    var release = false
    @Flag(help: "Print the default configuration with every key explained, and end.") var defaults = false

    func run() async throws {
        if defaults { return print(Configuration.documentation, terminator: "") }
        let places = Places(
            environment: ProcessInfo.processInfo.environment,
            executable: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "")
        let settings: Configuration
        do {
            settings = try load(places)
        } catch let error as ConfigurationError {
            complain("\(error)")
            throw ExitCode(78)
        }
        let threshold = LogThreshold(Logger.Level(rawValue: settings.logLevel) ?? .info)
        let logger = Logger(label: "continuod") { _ in JournalLogHandler(threshold: threshold) }
        do {
            if release { return try PortRelease(configuration: settings, places: places, logger: logger).run() }
            try await ContinuoDaemon(configuration: settings, places: places, logger: logger) {
                let again = try load(places)
                threshold.level = Logger.Level(rawValue: again.logLevel) ?? .info
                return again
            }.run()
        } catch {
            logger.critical("\(error)")
            throw ExitCode(70)
        }
    }

    private func load(_ places: Places) throws -> Configuration {
        var settings = try Configuration(
            ConfigurationSources(path: config ?? places.configuration, isRequired: config != nil))
        if let transport {
            guard let kind = Configuration.TransportKind(rawValue: transport) else {
                throw ConfigurationError(
                    source: "--transport", line: nil, message: "'\(transport)' is none of alsa, embedded, auto")
            }
            settings.transport = kind
        }
        if let socket { settings.socket = socket }
        if let state { settings.stateFolder = state }
        return settings
    }

    private func complain(_ text: String) { FileHandle.standardError.write(Data("continuod: \(text)\n".utf8)) }
}
