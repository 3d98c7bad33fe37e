import ConsoleAPI
import Foundation
import Testing

struct HelpTests {
    static let commands = [
        ["arrange"], ["render"], ["draw"], ["data"], ["data", "prepare"], ["data", "import"],
        ["data", "preview"], ["data", "show"], ["data", "verify"], ["data", "melodies"], ["models"],
        ["models", "show"],
        ["models", "release"], ["models", "history"], ["models", "rollback"], ["models", "export"], ["console"],
        ["train"], ["evaluate"],
        ["evaluate", "bands"], ["evaluate", "capture"],
        ["status"],
        ["accompany"], ["record"], ["stop"], ["next"], ["previous"], ["regenerate"], ["genre"], ["loop"], ["lock"],
        ["mute"], ["solo"], ["volume"], ["undo"], ["redo"], ["erase"], ["panic"], ["tempo"], ["meter"], ["half"],
        ["double"], ["tap"], ["metronome"], ["listen"], ["forget"], ["takes"], ["takes", "list"], ["takes", "show"],
        ["takes", "export"], ["takes", "import"], ["takes", "play"], ["takes", "tag"], ["takes", "rate"],
        ["takes", "note"], ["takes", "delete"], ["takes", "restore"], ["takes", "verify"],
        ["jobs"], ["jobs", "list"], ["jobs", "show"], ["jobs", "start"], ["jobs", "pause"], ["jobs", "resume"],
        ["jobs", "cancel"], ["jobs", "delete"], ["jobs", "watch"],
        ["publish"], ["publish", "upload"], ["publish", "setup"], ["publish", "login"], ["publish", "status"],
        ["publish", "logout"],
        ["perform"], ["report"], ["config"], ["config", "show"], ["config", "check"],
    ]

    @Test(arguments: commands)
    func everyCommandHasHelp(command: [String]) async throws {
        let outcome = try await Program("continuo").run(command + ["--help"])
        #expect(outcome.code == 0)
        #expect(outcome.text.hasPrefix("OVERVIEW: "))
        #expect(outcome.text.contains("continuo " + command.joined(separator: " ")))
    }

    @Test func theListOfCommandsHasThemAll() async throws {
        let outcome = try await Program("continuo").run(["--help"])
        for command in Self.commands { #expect(outcome.text.contains("  \(command[0])")) }
        #expect(outcome.text.contains("Exit codes"))
    }

    /// A command as ArgumentParser describes it.
    private struct Tool: Decodable {
        struct Command: Decodable {
            struct Argument: Decodable {
                struct Name: Decodable { var name: String }
                var names: [Name]?
            }

            var commandName: String
            var shouldDisplay: Bool?
            var arguments: [Argument]?
            var subcommands: [Command]?

            /// The names of those below that do something themselves, and have an option.
            func leaves(with option: String, _ path: String = "") -> (all: [String], with: [String]) {
                let own = path.isEmpty ? commandName : "\(path) \(commandName)"
                guard shouldDisplay != false, commandName != "help" else { return ([], []) }
                guard let subcommands, !subcommands.isEmpty else {
                    let names = (arguments ?? []).flatMap { $0.names ?? [] }.map(\.name)
                    return ([own], names.contains(option) ? [own] : [])
                }
                let each = subcommands.map { $0.leaves(with: option, own) }
                return (each.flatMap(\.all), each.flatMap(\.with))
            }
        }

        var command: Command
    }

    @Test func everyCommandSpeaksToPrograms() async throws {
        let described = try await Program("continuo").run(["--experimental-dump-help"])
        let leaves = try JSONDecoder().decode(Tool.self, from: described.output).command.leaves(with: "json")
        #expect(leaves.all.count > 60)
        #expect(leaves.all == leaves.with)
    }

    @Test func theVersionIsTheDaemonsToo() async throws {
        for name in ["continuo", "continuod"] {
            #expect(try await Program(name).run(["--version"]).text == continuoVersion + "\n")
        }
    }

    @Test func withoutACommandTheNextStepIsShown() async throws {
        let outcome = try await Program("continuo").run([], environment: ["CONTINUO_SOCKET": "/nowhere/continuo.sock"])
        #expect(outcome.code == 0)
        #expect(outcome.text.hasPrefix("continuod is not running."))
    }

    @Test(arguments: [
        ["status"], ["record"], ["play"], ["takes"], ["jobs"], ["jobs", "watch", "1"],
        ["takes", "export", "-o", "x.mid"], ["genre", "pop"],
        ["perform", example("ode-to-joy")],
    ])
    func withoutADaemonTheAdviceIsToStartIt(command: [String]) async throws {
        let outcome = try await Program("continuo").run(command + ["--socket", "/nowhere/continuo.sock"])
        #expect(outcome.code == 69)
        #expect(outcome.error.contains("/nowhere/continuo.sock"))
        #expect(outcome.error.contains("Start it with \"continuod\""))
    }

    @Test(arguments: [
        ["tempo", "1000"], ["tempo", "fast"], ["meter", "4"], ["genre", "Not A Name"], ["dance"],
        ["arrange", "x.mid"], ["arrange", "x.mid", "-o", "y.mid", "--temperature", "2"],
        ["takes", "list", "--limit", "0"], ["takes", "export", "--melody", "--performance", "-o", "x.mid"],
        ["takes", "export", "1"], ["takes", "export", "1", "--folder", "x"], ["takes", "tag", "1"],
        ["takes", "tag", "--add", "x"], ["takes", "rate", "1", "6"], ["takes", "list", "--since", "yesterday"],
        ["takes", "list", "--tempo", "120-90"],
        ["perform", "x.mid", "--from", "0"], ["jobs", "start", "--genre", "waltz"],
        ["jobs", "start", "--genre", "waltz", "--data", "x", "--set", "batch"], ["jobs", "pause"],
    ])
    func wrongUsageIsToldApart(command: [String]) async throws {
        let outcome = try await Program("continuo").run(command)
        #expect(outcome.code == 64)
        #expect(outcome.error.contains("Error: "))
    }
}
