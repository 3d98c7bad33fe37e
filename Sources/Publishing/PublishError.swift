/// Why something could not be published, in words.
public struct PublishError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Sendable {
        /// The player has to do something first: set up, sign in, verify an address.
        case permission
        /// The file, or what is said about it, is refused.
        case badInput
        /// The network, or the other side, does not answer.
        case unreachable
        /// Asked too often, or too much was uploaded: later.
        case later
        /// Something of this machine cannot be written or read.
        case file
        /// Control-C.
        case interrupted
    }

    public var kind: Kind
    /// What was being done: `upload song.flac`.
    public var action: String
    public var cause: String
    /// What to do next.
    public var advice: String

    public init(_ kind: Kind, action: String, cause: String, advice: String) {
        self.kind = kind
        self.action = action
        self.cause = cause
        self.advice = advice
    }

    public var description: String { "cannot \(action): \(cause)" + (advice.isEmpty ? "" : " (\(advice))") }
}
