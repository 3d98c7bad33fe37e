import Controls
import Foundation

/// All profiles that are known, from one or more folders.
public struct ProfileLibrary: Sendable {
    /// A shipped profile that a user's file takes the place of, wholly or for some keyboards.
    public struct Hidden: Hashable, Sendable, CustomStringConvertible {
        /// The path of the user's file.
        public var file: String
        /// The path of the one that it hides.
        public var hides: String
        /// What both claim: the file's name, or a USB number.
        public var claim: String

        public var description: String { "profile \(file) is used instead of \(hides): both are \(claim)" }
    }

    /// The profiles of each folder, the user's first, by file name.
    let folders: [[DeviceProfile]]
    /// Files that were not taken. The others serve all the same.
    public private(set) var errors: [ProfileError] = []
    /// What the user's files hide: for the log, since it is easily forgotten.
    public private(set) var hidden: [Hidden] = []

    /// Every profile, the user's before the shipped.
    public var profiles: [DeviceProfile] { folders.flatMap { $0 } }

    /// Reads every `.toml` file of the folders.
    ///
    /// - Parameter paths: the user's first. A file of an earlier folder replaces one of the same name in a later one, and its
    ///   profile is asked first where two claim the same keyboard. A folder that does not exist is no error.
    public init(folders paths: [String]) {
        var found: [[DeviceProfile]] = []
        for (index, folder) in paths.enumerated() {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            var profiles: [DeviceProfile] = []
            for file in files.sorted() where file.hasSuffix(".toml") {
                let path = folder + "/" + file
                do throws(ProfileError) {
                    let profile = try ProfileLibrary.read(path, named: file)
                    let (isReplaced, hidings) = ProfileLibrary.hiding(
                        of: profile, path, by: zip(paths[..<index], found))
                    hidden += hidings
                    if !isReplaced { profiles.append(profile) }
                } catch {
                    errors.append(error)
                }
            }
            found.append(profiles)
        }
        self.folders = found
    }

    /// For profiles that come from elsewhere.
    public init(profiles: [DeviceProfile]) { folders = [profiles] }

    /// The profile of a keyboard, by USB number or else by product name; nil where it is not known.
    public func profile(for keyboard: Keyboard) -> DeviceProfile? {
        match(for: keyboard, portNames: [], inquiry: nil)?.profile
    }

    /// Which earlier files hide a profile, and whether one has its very name.
    private static func hiding(
        of profile: DeviceProfile, _ path: String, by earlier: Zip2Sequence<ArraySlice<String>, [[DeviceProfile]]>
    ) -> (isReplaced: Bool, hidings: [Hidden]) {
        for (folder, profiles) in earlier {
            if let mine = profiles.first(where: { $0.id == profile.id }) {
                return (true, [Hidden(file: "\(folder)/\(mine.id).toml", hides: path, claim: "\(mine.id).toml")])
            }
        }
        var hidings: [Hidden] = []
        for (folder, profiles) in earlier {
            for mine in profiles {
                guard let number = mine.usb.first(where: profile.usb.contains) else { continue }
                hidings.append(Hidden(file: "\(folder)/\(mine.id).toml", hides: path, claim: "for USB \(number)"))
            }
        }
        return (false, hidings)
    }

    private static func read(_ path: String, named file: String) throws(ProfileError) -> DeviceProfile {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw ProfileError(file: path, line: nil, reason: "cannot be read: \(error.localizedDescription)")
        }
        return try DeviceProfile(toml: text, file: file)
    }
}
