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
            for thirty days.

            From the sofa: --share lets other machines of the home network reach it, after one restart of the daemon, and shows the \
            address as a QR code for the phone; --unshare takes that back. What travels there is not encrypted, and browsers give \
            MIDI keyboards only to pages of this machine or over HTTPS; docs/console.md shows an SSH tunnel and a proxy with TLS.
            """)

    @OptionGroup var daemon: DaemonOption
    @Flag(help: "Open it in this session's browser (xdg-open).") var open = false
    @Flag(help: "Let other machines of the network reach it.") var share = false
    @Flag(help: "Let only this machine reach it again.") var unshare = false
    @Option(help: "With --share: the port.") var port = 8765
    @Flag(inversion: .prefixedNo, help: "With --share: show a QR code.") var qr = true
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard !(share && unshare) else { throw ValidationError("Choose one of --share and --unshare.") }
        guard (1024...65535).contains(port) else { throw ValidationError("--port is 1024 to 65535.") }
    }

    func run() async throws {
        if unshare { return try await endSharing() }
        let report = share ? try await sharedTicket() : try await ticket()
        if json { return try printJSON(report) }
        for link in share ? report.sharedLinks : [report.link] { print(link) }
        if share, qr, let link = report.sharedLinks.last, let code = QRCode(link) {
            for line in code.lines(colored: Ink.isUsed) { print(line) }
        }
        note("It lets one browser in, within \(report.minutes) minutes.")
        if share { note("What travels there is not encrypted; \"continuo console --unshare\" takes it back.") }
        if open { try openBrowser(report.link) }
    }

    private func ticket() async throws -> ConsoleTicketReport {
        try await daemon.ask { client throws(ClientError) in try await client.consoleTicket() }
    }

    private func sharedTicket() async throws -> ConsoleTicketReport {
        let status = try await daemon.ask { client throws(ClientError) in try await client.status() }
        if let report = try? await daemon.client.consoleTicket(), !report.shared.isEmpty { return report }
        let sharing = ConsoleSharing(socket: daemon.client.socketPath, port: port)
        if sharing.isWritten, (try? await daemon.client.consoleTicket()) != nil {
            // It was told to, it has a port, and it still has no address to share.
            note("This machine is in no network, or the daemon was not started again yet.")
        }
        try sharing.write()
        for dropIn in sharing.dropIns { note("Wrote \(dropIn.path)") }
        guard status.state == .idle || status.state == .armed else {
            throw fail(
                "the console is shared from the daemon's next start, and the band plays now; when it has ended: "
                    + "\(sharing.restartCommand), and \"continuo console --share\" again", ExitReason.notNow)
        }
        guard sharing.restart() else {
            throw fail(
                "the console is shared from the daemon's next start: \(sharing.restartCommand) (or end continuod and start it "
                    + "again), then \"continuo console --share\" again", ExitReason.notNow)
        }
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            if let report = try? await daemon.client.consoleTicket(), !report.shared.isEmpty { return report }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw fail(
            "the daemon was started again, but has no address to share (is this machine in a network? the daemon's log says more)",
            ExitReason.unavailable)
    }

    private func endSharing() async throws {
        let sharing = ConsoleSharing(socket: daemon.client.socketPath, port: port)
        let wasShared = try sharing.remove()
        let isRestarted = wasShared && sharing.restart()
        if json { return try printJSON(["wasShared": wasShared, "isRestarted": isRestarted]) }
        guard wasShared else { return print("The console was not shared by this command.") }
        print(
            isRestarted
                ? "Only this machine reaches the console now."
                : "Only this machine reaches the console from the daemon's next start: \(sharing.restartCommand)")
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
