import Controls
import Devices
import Foundation

/// Where learned profiles and consents are kept.
struct LearningPlaces: Sendable {
    /// Folders with profiles, the user's own first: it is written to.
    var profiles: [String]
    /// Where the daemon keeps what it must remember.
    var state: String

    private var consents: String { "\(state)/accepted-profiles" }
    private var last: String { "\(state)/last-learned" }
    var writer: ProfileWriter { ProfileWriter(folder: profiles.first ?? state) }
    var library: ProfileLibrary { ProfileLibrary(folders: profiles) }

    /// Profiles whose unconfirmed buttons the player has agreed to; none where there is no such file.
    func accepted() -> Set<String> {
        let text = (try? String(contentsOfFile: consents, encoding: .utf8)) ?? ""
        return Set(text.split(separator: "\n").map(String.init))
    }

    func keep(accepted: Set<String>) throws {
        let text = accepted.sorted().map { "\($0)\n" }.joined()
        try Data(text.utf8).write(to: URL(fileURLWithPath: consents), options: .atomic)
    }

    /// The profile that was written last and not taken back; nil where there is none.
    func lastLearned() -> String? { learned().last }

    /// Profiles that were written and not taken back, one for each time, the last at the end.
    private func learned() -> [String] {
        let text = (try? String(contentsOfFile: last, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    /// Remembers that a profile was written.
    func add(learned id: String) { keep(learned: (learned() + [id]).suffix(ProfileWriter.formers)) }

    /// Forgets the one that was written last: it was taken back.
    func forgetLastLearned() { keep(learned: learned().dropLast()) }

    private func keep(learned ids: some Collection<String>) {
        // Without it only the way back is lost, and the file's head says how to go it by hand.
        try? Data(ids.map { "\($0)\n" }.joined().utf8).write(to: URL(fileURLWithPath: last), options: .atomic)
    }

    func isOwn(_ id: String) -> Bool {
        FileManager.default.fileExists(atPath: writer.path(of: DeviceProfile(id: id, name: "")))
    }
}
