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
            /etc/continuo/continuo.toml. Files continuo.toml.d/*.toml beside it are read after it, by name: what a later one says \
            holds. The daemon reads them when it starts and on SIGHUP ("systemctl reload continuod").
            """,
        subcommands: [Show.self, Check.self], defaultSubcommand: Show.self)

    /// The configuration's files as they were found.
    struct Found {
        var path: String
        var files: ConfigurationSources
        var isEmpty: Bool { files.sources.isEmpty }
        /// `continuo.toml and 2 drop-ins`.
        var name: String {
            let others = files.sources.count { $0.name != path }
            return path + (others == 0 ? "" : " with \(counted(others, "drop-in"))")
        }

        init(_ file: String?) throws {
            path = file ?? Places.ofThisProgram.configuration
            do throws(ConfigurationError) {
                files = try ConfigurationSources(path: path, isRequired: file != nil)
            } catch { throw fail("\(error)", ExitReason.noInput) }
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
            let problems = Configuration.problems(in: found.files)
            if json {
                try printJSON(problems.map { Problem(file: $0.source, line: $0.line, message: $0.message) })
            } else if found.isEmpty {
                print("There is no \(found.path): the defaults hold (\"continuo config show --defaults\").")
            } else if problems.isEmpty {
                print("\(found.name): fine")
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
                entries = try Configuration.entries(found.files)
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
            if found.isEmpty { note("There is no \(found.path): the defaults hold.") }
        }

        private static func origin(_ entry: Configuration.Entry) -> String {
            entry.source + (entry.line.map { ":\($0)" } ?? "")
        }
    }
}
