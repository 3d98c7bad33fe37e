import Foundation

/// The player's account at SoundCloud: signing in and out, and uploading.
///
/// Every call blocks until its answer is there. Tokens are kept in `file` alone and written there before anything uses them.
///
/// Source: SoundCloud's API guide (developers.soundcloud.com/docs/api/guide): OAuth 2.1 with PKCE at secure.soundcloud.com, access tokens
/// of about an hour, refresh tokens for one use, `Authorization: OAuth`, `POST /tracks` as multipart form.
public struct SoundCloud {
    public let file: AccountFile
    public let service: ServiceAddress
    /// Called before something is tried again.
    public var note: (String) -> Void = { _ in }
    /// Waits for so many seconds; false gives it up.
    public var sleep: (Double) -> Bool = { seconds in
        Thread.sleep(forTimeInterval: seconds)
        return true
    }
    var web = WebClient()

    static let attempts = 4
    /// Longer than that nobody waits at a terminal.
    static let longestWait = 120.0

    public init(file: AccountFile, service: ServiceAddress) {
        self.file = file
        self.service = service
    }

    // MARK: signing in and out

    /// Exchanges the code of a sign-in for tokens and asks for the player's name.
    ///
    /// - Returns: the account, which has been written.
    public func signIn(_ code: String, of authorization: Authorization) throws(PublishError) -> Account {
        let action = "sign in to SoundCloud"
        return try file.locked { () throws(PublishError) in
            var account = try known(action)
            account.tokens = try tokens(
                [
                    ("grant_type", "authorization_code"), ("client_id", account.clientID),
                    ("client_secret", account.clientSecret), ("redirect_uri", account.redirectAddress),
                    ("code_verifier", authorization.verifier), ("code", code),
                ], action: action, refusal: "run \"continuo publish login\" again: a code is good once, and soon")
            account.user = nil
            try file.write(account)
            account.user = try me(account, action: action)
            try file.write(account)
            return account
        }
    }

    /// Who is signed in, asked of the service.
    public func user() throws(PublishError) -> String {
        let action = "ask SoundCloud who you are"
        return try withAccess(action) { (account) throws(PublishError) in try me(account, action: action) }
    }

    /// Ends the session at the service and forgets its tokens here, also where the service cannot be reached.
    ///
    /// - Returns: why the service did not end it; nil where it did.
    public func signOut() throws(PublishError) -> PublishError? {
        let action = "sign out of SoundCloud"
        return try file.locked { () throws(PublishError) in
            var account = try known(action)
            guard let tokens = account.tokens else { return nil }
            var failure: PublishError?
            do throws(PublishError) {
                let request = WebRequest(
                    method: "POST", address: "\(service.secure)/sign-out",
                    headers: [("Accept", "application/json; charset=utf-8")],
                    body: .json(Array("{\"access_token\":\(quoted(tokens.access))}".utf8)))
                let answer = try repeated(request, action: action)
                // 401: it had ended before.
                if !(200..<300).contains(answer.status), answer.status != 401 {
                    failure = PublishError(
                        .unreachable, action: action, cause: ServiceAnswer(answer).says,
                        advice:
                            "the tokens are forgotten here; soundcloud.com/settings/connections ends the session there")
                }
            } catch { failure = error }
            account.tokens = nil
            account.user = nil
            try file.write(account)
            return failure
        }
    }

    // MARK: uploading

    /// Sends a file, with a fresh token, again where that helps.
    ///
    /// - Parameter progress: called several times a second with the bytes of the whole request; false gives it up.
    public func upload(_ track: TrackUpload, progress: @escaping UploadProgress) throws(PublishError) -> PublishedTrack
    {
        let name = URL(fileURLWithPath: track.path).lastPathComponent
        let action = "upload \(name)"
        try check(track, action)
        return try withAccess(action) { (account) throws(PublishError) in
            let request = WebRequest(
                method: "POST", address: "\(service.api)/tracks", headers: headers(account),
                body: .multipart(track.fields, file: ("track[asset_data]", track.path)))
            let answer = try repeated(request, action: action, progress: progress)
            guard (200..<300).contains(answer.status) else { throw refusal(answer, action, account) }
            guard let json = (try? JSONSerialization.jsonObject(with: Data(answer.body))) as? [String: Any] else {
                throw PublishError(
                    .unreachable, action: action, cause: "SoundCloud's answer is not understood",
                    advice: "the track may be there all the same: look at your tracks before you try again")
            }
            return PublishedTrack(
                urn: json["urn"] as? String ?? (json["id"] as? NSNumber)?.stringValue ?? "",
                title: json["title"] as? String ?? track.title, address: json["permalink_url"] as? String ?? "",
                sharing: json["sharing"] as? String ?? (track.isPublic ? "public" : "private"))
        }
    }

    private func check(_ track: TrackUpload, _ action: String) throws(PublishError) {
        let attributes = try? FileManager.default.attributesOfItem(atPath: track.path)
        guard let size = (attributes?[.size] as? NSNumber)?.int64Value, size > 0 else {
            throw PublishError(.badInput, action: action, cause: "the file is empty or cannot be read", advice: "")
        }
        guard size <= TrackUpload.largest else {
            throw PublishError(
                .badInput, action: action, cause: "it has more than the 4 GB that SoundCloud takes",
                advice: "upload a .flac or .mp3 file")
        }
        guard track.title.count <= TrackUpload.longestTitle, !track.title.isEmpty else {
            throw PublishError(
                .badInput, action: action, cause: "the title has \(track.title.count) characters",
                advice: "give one of 1 to \(TrackUpload.longestTitle) with --title")
        }
    }

    private func refusal(_ answer: WebAnswer, _ action: String, _ account: Account) -> PublishError {
        let said = ServiceAnswer(answer)
        switch said.status {
        case 401, 403:
            // The token was new a moment ago: whoever is known for reading is refused for another reason.
            let isKnown = (try? me(account, action: action)) != nil
            return PublishError(
                .permission, action: action, cause: said.says,
                advice: isKnown
                    ? "SoundCloud knows you but takes no upload from you: see that your e-mail address is confirmed there, that your "
                        + "upload time is not used up, and that your app may upload"
                    : "sign in again with \"continuo publish login\"")
        case 413:
            return PublishError(
                .badInput, action: action, cause: "it is too large for SoundCloud",
                advice: "upload a .flac or .mp3 file")
        case 400, 422:
            return PublishError(
                .badInput, action: action, cause: said.says,
                advice:
                    "see that it is a whole audio file (\(TrackUpload.kinds.joined(separator: ", "))), the title is not empty, and "
                    + "your upload time at SoundCloud is not used up")
        default: return PublishError(.unreachable, action: action, cause: said.says, advice: "try again later")
        }
    }

    // MARK: asking

    /// Runs something with a token that is still good; where the service finds it too old after all, once more with a new one.
    private func withAccess<T>(
        _ action: String, _ body: (Account) throws(PublishError) -> T
    ) throws(PublishError) -> T {
        let account = try fresh(action, not: nil)
        do { return try body(account) } catch {
            guard error.kind == .permission, account.tokens?.refresh != nil else { throw error }
            return try body(try fresh(action, not: account.tokens?.access))
        }
    }

    /// The account with a token for the next minute at least.
    ///
    /// - Parameter used: a token that was refused though its time is not over.
    private func fresh(_ action: String, not used: String?) throws(PublishError) -> Account {
        try file.locked { () throws(PublishError) in
            // Read under the lock: another command may have exchanged it meanwhile.
            var account = try known(action)
            guard let tokens = account.tokens else {
                throw PublishError(
                    .permission, action: action, cause: "nobody is signed in", advice: "run \"continuo publish login\"")
            }
            if tokens.access != used, tokens.until > Date().timeIntervalSince1970 + 60 { return account }
            guard let refresh = tokens.refresh else {
                throw PublishError(
                    .permission, action: action, cause: "the sign-in is over", advice: "run \"continuo publish login\"")
            }
            // The old refresh token ends with this request: where the new one could not be kept, it must not be asked for.
            try file.write(account)
            account.tokens = try self.tokens(
                [
                    ("grant_type", "refresh_token"), ("client_id", account.clientID),
                    ("client_secret", account.clientSecret), ("refresh_token", refresh),
                ], action: action, refusal: "sign in again with \"continuo publish login\"")
            try file.write(account)
            return account
        }
    }

    private func known(_ action: String) throws(PublishError) -> Account {
        if let account = try file.read() { return account }
        throw PublishError(
            .permission, action: action, cause: "no client id is set up",
            advice: "run \"continuo publish setup\"; it says how to get one")
    }

    private func tokens(
        _ fields: [(name: String, value: String)], action: String, refusal: String
    ) throws(PublishError) -> Account.Tokens {
        struct Grant: Decodable {
            var access_token: String
            var refresh_token: String?
            var expires_in: Double?
        }
        let request = WebRequest(
            method: "POST", address: "\(service.secure)/oauth/token",
            headers: [("Accept", "application/json; charset=utf-8")], body: .form(fields))
        // Codes and refresh tokens are good once: an answer that was lost cannot be asked for again.
        let answer = try repeated(request, action: action, mayRepeatWhenSent: false)
        let said = ServiceAnswer(answer)
        guard answer.status == 200, let grant = try? JSONDecoder().decode(Grant.self, from: Data(answer.body)) else {
            if said.oauthError == "invalid_client" {
                throw PublishError(
                    .permission, action: action, cause: "SoundCloud does not know this client id and secret",
                    advice: "see your app's page at soundcloud.com/you/apps and run \"continuo publish setup\" again")
            }
            if (400..<500).contains(answer.status) {
                throw PublishError(.permission, action: action, cause: said.says, advice: refusal)
            }
            throw PublishError(.unreachable, action: action, cause: said.says, advice: "try again later")
        }
        return Account.Tokens(
            access: grant.access_token, refresh: grant.refresh_token,
            until: Date().timeIntervalSince1970 + (grant.expires_in ?? 3600))
    }

    private func me(_ account: Account, action: String) throws(PublishError) -> String {
        let answer = try repeated(
            WebRequest(address: "\(service.api)/me", headers: headers(account)), action: action)
        guard answer.status == 200 else {
            let said = ServiceAnswer(answer)
            throw PublishError(
                answer.status == 401 || answer.status == 403 ? .permission : .unreachable, action: action,
                cause: said.says,
                advice: answer.status == 401 ? "sign in again with \"continuo publish login\"" : "try again later")
        }
        let json = (try? JSONSerialization.jsonObject(with: Data(answer.body))) as? [String: Any]
        return json?["username"] as? String ?? "somebody without a name"
    }

    private func headers(_ account: Account) -> [(name: String, value: String)] {
        [
            ("Accept", "application/json; charset=utf-8"),
            ("Authorization", "OAuth \(account.tokens?.access ?? "")"),
        ]
    }

    private func quoted(_ text: String) -> String {
        (try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}
