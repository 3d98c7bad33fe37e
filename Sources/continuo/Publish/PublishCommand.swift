import ArgumentParser
import Foundation
import Publishing

/// `continuo publish`: music on SoundCloud. A process of its own: the daemon has no way to the internet.
struct PublishCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Publish a take or a file on SoundCloud, in private unless you say otherwise.",
        discussion: """
            Once: "continuo publish setup" (it says how to get a client id of your own), then "continuo publish login". After \
            that "continuo publish 12" renders take 12 with its band and uploads it. Only this command goes to the internet, only \
            to SoundCloud, and only when you run it. The client id and the tokens are in ~/.config/continuo/soundcloud.json, which \
            you alone can read; "continuo publish logout" ends the session there and here.

            $CONTINUO_SOUNDCLOUD_API and $CONTINUO_SOUNDCLOUD_SECURE name other addresses than api.soundcloud.com and \
            secure.soundcloud.com.
            """,
        subcommands: [
            PublishUpload.self, PublishSetup.self, PublishLogin.self, PublishStatus.self, PublishLogout.self,
        ], defaultSubcommand: PublishUpload.self)

    /// The account, with waits that Control-C ends.
    static func soundCloud(_ interrupt: Interrupt? = nil) throws -> SoundCloud {
        let environment = ProcessInfo.processInfo.environment
        do throws(PublishError) {
            var soundCloud = SoundCloud(
                file: AccountFile(environment: environment), service: try ServiceAddress(environment: environment))
            soundCloud.note = { note("continuo: \($0)") }
            soundCloud.sleep = { seconds in
                let end = Date().addingTimeInterval(seconds)
                while Date() < end, interrupt?.isRequested != true { Thread.sleep(forTimeInterval: 0.1) }
                return interrupt?.isRequested != true
            }
            return soundCloud
        } catch { throw fail(error) }
    }
}

func fail(_ error: PublishError) -> ExitCode {
    let code =
        switch error.kind {
        case .permission: ExitReason.noPermission
        case .badInput: ExitReason.badInput
        case .unreachable: ExitReason.unavailable
        case .later: ExitReason.notNow
        case .file: ExitReason.cannotWrite
        case .interrupted: ExitCode(130)
        }
    return fail(error.description, code)
}

/// How things stand with the account, for programs.
struct AccountReport: Codable {
    var isSetUp: Bool
    var isSignedIn: Bool
    var user: String?
    var redirectAddress: String?
    var file: String
    /// Why the service did not confirm it, or did not end it.
    var problem: String?

    init(_ account: Account?, file: AccountFile, problem: PublishError? = nil) {
        isSetUp = account != nil
        isSignedIn = account?.tokens != nil
        user = account?.user
        redirectAddress = account?.redirectAddress
        self.file = file.path
        self.problem = problem?.description
    }
}

struct PublishSetup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup", abstract: "Keep the client id and secret of your own app at SoundCloud.",
        discussion: """
            SoundCloud lets programs in that somebody has registered, so you register one for yourself, once:
              1. Open https://soundcloud.com/you/apps while you are signed in there, and register a new application with any name.
              2. As its redirect URI enter http://127.0.0.1:8766/callback
              3. Run "continuo publish setup" and give the client id and the client secret that the page shows.
            The secret is asked for, or read from standard input; it is never an argument, which others could see.
            """)
    @Option(help: "The client id; asked for where it is left out.") var clientID: String?
    @Option(help: "The port of 127.0.0.1 in the redirect URI that you registered.") var redirectPort: UInt16 = 8766
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let soundCloud = try PublishCommand.soundCloud()
        guard redirectPort > 1023 else { throw fail("--redirect-port is 1024 to 65535", ExitCode(64)) }
        if clientID == nil, isatty(STDIN_FILENO) != 0 { note(Self.configuration.discussion + "\n") }
        let id = clientID ?? ask("Client id: ", isSecret: false)
        let secret = ask("Client secret: ", isSecret: true)
        guard !id.isEmpty, !secret.isEmpty, !(id + secret).contains(where: \.isWhitespace) else {
            throw fail("a client id and a client secret are needed, without spaces", ExitReason.badInput)
        }
        let account = Account(clientID: id, clientSecret: secret, redirectPort: redirectPort)
        do { try soundCloud.file.write(account) } catch { throw fail(error) }
        if json { return try printJSON(AccountReport(account, file: soundCloud.file)) }
        print("Kept in \(soundCloud.file.path). Next: continuo publish login")
    }

    private func ask(_ question: String, isSecret: Bool) -> String {
        var before = termios()
        let isTerminal = tcgetattr(STDIN_FILENO, &before) == 0
        if isTerminal {
            FileHandle.standardError.write(Data(question.utf8))
            var hidden = before
            if isSecret { hidden.c_lflag &= ~tcflag_t(ECHO) }
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        }
        defer {
            if isTerminal {
                tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
                if isSecret { note("") }
            }
        }
        return (readLine() ?? "").trimmingCharacters(in: .whitespaces)
    }
}

struct PublishStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show whether SoundCloud is set up and who is signed in.")
    @Flag(help: "Say what is known here, without asking SoundCloud.") var offline = false
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let soundCloud = try PublishCommand.soundCloud()
        do throws(PublishError) {
            var account = try soundCloud.file.read()
            var problem: PublishError?
            if !offline, account?.tokens != nil {
                do throws(PublishError) {
                    let user = try soundCloud.user()
                    account = try soundCloud.file.read()
                    account?.user = user
                } catch { problem = error }
            }
            if json {
                do { return try printJSON(AccountReport(account, file: soundCloud.file, problem: problem)) } catch {
                    return
                }
            }
            guard let account else { return print("Not set up. Next: continuo publish setup") }
            guard account.tokens != nil else {
                return print("Set up, nobody is signed in. Next: continuo publish login")
            }
            if let problem { throw problem }
            print("Signed in as \(account.user ?? "somebody").")
        } catch { throw fail(error) }
    }
}

struct PublishLogout: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout", abstract: "End the session at SoundCloud and forget its tokens.")
    @Flag(help: "Forget the client id and secret too.") var all = false
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let soundCloud = try PublishCommand.soundCloud()
        do throws(PublishError) {
            let problem = try soundCloud.signOut()
            if all { unlink(soundCloud.file.path) }
            let account = try soundCloud.file.read()
            if json {
                do { return try printJSON(AccountReport(account, file: soundCloud.file, problem: problem)) } catch {
                    return
                }
            }
            if let problem { note("continuo: \(problem)") }
            print(
                problem == nil ? "Signed out; the tokens are revoked and forgotten." : "The tokens are forgotten here.")
        } catch { throw fail(error) }
    }
}
