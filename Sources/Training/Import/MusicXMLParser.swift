import Foundation
import FoundationXML
import Music

/// Reads a score element by element.
final class MusicXMLParser: NSObject, XMLParserDelegate {
    var score = MusicXMLScore()
    var isScore = false
    /// Whether the score's end was read.
    var isClosed = false
    /// Why reading was given up.
    var problem: String?

    private var open: [String] = []
    private var text = ""
    private var creatorType = ""
    /// Where a part stands in `score.parts`.
    private var places: [String: Int] = [:]
    private var part = 0
    private var measure = MusicXMLScore.Measure()
    private var isInMeasure = false
    /// Ticks in the measure: now, and where the last note began.
    private var now = 0
    private var lastOnset = 0
    private var divisions = 1
    private var transposition = 0
    private var chromatic = 0
    private var octaveChange = 0
    private var beats = 0
    private var beatType = 0
    private var note = WrittenNote()
    private var harmony = WrittenHarmony()

    private struct WrittenNote {
        var isChord = false
        var isSilent = false
        var hasPitch = false
        var step = ""
        var alter = 0.0
        var octave = 0
        var duration: Double?
        var voice = "1"
        var staff = 1
        var startsTie = false
        var stopsTie = false
    }

    private struct WrittenHarmony {
        var step: String?
        var alter = 0.0
        var kind = "major"
        var offset = 0.0
    }

    private static let steps = ["C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11]

    private func ticks(_ value: Double) -> Int {
        let ticks = value * Double(Tick.perQuarter) / Double(divisions)
        return ticks.isFinite ? Int(max(-1e9, min(1e9, ticks)).rounded()) : 0
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        open.append(name)
        text = ""
        switch name {
        case "score-partwise": isScore = true
        case "score-timewise": give(up: "it is a time-wise score; save it part-wise", parser)
        case "score-part":
            places[attributes["id"] ?? ""] = score.parts.count
            score.parts.append(.init(id: attributes["id"] ?? ""))
        case "creator": creatorType = attributes["type"] ?? "composer"
        case "part":
            let id = attributes["id"] ?? ""
            if places[id] == nil {
                places[id] = score.parts.count
                score.parts.append(.init(id: id))
            }
            part = places[id]!
            (divisions, transposition) = (1, 0)
        case "measure":
            measure = MusicXMLScore.Measure()
            isInMeasure = true
            (now, lastOnset) = (0, 0)
        case "transpose": (chromatic, octaveChange) = (0, 0)
        case "time": (beats, beatType) = (0, 0)
        case "note": note = WrittenNote()
        case "chord" where isInside("note"): note.isChord = true
        case "rest" where isInside("note"), "grace", "cue": note.isSilent = true
        case "unpitched":
            note.isSilent = true
            if score.parts.indices.contains(part) { score.parts[part].isPercussion = true }
        case "tie":
            if attributes["type"] == "start" { note.startsTie = true } else { note.stopsTie = true }
        case "lyric": if score.parts.indices.contains(part) { score.parts[part].hasLyrics = true }
        case "harmony": harmony = WrittenHarmony()
        case "sound":
            if score.tempo == nil, let tempo = attributes["tempo"].flatMap(Double.init) { score.tempo = tempo }
        default: break
        }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        open.removeLast()
        let value = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let number = Double(value)
        text = ""
        switch name {
        case "score-partwise": isClosed = true
        case "work-title": if score.title.isEmpty { score.title = value }
        case "movement-title": score.title = score.title.isEmpty ? value : "\(score.title): \(value)"
        case "creator" where creatorType == "composer": if score.composer.isEmpty { score.composer = value }
        case "part-name": inPart { $0.name = value }
        case "midi-program": if let number { inPart { $0.program = Int(number.clamped(to: 1...128)) - 1 } }
        case "midi-channel": if number == 10 { inPart { $0.isPercussion = true } }
        case "divisions": if let number, (1...100_000).contains(number) { divisions = Int(number) }
        case "beats":
            // A sum such as 3+2, or several signatures together.
            beats += value.split(separator: "+").compactMap { Int($0.filter { $0.isNumber }) }.reduce(0, +)
        case "beat-type": if let number, let kind = Int(exactly: number) { beatType = kind }
        case "time": measure.meter = Meter(beats, beatType) ?? measure.meter
        case "chromatic": chromatic = Int((number ?? 0).clamped(to: -60...60))
        case "octave-change": octaveChange = Int((number ?? 0).clamped(to: -5...5))
        case "transpose": transposition = chromatic + 12 * octaveChange
        case "step": (note.step, note.hasPitch) = (value, true)
        case "alter": note.alter = (number ?? 0).clamped(to: -4...4)
        case "octave": note.octave = Int((number ?? 4).clamped(to: -1...10))
        case "voice": note.voice = value
        case "staff": note.staff = Int((number ?? 1).clamped(to: 1...99))
        case "duration":
            switch open.last {
            case "note": note.duration = number
            case "backup": now = max(0, now - max(0, ticks(number ?? 0)))
            case "forward": advance(by: ticks(number ?? 0))
            default: break
            }
        case "note": endNote()
        case "root-step": harmony.step = value
        case "root-alter": harmony.alter = (number ?? 0).clamped(to: -4...4)
        case "kind": harmony.kind = value
        case "offset" where open.last == "harmony": harmony.offset = number ?? 0
        case "harmony": endHarmony()
        case "measure":
            if score.parts.indices.contains(part) { score.parts[part].measures.append(measure) }
            isInMeasure = false
        default: break
        }
    }

    private func isInside(_ name: String) -> Bool { open.dropLast().last == name }

    private func inPart(_ change: (inout MusicXMLScore.Part) -> Void) {
        // In the list of parts the last one is meant.
        if open.contains("score-part"), let last = score.parts.indices.last { change(&score.parts[last]) }
    }

    private func give(up reason: String, _ parser: XMLParser) {
        problem = reason
        parser.abortParsing()
    }

    private func advance(by ticks: Int) {
        now += max(0, ticks)
        measure.length = max(measure.length, now)
    }

    private func endNote() {
        guard isInMeasure, let duration = note.duration, duration > 0 else { return }
        let length = ticks(duration)
        let onset = note.isChord ? lastOnset : now
        if !note.isChord {
            lastOnset = now
            advance(by: length)
        }
        guard !note.isSilent, note.hasPitch, let step = MusicXMLParser.steps[note.step] else { return }
        let pitch = 12 * (note.octave + 1) + step + Int(note.alter.rounded()) + transposition
        guard (0..<128).contains(pitch) else { return }
        measure.notes.append(
            .init(
                onset: onset, length: length, pitch: pitch, voice: note.voice, staff: note.staff,
                startsTie: note.startsTie, stopsTie: note.stopsTie))
    }

    private func endHarmony() {
        guard isInMeasure, harmony.kind != "none", let step = harmony.step.flatMap({ MusicXMLParser.steps[$0] }) else {
            return
        }
        let chord = Chord(
            root: step + Int(harmony.alter.rounded()) + transposition,
            quality: LeadSheetReader.quality(kind: harmony.kind))
        measure.harmonies.append((max(0, now + ticks(harmony.offset)), chord))
    }
}

extension Double {
    fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
        Swift.min(range.upperBound, Swift.max(range.lowerBound, self))
    }
}
