import ConsoleAPI
import FoundationEssentials
import Glibc
import Synchronization

/// Who may use the API over a port: browsers that came with a ticket, and have a token since.
///
/// On the Unix socket the file's owner and group decide. A port of 127.0.0.1 is open to every user of the machine, so what comes over it
/// needs a token there too. A ticket admits one browser within ten minutes; the token lasts thirty days and survives a restart.
/// Tokens and tickets are 256 bits of the kernel's random numbers and compared in constant time; after twenty wrong ones within a minute
/// from one address none of that address is looked at until the minute is over: a stranger's guesses do not lock the player out.
final class ConsoleAccess: Sendable {
    static let ticketLife: Duration = .seconds(600)
    static let sessionDays = 30
    static let mistakesAMinute = 20
    static let mostGuessers = 256
    /// The oldest token goes when another browser comes.
    static let mostSessions = 64

    private struct Session: Codable {
        var token: String
        /// Seconds since 1970.
        var until: Double
    }

    private struct State {
        var tickets: [(ticket: String, until: ContinuousClock.Instant)] = []
        var sessions: [Session] = []
        /// By the address that they came from.
        var mistakes: [String: [ContinuousClock.Instant]] = [:]
    }

    private let file: String?
    private let state: Mutex<State>

    /// - Parameter file: where tokens are kept, readable for the owner alone; nil keeps them in memory. One that cannot be read is begun anew.
    init(file: String?) {
        self.file = file
        let kept = file.flatMap { try? Data(contentsOf: URL(fileURLWithPath: $0)) }
        let sessions = kept.flatMap { try? JSONDecoder().decode([Session].self, from: $0) } ?? []
        state = Mutex(State(sessions: sessions))
    }

    /// A ticket for one browser.
    func ticket(now: ContinuousClock.Instant = .now) -> String {
        let ticket = Self.secret()
        state.withLock { state in
            state.tickets.removeAll { $0.until < now }
            state.tickets = state.tickets.suffix(15) + [(ticket, now + Self.ticketLife)]
        }
        return ticket
    }

    /// Takes a ticket for a token.
    ///
    /// - Throws: `APIError` 403 for a wrong or used one, 429 after too many wrong ones.
    func admit(ticket: String, from peer: String = "", now: ContinuousClock.Instant = .now) throws(APIError) -> String {
        let isKnown = try judged(peer, now) { state in
            state.tickets.removeAll { $0.until < now }
            // All are looked at, wherever the one is.
            let found = state.tickets.indices.filter { Self.isEqual(state.tickets[$0].ticket, ticket) }
            for index in found.reversed() { state.tickets.remove(at: index) }
            return !found.isEmpty
        }
        guard isKnown else {
            throw APIError(
                status: 403, error: "this ticket was used, or is too old",
                advice: "run \"continuo console\" and open the address that it prints")
        }
        let token = Self.secret()
        let until = Date().timeIntervalSince1970 + Double(Self.sessionDays) * 86_400
        let sessions = state.withLock { state in
            state.sessions = state.sessions.suffix(Self.mostSessions - 1) + [Session(token: token, until: until)]
            return state.sessions
        }
        keep(sessions)
        return token
    }

    /// - Throws: `APIError` 401 without a token, or with one that is not known; 429 after too many wrong ones.
    func check(
        _ request: HTTPRequest, from peer: String = "", now: ContinuousClock.Instant = .now
    ) throws(APIError) {
        let missing = APIError(
            status: 401, error: "this browser has not been let in",
            advice: "run \"continuo console\" and open the address that it prints")
        guard let token = Self.token(of: request) else { throw missing }
        let time = Date().timeIntervalSince1970
        let isKnown = try judged(peer, now) { state in
            state.sessions.removeAll { $0.until < time }
            return state.sessions.count { Self.isEqual($0.token, token) } > 0
        }
        guard isKnown else { throw missing }
    }

    private func judged(
        _ peer: String, _ now: ContinuousClock.Instant, _ judge: (inout State) -> Bool
    ) throws(APIError) -> Bool {
        let verdict: Bool? = state.withLock { state in
            state.mistakes = state.mistakes.compactMapValues { times in
                let late = times.filter { now - $0 <= .seconds(60) }
                return late.isEmpty ? nil : late
            }
            let mistakes = state.mistakes[peer] ?? []
            // Somebody with very many addresses is one guesser too.
            guard mistakes.count < Self.mistakesAMinute, state.mistakes.count <= Self.mostGuessers else { return nil }
            let isRight = judge(&state)
            if !isRight { state.mistakes[peer] = mistakes + [now] }
            return isRight
        }
        guard let verdict else {
            throw APIError(
                status: 429, error: "too many wrong tokens came within a minute", advice: "wait a minute and try again")
        }
        return verdict
    }

    /// A browser's cookie, or a program's `Authorization: Bearer`.
    private static func token(of request: HTTPRequest) -> String? {
        if let bearer = request.headers["authorization"], bearer.lowercased().hasPrefix("bearer ") {
            return String(bearer.dropFirst("bearer ".count))
        }
        for pair in (request.headers["cookie"] ?? "").split(separator: ";") {
            let sides = pair.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != " " } }
            if sides.count == 2, sides[0] == cookie { return sides[1] }
        }
        return nil
    }

    private static let cookie = "continuo"

    /// The field that gives a browser its token: scripts cannot read it, pages of others cannot have it sent.
    ///
    /// - Parameter isEncrypted: whether the page came over HTTPS, from a proxy: then the token goes nowhere else.
    static func cookieField(_ token: String, isEncrypted: Bool) -> (name: String, value: String) {
        let fields = "\(cookie)=\(token); Path=/; HttpOnly; SameSite=Strict; Max-Age=\(sessionDays * 86_400)"
        return ("Set-Cookie", fields + (isEncrypted ? "; Secure" : ""))
    }

    private func keep(_ sessions: [Session]) {
        guard let file, let data = try? JSONEncoder().encode(sessions) else { return }
        // Nobody else may read it at any moment, so it is made with its mode and then takes the old one's place.
        let new = "\(file).new"
        unlink(new)
        let descriptor = open(new, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        let isWhole = data.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } == data.count
        close(descriptor)
        if !isWhole || rename(new, file) != 0 { unlink(new) }
    }

    private static func secret() -> String {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
        return Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing(
            "=", with: "")
    }

    private static func isEqual(_ secret: String, _ guess: String) -> Bool {
        isEqual(Array(secret.utf8), Array(guess.utf8))
    }

    /// Takes as long for a guess that is nearly right as for one that is all wrong.
    static func isEqual(_ secret: [UInt8], _ guess: [UInt8]) -> Bool {
        var difference = UInt8(secret.count == guess.count ? 0 : 1)
        for index in secret.indices { difference |= secret[index] ^ (index < guess.count ? guess[index] : 0) }
        return difference == 0
    }
}
