import Foundation

/// Where the service is.
public struct ServiceAddress: Hashable, Sendable {
    /// `https://api.soundcloud.com`: tracks, the account.
    public var api: String
    /// `https://secure.soundcloud.com`: signing in and out.
    public var secure: String

    public static let soundCloud = ServiceAddress(
        api: "https://api.soundcloud.com", secure: "https://secure.soundcloud.com")

    public init(api: String, secure: String) {
        self.api = api
        self.secure = secure
    }

    /// SoundCloud, unless `CONTINUO_SOUNDCLOUD_API` and `CONTINUO_SOUNDCLOUD_SECURE` name other addresses.
    ///
    /// - Throws: `PublishError` for an address that is neither `https://` nor on this machine.
    public init(environment: [String: String]) throws(PublishError) {
        self = .soundCloud
        for (name, path) in [
            ("CONTINUO_SOUNDCLOUD_API", \ServiceAddress.api), ("CONTINUO_SOUNDCLOUD_SECURE", \ServiceAddress.secure),
        ] {
            guard let given = environment[name], !given.isEmpty else { continue }
            guard given.hasPrefix("https://") || Address.isLoopback(given) else {
                throw PublishError(
                    .badInput, action: "use \(given)", cause: "a token may travel encrypted alone",
                    advice: "$\(name) begins with https://, or with http://127.0.0.1 for tests")
            }
            self[keyPath: path] = given.hasSuffix("/") ? String(given.dropLast()) : given
        }
    }
}

enum Address {
    /// Whether an address is on this machine, whose traffic nobody else sees.
    static func isLoopback(_ address: String) -> Bool {
        let host = URLComponents(string: address)?.host ?? ""
        return ["127.0.0.1", "localhost", "::1", "[::1]"].contains(host)
    }

    /// Percent encoding of everything but unreserved characters (RFC 3986, section 2.3).
    static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95, 126: String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }

    static func query(_ pairs: [(name: String, value: String)]) -> String {
        pairs.map { "\(escaped($0.name))=\(escaped($0.value))" }.joined(separator: "&")
    }
}
