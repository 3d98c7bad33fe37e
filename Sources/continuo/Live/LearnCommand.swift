import ArgumentParser
import ConsoleAPI
import ContinuoClient
import Foundation

struct LearnCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "learn",
        abstract: "Teach the band your keyboard's own buttons, by pressing them.",
        discussion: """
            Three presses and it is done: continuo learn play record stop
            Without actions it asks for play, record and stop, then for next, previous and genre; Return leaves one out. \
            What was learned is a file in your profiles folder; --undo takes it back.
            """)

    @Argument(help: "What to press for: play, record, stop, next, previous, genre-next, one-button ...")
    var actions: [String] = []
    @Option(help: "The keyboard's name, a part of it, or its id; by default the one that is played next.")
    var device: String?
    @Flag(help: "Take back the profile that was learned last.") var undo = false
    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Print JSON: one line for each step.") var json = false

    private static let usual = ["play", "record", "stop", "next", "previous", "genre-next"]

    func validate() throws {
        if undo, !actions.isEmpty || device != nil { throw ValidationError("--undo stands alone.") }
    }

    func run() async throws {
        if undo {
            return try tell(try await daemon.ask { client throws(ClientError) in try await client.learnUndo() })
        }
        let interrupt = Interrupt()
        let asked = actions.isEmpty ? LearnCommand.usual : actions
        let watch = LearnWatch(client: daemon.client)
        try await daemon.ask { _ throws(ClientError) in try await watch.begin() }
        if device == nil { try await list() }
        let request = LearnRequest(device: device, action: asked[0])
        try tell(try await daemon.ask { client throws(ClientError) in try await client.learn(request) })
        // From here on the daemon is left as it was, whatever happens.
        do {
            for (index, action) in asked.enumerated() {
                if index > 0 {
                    try tell(try await daemon.ask { client throws(ClientError) in try await client.learnAsk(action) })
                }
                try await follow(action, watch, interrupt)
            }
            let kept = try await daemon.ask { client throws(ClientError) in try await client.learnKeep() }
            try tell(kept)
            if !json { summarize(kept) }
        } catch {
            _ = try? await daemon.client.learnCancel()
            throw error
        }
    }

    private func list() async throws {
        let devices = try await daemon.ask { client throws(ClientError) in try await client.devices() }
        guard !json else { return }
        for device in devices { print("  \(device.name) \(Ink.quiet(device.profile ?? "no profile"))") }
        if devices.isEmpty { print("  No keyboard yet: plug yours in.") }
    }

    /// Shows what is heard until the button is known or left out.
    private func follow(_ action: String, _ watch: LearnWatch, _ interrupt: Interrupt) async throws {
        let skips = actions.isEmpty && isatty(STDIN_FILENO) != 0
        if skips, !json { print(Ink.quiet("  Return leaves it out")) }
        while true {
            if interrupt.isRequested { throw fail("nothing was changed", ExitReason.notNow) }
            for report in watch.drain() where report.asked == action || report.step == .off {
                if report.step == .off { throw fail(report.message, ExitReason.notNow) }
                if report.step != .asking || !report.message.hasPrefix("press your") { try tell(report) }
                if report.step == .recognized { return }
            }
            if let problem = watch.problem { throw fail(problem) }
            if skips, isLineTyped() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func isLineTyped() -> Bool {
        var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        guard poll(&input, 1, 0) > 0 else { return false }
        return readLine() != nil
    }

    private func tell(_ report: LearningReport) throws {
        if json { return try printJSON(report) }
        print(report.message)
        // Who reads along through a pipe has to press now.
        fflush(nil)
    }

    private func summarize(_ report: LearningReport) {
        for button in report.buttons { print("  \(button.action): \(button.sends)") }
        if let file = report.file { print("  written to \(file); \"continuo learn --undo\" takes it back") }
    }
}
