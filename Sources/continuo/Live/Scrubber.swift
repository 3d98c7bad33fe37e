import Foundation

/// Takes out of a text what tells who somebody is and where: their home and login name, the machine's name, serial numbers,
/// hardware and network addresses.
struct Scrubber {
    private let names: [(String, String)]

    /// - Parameters:
    ///   - home: the user's home folder; everything in it stays readable behind `~`.
    ///   - secrets: serial numbers and the like that are known.
    init(home: String, user: String, host: String, secrets: [String] = []) {
        var names: [(String, String)] = []
        if home.count > 1 { names.append((home, "~")) }
        names += secrets.filter { $0.count >= 3 }.sorted { $0.count > $1.count }.map { ($0, "<serial>") }
        if !host.isEmpty, host != "localhost" { names.append((host, "<host>")) }
        if !user.isEmpty, user != "root" { names.append((user, "<user>")) }
        self.names = names
    }

    func clean(_ text: String) -> String {
        var result = text
        for (name, instead) in names { result = Scrubber.replace(name, in: result, with: instead) }
        result = result.replacing(#/serial[:=]\s*[^\s"',\]]+/#.ignoresCase(), with: "serial:<serial>")
        result = result.replacing(#/\b([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}\b/#, with: "<address>")
        result = result.replacing(#/\b\d{1,3}(\.\d{1,3}){3}\b/#) { match in
            match.output.0.hasPrefix("127.") ? String(match.output.0) : "<address>"
        }
        return result
    }

    /// Replaces a name, but not inside of another word.
    private static func replace(_ name: String, in text: String, with instead: String) -> String {
        func isWord(_ character: Character?) -> Bool { character.map { $0.isLetter || $0.isNumber } ?? false }
        var result = ""
        var rest = text[...]
        while let range = rest.range(of: name) {
            let before = rest[..<range.lowerBound].last ?? result.last
            let after = range.upperBound < rest.endIndex ? rest[range.upperBound] : nil
            let isPart = isWord(before) && isWord(name.first) || isWord(after) && isWord(name.last)
            result += rest[..<range.lowerBound] + (isPart ? name : instead)
            rest = rest[range.upperBound...]
        }
        return result + rest
    }
}
