import ArgumentParser
import ConsoleAPI

/// The command line.
@main
struct Continuo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "continuo",
        abstract: "Play a melody on a MIDI keyboard, and the band comes in.",
        discussion: """
            With a keyboard: start continuod, plug the keyboard in, press Record, play, press Record again.
            Without one:     continuo arrange MELODY.mid -o BAND.mid

            Exit codes: 0 done, 64 wrong usage, 65 bad input, 66 no such file, 69 the daemon cannot be reached, \
            70 something failed inside, 73 cannot write.
            """,
        version: continuoVersion,
        subcommands: [TrainCommand.self])
}
