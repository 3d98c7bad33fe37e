/// Why bytes could not be read as a MIDI file: what, and where.
public struct SMFError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        case tooLarge
        case notAMIDIFile
        case unsupportedFormat
        case unsupportedDivision
        case truncated
        case malformed
    }

    public let kind: Kind
    /// Bytes from the beginning of the file.
    public let offset: Int
    /// A sentence without its full stop.
    public let message: String

    init(_ kind: Kind, at offset: Int, _ message: String) {
        self.kind = kind
        self.offset = offset
        self.message = message
    }

    public var description: String { "cannot read the MIDI file: \(message) (at byte \(offset))" }
}
