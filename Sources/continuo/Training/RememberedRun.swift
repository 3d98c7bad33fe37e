import Foundation

/// What a run was begun with, so that it goes on without anything said again: `RUN/arguments.json`, and `RUN/start.safetensors`, the
/// weights that it began with.
///
/// A genre's model may be replaced while a run waits, and a relative path means another file in another folder.
enum RememberedRun {
    /// Options with a file's path.
    private static let paths: Set<String> = ["--data", "--start", "--output", "--learn"]
    /// Options that belong to a call and not to the run; the first one has a value.
    private static let passing: Set<String> = ["--run", "--resume", "--json"]

    static func arguments(in run: String) -> String { "\(run)/arguments.json" }
    static func start(in run: String) -> String { "\(run)/start.safetensors" }

    /// Keeps the options that "continuo train" was called with.
    ///
    /// - Parameters:
    ///   - words: those behind the command's name.
    ///   - start: the weights that the run begins with.
    static func keep(_ words: [String], start bytes: [UInt8]?, in run: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .withoutEscapingSlashes]
        try writeFile([UInt8](try encoder.encode(kept(words))), to: arguments(in: run))
        if let bytes { try writeFile(bytes, to: start(in: run)) }
    }

    /// The options of the run alone, paths made whole.
    static func kept(_ words: [String]) -> [String] {
        var kept: [String] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            let name = parts.first ?? ""
            if passing.contains(name) {
                if name == "--run", parts.count == 1 { rest = rest.dropFirst() }
            } else if paths.contains(name) {
                guard let value = parts.count > 1 ? parts[1] : rest.popFirst() else { continue }
                // A genre's name is no path.
                let isFile = name != "--start" || FileManager.default.fileExists(atPath: value)
                kept.append("\(name)=\(isFile ? URL(fileURLWithPath: value).standardizedFileURL.path : value)")
            } else {
                kept.append(word)
            }
        }
        return kept
    }

    /// A call of the program with what its run was begun with: `train --resume RUN`, or `--run RUN`, needs no other option; what is
    /// said again wins. Other calls stay as they are.
    static func recalled(_ call: [String]) -> [String] {
        guard call.first == "train", let place = call.firstIndex(of: "--resume") else { return call }
        var words = Array(call.dropFirst())
        words.remove(at: place - 1)
        if words.indices.contains(place - 1), !words[place - 1].hasPrefix("-") {
            words.append("--run=\(words.remove(at: place - 1))")
        }
        guard let run = value(of: "--run", in: words),
            let data = FileManager.default.contents(atPath: arguments(in: run)),
            let kept = try? JSONDecoder().decode([String].self, from: data)
        else { return ["train"] + words + ["--resume"] }
        return ["train"] + kept + words + ["--resume"]
    }

    private static func value(of name: String, in words: [String]) -> String? {
        for (index, word) in words.enumerated() {
            if word.hasPrefix("\(name)=") { return String(word.dropFirst(name.count + 1)) }
            if word == name, words.indices.contains(index + 1) { return words[index + 1] }
        }
        return nil
    }
}
