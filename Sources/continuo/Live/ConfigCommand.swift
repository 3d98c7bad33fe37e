import ArgumentParser
import DaemonConfiguration
import Foundation
import Installation

/// The daemon's configuration, without the daemon.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Check the daemon's configuration, and show what holds.",
        discussion: """
            Without a file it is the one that the daemon reads: yours (~/.config/continuo/continuo.toml), else \
            /etc/continuo/continuo.toml. The daemon reads it when it starts.
            """,
        subcommands: [Show.self, Check.self], defaultSubcommand: Show.self)

    /// A configuration file as it was found.
    struct Found {
        var path: String
        /// Nil where there is none, and none was asked for.
        var text: String?

        init(_ file: String?) throws {
            path = file ?? Places.ofThisProgram.configuration
            guard file != nil || FileManager.default.fileExists(atPath: path) else { return }
            text = String(decoding: try readFile(path, limit: 1 << 20), as: UTF8.self)
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Name everything that is wrong in a configuration file, with its line.",
            discussion: "Ends with 0 where the daemon can use it, and with 65 where it cannot.")
        @Argument(help: "The file; by default the one that the daemon reads.", completion: .file(extensions: ["toml"]))
        var file: String?
        @Flag(help: "Print JSON.") var json = false

        /// Something that is wrong, for programs.
        private struct Problem: Encodable {
            var file: String
            var line: Int?
            var message: String
        }

        func run() throws {
            let found = try Found(file)
            let problems = found.text.map { Configuration.problems(in: $0, source: found.path) } ?? []
            if json {
                try printJSON(problems.map { Problem(file: $0.source, line: $0.line, message: $0.message) })
            } else if found.text == nil {
                print("There is no \(found.path): the defaults hold (\"continuo config show --defaults\").")
            } else if problems.isEmpty {
                print("\(found.path): fine")
            } else {
                for problem in problems { note("\(problem)") }
            }
            if !problems.isEmpty { throw ExitReason.badInput }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show every key, what holds for it, and where that was said.")
        @Argument(help: "The file; by default the one that the daemon reads.", completion: .file(extensions: ["toml"]))
        var file: String?
        @Flag(help: "Print the documented default file instead, to begin your own with.") var defaults = false
        @Flag(help: "Explain each key.") var explain = false
        @Flag(help: "Print JSON.") var json = false

        func run() throws {
            if defaults { return print(Configuration.documentation, terminator: "") }
            let found = try Found(file)
            let entries: [Configuration.Entry]
            do throws(ConfigurationError) {
                entries = try Configuration.entries(toml: found.text, source: found.path)
            } catch { throw fail("\(error) (\"continuo config check\" names everything)", ExitReason.badInput) }
            if json { return try printJSON(entries) }
            if explain {
                for entry in entries {
                    print(Ink.bold("\(entry.key) = \(entry.value)") + "  \(Self.origin(entry))")
                    print("    \(entry.explanation)")
                }
                return
            }
            var table = Table(head: ["key", "value", "from"])
            table.rows = entries.map { [$0.key, $0.value, Self.origin($0)] }
            for line in table.lines { print(line) }
            if found.text == nil { note("There is no \(found.path): the defaults hold.") }
        }

        private static func origin(_ entry: Configuration.Entry) -> String {
            entry.source + (entry.line.map { ":\($0)" } ?? "")
        }
    }
}
