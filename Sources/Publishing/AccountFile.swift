import Foundation
import Glibc

/// What is known of the player's account at the service: the client that they registered, and the tokens that it was given.
public struct Account: Codable, Hashable, Sendable {
    public var clientID: String
    public var clientSecret: String
    /// The port of 127.0.0.1 that the browser comes back to; part of the redirect address that was registered.
    public var redirectPort: UInt16
    public var tokens: Tokens?
    /// What the service calls the player.
    public var user: String?

    public struct Tokens: Codable, Hashable, Sendable {
        public var access: String
        /// Good for one use.
        public var refresh: String?
        /// Seconds since 1970.
        public var until: Double
    }

    public init(clientID: String, clientSecret: String, redirectPort: UInt16) {
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.redirectPort = redirectPort
    }

    /// What is to be registered with the client.
    public var redirectAddress: String { "http://127.0.0.1:\(redirectPort)/callback" }
}

/// The file that keeps the account: readable for its owner alone, written whole or not at all.
public struct AccountFile: Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    /// `soundcloud.json` in the player's configuration folder.
    public init(environment: [String: String]) {
        let home = environment["HOME"] ?? "/"
        let folder = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "\(home)/.config"
        path = "\(folder)/continuo/soundcloud.json"
    }

    /// - Returns: nil where nothing was set up.
    /// - Throws: `PublishError`; a file that is not understood has been set aside then.
    public func read() throws(PublishError) -> Account? {
        guard let data = FileManager.default.contents(atPath: path) else {
            guard access(path, F_OK) == 0 else { return nil }
            throw PublishError(
                .file, action: "read \(path)", cause: String(cString: strerror(errno)),
                advice: "it has to be yours and readable")
        }
        // Somebody's editor or copy may have opened it to others.
        chmod(path, 0o600)
        do { return try JSONDecoder().decode(Account.self, from: data) } catch {
            rename(path, path + ".broken")
            throw PublishError(
                .file, action: "read \(path)", cause: "it is not what continuo wrote; it is now \(path).broken",
                advice: "run \"continuo publish setup\" and \"continuo publish login\" again")
        }
    }

    /// - Throws: `PublishError` where it cannot be written; what was there stays.
    public func write(_ account: Account) throws(PublishError) {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let data = try? encoder.encode(account) else { return }
        // Nobody else may read it at any moment, so it is made with its mode and then takes the old one's place.
        let new = "\(path).new"
        unlink(new)
        let descriptor = open(new, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw cannotWrite(errno) }
        let count = data.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        let code = count == data.count && fsync(descriptor) == 0 ? 0 : errno
        close(descriptor)
        guard code == 0, count == data.count, rename(new, path) == 0 else {
            let code = code == 0 ? errno : code
            unlink(new)
            throw cannotWrite(code)
        }
    }

    /// Holds others off while tokens are exchanged: a refresh token is good for one use, and two commands may run at once.
    func locked<T>(_ body: () throws(PublishError) -> T) throws(PublishError) -> T {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let descriptor = open("\(path).lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw cannotWrite(errno) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
        return try body()
    }

    private func cannotWrite(_ code: Int32) -> PublishError {
        PublishError(
            .file, action: "write \(path)", cause: String(cString: strerror(code)),
            advice: "see that the folder is yours and the disk has room")
    }
}
