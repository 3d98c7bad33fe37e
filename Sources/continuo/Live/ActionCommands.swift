import ArgumentParser
import ConsoleAPI
import ContinuoClient
import Music

/// A command that does what a button does, and prints what came of it.
protocol ActionCommand: AsyncParsableCommand {
    var daemon: DaemonOption { get }
    var json: Bool { get }
    func action() throws -> ActionRequest
}

extension ActionCommand {
    func run() async throws {
        let action = try action()
        let report = try await daemon.ask { client throws(ClientError) in try await client.perform(action) }
        if json { return try printJSON(report) }
        print(report.message)
    }
}

struct RecordCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "record", abstract: "Record from the next note on; again: end the take, and the band comes in.")
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .record }
}

struct PlayCommand: ActionCommand {
    static let configuration = CommandConfiguration(commandName: "play", abstract: "Play the last take's band again.")
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .accompany }
}

struct StopCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop at the bar line; again: at once.")
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .stop }
}

struct NextCommand: ActionCommand {
    static let configuration = CommandConfiguration(commandName: "next", abstract: "Bring another variation.")
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .next }
}

struct PreviousCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "previous", abstract: "Bring the variation before this one again, note for note.")
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .previous }
}

struct PanicCommand: ActionCommand {
    static let configuration = CommandConfiguration(commandName: "panic", abstract: "Silence everything at once.")
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .panic }
}

struct GenreCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "genre",
        abstract: "Choose the genre: jazz, pop, rock, symphony or one of your own; \"continuo status\" lists them.")
    @Argument(help: "The genre's short name.") var name: Genre
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .genre(name) }
}

struct TempoCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "tempo", abstract: "Set the tempo that takes are recorded at.")
    @Argument(help: "Quarter notes a minute, 20 to 400.") var tempo: Tempo
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .tempo(tempo) }
}

struct MeterCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "meter", abstract: "Set the metre that takes are recorded in.")
    @Argument(help: "4/4, 3/4, 6/8 or 2/4.") var meter: Meter
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .meter(meter) }
}

extension Tempo: ExpressibleByArgument {
    public init?(argument: String) {
        guard let number = Double(argument) else { return nil }
        self.init(quartersPerMinute: number)
    }
}

extension Meter: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
