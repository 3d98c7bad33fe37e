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

struct AccompanyCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "accompany",
        abstract: "Bring the band in on what you just played; else on the last take.",
        discussion: "Again within a second and a half: on the phrase before that one.", aliases: ["play"])
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .accompany }
}

struct RecordCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Record from the next note on; again: end the take, and the band comes in.",
        discussion: "While the band plays, what you play is added to the round.")
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .record }
}

struct StopCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stop at the bar line; again: at once.")
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .stop }
}

struct NextCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "next",
        abstract: "Bring another variation.")
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .next }
}

struct PreviousCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "previous",
        abstract: "Bring the variation before this one again, note for note.")
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .previous }
}

struct RegenerateCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "regenerate",
        abstract: "Make a new variation; locked parts stay as they are.")
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .regenerate }
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

struct LoopCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "loop",
        abstract: "Let the band play round after round, or end with this one.")
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .loop }
}

struct LockCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock",
        abstract: "Keep a part as it is in the next variations; again: set it free.")
    @Argument(help: "drums, bass, chords, pad or line.") var part: Part
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .lock(part) }
}

struct MuteCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "mute",
        abstract: "Silence a part, or let it be heard again.")
    @Argument(help: "drums, bass, chords, pad, line, or melody: the take itself.") var voice: VoiceArgument
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .mute(voice.part) }
}

struct SoloCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "solo",
        abstract: "Let a part be heard alone; again: with the others.")
    @Argument(help: "drums, bass, chords, pad or line.") var part: Part
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .solo(part) }
}

struct VolumeCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "volume",
        abstract: "Set how loud a part is.")
    @Argument(help: "drums, bass, chords, pad, line, or melody: the take itself.") var voice: VoiceArgument
    @Argument(help: "0 to 127.") var volume: VolumeArgument
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .volume(voice.part, volume.value) }
}

struct UndoCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Take back the last take, overdub, erasure or change of tempo.")
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .undo }
}

struct RedoCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "redo",
        abstract: "Do again what was undone.")
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .redo }
}

struct EraseCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase",
        abstract: "Clear the desk; the take stays in the store.")
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .erase }
}

struct PanicCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "panic",
        abstract: "Silence everything at once.")
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .panic }
}

struct TempoCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "tempo",
        abstract: "Set the tempo of the band and of the next take, or let your playing tell it.")
    @Argument(help: "Quarter notes a minute, 20 to 400; or free.") var tempo: TempoArgument
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .tempo(tempo.tempo) }
}

struct MeterCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "meter",
        abstract: "Set the metre of takes that are recorded at a set tempo.")
    @Argument(help: "4/4, 3/4, 6/8 or 2/4.") var meter: Meter
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .meter(meter) }
}

struct HalfCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "half",
        abstract: "Take what you played as half as fast.")
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .half }
}

struct DoubleCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "double",
        abstract: "Take what you played as twice as fast.")
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .double }
}

struct TapCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "tap",
        abstract: "Tap the tempo: run it on each beat, or bind it to a key.")
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .tap }
}

struct MetronomeCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "metronome",
        abstract: "Switch the click on or off.",
        discussion: "With the click on, Record counts a bar in.")
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .metronome }
}

struct ListenCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "listen",
        abstract: "Remember what is played, or pause.",
        discussion: "While it listens, Accompany takes what you just played, even after a power cut.")
    @Argument(help: "on or off.") var wanted: Switch
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func action() -> ActionRequest { .listen(wanted == .on) }
}

struct ForgetCommand: ActionCommand {
    static let configuration = CommandConfiguration(
        commandName: "forget",
        abstract: "Forget what was played: in memory and on disk. Stored takes stay.")
    @Option(help: "Only the last so many minutes.") var last: Double?
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON.") var json = false
    func validate() throws {
        guard last.map({ $0 > 0 && $0 <= 1e6 }) ?? true else { throw ValidationError("--last is more than 0 minutes.") }
    }
    func action() -> ActionRequest { .forget(minutes: last) }
}

/// A part of the band, or `melody`.
struct VoiceArgument: ExpressibleByArgument {
    /// nil is the take itself.
    let part: Part?

    init?(argument: String) {
        if argument == "melody" {
            part = nil
        } else if let part = Part(rawValue: argument) {
            self.part = part
        } else {
            return nil
        }
    }

    static var allValueStrings: [String] { Part.allCases.map(\.rawValue) + ["melody"] }
}

/// A tempo, or `free`.
struct TempoArgument: ExpressibleByArgument {
    let tempo: Tempo?

    init?(argument: String) {
        if argument == "free" {
            tempo = nil
        } else if let tempo = Tempo(argument: argument) {
            self.tempo = tempo
        } else {
            return nil
        }
    }
}

/// A controller's value.
struct VolumeArgument: ExpressibleByArgument {
    let value: UInt8

    init?(argument: String) {
        guard let value = UInt8(argument), value < 128 else { return nil }
        self.value = value
    }
}

enum Switch: String, ExpressibleByArgument, CaseIterable { case on, off }

extension Part: ExpressibleByArgument {}

extension Tempo: ExpressibleByArgument {
    public init?(argument: String) {
        guard let number = Double(argument) else { return nil }
        self.init(quartersPerMinute: number)
    }
}

extension Meter: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
