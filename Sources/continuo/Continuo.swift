import ArgumentParser
import ConsoleAPI
import ContinuoClient
import Foundation

/// The command line.
@main
struct Continuo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "continuo",
        abstract: "Play a melody on a MIDI keyboard, and the band comes in.",
        discussion: """
            With a keyboard: start continuod, plug the keyboard in, play a melody, press Play: the band comes in.
            Without one:     continuo arrange MELODY.mid -o BAND.mid

            Exit codes: 0 done, 64 wrong usage, 65 bad input, 66 no such file, take or genre, 69 the daemon cannot be \
            reached or something is not installed, 70 something failed inside, 73 cannot write, 75 not possible now, 77 not allowed.
            """,
        version: continuoVersion,
        groupedSubcommands: [
            CommandGroup(
                name: "Band",
                subcommands: [
                    AccompanyCommand.self, RecordCommand.self, StopCommand.self, NextCommand.self, PreviousCommand.self,
                    RegenerateCommand.self, GenreCommand.self, LoopCommand.self, LockCommand.self, MuteCommand.self,
                    SoloCommand.self, VolumeCommand.self, UndoCommand.self, RedoCommand.self, EraseCommand.self,
                    PanicCommand.self,
                ]),
            CommandGroup(
                name: "Time",
                subcommands: [
                    TempoCommand.self, MeterCommand.self, HalfCommand.self, DoubleCommand.self, TapCommand.self,
                    MetronomeCommand.self,
                ]),
            CommandGroup(name: "Listening", subcommands: [ListenCommand.self, ForgetCommand.self]),
            CommandGroup(
                name: "Daemon",
                subcommands: [
                    StatusCommand.self, TakesCommand.self, JobsCommand.self, PerformCommand.self, ConsoleCommand.self,
                ]),
            CommandGroup(
                name: "Keyboards",
                subcommands: [
                    DevicesCommand.self, LearnCommand.self, DoctorCommand.self, ConfigCommand.self, ReportCommand.self,
                ]),
            CommandGroup(
                name: "File",
                subcommands: [
                    ArrangeCommand.self, RenderCommand.self, PublishCommand.self, DrawCommand.self, ModelsCommand.self,
                    DataCommand.self,
                    TrainCommand.self, LessonCommand.self, EvaluateCommand.self, LearnGenresCommand.self,
                ]),
        ])

    static func main() async {
        await main(RememberedRun.recalled(Array(CommandLine.arguments.dropFirst())))
    }

    /// Without a subcommand: how things stand, and what to do next.
    func run() async {
        let client = ContinuoClient(environment: ProcessInfo.processInfo.environment)
        guard let status = try? await client.status() else {
            print(
                """
                continuod is not running. To play with a band:
                  continuod                                start it, then plug your keyboard in
                  continuo arrange MELODY.mid -o BAND.mid  or arrange a melody without it
                  continuo --help                          shows everything
                """)
            return
        }
        print(status.sentence)
        for line in status.nextSteps { print("  \(line)") }
    }
}
