import FoundationEssentials

/// Finds the instruments to play with.
public enum SoundFont {
    /// Where distributions put a General MIDI SoundFont, the better ones first.
    public static let places = [
        "/usr/share/sounds/sf2/FluidR3_GM.sf2", "/usr/share/soundfonts/FluidR3_GM.sf2",
        "/usr/share/soundfonts/FluidR3_GM2-2.sf2",
        "/usr/share/soundfonts/GeneralUser-GS.sf2", "/usr/share/sounds/sf3/MuseScore_General.sf3",
        "/usr/share/sounds/sf2/default-GM.sf2",
        "/usr/share/sounds/sf3/default-GM.sf3", "/usr/share/soundfonts/default.sf2",
        "/usr/share/sounds/sf2/TimGM6mb.sf2",
    ]

    /// The first of `places` that can be read.
    ///
    /// - Parameter preferred: a file that goes before all others; it is an error if it cannot be read.
    /// - Throws: `RenderingError` that names the packages to install.
    public static func locate(preferred: String? = nil, among places: [String] = places) throws(RenderingError)
        -> String
    {
        if let preferred {
            guard FileManager.default.isReadableFile(atPath: preferred) else {
                throw RenderingError(
                    .badSoundFont, action: "read the SoundFont \(preferred)",
                    cause: "there is no such file, or it may not be read",
                    advice: "correct the setting, or remove it to use the system's own")
            }
            return preferred
        }
        guard let found = places.first(where: { FileManager.default.isReadableFile(atPath: $0) }) else {
            throw RenderingError(
                .noSoundFont, action: "render audio", cause: "no SoundFont is installed",
                advice: "apt install fluid-soundfont-gm, or timgm6mb-soundfont for a small one")
        }
        return found
    }
}
