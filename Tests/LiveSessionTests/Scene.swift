import Capture
import MIDI
import Music
import Playback
import Transport

@testable import LiveSession

/// A scene in text: who plays and presses what, when; and what is heard and said of it.
///
///     given tempo 120, entrance beat
///     1    piano plays C4 D4 E4 F4 G4:2 C4+E4:2
///     5    press record
///     9    band from 5.5 to 8: E2 each 0.5
///     9    state playing
///
/// Times are seconds. A melody's notes last a beat of the scene's `beat` (half a second) times the number behind the colon; `-`
/// is a rest, `+` joins a chord, `!` is an accent. Every line that is not an action is a claim, checked when its time has come.
struct Scene {
    private(set) var stage: Stage
    private var beat = 0.5
    /// What did not come as the text says, with the line's number.
    private(set) var objections: [String] = []

    private static let keyboards = [
        "piano": piano, "organ": organ, "chords": Session.Source(number: 3, name: "Chords", role: .chords),
        "split": Session.Source(number: 4, name: "Split", role: .split(Pitch(60))),
    ]

    /// Plays a scene.
    init(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            Array(line.split(separator: " ").map(String.init).prefix { $0 != "#" })
        }
        var settings = Session.Settings()
        var generation: Double? = 0.06
        for words in lines where words.first == "given" {
            for wish in words.dropFirst().joined(separator: " ").split(separator: ",") {
                let pair = wish.split(separator: " ").map(String.init)
                switch pair.first {
                case "tempo": settings.tempo = Double(pair[1]).flatMap { Tempo(quartersPerMinute: $0) }
                case "meter": settings.meter = Meter(pair[1])!
                case "entrance": settings.entrance = pair[1] == "bar" ? .bar : .beat
                case "click": settings.clicks = true
                case "beat": beat = Double(pair[1])!
                case "generation": generation = Double(pair[1])
                default: preconditionFailure("given what? \(wish)")
                }
            }
        }
        stage = Stage(settings)
        stage.answersAfter = generation
        var steps: [Step] = []
        for (index, words) in lines.enumerated() where !words.isEmpty && words[0] != "given" {
            guard let time = Double(words[0]) else { preconditionFailure("line \(index + 1) begins with no time") }
            if words.count > 2, let keyboard = Scene.keyboards[words[1]], words[2] == "plays" {
                steps += strokes(Array(words.dropFirst(3)), from: time, on: keyboard)
            } else {
                steps.append(Step(time: time, line: index + 1, words: Array(words.dropFirst())))
            }
        }
        // What a hand plays goes on while other things happen.
        for step in steps.enumerated().sorted(by: { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }) {
            if let objection = act(step.element) {
                objections.append(
                    "line \(step.element.line), \(step.element.words.joined(separator: " ")): \(objection)")
            }
        }
    }

    private struct Step {
        let time: Double
        var line = 0
        var words: [String] = []
        var stroke: (pitch: Int, isDown: Bool, velocity: Int, keyboard: Session.Source)?
    }

    // MARK: what happens

    private mutating func act(_ step: Step) -> String? {
        let (words, time) = (step.words, step.time)
        if let stroke = step.stroke {
            stroke.isDown
                ? stage.down(stroke.pitch, at: time, on: stroke.keyboard, velocity: stroke.velocity)
                : stage.up(stroke.pitch, at: time, on: stroke.keyboard)
            return nil
        }
        if words.count > 1, let keyboard = Scene.keyboards[words[0]] {
            switch words[1] {
            case "down": stage.down(Scene.pitch(words[2]), at: time, on: keyboard)
            case "up": stage.up(Scene.pitch(words[2]), at: time, on: keyboard)
            case "pedal": stage.pedal(words[2] == "down", at: time, on: keyboard)
            case "unplugged": stage.unplug(keyboard, at: time)
            default: preconditionFailure("\(words[0]) does what? \(words[1])")
            }
            return nil
        }
        switch words[0] {
        case "press": stage.press(Scene.control(Array(words.dropFirst())), at: time)
        case "answer": stage.answer(at: time)
        case "release": stage.release(Genre(rawValue: words[1])!, at: time)
        case "gap": stage.loseInput(at: time)
        case "synth": words[1] == "gone" ? stage.unplugOutput(at: time) : stage.plugInOutput(at: time)
        case "end": stage.end(at: time)
        default:
            stage.wait(until: time)
            return check(words)
        }
        return nil
    }

    private func strokes(_ words: [String], from start: Double, on keyboard: Session.Source) -> [Step] {
        var steps: [Step] = []
        var time = start
        for word in words {
            let pieces = word.split(separator: ":")
            let length = beat * (pieces.count > 1 ? Double(pieces[1])! : 1)
            for name in pieces[0].split(separator: "+") where name != "-" {
                let pitch = Scene.pitch(name.hasSuffix("!") ? String(name.dropLast()) : String(name))
                let velocity = name.hasSuffix("!") ? 104 : 90
                steps.append(Step(time: time, stroke: (pitch, true, velocity, keyboard)))
                steps.append(Step(time: time + length * 0.9, stroke: (pitch, false, velocity, keyboard)))
            }
            time += length
        }
        return steps
    }

    private static func control(_ words: [String]) -> Session.Control {
        switch words[0] {
        case "record": .record
        case "accompany": .accompany
        case "undo": .undo
        case "redo": .redo
        case "erase": .erase
        case "stop": .stop
        case "panic": .panic
        case "next": .next
        case "previous": .previous
        case "regenerate": .regenerate
        case "loop": .loop
        case "genre": .genre(Genre(rawValue: words[1])!)
        case "lock": .lock(Part(rawValue: words[1])!)
        case "mute": .mute(Voice(name: words[1])!)
        case "solo": .solo(Part(rawValue: words[1])!)
        case "volume": .volume(Voice(name: words[1])!, UInt8(words[2])!)
        case "tempo": .tempo(Double(words[1]).flatMap { Tempo(quartersPerMinute: $0) })
        case "meter": .meter(Meter(words[1])!)
        case "half": .half
        case "double": .double
        case "tap": .tap
        case "metronome": .metronome
        case "listen": .listen(words[1] == "on")
        case "forget": .forget(words.count > 1 ? .seconds(Double(words[1])!) : nil)
        default: preconditionFailure("press what? \(words[0])")
        }
    }

    /// `C4`, `Eb3`, `F#5`.
    static func pitch(_ name: String) -> Int {
        let letters: [Character: Int] = ["C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11]
        var rest = Substring(name)
        guard let first = rest.popFirst(), var number = letters[first] else { preconditionFailure("no note: \(name)") }
        if rest.first == "#" { number += 1 }
        if rest.first == "b" { number -= 1 }
        guard let octave = Int(rest.drop { $0 == "#" || $0 == "b" }) else { preconditionFailure("no note: \(name)") }
        return 12 * (octave + 1) + number
    }

    // MARK: what is claimed

    private func check(_ words: [String]) -> String? {
        let text = words.dropFirst().joined(separator: " ")
        switch words[0] {
        case "state":
            return stage.session.state.rawValue == words[1] ? nil : "it is \(stage.session.state)"
        case "said":
            let said = stage.told.map(\.sentence)
            return said.contains { $0.contains(text) } ? nil : "what was said is \(said)"
        case "refused":
            let refused = stage.refusals.map(\.sentence)
            return refused.contains { $0.contains(text) } ? nil : "what was refused is \(refused)"
        case "willing": return stage.refusals.isEmpty ? nil : "refused was \(stage.refusals)"
        case "silent":
            return stage.synthesizer.held.isEmpty ? nil : "\(stage.synthesizer.held.count) notes hang"
        case "band": return checkBand(words)
        case "clicks": return checkTimes(stage.clicks.filter(\.isNoteOn).map { seconds($0.time) }, words)
        case "take": return checkTake(words)
        case "takes":
            return stage.takes.count == Int(words[1]) ? nil : "there are \(stage.takes.count)"
        case "ahead":
            let made = Set(stage.session.ahead.filter { $0.arrangement != nil }.map(\.genre.rawValue))
            return made == Set(words.dropFirst()) ? nil : "made ahead is \(made.sorted())"
        case "loud":
            // loud FROM TO: LOW HIGH
            let notes = stage.synthesizer.noteOns.filter {
                seconds($0.time) >= Double(words[1])! && seconds($0.time) < Double(words[2].dropLast())!
            }.map { Int($0.message.data2) }
            let wanted = Int(words[3])!...Int(words[4])!
            return !notes.isEmpty && notes.allSatisfy(wanted.contains) ? nil : "velocities are \(notes)"
        default: preconditionFailure("claims what? \(words[0])")
        }
    }

    /// `band from 5.5 to 9: E2 each 0.5`, `band from 5 to 9: none`, `band first at 5.5`.
    private func checkBand(_ words: [String]) -> String? {
        if words[1] == "first" {
            let first = stage.bandNotes(from: 0).first?.time
            return first.map { abs($0 - Double(words[3])!) < 0.012 } ?? false ? nil : "it is \(first as Any)"
        }
        let (from, to) = (Double(words[2])!, Double(words[4].dropLast())!)
        let heard = stage.bandNotes(from: from - 0.01, to: to - 0.01)
        if words[5] == "none" { return heard.isEmpty ? nil : "heard is \(heard)" }
        let pitch = Scene.pitch(words[5])
        let step = Double(words[7])!
        let count = Int(((to - from) / step).rounded())
        let isRight =
            heard.count == count
            && heard.enumerated().allSatisfy { number, note in
                note.pitch == pitch && abs(note.time - from - Double(number) * step) < 0.012
            }
        return isRight ? nil : "heard is \(heard.map { "\($0.time) \(Pitch($0.pitch))" })"
    }

    /// `clicks from 5 to 9: each 0.5`, `clicks from 5 to 9: none`.
    private func checkTimes(_ times: [Double], _ words: [String]) -> String? {
        let (from, to) = (Double(words[2])!, Double(words[4].dropLast())!)
        let heard = times.filter { $0 >= from - 0.01 && $0 < to - 0.01 }
        if words[5] == "none" { return heard.isEmpty ? nil : "heard is \(heard)" }
        let step = Double(words[6])!
        let isRight =
            heard.count == Int(((to - from) / step).rounded())
            && heard.enumerated().allSatisfy { abs($1 - from - Double($0) * step) < 0.012 }
        return isRight ? nil : "heard is \(heard)"
    }

    /// `take 4/4 at 120, 2 bars: C4 D4 E4`: the latest one; the notes may be left out.
    private func checkTake(_ words: [String]) -> String? {
        guard let take = stage.takes.last else { return "there is none" }
        let phrase = take.phrase
        let tempo = Double(words[3].dropLast())!
        let isRight =
            phrase.meter == Meter(words[1])! && abs(phrase.tempo.quartersPerMinute / tempo - 1) < 0.03
            && phrase.bars == Int(words[4])!
            && (words.count <= 6 || phrase.notes.map(\.pitch.number) == words.dropFirst(6).map(Scene.pitch))
        return isRight
            ? nil
            : "it is \(phrase.meter) at \(phrase.tempo.quartersPerMinute), \(phrase.bars) bars: \(phrase.notes.map { "\($0.pitch)" })"
    }
}

extension ScheduledMessage {
    fileprivate var isNoteOn: Bool { message.status & 0xF0 == 0x90 && message.data2 > 0 }
}
