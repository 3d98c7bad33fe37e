import Foundation

/// What the kernel's raw MIDI driver dropped of a card's input because nobody read it in time: the sequencer says nothing of it.
///
/// The driver writes its count for each input into `/proc/asound/card<N>/midi<D>` ("Overruns", in bytes), and starts it anew each
/// time that the input is opened.
public struct DriverLosses: Sendable {
    private let folder: String
    /// The count that was read last, by card and input.
    private var known: [Int: [String: Int]] = [:]

    /// - Parameter folder: where the kernel tells of its sound cards.
    public init(folder: String = "/proc/asound") { self.folder = folder }

    /// Reads the counts of some cards. It opens a file or two a card, which takes microseconds; not for a real-time thread.
    ///
    /// A card that is read for the first time has lost nothing. A file that is not there, or may not be read, counts nothing.
    ///
    /// - Parameter cards: the numbers of those that are plugged in; others are forgotten.
    /// - Returns: bytes that were lost since the last reading, by card; only cards that lost some.
    public mutating func read(_ cards: [Int]) -> [Int: Int] {
        var lost: [Int: Int] = [:]
        var read: [Int: [String: Int]] = [:]
        for card in cards {
            let counts = counts(of: card)
            read[card] = counts
            guard let before = known[card] else { continue }
            let new = counts.reduce(0) { sum, entry in
                let last = before[entry.key] ?? 0
                // Fewer than before: the input was opened anew in between.
                return sum + (entry.value >= last ? entry.value - last : entry.value)
            }
            if new > 0 { lost[card] = new }
        }
        known = read
        return lost
    }

    private func counts(of card: Int) -> [String: Int] {
        let place = "\(folder)/card\(card)"
        let files = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
        var counts: [String: Int] = [:]
        for file in files where file.hasPrefix("midi") && Int(file.dropFirst(4)) != nil {
            guard let text = try? String(contentsOfFile: "\(place)/\(file)", encoding: .utf8) else { continue }
            counts.merge(DriverLosses.counts(in: text, of: file)) { first, _ in first }
        }
        return counts
    }

    /// The counts that a file tells, by input.
    static func counts(in text: String, of file: String) -> [String: Int] {
        var counts: [String: Int] = [:]
        var input = ""
        for line in text.split(separator: "\n") {
            if line.hasPrefix("Input ") || line.hasPrefix("Output ") {
                input = "\(file) \(line)"
            } else if let colon = line.firstIndex(of: ":") {
                let name = line[..<colon].trimmingCharacters(in: .whitespaces)
                let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
                if name == "Overruns", let count = Int(value) { counts[input] = count }
            }
        }
        return counts
    }
}
