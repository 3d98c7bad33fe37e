import Controls
import Foundation

/// All profiles that are known, from one or more folders.
public struct ProfileLibrary: Sendable {
    /// By file name; the user's before the shipped where they have the same name.
    public private(set) var profiles: [DeviceProfile] = []
    /// Files that were not taken. The others serve all the same.
    public private(set) var errors: [ProfileError] = []

    /// Reads every `.toml` file of the folders.
    ///
    /// - Parameter folders: the user's first. A file of an earlier folder replaces one of the same name in a later one, and its
    ///   profile is asked first where two claim the same keyboard. A folder that does not exist is no error.
    public init(folders: [String]) {
        var names: Set<String> = []
        for folder in folders {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for file in files.sorted() where file.hasSuffix(".toml") && !names.contains(file) {
                do throws(ProfileError) {
                    profiles.append(try ProfileLibrary.read(folder + "/" + file, named: file))
                    names.insert(file)
                } catch {
                    errors.append(error)
                }
            }
        }
    }

    /// For profiles that come from elsewhere.
    public init(profiles: [DeviceProfile]) { self.profiles = profiles }

    /// The profile of a keyboard: by USB number, else by product name; nil where it is not known (`ControlMap(nil)` serves).
    public func profile(for keyboard: Keyboard) -> DeviceProfile? {
        if let usb = keyboard.usb, let exact = profiles.first(where: { $0.usb.contains(usb) }) { return exact }
        let name = keyboard.productName.lowercased()
        return profiles.first { profile in profile.products.contains { name.contains($0.lowercased()) } }
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
