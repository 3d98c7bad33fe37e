/// The kinds of audio files that a stored band can be had in.
public enum AudioFormat: String, CaseIterable, Sendable {
    /// Ogg Vorbis.
    case ogg
    case mp3
    case flac

    /// The media type (RFC 6381 and the IANA registry).
    public var mediaType: String {
        switch self {
        case .ogg: "audio/ogg"
        case .mp3: "audio/mpeg"
        case .flac: "audio/flac"
        }
    }
}
