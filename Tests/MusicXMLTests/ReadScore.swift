import Foundation
import FoundationXML
import Music

/// A written score as an XML reader sees it, read without anything of the writer.
struct ReadScore {
    struct Note: Hashable {
        var pitch: Int
        /// Divisions from the beginning of the score.
        var onset: Int
        var length: Int
    }

    struct Problem: Error, CustomStringConvertible { var description: String }

    let root: XMLElement
    /// Divisions in each bar of the first part.
    var bars: [Int] = []
    /// Of each part all notes with ties joined, by onset and pitch.
    var parts: [[Note]] = []
    /// Of the first part, divisions from the beginning.
    var symbols: [(onset: Int, text: String)] = []

    /// - Throws: `Problem` where bars, ties or tuplets do not come out even, or a note's value is not its duration.
    init(_ text: String) throws {
        let document = try XMLDocument(xmlString: text)
        root = document.rootElement()!
        for (index, part) in root.elements(forName: "part").enumerated() {
            var notes: [Note] = []
            /// By voice and pitch.
            var open: [[Int]: Int] = [:]
            var start = 0
            for (place, measure) in part.elements(forName: "measure").enumerated() {
                var now = 0
                var onset = 0
                var length = 0
                var tuplets = 0
                for case let element as XMLElement in measure.children ?? [] {
                    let duration = element.number("duration") ?? 0
                    switch element.name {
                    case "backup": now -= duration
                    case "forward": now += duration
                    case "harmony" where index == 0:
                        symbols.append((start + now + (element.number("offset") ?? 0), element.symbol))
                    case "note":
                        let isChord = element.elements(forName: "chord").first != nil
                        if !isChord {
                            onset = now
                            now += duration
                        }
                        try element.checkValue(duration)
                        for tuplet in element.elements(forName: "notations").flatMap({ $0.elements(forName: "tuplet") })
                        {
                            tuplets += tuplet["type"] == "start" ? 1 : -1
                            guard (0...1).contains(tuplets) else {
                                throw Problem(description: "tuplets in bar \(place)")
                            }
                        }
                        guard let pitch = element.pitch else { break }
                        let key = [element.number("voice") ?? 1, pitch]
                        let ties = element.elements(forName: "tie").compactMap { $0["type"] }
                        if ties.contains("stop") {
                            guard let index = open.removeValue(forKey: key),
                                notes[index].onset + notes[index].length == start + onset
                            else { throw Problem(description: "a tie that ends nowhere in bar \(place)") }
                            notes[index].length += duration
                            if ties.contains("start") { open[key] = index }
                        } else {
                            notes.append(Note(pitch: pitch, onset: start + onset, length: duration))
                            if ties.contains("start") { open[key] = notes.count - 1 }
                        }
                    default: break
                    }
                    length = max(length, now)
                    guard now >= 0 else { throw Problem(description: "time before bar \(place)") }
                }
                guard tuplets == 0 else { throw Problem(description: "a tuplet over the end of bar \(place)") }
                guard index > 0 || now == length else { throw Problem(description: "bar \(place) ends inside itself") }
                if index == 0 { bars.append(length) }
                guard bars.indices.contains(place), bars[place] == length else {
                    throw Problem(description: "bar \(place) of part \(index) has \(length) divisions")
                }
                start += length
            }
            guard open.isEmpty else { throw Problem(description: "a tie that goes on at the end") }
            parts.append(notes.sorted { ($0.onset, $0.pitch, $0.length) < ($1.onset, $1.pitch, $1.length) })
        }
    }

    /// The text of the first element at a path.
    func text(_ path: String) -> String? {
        (try? root.nodes(forXPath: path))?.first?.stringValue
    }
}

extension XMLElement {
    subscript(name: String) -> String? { attribute(forName: name)?.stringValue }

    fileprivate func text(_ name: String) -> String? { elements(forName: name).first?.stringValue }
    fileprivate func number(_ name: String) -> Int? { text(name).flatMap { Int($0) } }

    /// A pitch as its MIDI key.
    fileprivate var pitch: Int? {
        guard let pitch = elements(forName: "pitch").first, let step = pitch.text("step"),
            let octave = pitch.number("octave"),
            let base = ["C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11][step]
        else { return nil }
        return 12 * (octave + 1) + base + (pitch.number("alter") ?? 0)
    }

    /// A chord symbol in the words of the file: `B -1 minor-seventh`.
    fileprivate var symbol: String {
        let root = elements(forName: "root").first!
        return [root.text("root-step"), root.text("root-alter"), text("kind")].compactMap { $0 }.joined(separator: " ")
    }

    /// Type, dots and tuplet together are the duration of 12 divisions a quarter.
    fileprivate func checkValue(_ duration: Int) throws {
        guard let type = text("type") else {
            guard elements(forName: "rest").first?["measure"] == "yes" else {
                throw ReadScore.Problem(description: "a note without a type")
            }
            return
        }
        let quarters = [
            "breve": 8.0, "whole": 4, "half": 2, "quarter": 1, "eighth": 0.5, "16th": 0.25, "32nd": 0.125,
        ]
        var value = quarters[type]! * 12
        if elements(forName: "dot").count == 1 { value *= 1.5 }
        if let change = elements(forName: "time-modification").first {
            value *= Double(change.number("normal-notes")!) / Double(change.number("actual-notes")!)
        }
        guard value == Double(duration) else {
            throw ReadScore.Problem(description: "a \(type) of \(duration) divisions")
        }
    }
}
