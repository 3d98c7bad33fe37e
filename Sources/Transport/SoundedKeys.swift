/// What each held key of a route sounds as, so that its note-off finds its note-on. Fixed size; for real-time threads.
struct SoundedKeys: Sendable, BitwiseCopyable {
    /// `[channel, key]` as played: the pitch that was sent, `none` where nothing was.
    private var pitches = InlineArray<2048, UInt8>(repeating: none)
    private static let none: UInt8 = 255

    /// The pitch that a key was sent at; nil for a key that is up or was not sent.
    subscript(channel: UInt8, key: UInt8) -> UInt8? {
        get {
            let pitch = pitches[Int(channel) << 7 | Int(key)]
            return pitch == SoundedKeys.none ? nil : pitch
        }
        set { pitches[Int(channel) << 7 | Int(key)] = newValue ?? SoundedKeys.none }
    }
}
