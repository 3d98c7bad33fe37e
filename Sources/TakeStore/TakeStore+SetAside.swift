import Foundation
internal import GRDB

extension TakeStore {
    /// A broken file that was renamed, with its write-ahead log, when the store was opened.
    public struct SetAside: Hashable, Sendable, CustomStringConvertible {
        /// The new name, beside the old one.
        public let path: String
        public let cause: String
        /// What was read of it and is in the new store.
        public let salvaged: Salvaged

        public var description: String {
            "the take store was broken (\(cause)); it was kept as \(path) and a new one was begun: \(salvaged)"
        }
    }

    /// What was read of a broken store.
    public struct Salvaged: Hashable, Sendable, CustomStringConvertible {
        public var takes = 0
        public var arrangements = 0
        /// Records that are known to have been there and could not be read whole; pages that are gone may have held more.
        public var lostTakes = 0
        public var lostArrangements = 0
        /// Takes that came over without their tags, rating and note.
        public var lostMarks = 0

        public var description: String {
            func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
            guard takes + lostTakes + lostArrangements > 0 else { return "nothing could be read of the broken one" }
            var sentences = [
                "\(count(takes, "take")) and \(count(arrangements, "arrangement")) were saved from the broken one"
            ]
            if lostTakes + lostArrangements > 0 {
                sentences.append(
                    "\(count(lostTakes, "take")) and \(count(lostArrangements, "arrangement")) could not be read")
            }
            if lostMarks > 0 {
                sentences.append("tags, rating and note of \(count(lostMarks, "take")) could not be read")
            }
            return sentences.joined(separator: "; ")
        }
    }

    /// Builds a new store from what can be read of a broken one, and puts it in its place.
    ///
    /// Until the new one is complete the broken one keeps its name, so that an interruption begins again.
    static func replace(_ path: String, cause: String) throws -> SetAside {
        let new = BrokenFile.replacement(of: path)
        BrokenFile.remove(new)
        var salvaged = Salvaged()
        do {
            try open(new).close()
            if let source = try SalvageSource(path: path, sound: new) {
                defer { source.close() }
                let target = try open(new)
                salvaged = try source.queue.inDatabase { broken in
                    try target.write { try Salvage.copy(from: broken, to: $0) }
                }
                try target.close()
            }
        } catch {
            BrokenFile.remove(new)
            throw error
        }
        let kept = try BrokenFile.setAside(path)
        try BrokenFile.finishReplacing(path)
        return SetAside(path: kept, cause: cause, salvaged: salvaged)
    }
}
