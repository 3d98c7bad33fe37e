import ArgumentParser
import ConsoleAPI
import ContinuoClient
import Foundation

/// `continuo console`: the way into the page.
struct ConsoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "console", abstract: "Print the address of the console, with a ticket that lets one browser in.",
        discussion: """
            The page shows what is played and does what the buttons do. The daemon serves it on this machine where the \
            configuration has a port under [console]. A ticket is good for one browser and ten minutes; the browser stays let in \
            for thirty days. From another machine: ssh -L 8765:127.0.0.1:8765 this-machine, then open the printed address there.
            """)

    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Open it in this session's browser (xdg-open).") var open = false
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let report = try await daemon.ask { client throws(ClientError) in try await client.consoleTicket() }
        if json { return try printJSON(report) }
        print(report.link)
        note("It lets one browser in, within \(report.minutes) minutes.")
        if open { try openBrowser(report.link) }
    }

    private func openBrowser(_ link: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["xdg-open", link]
        process.standardOutput = FileHandle.nullDevice
        do { try process.run() } catch {
            throw fail(
                "cannot start xdg-open: \(error.localizedDescription); open the address yourself",
                ExitReason.unavailable)
        }
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw fail("no browser could be opened; open the address yourself", ExitReason.unavailable)
        }
    }
}
