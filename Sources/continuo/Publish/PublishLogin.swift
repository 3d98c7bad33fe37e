import ArgumentParser
import Foundation
import Publishing

struct PublishLogin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Sign in to SoundCloud in the browser.",
        discussion: """
            Opens SoundCloud in this session's browser, or prints the address, and waits for the browser to come back to this \
            machine. On a machine without a browser use --manual: open the printed address anywhere, press Connect, and paste the \
            address of the page that cannot be shown then; it has the code in it.
            """)
    @Flag(help: "Paste the address with the code instead of waiting for the browser.") var manual = false
    @Flag(inversion: .prefixedNo, help: "Open the browser (xdg-open) where there is a desktop.") var open = true
    @Option(help: "How many seconds to wait for the browser.") var wait = 300
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let interrupt = Interrupt()
        let soundCloud = try PublishCommand.soundCloud(interrupt)
        let authorization = Authorization()
        do throws(PublishError) {
            guard let account = try soundCloud.file.read() else {
                throw PublishError(
                    .permission, action: "sign in to SoundCloud", cause: "no client id is set up",
                    advice: "run \"continuo publish setup\"; it says how to get one")
            }
            let address = authorization.address(at: soundCloud.service, for: account)
            let code = try manual ? pasted(authorization, address) : awaited(authorization, address, account, interrupt)
            let signedIn = try soundCloud.signIn(code, of: authorization)
            if json {
                do { return try printJSON(AccountReport(signedIn, file: soundCloud.file)) } catch { return }
            }
            print("Signed in as \(signedIn.user ?? "somebody"). Next: continuo publish TAKE")
        } catch { throw fail(error) }
    }

    private func pasted(_ authorization: Authorization, _ address: String) throws(PublishError) -> String {
        note("Open this address in a browser and press Connect:\n  \(address)")
        note("Then paste the address of the page that the browser ends at:")
        return try authorization.code(in: readLine() ?? "", isPasted: true)
    }

    private func awaited(
        _ authorization: Authorization, _ address: String, _ account: Account, _ interrupt: Interrupt
    ) throws(PublishError) -> String {
        let listener = try RedirectListener(port: account.redirectPort)
        note("Sign in here and press Connect:\n  \(address)")
        if open { openBrowser(address) }
        let answer = listener.wait(seconds: Double(wait), while: { !interrupt.isRequested }) { target in
            // Anybody on this machine may ask the port something.
            do throws(PublishError) { _ = try authorization.code(in: target) } catch {
                return error.cause == "access was not granted" || error.cause.hasPrefix("SoundCloud says")
            }
            return true
        }
        guard let answer else {
            throw PublishError(
                interrupt.isRequested ? .interrupted : .later, action: "sign in to SoundCloud",
                cause: interrupt.isRequested
                    ? "it was interrupted" : "the browser did not come back in \(wait) seconds",
                advice: "on another machine than the browser's use \"continuo publish login --manual\"")
        }
        return try authorization.code(in: answer)
    }

    private func openBrowser(_ address: String) {
        let environment = ProcessInfo.processInfo.environment
        guard environment["DISPLAY"] != nil || environment["WAYLAND_DISPLAY"] != nil else { return }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["xdg-open", address]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        // The address is printed; whoever has no xdg-open opens it.
        try? process.run()
    }
}
