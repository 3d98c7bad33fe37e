/// Why a picture or an audio file could not be made.
public struct RenderingError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// No SoundFont is installed.
        case noSoundFont
        /// The SoundFont cannot be read.
        case badSoundFont
        /// The file cannot be written.
        case cannotWrite
        /// A library refused to work.
        case failed
    }

    public var kind: Kind
    /// What was being done, to what.
    public var action: String
    public var cause: String
    /// What to do next; empty where nothing helps.
    public var advice: String

    public init(_ kind: Kind, action: String, cause: String, advice: String = "") {
        self.kind = kind
        self.action = action
        self.cause = cause
        self.advice = advice
    }

    public var description: String { "cannot \(action): \(cause)" + (advice.isEmpty ? "" : " (\(advice))") }
}
