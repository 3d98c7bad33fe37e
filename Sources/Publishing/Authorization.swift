import Foundation
import Tensor

/// One attempt to sign in: OAuth 2.1's authorization code with a proof key.
///
/// Source: RFC 7636 (PKCE), sections 4.1 and 4.2, with S256; RFC 6749, section 10.12 (state).
public struct Authorization: Sendable {
    /// The proof that the one who exchanges the code is the one who asked for it; 43 characters.
    let verifier: String
    /// Comes back with the code, so that nobody can slip in another one's.
    let state: String

    public init() {
        var random = SystemRandomNumberGenerator()
        func secret() -> String {
            Authorization.base64((0..<32).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
        verifier = secret()
        state = secret()
    }

    static func challenge(of verifier: String) -> String { base64(SHA256.digest(Array(verifier.utf8))) }

    /// Without padding, safe in addresses (RFC 4648, section 5).
    static func base64(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(
            of: "/", with: "_"
        ).replacingOccurrences(of: "=", with: "")
    }

    /// What the browser opens.
    public func address(at service: ServiceAddress, for account: Account) -> String {
        "\(service.secure)/authorize?"
            + Address.query([
                ("client_id", account.clientID), ("redirect_uri", account.redirectAddress), ("response_type", "code"),
                ("code_challenge", Authorization.challenge(of: verifier)), ("code_challenge_method", "S256"),
                ("state", state),
            ])
    }

    /// The code in the address that the browser was sent back to; a bare code is taken as it is where the player pastes it.
    ///
    /// - Parameter isPasted: whether the player brought it, and may have copied the code alone.
    /// - Throws: `PublishError` where the player refused, or another sign-in's answer came.
    public func code(in text: String, isPasted: Bool = false) throws(PublishError) -> String {
        let action = "sign in to SoundCloud"
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.contains("?") else {
            guard isPasted, !text.isEmpty, !text.contains(where: \.isWhitespace) else {
                throw PublishError(
                    .badInput, action: action, cause: "there is no code in what came back",
                    advice: "paste the whole address that the browser shows at the end")
            }
            return text
        }
        let items = URLComponents(string: text)?.queryItems ?? []
        func value(_ name: String) -> String? { items.first { $0.name == name }?.value }
        // Before everything else: an error that somebody else's page made up would end the sign-in.
        guard value("state") == state else {
            throw PublishError(
                .permission, action: action, cause: "the answer belongs to another sign-in",
                advice: "run \"continuo publish login\" again and use the address that it prints")
        }
        if let error = value("error") {
            let words = value("error_description") ?? error
            throw PublishError(
                .permission, action: action,
                cause: error == "access_denied" ? "access was not granted" : "SoundCloud says: \(words)",
                advice: "run \"continuo publish login\" again and press Connect")
        }
        guard let code = value("code"), !code.isEmpty else {
            throw PublishError(
                .badInput, action: action, cause: "there is no code in what came back",
                advice: "run \"continuo publish login\" again")
        }
        return code
    }
}
